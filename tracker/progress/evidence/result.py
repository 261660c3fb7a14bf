"""`result: NAME`: the newest complete result of that name says so."""

from __future__ import annotations

import math
from typing import Any

from tracker.model import Evidence, Verdict
from tracker.progress.evidence import Found, World
from tracker.sources.reading import nearest

SIGNS = {"below": "<", "at_most": "≤", "above": ">", "at_least": "≥", "equals": "=", "contains": "contains"}


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when the value that the JMESPath selects satisfies the comparison (none: when it is true)."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    name = evidence.result or ""
    result = world.newest.get(name)
    if result is None:
        others = [one for one in world.facts.results if one.name == name]
        if others:
            return Found(Verdict.MISSING, f"only a {others[-1].status} result, which proves nothing", others[-1].path)
        return Found(Verdict.MISSING, f"no result named {name!r} yet{nearest(name, world.newest)}")

    def found(verdict: Verdict, text: str) -> Found:
        return Found(
            verdict,
            text,
            where=result.path,
            when=result.started.date() if result.started else None,
            commit=result.commit,
            dirty=result.dirty,
            session=world.ties.session_of_result.get(result.path),
        )

    if evidence.value is None:
        return found(Verdict.MET, "there is a complete result")
    try:
        value = jmespath.search(evidence.value, result.data)
    except (JMESPathError, ValueError, RecursionError) as error:  # ValueError: a slice whose step is zero
        return found(Verdict.MISSING, f"{evidence.value}: {' '.join(str(error).split())}")
    if value is None:
        return found(Verdict.MISSING, f"{evidence.value} matches nothing")
    holds, wanted = _compare(evidence, value)
    shown = f"{evidence.value} = {_shown(value)}, wanted {wanted}"
    return found(Verdict.MET if holds else Verdict.UNMET, shown)


def _compare(evidence: Evidence, value: Any) -> tuple[bool, str]:
    comparison = evidence.comparison
    if comparison is None:
        return value is True, "true"
    bound = getattr(evidence, comparison)
    wanted = f"{SIGNS[comparison]} {_shown(bound)}"
    if comparison == "contains":
        items = value if isinstance(value, (list, dict, str)) else []
        return bound in items or (isinstance(value, list) and bound in map(_shown, value)), wanted
    number = _number(value)
    if comparison == "equals":
        return _equal(value, number, bound), wanted
    if number is None:
        return False, f"{wanted}: not a number"
    return {
        "below": number < bound,
        "at_most": number <= bound,
        "above": number > bound,
        "at_least": number >= bound,
    }[comparison], wanted


def _equal(value: Any, number: float | None, bound: str) -> bool:
    if isinstance(value, bool) or number is None:
        return _shown(value) == bound
    try:
        return number == float(bound)
    except ValueError:
        return False


def _number(value: Any) -> float | None:
    """A number, also one that JSON can only write as a text; truth values are none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.copysign(math.inf, value)
    return (
        {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value) if isinstance(value, str) else None
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
