"""Input features whose scales differ so much that few of them are all the network can see."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from diagnostics.evidence import CLASSIFICATIONS, RECURRENT, Evidence, main_calls, trend
from diagnostics.readings import FeatureMeans, Reading
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule


class FeatureScaleImbalance(Rule):
    """The largest feature against the smallest, both in scale and in contribution to the loss.

    Measured at the first layer, where normalisation inside the model has already happened. The value is the smaller
    of two ratios, largest over smallest: mean |x|, and ten times mean |gradient × x|, each over the samples where x
    is not zero. So a rare category is not small, and a feature that training has found useless does not count while
    its scale is like the others'. In front of a recurrent layer only the first ratio is known. `info` where the
    model learns nearly everything nevertheless."""

    name = "feature-scale-imbalance"
    signal = (
        "The scale (mean |x|) and the contribution (mean |gradient × x|) of each input feature at the first layer, "
        "over samples where it is not zero. The value is the smaller of the first ratio, largest over "
        "smallest, and ten times the second."
    )
    limits = (
        "{warning:,.0f}; critical {critical:,.0f}; a tenth of these where the first outputs have {overshoot:.0f} times "
        "the deviation of the targets (of classes: a deviation of {overshoot:.0f})"
    )
    levels = "warning, critical"
    source = "none published"
    fix = "Normalise each feature: subtract the training set's mean and divide by its standard deviation."
    certainty = 0.85
    explains = (
        *SYMPTOMS, *GRADIENTS, "learning-rate-too-high", "learning-rate-too-low", "poor-initialization", "non-finite",
        "updates-too-small",
    )  # fmt: skip
    defaults: ClassVar = {"warning": 1e3, "critical": 1e4, "remaining": 0.1, "contribution": 10, "overshoot": 10}

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._means: FeatureMeans | None = None
        self._layer = ""

    def captures(self, readings: Sequence[Reading]) -> None:
        """Keep the newest means from before the run diverged, if it did."""
        for reading in readings:
            if reading.features is not None and reading.finite:
                self._means, self._layer = reading.features, reading.feature_layer

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one: for the first layer."""
        found = self._measured(run) or self._received(run)
        strict = 10 if _overshoot(run) >= self.thresholds["overshoot"] else 1
        graded = self.graded(strict * found[0]) if found is not None else None
        if found is None or graded is None:
            return
        value, message, layer = found
        remaining = trend(run).remaining
        if trend(run).baseline is not None and remaining is not None and remaining < self.thresholds["remaining"]:
            graded = "info", graded[1]
        yield self.finding(
            *graded, value, message,
            "Normalise each feature: subtract the training set's mean and divide by its standard deviation (a "
            "logarithm first, where a feature spans orders of magnitude itself), or put a BatchNorm1d in front of the "
            "first layer.",
            layer=layer, step=0,
        )  # fmt: skip

    def _measured(self, run: Evidence) -> tuple[float, str, str] | None:
        """Value, message and layer where the first layer is one whose inputs are measured."""
        means = self._means
        if means is None or not _first(run, self._layer):
            return None
        scale, smallest, largest = _ratio(means.scale)
        message = (
            f"Input features differ {scale:,.0f} times in scale, from {means.name(smallest)} (about "
            f"{means.scale[smallest]:.2g}) to {means.name(largest)} (about {means.scale[largest]:.2g}); "
        )
        if not any(means.contribution_present):
            return scale, f"{message}no gradient reaches the inputs any more.", self._layer
        share, few = _concentration(means)
        message += (
            f"{few} of {len(means.scale)} features bring about {share:.0%} of what the inputs contribute, so the "
            "network hardly sees the others."
        )
        value = min(scale, self.thresholds["contribution"] * _ratio(means.contribution_present)[0])
        return value, message, self._layer

    def _received(self, run: Evidence) -> tuple[float, str, str] | None:
        """The same for a recurrent first layer, from what the model receives."""
        first = run.weighted[0] if run.weighted else ""
        if not first or run.layers[first].type not in RECURRENT:
            return None
        scale, smallest, largest = _ratio(list(run.scales))
        message = (
            f"Input features differ {scale:,.0f} times in scale, from feature {smallest} to feature {largest}, so the "
            "network hardly sees the small ones."
        )
        return scale, message, first


def _overshoot(run: Evidence) -> float:
    """The deviation of the first outputs between samples over that of the targets, or of scores over 1: large where
    large inputs make the outputs large."""
    calls = main_calls(run)
    if not calls or calls[0].step > 0:
        return 0.0
    scores = calls[0].function in (*CLASSIFICATIONS, "binary_cross_entropy_with_logits")
    return calls[0].spread / (1.0 if scores else calls[0].target_spread or float("inf"))


def _first(run: Evidence, name: str) -> bool:
    """Whether a layer receives the model's inputs: no layer with parameters was called before but normalisation."""
    before = run.weighted[: run.weighted.index(name)] if name in run.weighted else []
    return all("Norm" in run.layers[each].type for each in before)


def _ratio(values: list[float]) -> tuple[float, int, int]:
    """Largest over smallest of the features that ever had a value, and their positions."""
    present = [(value, index) for index, value in enumerate(values) if value > 0 and value != float("inf")]
    if len(present) < 2:
        return 1.0, 0, 0
    (low, smallest), (high, largest) = min(present), max(present)
    return high / low, smallest, largest


def _concentration(means: FeatureMeans) -> tuple[float, int]:
    """How few features make up 95% of all contributions: their share, their number."""
    ordered = sorted((value for value in means.contribution if value == value), reverse=True)
    total, reached = sum(ordered) or 1.0, 0.0
    for count, value in enumerate(ordered, 1):
        reached += value
        if reached >= 0.95 * total:
            return reached / total, count
    return 1.0, len(ordered)
