"""Units that never answer."""

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.evidence import WINDOW, Evidence, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule

SILENT = 5  # captures in which a whole layer answers nothing: fewer than single units take
ZEROS = ("activation_zeros", "output_gradient_zeros")  # the second shows activations that are functions


def silent_column(run: Evidence, name: str) -> str | None:
    """The column that shows that no unit of a layer was active in the last captures; None where some were."""
    last = {column: run.column(name, column)[-SILENT:] for column in ZEROS}
    return next((column for column in ZEROS if len(last[column]) == SILENT and min(last[column]) == 1), None)


def dead_share(run: Evidence, name: str) -> float:
    """The newest share of dead units of a layer, 0 to 1; in a run that is too short for single units, 1 where the
    whole layer is silent."""
    shares = run.column(name, "dead_units")
    return shares[-1] if shares else float(silent_column(run, name) is not None)


class DeadUnits(Rule):
    """A share of a layer's units was active for no sample of a whole window of captures.

    Measured behind the activation; where the activation is a function call, by the gradient: a unit that gets
    exactly none. They are `info` unless half of a layer is dead and learning suffers: 15 to 25% dead units are
    ordinary in a default ReLU network that trains well, and leave most of it alive. One unit alone is never a
    finding."""

    name = "dead-units"
    signal = (
        "The share of a layer's units that were active for no sample of the last 20 captures; of a whole layer, of the "
        "last 5."
    )
    limits = "{warning:.0%}; critical {critical:.0%}; at least {units} units"
    levels = "critical; info below half of a layer or where learning does not suffer"
    source = "SageMaker Debugger, DeadRelu"
    fix = (
        "Lower the learning rate or warm it up, initialise for the activation (He), normalise the layer's inputs, or "
        "use an activation with a slope below zero (LeakyReLU, GELU)."
    )
    certainty = 0.75
    explains = (*SYMPTOMS, "vanishing-gradient")
    defaults: ClassVar = {"warning": 0.15, "critical": 0.25, "units": 2, "alone": 0.5}

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """One a layer, the worst first."""
        shares = {name: dead_share(run, name) for name in run.layers}
        for name, share in sorted(shares.items(), key=lambda pair: -pair[1]):
            graded, units = self.graded(share), run.layers[name].units or 0
            if graded is None or share * units < self.thresholds["units"]:
                continue
            yield self.finding(
                graded[0] if self._hurts(run, share) else "info", graded[1], share,
                f"{round(share * units)} of {units} units of {name} ({run.layers[name].type}) were active for no "
                "sample in the last captures: they contribute nothing and get no gradient to recover by.",
                self.fix, layer=name, step=self._since(run, name, share),
            )  # fmt: skip

    def _since(self, run: Evidence, name: str, share: float) -> int:
        if run.column(name, "dead_units"):
            return run.since(name, "dead_units", min(share, self.thresholds["alone"]).__le__, WINDOW - 1)
        return run.since(name, silent_column(run, name) or "", (1.0).__le__)

    def _hurts(self, run: Evidence, share: float) -> bool:
        """Whether half of the layer is dead and learning suffers, and not because the inputs are all the same: then a
        unit is active for all of them or for none."""
        loss = trend(run)
        if share < self.thresholds["alone"] or run.blank or (run.indifferent and share < 1):
            return False
        return loss.hurts or loss.poor or (loss.suffers is None and (share == 1 or not loss.moving))
