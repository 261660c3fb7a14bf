"""Whether a fix worked: the cause of one run, looked for in a later one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from diagnostics.result import Result

Outcome = Literal["gone", "weaker", "remains", "unknown"]
RANKS = {"info": 0, "warning": 1, "critical": 2}
# What a rule cannot do without: a column of the layers or of the history.
NEEDS = {"dead-units": "dead_units", "saturated-activation": "saturated", "overfitting": "val_loss"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of `cause`, the rule id of the first run's cause (None: it had none). `weaker`: it is found with a
    lower severity. `other`: the cause of the second run, where it is another one. `sentence` says all this."""

    cause: str | None
    outcome: Outcome
    other: str | None
    sentence: str


def compare(before: Result | Mapping[str, Any], after: Result | Mapping[str, Any]) -> Comparison:
    """Whether the cause of the run `before` is gone in the run `after`; results, or their JSON objects.

    >>> broken = {"diagnosis": {"severity": "critical", "cause": "non-finite", "findings": [
    ...     {"rule": "non-finite", "severity": "critical"}]}}
    >>> compare(broken, {"status": "complete", "diagnosis": {"severity": "ok", "findings": []}}).sentence
    'The cause non-finite is gone.'
    """
    first, second = _field(before, "diagnosis"), _field(after, "diagnosis")
    cause = _field(first, "cause")
    if cause is None:
        return Comparison(None, "unknown", None, "The first run has no cause to look for.")
    now = _field(second, "cause")
    other = now if now != cause else None
    outcome, why = _outcome(cause, first, second, after)
    return Comparison(cause, outcome, other, _sentence(cause, outcome, other, why))


def _outcome(cause: str, first: object, second: object, after: object) -> tuple[Outcome, str]:
    worst, left = _worst(first, cause), _worst(second, cause)
    if left is not None:
        return ("weaker" if left < (worst or 0) else "remains"), ""
    if _field(second, "severity") in (None, "unknown"):
        return "unknown", _field(second, "reason") or "The second run was not diagnosed."
    if _field(after, "status") != "complete":
        return "unknown", "The second run is not complete."
    need = NEEDS.get(cause)
    if need is not None and not _has(after, need):
        return "unknown", f"The second run did not measure {need}."
    return "gone", ""


def _sentence(cause: str, outcome: Outcome, other: str | None, why: str) -> str:
    said = {
        "gone": f"The cause {cause} is gone.",
        "weaker": f"The cause {cause} is still there, but weaker.",
        "remains": f"The cause {cause} is still there.",
        "unknown": f"It is unknown whether the cause {cause} is gone. {why}",
    }[outcome]
    return said if other is None else f"{said} The cause of the second run is {other}."


def _worst(diagnosis: object, rule: str) -> int | None:
    found = [_field(each, "severity") for each in _field(diagnosis, "findings") or () if _field(each, "rule") == rule]
    return max((RANKS.get(severity, 0) for severity in found), default=None)


def _has(result: object, column: str) -> bool:
    """Whether a layer or the history has a number in this column."""
    layers = (_field(layer, "columns") or {} for layer in (_field(result, "layers") or {}).values())
    series = [columns.get(column, ()) for columns in (*layers, _field(result, "history") or {})]
    return any(value is not None for values in series for value in values)


def _field(holder: object, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
