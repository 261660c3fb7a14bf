"""Units that never answer."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from diagnostics.evidence import Evidence, trend
from diagnostics.readings import Reading
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule

if TYPE_CHECKING:
    from diagnostics.layers import Layer


class DeadUnits(Rule):
    """A share of a layer's units was active for no sample of a whole window of captures.

    Measured behind the activation; where the activation is a function call, by the gradient: a unit that gets
    exactly none. Thresholds: 0.15 and 0.25 of the layer, those of the system that this tracker's format comes
    from. They are `info` unless learning suffers: 15 to 25% dead units are ordinary in a default ReLU network that
    trains well. Half of a layer (SageMaker Debugger's DeadRelu) counts also where it is unknown whether learning
    suffers. One unit alone is never a finding."""

    name = "dead-units"
    precedence = 53
    certainty = 0.75
    explains = (*SYMPTOMS, "vanishing-gradient")
    defaults: ClassVar = {"warning": 0.15, "critical": 0.25, "units": 2, "alone": 0.5}

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._last: dict[str, tuple[int, Layer, float]] = {}

    def captures(self, readings: Sequence[Reading]) -> None:
        """Keep the newest shares."""
        for reading in readings:
            for values in reading.layers:
                if values.dead_units is not None:
                    self._last[values.layer.name] = (reading.step, values.layer, values.dead_units)

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """One a layer, the worst first."""
        found = []
        loss = trend(run)
        for step, layer, share in self._last.values():
            units = layer.units or 0
            graded = self.graded(share)
            if graded and share * units >= self.thresholds["units"]:
                if loss.suffers is False or (share < self.thresholds["alone"] and not loss.hurts):
                    graded = "info", graded[1]
                found.append((share, step, graded, layer, round(share * units), units))
        for share, step, graded, layer, dead, units in sorted(found, key=lambda each: -each[0]):
            yield self.finding(
                *graded,
                share,
                f"{dead} of {units} units of {layer.name} ({layer.type}) were active for no sample in "
                "the last captures: they "
                "contribute nothing and get no gradient to recover by.",
                "Lower the learning rate or warm it up, initialise for the activation (He), normalise "
                "the layer's inputs, or use "
                "an activation with a slope below zero (LeakyReLU, GELU).",
                layer=layer.name,
                step=step,
            )
