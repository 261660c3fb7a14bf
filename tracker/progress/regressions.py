"""Metrics that got worse: the present value against an earlier one, with a tolerance.

The metrics are the ones that the plan names: criteria whose evidence compares a value of a result, and `budgets`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from tracker.model import MeasuredResult, Plan, Problem, ResultEvidence
from tracker.model.evidence.result import ORDERED
from tracker.progress.evidence.comparison import frozen, near, number, shown
from tracker.queries import QueryFailed, search

Better = Literal["lower", "higher", "near"]
"""`near`: any difference is worse, as the evidence asks for a value `within` a tolerance of an earlier one."""


class MetricOutcome(StrEnum):
    """How the present value compares with the earlier one."""

    WORSE = "worse"
    TOLERATED = "tolerated"
    """Worse, within the tolerance."""
    SAME = "same"
    BETTER = "better"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Metric:
    """A value that the plan names, and what it says of it."""

    result: str
    value: str
    better: Better
    tolerance: str
    criterion: str | None = None
    """Id of the criterion; None for a budget."""
    budget: int | None = None
    """Index of the budget."""


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric, its earlier and its present value."""

    metric: Metric
    outcome: MetricOutcome
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    """Why the outcome is unknown."""
    path: str | None = None
    """The result that has the present value."""
    remeasured: bool = True
    """Whether the present value comes from another result than the earlier one."""

    @property
    def sentence(self) -> str:
        """The change in words.

        >>> MetricChange(Metric("soak", "loss", "lower", "5%"), MetricOutcome.WORSE, "0.5", "0.6").sentence
        'soak: loss got worse: 0.5 before, 0.6 now (lower is better, tolerance 5%)'
        """
        name = f"{self.metric.result}: {self.metric.value}"
        if self.outcome is MetricOutcome.UNKNOWN:
            return f"{name} cannot be compared: {self.reason}"
        words = {MetricOutcome.WORSE: "got worse", MetricOutcome.TOLERATED: "is worse within its tolerance"}
        numbers = f"{self.before} before, {self.after} now"
        wanted = "must stay the same" if self.metric.better == "near" else f"{self.metric.better} is better"
        what = words.get(self.outcome, f"is {self.outcome}")
        return f"{name} {what}: {numbers} ({wanted}, tolerance {self.metric.tolerance})"


def metrics(plan: Plan) -> Iterator[Metric]:
    """Yield the metrics of a plan, each once: criteria first, then budgets."""
    seen = set()
    for metric in (*_of_criteria(plan), *_of_budgets(plan)):
        key = (metric.result, metric.value, metric.better, metric.tolerance)
        if key not in seen:
            seen.add(key)
            yield metric


def _of_criteria(plan: Plan) -> Iterator[Metric]:
    criteria = (one for phase in plan.phases for one in (*phase.prerequisites, *phase.criteria))
    for criterion in criteria:
        for one in criterion.evidence:
            if isinstance(one, ResultEvidence) and one.value is not None and one.comparison in (*ORDERED, "within"):
                better = {"below": "lower", "at_most": "lower", "within": "near"}.get(one.comparison or "", "higher")
                tolerance = one.within or one.tolerance or "0"
                yield Metric(one.result, one.value, better, tolerance, criterion.id)  # type: ignore[arg-type]


def _of_budgets(plan: Plan) -> Iterator[Metric]:
    for index, one in enumerate(plan.budgets):
        yield Metric(one.result, one.value, one.better.value, one.tolerance, budget=index)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A value, the result that has it, and why there is none."""

    value: Any = None
    result: MeasuredResult | None = None
    reason: str | None = None


def value_in(metric: Metric, result: MeasuredResult | None) -> MetricValue:
    """Return the value of a metric in a result."""
    if result is None:
        return MetricValue(reason=f"there is no complete result named {metric.result!r}")
    try:
        value = search(metric.value, result.data)
    except QueryFailed as error:
        return MetricValue(result=result, reason=str(error))
    if value is None:
        return MetricValue(result=result, reason=f"{metric.value} matches nothing")
    return MetricValue(value, result)


def compare_metric(metric: Metric, before: MetricValue, after: MetricValue) -> MetricChange:
    """Return what became of a metric. A value that is not a number is worse than any number."""
    path = after.result.path if after.result else None
    for measured, when in ((before, "before"), (after, "now")):
        if measured.value is None:
            return MetricChange(metric, MetricOutcome.UNKNOWN, reason=f"{measured.reason} {when}", path=path)
        if number(measured.value) is None:
            reason = f"{shown(measured.value)!r} {when} is not a number"
            return MetricChange(metric, MetricOutcome.UNKNOWN, reason=reason, path=path)
    old, new = number(before.value), number(after.value)
    assert old is not None
    assert new is not None
    same = before.result is not None and after.result is not None and before.result.data == after.result.data
    outcome = judge(metric, old, new)
    return MetricChange(metric, outcome, frozen(before.value), frozen(after.value), None, path, not same)


def judge(metric: Metric, old: Decimal, new: Decimal) -> MetricOutcome:
    """Return how a value compares with an earlier one, exactly.

    >>> judge(Metric("soak", "loss", "lower", "10%"), Decimal(2), Decimal("2.2"))
    <MetricOutcome.TOLERATED: 'tolerated'>
    """
    if old == new or (old.is_nan() and new.is_nan()):
        return MetricOutcome.SAME
    if old.is_nan() or new.is_nan():
        return MetricOutcome.BETTER if old.is_nan() else MetricOutcome.WORSE
    better: dict[str, Callable[[], bool]] = {"lower": lambda: new < old, "higher": lambda: new > old}
    if metric.better in better and better[metric.better]():
        return MetricOutcome.BETTER
    return MetricOutcome.TOLERATED if near(new, old, metric.tolerance) else MetricOutcome.WORSE


@dataclass(frozen=True, slots=True)
class Against:
    """Every metric of the plan, compared with an earlier state: a commit or a version, as it was named."""

    name: str
    changes: tuple[MetricChange, ...]
    problems: tuple[Problem, ...]
    """One for each change, at its place in the plan."""

    def of(self, outcome: MetricOutcome) -> list[Problem]:
        """The problems of the changes with this outcome."""
        return [
            problem for change, problem in zip(self.changes, self.problems, strict=True) if change.outcome is outcome
        ]

    @property
    def sentence(self) -> str:
        """How many metrics have each outcome.

        >>> Against("main", (), ()).sentence
        'Compared with main: the plan names no metric'
        """
        counts = Counter(change.outcome for change in self.changes)
        outcomes = [f"{counts[one]} {one}" for one in MetricOutcome if counts[one]]
        if again := sum(not change.remeasured for change in self.changes):
            outcomes.append(f"{again} not measured since")
        return f"Compared with {self.name}: {', '.join(outcomes) or 'the plan names no metric'}"

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "metrics": [_data(change) for change in self.changes]}


def _data(change: MetricChange) -> dict[str, Any]:
    metric = change.metric
    return {
        "result": metric.result,
        "value": metric.value,
        "criterion": metric.criterion,
        "better": metric.better,
        "tolerance": metric.tolerance,
        "before": _number(change.before),
        "after": _number(change.after),
        "outcome": change.outcome,
        "reason": change.reason,
        "path": change.path,
        "remeasured": change.remeasured,
    }


def _number(text: str | None) -> Any:
    """The value as JSON has it: NaN and the infinities stay words."""
    return None if text is None else text if text.strip("-") in ("NaN", "Infinity") else json.loads(text)
