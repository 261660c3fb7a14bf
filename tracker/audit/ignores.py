"""Findings that are meant to be so: the ignores of tracker.yml, and marks in documents, each with its reason.

One that does nothing is a problem that is told with its place: an ignore that matches nothing, that is over, or that
names no signal. So none outlives what it was written for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date as Date
from typing import NamedTuple, TypeVar

from tracker.audit.finding import Finding, Reason, without_reasons
from tracker.audit.home import Home
from tracker.audit.marks import InlineIgnore
from tracker.audit.state import State
from tracker.audit.statements import Statement
from tracker.audit.unmarked import Unmarked
from tracker.model import Ignore, Problem
from tracker.progress.globs import matching
from tracker.sources.reading import Source, nearest
from tracker.workspace import PLAN_FILE

One = TypeVar("One", Finding, Statement)


class Excuse(NamedTuple):
    """Why something is meant to be so."""

    reason: str
    inline: bool = False
    """Whether a mark in a document says so."""


@dataclass(frozen=True)
class Settled:
    """What was found, with what is meant to be so marked as ignored, and what is wrong with the ignores."""

    findings: list[Finding]
    statements: list[Statement]
    problems: list[Problem]


def settle(
    findings: Iterable[Finding],
    statements: Iterable[Statement],
    home: Home,
    marks: Iterable[InlineIgnore],
    unmarked: Unmarked,
    signals: Collection[str],
    today: Date,
) -> Settled:
    """Hold what was found against the ignores. `signals`: the names of all there are.

    A mark counts for statements, and for a reason that rests on nothing but marked lines: `unmarked` is without it.
    """
    findings, statements, marks = list(findings), list(statements), list(marks)
    rules = list(home.plan.audit.ignore) if home.plan else []
    counting = {number: rule for number, rule in enumerate(rules) if not _is_over(rule, today)}
    paths = {home.below + path for path in (*(one.path for one in findings), *(one.path for one in statements))}
    by_path: dict[str, list[int]] = {}
    for number, rule in counting.items():
        for path in matching(rule.path, paths):
            by_path.setdefault(path.removeprefix(home.below), []).append(number)
    used: set[int | InlineIgnore] = set()

    def excuse(path: str, signal: str) -> Excuse | None:
        numbers = [n for n in by_path.get(path, ()) if not rules[n].signals or signal in rules[n].signals]
        used.update(numbers)
        return Excuse(rules[numbers[0]].reason) if numbers else None

    def excuse_inline(document: str, signal: str, line: int | None = None) -> Excuse | None:
        found = [
            mark
            for mark in of_document.get(document, ())
            if signal in mark.signals and (line is None or line in mark.lines)
        ]
        used.update(found)
        return Excuse(found[0].reason, inline=True) if found else None

    def excuse_reason(one: Finding, reason: Reason) -> Excuse | None:
        found = excuse(one.path, reason.signal)
        if found is None and reason.signal in unmarked and one.path not in unmarked[reason.signal]:
            return excuse_inline(one.path, reason.signal) or excuse_inline(reason.by or "", reason.signal)
        return found

    of_document: dict[str, list[InlineIgnore]] = {}
    for mark in marks:
        if mark.reason:
            of_document.setdefault(mark.path, []).append(mark)
    settled_findings = [_finding(one, [excuse_reason(one, reason) for reason in one.reasons]) for one in findings]
    settled_statements = [
        _ignored(one, excuse(one.path, one.signal) or excuse_inline(one.path, one.signal, one.line))
        for one in statements
    ]
    problems = [
        *_problems_of_rules(rules, counting.keys(), used, home, signals),
        *_problems_of_marks(marks, used, home, signals),
    ]
    return Settled(settled_findings, settled_statements, problems)


def lines_of(home: Home) -> dict[str, set[int]]:
    """The lines of tracker.yml that name what is ignored, where that is in the audited folder."""
    if home.below or home.plan is None or not home.plan.audit.ignore:
        return {}
    source = Source.read(home.root / PLAN_FILE, home.root)
    places = (("audit", "ignore", number, "path") for number, _ in enumerate(home.plan.audit.ignore))
    return {PLAN_FILE: {source.problem(place, "").line for place in places}}


def _is_over(rule: Ignore, today: Date) -> bool:
    return rule.until is not None and rule.until < today


def _finding(one: Finding, excuses: list[Excuse | None]) -> Finding:
    """A finding without the reasons that do not count; ignored where none is left."""
    given = [excuse for excuse in excuses if excuse is not None]
    if len(given) == len(excuses):
        return _ignored(one, given[0])
    return without_reasons(
        one, [reason for reason, excuse in zip(one.reasons, excuses, strict=True) if excuse is not None]
    )


def _ignored(one: One, excuse: Excuse | None) -> One:
    if excuse is None:
        return one
    return replace(one, state=State.IGNORED, excuse=excuse.reason, inline=excuse.inline)


def _problems_of_rules(
    rules: list[Ignore], counting: Collection[int], used: Collection[object], home: Home, signals: Collection[str]
) -> Iterator[Problem]:
    if not rules or home.below:  # seen from a folder below, other findings are out of sight
        return
    source = Source.read(home.root / PLAN_FILE, home.root)
    for number, rule in enumerate(rules):
        place = ("audit", "ignore", number)
        unknown = [(index, name) for index, name in enumerate(rule.signals) if name not in signals]
        for index, name in unknown:
            yield source.problem((*place, "signals", index), _unknown(name, signals))
        if number not in counting:
            message = f"over since {rule.until}, and no longer counts; take it out, or give it another day"
            yield source.problem((*place, "until"), message)
        elif number not in used and not unknown:
            yield source.problem(place, f"{rule.path}: matches nothing that is found; take it out")


def _problems_of_marks(
    marks: Iterable[InlineIgnore], used: Collection[object], home: Home, signals: Collection[str]
) -> Iterator[Problem]:
    for mark in marks:
        unknown = [name for name in mark.signals if name not in signals]
        if not mark.signals or not mark.reason:
            message = "expected `tracker: ignore SIGNAL, reason`"
        elif unknown:
            message = _unknown(unknown[0], signals)
        elif mark not in used and not home.below:
            message = "this mark ignores nothing that is found on its line or the next; take it out"
        else:
            continue
        yield Problem(mark.path, mark.line, mark.column, "", message)


def _unknown(name: str, signals: Collection[str]) -> str:
    return f"no signal is called {name!r}{nearest(name, signals) or '; there are: ' + ', '.join(signals)}"
