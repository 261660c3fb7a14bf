"""`result: NAME`: the newest complete result of that name says so."""

from __future__ import annotations

import math
import operator
from typing import Any

from tracker.model import SIGNS, Evidence, Result, Verdict, Version
from tracker.progress.evidence import Found, World
from tracker.queries import QueryFailed, search
from tracker.sources.reading import nearest


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when the value that the JMESPath selects satisfies the comparison (none: when it is true)."""
    name = evidence.result or ""
    result = world.newest.get(name)
    if result is None:
        others = [one for one in world.facts.results if one.name == name]
        if others:
            return Found(Verdict.MISSING, f"only a {others[-1].status} result, which proves nothing", others[-1].path)
        return Found(Verdict.MISSING, f"no result named {name!r} yet{nearest(name, world.newest)}")

    def found(verdict: Verdict, text: str, value: str | None = None) -> Found:
        return measured(world, result, verdict, text, value)

    if evidence.value is None:
        return found(Verdict.MET, "there is a complete result")
    try:
        value = _search(evidence.value, result)
    except Unsearchable as error:
        return found(Verdict.MISSING, f"{evidence.value}: {error}")
    if value is None:
        return found(Verdict.MISSING, f"{evidence.value} matches nothing")
    shown = _shown(value)
    if evidence.within is not None:
        verdict, wanted = _within(evidence, value, world)
    else:
        holds = _holds(evidence, value)
        verdict = Verdict.MET if holds else Verdict.UNMET
        wanted = f"{SIGNS[evidence.comparison]} {evidence.bound}" if evidence.comparison else "true"
        if not holds and evidence.comparison not in (None, "equals", "contains") and _number(value) is None:
            wanted += ": not a number"
    return found(verdict, f"{evidence.value} = {shown}, wanted {wanted}", _exact(value))


class Unsearchable(Exception):
    """The JMESPath does not parse, or cannot be applied to this result."""


def value_of(evidence: Evidence, result: Result) -> Any:
    """What the evidence's JMESPath selects in a result; None where that is nothing."""
    try:
        return _search(evidence.value or "@", result)
    except Unsearchable:
        return None


def _search(path: str, result: Result) -> Any:
    try:
        return search(path, result.data)
    except QueryFailed as error:
        raise Unsearchable(str(error)) from None


def measured(world: World, result: Result, verdict: Verdict, text: str, value: str | None = None) -> Found:
    """What a result says, with where, when and at which commit it was measured."""
    return Found(
        verdict,
        text,
        where=result.path,
        when=result.started.date() if result.started else None,
        commit=result.commit,
        tree=result.tree,
        dirty=result.dirty,
        session=world.attribution.session_of_result.get(result.path),
        value=value,
    )


def _holds(evidence: Evidence, value: Any) -> bool:
    comparison = evidence.comparison
    if comparison is None:
        return value is True
    bound = getattr(evidence, comparison)
    if comparison == "contains":
        items = value if isinstance(value, (list, dict, str)) else []
        return bound in items or (isinstance(value, list) and bound in map(_shown, value))
    number = _number(value)
    if comparison == "equals":
        return _equal(value, number, bound)
    if number is None:
        return False
    holds = {"below": operator.lt, "at_most": operator.le, "above": operator.gt, "at_least": operator.ge}[comparison]
    return bool(holds(number, bound))


def _within(evidence: Evidence, value: Any, world: World) -> tuple[Verdict, str]:
    """Whether the value is as near as it must be to the one that a version holds."""
    tolerance = evidence.within or ""
    number = _number(value)
    if number is None:
        return Verdict.UNMET, f"within {tolerance}: not a number"
    if evidence.of is not None and evidence.of not in world.versions:
        return Verdict.MISSING, f"within {tolerance} of version {evidence.of}, which is not there"
    version = (
        world.versions[evidence.of] if evidence.of else (world.facts.versions[-1] if world.facts.versions else None)
    )
    before = _frozen_value(evidence, version) if version else None
    if version is None or before is None:
        where = f"version {version.version} holds" if version else "a version holds"
        return Verdict.MISSING, f"within {tolerance} of the value that {where}: there is none yet"
    allowed = abs(before) * float(tolerance.rstrip("% ")) / 100 if "%" in tolerance else float(tolerance)
    wanted = f"within {tolerance} of {before:.6g} (version {version.version})"
    off = abs(number - before)
    near = off <= allowed or math.isclose(off, allowed, rel_tol=1e-9)  # 2.2 is within 10% of 2, in decimals
    return (Verdict.MET if near else Verdict.UNMET), wanted


def _frozen_value(evidence: Evidence, version: Version) -> float | None:
    for phase in version.phases:
        for criterion in (*phase.prerequisites, *phase.criteria):
            for frozen in criterion.evidence:
                if frozen.value is not None and f"{frozen.asks} ".startswith(f"{evidence.subject} "):
                    try:
                        return float(frozen.value)
                    except ValueError:
                        return None
    return None


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
            return math.inf if value > 0 else -math.inf
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


def _exact(value: Any) -> str:
    """A value as it is frozen: a number to its last digit."""
    return repr(value) if isinstance(value, float) else _shown(value)
