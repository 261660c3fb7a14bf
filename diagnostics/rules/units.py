"""Units that never answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from diagnostics.evidence import WINDOW, Evidence, trend
from diagnostics.readings import Reading
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule


@dataclass(frozen=True, slots=True)
class DeadShare:
    """The newest share of dead units of a layer, 0 to 1."""

    step: int
    layer: str
    kind: str
    units: int
    share: float


class DeadUnits(Rule):
    """A share of a layer's units was active for no sample of a whole window of captures.

    Measured behind the activation; where the activation is a function call, by the gradient: a unit that gets
    exactly none. They are `info` unless learning suffers: 15 to 25% dead units are ordinary in a default ReLU
    network that trains well. One unit alone is never a finding."""

    name = "dead-units"
    signal = "The share of a layer's units that were active for no sample of the last 20 captures."
    limits = "{warning:.0%}; critical {critical:.0%}; at least {units} units"
    levels = "critical, warning; info where learning does not suffer"
    source = "SageMaker Debugger, DeadRelu"
    fix = (
        "Lower the learning rate or warm it up, initialise for the activation (He), normalise the layer's inputs, or "
        "use LeakyReLU or GELU."
    )
    certainty = 0.75
    explains = (*SYMPTOMS, "vanishing-gradient")
    defaults: ClassVar = {"warning": 0.15, "critical": 0.25, "units": 2, "alone": 0.5}

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._last: dict[str, DeadShare] = {}

    def captures(self, readings: Sequence[Reading]) -> None:
        """Keep the newest shares."""
        for reading in readings:
            for values in reading.layers:
                if values.dead_units is not None:
                    layer = values.layer
                    share = DeadShare(reading.step, layer.name, layer.type, layer.units or 0, values.dead_units)
                    self._last[layer.name] = share

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """One a layer, the worst first."""
        loss, found = trend(run), []
        for each in self._last.values():
            graded = self.graded(each.share)
            if graded and each.share * each.units >= self.thresholds["units"]:
                half = each.share >= self.thresholds["alone"]
                if run.blank or not (
                    loss.hurts or (half and (loss.poor or (loss.suffers is None and not loss.moving)))
                ):
                    graded = "info", graded[1]
                found.append((each, graded))
        for each, graded in sorted(found, key=lambda pair: -pair[0].share):
            yield self.finding(
                *graded, each.share,
                f"{round(each.share * each.units)} of {each.units} units of {each.layer} ({each.kind}) were active for "
                "no sample in the last captures: they contribute nothing and get no gradient to recover by.",
                "Lower the learning rate or warm it up, initialise for the activation (He), normalise the layer's "
                "inputs, or use an activation with a slope below zero (LeakyReLU, GELU).",
                layer=each.layer,
                step=run.since(each.layer, "dead_units", self.thresholds["warning"].__le__, WINDOW - 1),
            )  # fmt: skip
