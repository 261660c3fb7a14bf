"""Findings that are meant to be so: the ignores of tracker.yml, and marks in documents, each with its reason.

One that does nothing is a problem that is told with its place: an ignore that matches nothing, that is over, or that
names no signal. So none outlives what it was written for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date as Date
from typing import TypeVar

from tracker.audit.finding import Finding, without
from tracker.audit.home import Home
from tracker.audit.marks import InlineIgnore
from tracker.audit.state import State
from tracker.audit.statements import Statement
from tracker.model import Ignore, Problem
from tracker.progress.globs import matching
from tracker.sources.reading import Source, nearest
from tracker.workspace import PLAN_FILE

One = TypeVar("One", Finding, Statement)


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
    signals: Collection[str],
    today: Date,
) -> Settled:
    """Hold what was found against the ignores. `signals`: the names of all there are."""
    findings, statements, marks = list(findings), list(statements), list(marks)
    rules = list(home.plan.audit.ignore) if home.plan else []
    counting = {number: rule for number, rule in enumerate(rules) if not _is_over(rule, today)}
    paths = {home.below + path for path in (*(one.path for one in findings), *(one.path for one in statements))}
    by_path: dict[str, list[int]] = {}
    for number, rule in counting.items():
        for path in matching(rule.path, paths):
            by_path.setdefault(path.removeprefix(home.below), []).append(number)
    used: set[int | InlineIgnore] = set()

    def excuse(path: str, signal: str) -> str | None:
        numbers = [n for n in by_path.get(path, ()) if not rules[n].signals or signal in rules[n].signals]
        used.update(numbers)
        return rules[numbers[0]].reason if numbers else None

    def excuse_inline(one: Statement) -> str | None:
        found = [
            mark for mark in of_document.get(one.path, ()) if one.line in mark.lines and one.signal in mark.signals
        ]
        used.update(found)
        return found[0].reason if found else None

    of_document: dict[str, list[InlineIgnore]] = {}
    for mark in marks:
        if mark.reason:
            of_document.setdefault(mark.path, []).append(mark)
    settled_findings = [_finding(one, [excuse(one.path, reason.signal) for reason in one.reasons]) for one in findings]
    settled_statements = [_ignored(one, excuse(one.path, one.signal) or excuse_inline(one)) for one in statements]
    problems = [
        *_problems_of_rules(rules, counting.keys(), used, home, signals),
        *_problems_of_marks(marks, used, signals),
    ]
    return Settled(settled_findings, settled_statements, problems)


def _is_over(rule: Ignore, today: Date) -> bool:
    return rule.until is not None and rule.until < today


def _finding(one: Finding, excuses: list[str | None]) -> Finding:
    """A finding without the reasons that do not count; ignored where none is left."""
    given = [excuse for excuse in excuses if excuse is not None]
    if len(given) == len(excuses):
        return _ignored(one, given[0])
    return without(one, [reason for reason, excuse in zip(one.reasons, excuses, strict=True) if excuse is not None])


def _ignored(one: One, excuse: str | None) -> One:
    return one if excuse is None else replace(one, state=State.IGNORED, excuse=excuse)


def _problems_of_rules(
    rules: list[Ignore], counting: Collection[int], used: Collection[object], home: Home, signals: Collection[str]
) -> Iterator[Problem]:
    if not rules or home.below:  # seen from a folder below, other findings are out of sight
        return
    source = Source(PLAN_FILE, (home.root / PLAN_FILE).read_bytes())
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
    marks: Iterable[InlineIgnore], used: Collection[object], signals: Collection[str]
) -> Iterator[Problem]:
    for mark in marks:
        unknown = [name for name in mark.signals if name not in signals]
        if not mark.signals or not mark.reason:
            message = "expected `tracker: ignore SIGNAL, reason`"
        elif unknown:
            message = _unknown(unknown[0], signals)
        elif mark not in used:
            message = "this mark ignores nothing that is found on its line or the next; take it out"
        else:
            continue
        yield Problem(mark.path, mark.line, mark.column, "", message)


def _unknown(name: str, signals: Collection[str]) -> str:
    return f"no signal is called {name!r}{nearest(name, signals) or '; there are: ' + ', '.join(signals)}"
