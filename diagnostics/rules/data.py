"""The order of the data and the balance of its classes."""

import statistics
from collections.abc import Iterator, Sequence
from typing import ClassVar

from diagnostics.evidence import (
    BINARY,
    CLASSIFICATIONS,
    REGRESSIONS,
    Evidence,
    LossCall,
    class_counts,
    main_calls,
    moving_targets,
)
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule


class UnshuffledData(Rule):
    """Each batch holds samples of few classes, or of similar targets, while the whole run has many.

    Of numbers it counts only where batches come back with the same mean, as every epoch of unshuffled data does:
    targets that drift (reinforcement learning) do not."""

    name = "unshuffled-data"
    signal = (
        "The share of the targets' variety (Gini index of classes, variance of numbers) that lies between batches: 0 "
        "for shuffled data, 1 for sorted data."
    )
    limits = "{warning}; {captures} captured steps"
    levels = "warning"
    source = "intraclass correlation"
    fix = "Use shuffle=True in the DataLoader, or torch.randperm in every epoch."
    certainty = 0.85
    defaults: ClassVar = {"warning": 0.5, "captures": 6}
    explains = (*SYMPTOMS, "overfitting", "learning-rate-too-high", "class-imbalance", "exploding-gradient",
                "learning-rate-too-low", "dead-units", "feature-scale-imbalance")  # fmt: skip

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        calls = main_calls(run)
        steps = _by_step(calls)
        if len(steps) < max(1, self.thresholds["captures"]):
            return
        if calls[0].function in (*CLASSIFICATIONS, *BINARY):
            value = _between_classes(steps) if not moving_targets(run) else None
        else:
            value = _between_numbers(steps) if calls[0].function in REGRESSIONS else None
        if value is not None and value >= self.thresholds["warning"]:
            yield self.finding(
                "warning", self.thresholds["warning"], value,
                f"The batches differ far more than shuffled ones would: {value:.0%} of the variety of the targets lies "
                "between batches, so the model forgets one kind while it sees the next.",
                self.fix, step=0,
            )  # fmt: skip


def _by_step(calls: Sequence[LossCall]) -> list[list[LossCall]]:
    steps: dict[int, list[LossCall]] = {}
    for call in calls:
        steps.setdefault(call.step, []).append(call)
    return list(steps.values())


def _between_classes(steps: Sequence[Sequence[LossCall]]) -> float | None:
    """1 - (variety inside of batches) / (variety of all batches together)."""
    batches = [class_counts(calls) for calls in steps]
    batches = [counts for counts in batches if sum(counts) >= 8]
    length = max(map(len, batches), default=0)
    pooled = [sum(counts[index] for counts in batches if index < len(counts)) for index in range(length)]
    total = sum(pooled)
    if len(batches) < 4 or not total:
        return None
    variety = 1 - sum((n / total) ** 2 for n in pooled)
    inside = statistics.fmean(_variety(counts) for counts in batches)
    return 1 - inside / variety if variety > 0.1 else None


def _variety(counts: Sequence[int]) -> float:
    """The chance that two different samples of a batch are of different classes."""
    total = sum(counts)
    return 1 - sum(n * (n - 1) for n in counts) / (total * (total - 1))


def _between_numbers(steps: Sequence[Sequence[LossCall]]) -> float | None:
    calls = [each[0] for each in steps if _rows(each[0]) >= 8]
    means = [call.target[0] for call in calls]
    if len(calls) < 6:
        return None
    again = len(means) - len({f"{mean:.5g}" for mean in means})
    inside = statistics.fmean(call.target[1] ** 2 for call in calls)
    between = statistics.pvariance(means)
    if again < 0.1 * len(means) or len(set(means)) < 3 or between <= 0 or _learned(calls, inside):
        return None
    return between / (between + inside)


def _learned(calls: Sequence[LossCall], inside: float) -> bool:
    """Whether the outputs explain half of the variance inside of batches, as for a time series that is learned in its
    order; a model that only follows the mean of the last batches does not."""
    late = [call.error**2 for call in calls[-max(3, len(calls) // 5) :] if call.error >= 0]
    return bool(late) and statistics.median(late) < 0.5 * inside


def _rows(call: LossCall) -> int:
    return call.target_shape[0] if call.target_shape else 1


class ClassImbalance(Rule):
    """One class is far more frequent than the others and the model answers it nearly always.

    Without that, rare classes are learned, and nothing is wrong."""

    name = "class-imbalance"
    signal = (
        "Targets by class and how many of each the model gets right, in the last half of the captured calls of the "
        "loss."
    )
    limits = (
        "the largest class has {share:.0%} of the samples and {ratio} times the smallest, and the model recognises "
        "fewer than {recall:.0%} of the others; {samples} samples"
    )
    levels = "warning"
    source = "SageMaker Debugger, ClassImbalance"
    fix = "Weight the loss by class (weight=, pos_weight=) or sample the classes evenly (WeightedRandomSampler)."
    certainty = 0.8
    defaults: ClassVar = {"ratio": 10, "share": 0.7, "recall": 0.5, "samples": 300}
    explains = (*SYMPTOMS, "learning-rate-too-low", "overfitting")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        calls = [call for call in main_calls(run) if call.function in (*CLASSIFICATIONS, *BINARY)]
        counts = class_counts(calls)
        total = sum(counts)
        present = [n for n in counts if n]
        if total < self.thresholds["samples"] or len(present) < 2 or moving_targets(run):
            return
        largest, smallest = max(present), min(present)
        if largest < self.thresholds["ratio"] * smallest or largest < self.thresholds["share"] * total:
            return
        late = calls[-max(5, len(calls) // 2) :]
        common = counts.index(largest)
        rare = sum(n for index, n in enumerate(class_counts(late)) if index != common)
        hits = sum(hit for call in late for index, hit in enumerate(call.hits) if index != common)
        if rare >= 3 and hits < self.thresholds["recall"] * rare:
            yield self.finding(
                "warning", self.thresholds["ratio"], largest / smallest,
                f"{largest / total:.0%} of the samples are of class {common}, and the model recognises only "
                f"{hits / rare:.0%} of the others: it answers the frequent class.",
                self.fix, step=0,
            )  # fmt: skip
