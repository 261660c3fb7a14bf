"""`result: NAME`: the newest complete result of that name says so."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.model import MeasuredResult, Origin, ResultEvidence, Verdict, Version
from tracker.model.evidence.result import SIGNS
from tracker.progress.evidence.comparison import ORDER, frozen, holds, near, number, shown
from tracker.progress.evidence.world import Found, World, found_in
from tracker.queries import QueryFailed, search
from tracker.sources.reading import nearest


def look_up(evidence: ResultEvidence, world: World) -> Found:
    """Return met when the value that the JMESPath selects satisfies the comparison; without one, when it is true."""
    name = evidence.result
    result = world.newest.get(name)
    if result is None:
        others = [one for one in world.facts.results if one.name == name]
        if others:
            return Found(Verdict.MISSING, f"only a {others[-1].status} result, which proves nothing", others[-1].path)
        return Found(Verdict.MISSING, f"no result named {name!r} yet{nearest(name, world.newest)}")
    verdict, text, value = _judge(evidence, result, world)
    if verdict is Verdict.MET and evidence.measured and result.origin is not Origin.MEASURED:
        verdict, text = Verdict.UNMET, f"{text}; wanted a measured result, and this one is {result.origin}"
    return found_in(world, result, verdict, text, value)


def values(evidence: ResultEvidence, world: World) -> list[tuple[MeasuredResult, object]]:
    """Return each complete result of the name with the value that the evidence selects, the oldest first."""
    named = [one for one in world.facts.results if one.name == evidence.result and one.status == "complete"]
    found = [(result, _value_of(evidence, result)) for result in named if evidence.value is not None]
    return [(result, value) for result, value in found if value is not None]


def bound(evidence: ResultEvidence) -> float | None:
    """Return the number that the value is compared with; None where it is compared with none."""
    number = getattr(evidence, evidence.comparison) if evidence.comparison in ORDER else None
    return float(number) if isinstance(number, Decimal) else None


class Unsearchable(Exception):
    """The JMESPath cannot be applied to this result."""


def _judge(evidence: ResultEvidence, result: MeasuredResult, world: World) -> tuple[Verdict, str, str | None]:
    """Return the verdict on a result, what was found in words, and the value as text."""
    if evidence.value is None:
        return Verdict.MET, "there is a complete result", None
    try:
        value = _search(evidence.value, result)
    except Unsearchable as error:
        return Verdict.MISSING, f"{evidence.value}: {error}", None
    if value is None:
        return Verdict.MISSING, f"{evidence.value} matches nothing", None
    verdict, wanted = _within(evidence, value, world) if evidence.within is not None else _compared(evidence, value)
    return verdict, f"{evidence.value} = {shown(value)}, wanted {wanted}", frozen(value)


def _compared(evidence: ResultEvidence, value: Any) -> tuple[Verdict, str]:
    wanted = f"{SIGNS[evidence.comparison]} {evidence.bound}" if evidence.comparison else "true"
    if holds(evidence, value):
        return Verdict.MET, wanted
    not_a_number = evidence.comparison in ORDER and number(value) is None
    return Verdict.UNMET, f"{wanted}: not a number" if not_a_number else wanted


def _value_of(evidence: ResultEvidence, result: MeasuredResult) -> Any:
    try:
        return _search(evidence.value or "@", result)
    except Unsearchable:
        return None


def _search(path: str, result: MeasuredResult) -> Any:
    try:
        return search(path, result.data)
    except QueryFailed as error:
        raise Unsearchable(str(error)) from None


def _within(evidence: ResultEvidence, value: Any, world: World) -> tuple[Verdict, str]:
    """Return whether the value is near enough to the one that a version holds, and what was wanted."""
    tolerance = evidence.within or ""
    measured = number(value)
    if measured is None:
        return Verdict.UNMET, f"within {tolerance}: not a number"
    if evidence.of is not None and evidence.of not in world.versions:
        return Verdict.MISSING, f"within {tolerance} of version {evidence.of}, which is not there"
    version = world.versions[evidence.of] if evidence.of else next(iter(world.facts.versions[-1:]), None)
    before = _frozen_value(evidence, version) if version else None
    if version is None or before is None:
        where = f"version {version.version} holds" if version else "a version holds"
        return Verdict.MISSING, f"within {tolerance} of the value that {where}: there is none yet"
    verdict = Verdict.MET if near(measured, before, tolerance) else Verdict.UNMET
    return verdict, f"within {tolerance} of {shown(float(before))} (version {version.version})"


def _frozen_value(evidence: ResultEvidence, version: Version) -> Decimal | None:
    criteria = (one for phase in version.phases for one in (*phase.prerequisites, *phase.criteria))
    for one in (one for criterion in criteria for one in criterion.evidence):
        if one.value is not None and f"{one.asks} ".startswith(f"{evidence.subject} "):
            try:
                return Decimal(one.value)
            except InvalidOperation:
                return None
    return None
