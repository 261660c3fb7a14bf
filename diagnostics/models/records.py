"""What the evaluation record of a library, the scores and the importances say: findings, as those of the rules."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diagnostics.result import Diagnosis, Finding, Number, Severity, number

RISE = {"warning": 0.1, "critical": 0.5}
"""How far the validation loss may rise above its best, as a share of that."""
STILL = 0.02
"""The share of its loss that the last tenth of the rounds still gained where there were too few."""
DOMINATES = 0.9
"""The share of all importance of one feature."""
HIGHER = ("auc", "aucpr", "map", "ndcg", "accuracy", "r2", "f1", "precision", "recall", "mcc", "kappa")
"""Words in the names of metrics of which a higher value is better."""
FEWEST = 10
"""Rounds of a record from which something can be concluded."""
FIXES = {
    "overfitting": "Stop at the best round (early stopping), or use fewer leaves, a lower learning rate, or more data.",
    "too-few-rounds": "Train more rounds, with early stopping on the validation rows.",
    "no-better-than-constant": "Check that rows and targets belong together, and that the features know the target.",
    "one-feature-dominates": "Check whether this feature contains the target.",
}


def judge(
    record: Mapping[str, Sequence[Any]], metric: str | None, *, stopped_early: bool, boosted: bool,
    beats_constant: bool | None, importances: Mapping[str, Any],
) -> Diagnosis:  # fmt: skip
    """The diagnosis of a model that is not a watched network. `record`: the columns of its evaluation record, of
    `metric`. `beats_constant`: whether its validation rows show that it is better than the best constant answer."""
    findings = [
        *_constant(beats_constant),
        *_rounds(record, metric or "", stopped_early),
        *_importances(importances),
    ]
    grave = [finding for finding in findings if finding.severity != "info"]
    if not findings and boosted and not record.get("validation"):
        reason = "There is no evaluation record of the validation rows: fit with an eval_set to judge the rounds."
        return Diagnosis("unknown", reason=reason)
    worst = findings[0].severity if findings else "ok"
    return Diagnosis(worst, findings, cause=grave[0].rule if grave else None)


def _constant(beats_constant: bool | None) -> Iterator[Finding]:
    if beats_constant is False:
        message = "The predictions are no better than the best constant answer."
        yield _finding("no-better-than-constant", "critical", None, 0, message)


def _rounds(record: Mapping[str, Sequence[Any]], metric: str, stopped_early: bool) -> Iterator[Finding]:
    losses = _losses(record.get("validation", ()), metric)
    rounds = record.get("round", ())
    if len(losses) < FEWEST or not all(map(math.isfinite, losses)):
        return
    best = min(range(len(losses)), key=losses.__getitem__)
    scale = abs(losses[best]) or max(abs(losses[0] - losses[best]), 1e-12)
    rise, start = (losses[-1] - losses[best]) / scale, losses[-1 - len(losses) // 10]
    severity: Severity = "critical" if rise >= RISE["critical"] else "warning"
    if rise >= RISE["warning"] and not stopped_early:
        at = f"round {rounds[best]} of {rounds[-1]}" if rounds else "an earlier round"
        message = f"The validation {metric} was best in {at} and is {rise:.0%} worse at the end."
        yield _finding("overfitting", severity, rise, RISE[severity], message, int(rounds[best]) if rounds else None)
    elif (gained := (start - losses[-1]) / (abs(start) or 1.0)) >= STILL and best == len(losses) - 1:
        message = f"The last tenth of the rounds still improved the validation {metric} by {gained:.0%}."
        yield _finding("too-few-rounds", "warning", gained, STILL, message)


def _losses(values: Sequence[Any], metric: str) -> list[float]:
    known = [float(value) for value in values if isinstance(value, int | float)]
    higher = any(word in metric.lower().replace("@", ":").replace(":", "-").split("-") for word in HIGHER)
    return [-value for value in known] if higher else known


def _importances(importances: Mapping[str, Any]) -> Iterator[Finding]:
    name, share = next(iter(importances.items()), ("", 0))
    if len(importances) > 1 and isinstance(share, int | float) and share >= DOMINATES:
        message = f"The feature {name} has {share:.0%} of all importance."
        yield _finding("one-feature-dominates", "info", share, DOMINATES, message)


def _finding(
    rule: str, severity: Severity, value: float | None, threshold: float, message: str, step: int | None = None
) -> Finding:
    limit: Number = number(float(threshold)) or 0
    return Finding(rule, severity, None, number(value), limit, message, FIXES[rule], step)
