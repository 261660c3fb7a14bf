"""Training data learned by heart."""

import statistics
from collections import deque
from collections.abc import Iterator
from typing import ClassVar

from diagnostics.evidence import Evidence, trend
from diagnostics.readings import EpochReading
from diagnostics.result import Finding
from diagnostics.rules.rule import Rule


class Overfitting(Rule):
    """The validation loss stays away from the training loss and no longer improves while that one still does.

    The value is (validation − training) / training, the median of the last three epochs that reported both losses;
    it counts once the best validation loss lies `patience` epochs back and the training loss has fallen since. A
    gap under 1% of the first validation loss is no gap. It is `info` while the validation loss stays within 10% of
    its best, or a quarter of what it had gained: then little is lost, unless the gap is a large part of the loss
    of the best constant answer."""

    name = "overfitting"
    signal = (
        "(validation − training) / training loss, median of the last 3 epochs, once the validation loss has no new "
        "best while the training loss still falls."
    )
    limits = (
        "{warning}; critical {critical}; {patience} epochs without a new best; {rise:.0%} above the best loss, or a "
        "gap of {part:.0%} of the loss of the best constant answer"
    )
    levels = "critical, warning; info where little of the best validation loss is lost"
    source = "AutoTrainer: patience 5"
    fix = "Stop at the best epoch; use more data or augmentation, weight decay, dropout, or a smaller network."
    certainty = 0.85
    defaults: ClassVar = {"warning": 0.3, "critical": 0.5, "patience": 5, "rise": 0.1, "part": 0.4}

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._gaps: deque[float] = deque(maxlen=3)
        self._validations: deque[float] = deque(maxlen=3)
        self._start: float | None = None
        self._best = float("inf")
        self._train_at_best = self._train = float("inf")
        self._epoch_of_best = self._step_of_best = self._waited = 0

    def epoch(self, reading: EpochReading) -> None:
        """Follow the gap and the best validation loss."""
        train, validation = reading.values.get("train_loss"), reading.values.get("val_loss")
        if train is None or validation is None or not abs(train) < float("inf") or not abs(validation) < float("inf"):
            return
        self._start = validation if self._start is None else self._start
        self._train = train
        self._validations.append(validation)
        self._waited += 1
        gap = validation - train
        self._gaps.append(gap / abs(train) if train and abs(gap) >= 0.01 * abs(self._start) else 0.0)
        if validation < self._best:
            self._best, self._epoch_of_best, self._step_of_best = validation, reading.epoch, reading.step
            self._train_at_best, self._waited = train, 0

    def _rose(self) -> bool:
        """Whether the validation loss has lost a good part of what it had gained."""
        gained = (self._start or 0.0) - self._best
        return self._recent() >= self._best + max(self.thresholds["rise"] * abs(self._best), 0.25 * gained)

    def _learned_by_heart(self, baseline: float | None) -> bool:
        """Whether a large part of what a constant answer loses is learned for the training set alone."""
        return baseline is not None and self._recent() - self._train >= self.thresholds["part"] * baseline > 0

    def _recent(self) -> float:
        return statistics.median(self._validations)

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        if not self._gaps or self._waited < self.thresholds["patience"] or self._train >= self._train_at_best:
            return
        if trend(run).hurts:
            return  # what was not learned was not learned by heart
        value = statistics.median(self._gaps)
        graded = self.graded(value)
        if graded:
            if not self._rose() and not self._learned_by_heart(trend(run).baseline):
                graded = "info", graded[1]
            yield self.finding(
                *graded,
                value,
                f"The validation loss lies {value:.0%} above the training loss and has not improved "
                f"for {self._waited} validations (best: "
                f"{self._best:.4g} in epoch {self._epoch_of_best}) while the training loss kept falling.",
                f"Stop at epoch {self._epoch_of_best}; more data or augmentation, weight decay, "
                "dropout, or a smaller network.",
                step=self._step_of_best,
            )
