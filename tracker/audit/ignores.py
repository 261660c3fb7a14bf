"""Findings that are meant to be so: the ignores of tracker.yml and marks in documents, each with its reason.

An ignore that does nothing is a problem that is reported with its place: one that matches nothing, has expired, or
names no rule. So none outlives what it was written for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date as Date
from typing import NamedTuple, TypeVar

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding
from tracker.audit.finding_key import State
from tracker.audit.rule_ids import RENAMED, current, rules, unknown_rule
from tracker.audit.rules.documents import Statement
from tracker.audit.scope import Scope
from tracker.audit.suppressions import InlineIgnore
from tracker.model import Ignore, Problem
from tracker.progress.globs import matching
from tracker.sources.reading import SourceFile
from tracker.workspace import PLAN_FILE

One = TypeVar("One", FileFinding, Statement)


class Excuse(NamedTuple):
    """Why something is meant to be so."""

    reason: str
    inline: bool = False
    """Whether a mark in the document says so."""


@dataclass(frozen=True)
class Settled:
    """The findings with their state, and what is wrong with the ignores."""

    findings: list[FileFinding]
    statements: list[Statement]
    problems: list[Problem]
    notes: list[str]


class _Ignores:
    """The ignores that count, and which of them were used."""

    def __init__(self, scope: Scope, marks: Iterable[InlineIgnore], paths: Iterable[str], today: Date) -> None:
        self.rules = list(scope.plan.audit.ignore) if scope.plan else []
        self.counting = {number for number, one in enumerate(self.rules) if not _is_over(one, today)}
        self.used: set[int | InlineIgnore] = set()
        self.marks = list(marks)
        self._by_path: dict[str, list[int]] = {}
        whole = {scope.below + path for path in paths}
        for number in sorted(self.counting):
            for path in matching(self.rules[number].path, whole):
                self._by_path.setdefault(path.removeprefix(scope.below), []).append(number)
        self._by_line = {(mark.path, line): mark for mark in self.marks if mark.reason for line in mark.lines}

    def excuse(self, path: str, rule: str, line: int | None = None) -> Excuse | None:
        """Why a finding is meant to be so; None where it is not."""
        covering = ((number, self.rules[number].signals) for number in self._by_path.get(path, ()))
        numbers = [number for number, signals in covering if not signals or rule in current(signals)]
        self.used.update(numbers)
        if numbers:
            return Excuse(self.rules[numbers[0]].reason)
        mark = self._by_line.get((path, line)) if line is not None else None
        if mark and rule in current(mark.signals):
            self.used.add(mark)
            return Excuse(mark.reason, inline=True)
        return None


def settle_ignores(
    findings: Iterable[FileFinding],
    statements: Iterable[Statement],
    scope: Scope,
    marks: Iterable[InlineIgnore],
    today: Date,
    chosen: Collection[str],
) -> Settled:
    """Mark what is meant to be so as ignored, and report ignores that do nothing. Marks cover statements only.

    Of the rules that are not `chosen` no finding was looked for, so their ignores cannot be judged.
    """
    findings, statements = list(findings), list(statements)
    ignores = _Ignores(scope, marks, {one.path for one in findings} | {one.path for one in statements}, today)
    return Settled(
        [_ignored(one, ignores.excuse(one.path, one.rule)) for one in findings],
        [_ignored(one, ignores.excuse(one.path, one.rule, one.line)) for one in statements],
        [*_problems_of_rules(ignores, scope, chosen), *_problems_of_marks(ignores, scope, chosen)],
        sorted(_notes(ignores)),
    )


def without_ignore_lines(context: AuditContext, scope: Scope) -> None:
    """Let the ignores of tracker.yml be no use of the files that they name."""
    if scope.below or scope.plan is None or not scope.plan.audit.ignore or PLAN_FILE not in context.files:
        return
    lines = context.source(PLAN_FILE).splitlines()
    source = SourceFile.read(scope.root / PLAN_FILE, scope.root)
    for number, _ in enumerate(scope.plan.audit.ignore):
        lines[source.problem(("audit", "ignore", number, "path"), "").line - 1] = ""
    context.replace_source(PLAN_FILE, "\n".join(lines))


def _is_over(rule: Ignore, today: Date) -> bool:
    return rule.until is not None and rule.until < today


def _ignored(one: One, excuse: Excuse | None) -> One:
    if excuse is None:
        return one
    if isinstance(one, Statement):
        return replace(one, state=State.IGNORED, excuse=excuse.reason, inline=excuse.inline)
    return replace(one, state=State.IGNORED, excuse=excuse.reason)


def _notes(ignores: _Ignores) -> set[str]:
    """A note on each rule of an earlier version that an ignore names."""
    names = {name for one in ignores.rules for name in one.signals} | {
        name for mark in ignores.marks for name in mark.signals
    }
    return {
        f"ignores name the rule {name} of an earlier version: "
        + (f"write {' or '.join(RENAMED[name])} instead" if RENAMED[name] else "it is gone; remove the name")
        for name in names - rules().keys()
        if name in RENAMED
    }


def _problems_of_rules(ignores: _Ignores, scope: Scope, chosen: Collection[str]) -> Iterator[Problem]:
    if not ignores.rules or scope.below:  # from a folder below, other findings are out of sight
        return
    source = SourceFile.read(scope.root / PLAN_FILE, scope.root)
    for number, rule in enumerate(ignores.rules):
        place = ("audit", "ignore", number)
        unknown = [(index, name) for index, name in enumerate(rule.signals) if not _is_known(name)]
        for index, name in unknown:
            yield source.problem((*place, "signals", index), unknown_rule(name))
        if number not in ignores.counting:
            yield source.problem(
                (*place, "until"), f"expired on {rule.until}, and no longer counts; remove it, or give it another day"
            )
        elif number not in ignores.used and not unknown and _is_judged(rule.signals, chosen):
            yield source.problem(place, f"{rule.path}: matches no finding; remove it")


def _problems_of_marks(ignores: _Ignores, scope: Scope, chosen: Collection[str]) -> Iterator[Problem]:
    for mark in ignores.marks:
        unknown = [name for name in mark.signals if not _is_known(name)]
        if not mark.signals or not mark.reason:
            message = "expected `tracker: ignore RULE, reason`"
        elif unknown:
            message = unknown_rule(unknown[0])
        elif mark not in ignores.used and not scope.below and _is_judged(mark.signals, chosen):
            message = "this mark ignores no finding on its line or the next; remove it"
        else:
            continue
        yield Problem(mark.path, mark.line, mark.column, "", message)


def _is_judged(signals: Collection[str], chosen: Collection[str]) -> bool:
    """Whether all rules of an ignore ran; never where none of them is left."""
    covered = current(signals) if signals else rules().keys()
    return bool(covered) and covered <= set(chosen)


def _is_known(name: str) -> bool:
    return name in rules() or name in RENAMED
