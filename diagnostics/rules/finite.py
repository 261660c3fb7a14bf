"""Values that are not finite."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import ClassVar

from diagnostics.evidence import Evidence
from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule


class NonFinite(Rule):
    """NaN or infinity in activations, gradients, weights or a reported loss. One is enough; the first one counts.

    Gradients of activations alone do not count, nor gradients of a step that a GradScaler skipped: a loss scaled
    for float16 overflows now and then. It counts when more than `skipped` of at least `captures` captured steps
    were."""

    name = "non-finite"
    signal = "NaN or infinity in activations, gradients, weights or the loss; steps that a GradScaler skips."
    limits = "{count} value; {skipped:.0%} of the steps skipped"
    levels = "critical"
    source = "torch.autograd.detect_anomaly"
    fix = (
        "Look for a division, logarithm or square root of something that can be zero; check the data for NaN; lower "
        "the learning rate."
    )
    certainty = 0.85
    explains = (*SYMPTOMS, "dead-units", "vanishing-gradient", "exploding-gradient", "overfitting", "updates-too-small")
    defaults: ClassVar = {"count": 1, "skipped": 0.2, "captures": 10}
    columns = (
        ("weight_non_finite", "weights"),
        ("activation_non_finite", "activations"),
        ("gradient_non_finite", "gradients"),
    )

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._first: Finding | None = None
        self._captures = self._skipped = 0
        self._last_skipped = 0

    def captures(self, readings: Sequence[Reading]) -> None:
        """Look for the first one."""
        for reading in readings:
            self._captures += 1
            if reading.skipped:
                self._skipped += 1
                self._last_skipped = reading.step
            if not reading.finite and self._first is None:
                self._look(reading)

    def _look(self, reading: Reading) -> None:
        """In the order of the computation."""
        for column, what in self.columns[: 2 if reading.skipped else 3]:
            for values in reading.layers:
                count, name = values.get(column) or 0, values.layer.name
                if count >= self.thresholds["count"]:
                    message = f"{count:,.0f} {what} of layer {values.layer.label} are NaN or infinite"
                    self._found(count, self.thresholds["count"], message, reading.step, name)
                    return

    def epoch(self, reading: EpochReading) -> None:
        """A loss can be NaN where everything else is finite."""
        for name, value in reading.values.items():
            if self._first is None and "loss" in name and not float("-inf") < value < float("inf"):
                message = f"{name} is {value} in epoch {reading.epoch}"
                self._found(value, self.thresholds["count"], message, reading.step, None)

    def _loss(self, run: Evidence) -> None:
        """The loss of a step between captures."""
        lost = [(step, value) for step, value in run.losses if not isfinite(value)]
        if len(lost) > 1:
            self._found(lost[0][1], self.thresholds["count"], f"The loss is {lost[0][1]}", lost[0][0], None)

    def _found(self, value: float, threshold: float, what: str, step: int, layer: str | None) -> None:
        self._first = self.finding(
            "critical",
            threshold,
            value,
            f"{what} (first seen at step {step}).",
            self.fix,
            layer=layer,
            step=step,
        )

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one: the first."""
        if self._first is None:
            self._loss(run)
        share = self._skipped / self._captures if self._captures >= self.thresholds["captures"] else 0.0
        if self._first is None and share > self.thresholds["skipped"]:
            message = f"The GradScaler skipped {share:.0%} of the captured steps, because gradients were not finite"
            self._found(share, self.thresholds["skipped"], message, self._last_skipped, None)
        if self._first is not None:
            yield self._first
