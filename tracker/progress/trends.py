"""Trends of training health over the runs of one name: a rank test, not the eye.

The Mann-Kendall test says whether a measure drifts, and the Theil-Sen estimator how fast: the median of the slopes
between all pairs of runs. Neither assumes a distribution, and one odd run moves neither. Sources: Mann (1945), Kendall
(1975), Sen (1968).

A drift is reported where the two-sided probability of at least this much order in runs without a trend is below
`SIGNIFICANT`, and the change along the fitted line is large enough to matter (see `Measure`).
Five runs are the fewest that can reach this.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tracker.cache import Cache, digest
from tracker.model import MeasuredResult
from tracker.plural import counted

KIND = "trends"
Run = Mapping[str, Any]
"""A result's JSON object."""
SIGNIFICANT = 0.02
FEWEST = 5
NEWEST = 50
"""Runs of a name that are looked at."""
EXACT = 12
"""Runs without equal values for which the probability is counted; beyond, the normal approximation is close."""


class Drift(StrEnum):
    """What the values of a measure do from run to run."""

    RISES = "rises"
    FALLS = "falls"
    NONE = "no drift"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HealthTrend:
    """One measure over the complete training runs of one name."""

    name: str
    measure: str
    values: tuple[float, ...]
    """The oldest first."""
    drift: Drift
    per_run: float | None = None
    """The Theil-Sen slope; None where the drift is unknown."""
    p: float | None = None
    """The two-sided probability of the Mann-Kendall test."""
    reason: str | None = None
    """Why the drift is unknown."""
    worse: bool = False
    """Whether the drift is one to look at."""

    @property
    def sentence(self) -> str:
        """The trend in words.

        >>> HealthTrend("soak", "dead share", (0.1, 0.4), Drift.RISES, 0.1, 0.0167, worse=True).sentence
        'soak: the dead share rises over 2 runs, from 0.1 to 0.4 (Mann-Kendall p = 0.0167, 0.1 per run)'
        """
        if self.drift is Drift.UNKNOWN or self.per_run is None or self.p is None:
            return f"{self.name}: the trend of the {self.measure} is unknown: {self.reason}"
        ends = f"from {_short(self.values[0])} to {_short(self.values[-1])}"
        numbers = f"Mann-Kendall p = {_short(self.p)}, {_short(self.per_run)} per run"
        does = "does not drift" if self.drift is Drift.NONE else str(self.drift)
        return f"{self.name}: the {self.measure} {does} over {counted(len(self.values), 'run')}, {ends} ({numbers})"


def trends(results: Iterable[MeasuredResult]) -> Iterator[HealthTrend]:
    """Yield the trend of each measure of each name that has at least two complete training runs with that measure."""
    trainings = [one for one in results if one.status == "complete" and one.data.get("kind") == "training"]
    for name, found in groupby(sorted(trainings, key=lambda one: one.name), lambda one: one.name):  # stable
        runs = [one.data for one in found][-NEWEST:]
        for measure, how in MEASURES.items():
            values = how.values(runs)
            if len(values) > 1:
                yield trend(name, measure, values, how)


def known_trends(results: Iterable[MeasuredResult], cache: Cache) -> list[HealthTrend]:
    """Return the trends, computed only when a result changed: they read every number of every run."""
    results = list(results)
    key = digest(Path(__file__).read_bytes(), *(repr((one.name, one.status, one.data)) for one in results))
    texts = TypeAdapter(list[HealthTrend])
    with suppress(ValidationError):  # a damaged cache is ignored
        if (text := cache.get(KIND, [key]).get(key)) is not None:
            return texts.validate_json(text)
    found = list(trends(results))
    cache.put(KIND, {key: texts.dump_json(found).decode()}, only=[key])
    return found


def trend(name: str, measure: str, values: Sequence[float], how: Measure) -> HealthTrend:
    """Judge the values of one measure."""
    kept = tuple(values)
    if len(kept) < FEWEST:
        reason = f"{counted(len(kept), 'run')} of at least {FEWEST}"
        return HealthTrend(name, measure, kept, Drift.UNKNOWN, reason=reason)
    slope, p = theil_sen(kept), mann_kendall(kept)
    change = abs(slope) * (len(kept) - 1)
    certain = p < SIGNIFICANT and change > 0
    matters = change >= max(how.smallest, how.relevant * abs(statistics.median(kept)))
    drift = (Drift.RISES if slope > 0 else Drift.FALLS) if certain and matters else Drift.NONE
    return HealthTrend(name, measure, kept, drift, slope, p, worse=drift in how.worse)


def theil_sen(values: Sequence[float]) -> float:
    """Return the median of the slopes between all pairs of at least two values, per step.

    >>> theil_sen([1.0, 2.0, 3.0, 4.0, 100.0])
    1.0
    """
    return statistics.median((y - x) / (j - i) for (i, x), (j, y) in combinations(enumerate(values), 2))


