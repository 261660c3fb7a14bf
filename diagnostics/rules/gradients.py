"""Vanishing gradients and values that are not finite."""

import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Finding
from diagnostics.rules.rule import Rule

if TYPE_CHECKING:
    from diagnostics.numbers import Values


class VanishingGradient(Rule):
    """The gradient at the first layer is a vanishing part of the one at the last.

    Measured on the outputs of the layers with parameters (norm over the batch), relative to the last one of
    the same capture, because absolute limits depend on the loss's scale; inputs' scales do not enter, as they
    would in the weights' gradients. The median over the last captures, so that one odd batch does not count.
    Threshold 1e-3: AutoTrainer (ICSE 2021); critical two orders below."""

    name = "vanishing-gradient"
    precedence = 30
    defaults: ClassVar = {"warning": 1e-3, "critical": 1e-5, "patience": 5}

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._ratios: deque[float] = deque(maxlen=int(self.thresholds["patience"]))
        self._last: tuple[int, str, str] = (0, "", "")

    def captures(self, readings: Sequence[Reading]) -> None:
        """Compare the first layer with the last."""
        found = filter(None, map(_compared, reversed(readings)))
        newest = list(islice(found, self._ratios.maxlen))
        if newest:
            self._last = newest[0][1:]
            self._ratios.extend(ratio for ratio, *_ in reversed(newest))

    def findings(self) -> Iterator[Finding]:
        """At most one: for the first layer."""
        if len(self._ratios) < self.thresholds["patience"]:
            return
        value = statistics.median(self._ratios)
        step, first, last = self._last
        for severity in ("critical", "warning"):
            if value <= self.thresholds[severity]:
                yield self.finding(
                    severity,
                    self.thresholds[severity],
                    value,
                    f"The gradient vanishes between layer {last} and layer {first}: {value:.1e} of it arrives, so the "
                    "first layers hardly learn.",
                    "Use activations that do not saturate (ReLU, GELU), initialise for them (He, "
                    "Xavier), add residual connections "
                    "or normalisation, or make the network shallower.",
                    layer=first,
                    step=step,
                )
                return


def _compared(reading: Reading) -> tuple[float, int, str, str] | None:
    """The first layer's norm over the last one's, the step, and their names; None where they cannot be compared."""
    first, last = next(_norms(reading.layers), None), next(_norms(reversed(reading.layers)), None)
    if first is not None and last is not None and first[1] != last[1] and 0 < last[0] < float("inf"):
        return first[0] / last[0], reading.step, first[1], last[1]
    return None


def _norms(layers: "Iterable[Values]") -> Iterator[tuple[float, str]]:
    """Of the gradients at the outputs of layers with parameters, with the layers' names."""
    for values in layers:
        if values.layer.parameters:
            norm = values.get("output_gradient_norm")
            if norm is not None:
                yield norm, values.layer.name


class NonFinite(Rule):
    """NaN or infinity in activations, gradients, weights or a reported loss. One is enough; the first one counts.

    Gradients of activations alone do not count, nor gradients of a step that a GradScaler skipped: a loss scaled for
    float16 overflows now and then. It counts when more than `skipped` of at least `captures` captured steps were."""

    name = "non-finite"
    precedence = 20
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

    def _found(self, value: float, threshold: float, what: str, step: int, layer: str | None) -> None:
        self._first = self.finding(
            "critical",
            threshold,
            value,
            f"{what} (first seen at step {step}).",
            "Lower the learning rate, clip the gradient's norm, and look for a division, logarithm or square root of "
            "something that can be zero; check the data for NaN; in float16 use a GradScaler, or bfloat16.",
            layer=layer,
            step=step,
        )

    def findings(self) -> Iterator[Finding]:
        """At most one: the first."""
        share = self._skipped / self._captures if self._captures >= self.thresholds["captures"] else 0.0
        if self._first is None and share > self.thresholds["skipped"]:
            message = f"The GradScaler skipped {share:.0%} of the captured steps, because gradients were not finite"
            self._found(share, self.thresholds["skipped"], message, self._last_skipped, None)
        if self._first is not None:
            yield self._first