def mann_kendall(values: Sequence[float]) -> float:
    """Return the two-sided probability of at least this much order among values without a trend.

    Without equal values and for few, it is counted over all orders; else it is the normal approximation with the
    correction for ties.

    >>> round(mann_kendall([1, 2, 3, 4, 5]), 4), mann_kendall([2, 2, 2, 2, 2])
    (0.0167, 1.0)
    """
    n = len(values)
    score = abs(sum((y > x) - (y < x) for x, y in combinations(values, 2)))
    ties = [count for count in Counter(values).values() if count > 1]
    if not ties and n <= EXACT:
        return min(1.0, 2 * _at_least(score, n))
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    return math.erfc((score - 1) / math.sqrt(2 * variance)) if score else 1.0


def _at_least(score: int, n: int) -> float:
    """Return the share of the orders of n values that have at least this score: pairs in order less other pairs."""
    orders = [1]  # by number of pairs that are not in order
    for size in range(2, n + 1):
        longer = [0] * (len(orders) + size - 1)
        for pairs, count in enumerate(orders):
            for more in range(size):
                longer[pairs + more] += count
        orders = longer
    allowed = (n * (n - 1) // 2 - score) // 2
    return sum(orders[: allowed + 1]) / math.factorial(n) if score > 0 else 1.0


def _short(number: float) -> str:
    return f"{number:.4g}"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _column(columns: object, name: str) -> list[float | None]:
    found = _mapping(columns).get(name)
    return [_number(value) for value in found] if isinstance(found, list) else []


def _layers(run: Run, column: str) -> Iterator[tuple[Mapping[str, Any], list[float | None]]]:
    """Yield each layer that has the column, with it."""
    for layer in map(_mapping, _mapping(run.get("layers")).values()):
        if found := _column(layer.get("columns"), column):
            yield layer, found


def _dead_share(run: Run) -> float | None:
    """Return the share of dead units at the end, of all layers together."""
    known = [
        (_number(layer.get("units")) or 1.0, last)
        for layer, column in _layers(run, "dead_units")
        if (last := next((value for value in reversed(column) if value is not None), None)) is not None
    ]
    whole = sum(units for units, _ in known)
    return sum(units * share for units, share in known) / whole if whole > 0 else None


def _gradient_norm(run: Run) -> float | None:
    """Return the median over the captures of the norm of the whole gradient."""
    columns = [column for _, column in _layers(run, "gradient_norm")]
    norms = [
        math.sqrt(sum(value**2 for value in row if value is not None))
        for row in zip(*columns, strict=False)
        if any(value is not None for value in row)
    ]
    return statistics.median(norms) if norms else None


def _points(run: Run, column: str) -> list[tuple[float, float]]:
    """Return the pairs of step and value of the history."""
    history = run.get("history")
    pairs = zip(_column(history, "step"), _column(history, column), strict=False)
    return [(step, value) for step, value in pairs if step is not None and value is not None]


def _overfit_gap(run: Run) -> float | None:
    """Return the share of the last validation loss by which it exceeds the training loss of the same step."""
    training = dict(_points(run, "train_loss"))
    gaps = [
        (value - training[step]) / abs(value) for step, value in _points(run, "val_loss") if step in training and value
    ]
    return gaps[-1] if gaps else None


def _losses_at_one_step(runs: Sequence[Run]) -> list[float]:
    """Return the loss of each run at the last step that all have reached: of validation where any run has it.

    Runs of less than half of the usual length are left out: their end would be compared with the start of the others.
    """
    curves = [_points(run, "val_loss") for run in runs]
    if not any(curves):
        curves = [_points(run, "train_loss") for run in runs]
    curves = [sorted(curve) for curve in curves if curve]
    usual = statistics.median(curve[-1][0] for curve in curves) if curves else 0
    curves = [curve for curve in curves if curve[-1][0] >= usual / 2]
    step = min((curve[-1][0] for curve in curves), default=0.0)
    return [value for curve in curves if (value := _at(curve, step)) is not None]


def _at(curve: Sequence[tuple[float, float]], step: float) -> float | None:
    """Return the value of a curve at a step, on the line between its neighbours."""
    after = next((index for index, (at, _) in enumerate(curve) if at >= step), None)
    if after is None or (after == 0 and curve[0][0] > step):
        return None
    (x, y), (before, was) = curve[after], curve[max(0, after - 1)]
    return y if x in (step, before) else was + (y - was) * (step - before) / (x - before)


def _of_each(read: Callable[[Run], float | None]) -> Callable[[Sequence[Run]], list[float]]:
    return lambda runs: [value for run in runs if (value := read(run)) is not None]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is read from the runs of one name, the oldest first."""

    values: Callable[[Sequence[Run]], list[float]]
    worse: tuple[Drift, ...] = (Drift.RISES,)
    relevant: float = 0.1
    """The smallest change that is reported, from the first to the last run, as a share of the median value."""
    smallest: float = 0.0
    """The smallest change that is reported, as a number."""


MEASURES: Mapping[str, Measure] = {
    "dead share": Measure(_of_each(_dead_share), smallest=0.02),
    "gradient norm": Measure(_of_each(_gradient_norm), (Drift.RISES, Drift.FALLS), relevant=0.5),
    "loss at a fixed step": Measure(_losses_at_one_step),
    "overfit gap": Measure(_of_each(_overfit_gap), smallest=0.02),
}
