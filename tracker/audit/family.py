"""Findings about files and the families that they are reported in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.audit.finding_key import State
from tracker.cache import digest


class Action(StrEnum):
    """What to do with the files of a family."""

    UNTRACK = "untrack"
    """`git rm --cached`: the file stays on disk."""
    REMOVE = "remove"
    ARCHIVE = "archive"
    UPDATE = "update"
    REVIEW = "review"


ACTIONS = tuple(Action)
GOING = frozenset([Action.UNTRACK, Action.REMOVE, Action.ARCHIVE])
"""Actions that `--remove` carries out."""


class Use(StrEnum):
    """Which uses by live files contradict a finding."""

    NONE = "none"
    READ = "read"
    """Code, tests, configuration and workflows that name the file."""
    ANY = "any"
    """Also documents about the present."""


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One stale file and its proof."""

    path: str
    rule: str
    proof: str
    """Why it is stale, in a line that a reader can check."""
    group: str
    """What the findings of one family have in common: a folder, a document, or words."""
    action: Action
    maybe: bool = False
    """Whether it is reported with `--maybe` only."""
    unless: Use = Use.ANY
    by: str | None = None
    """The file or commit that shows it."""
    state: State = State.NEW
    excuse: str | None = None
    """The reason of the ignore that covers it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Findings that one rule reports together, with one action."""

    rule: str
    group: str
    action: Action
    maybe: bool
    title: str
    precision: float | None
    findings: tuple[FileFinding, ...]

    @property
    def id(self) -> str:
        """Stable while rule, group and action are the same."""
        return digest(self.rule, self.group, self.action, str(self.maybe))[:10]

    @property
    def evidence(self) -> str:
        """The proof of its first file."""
        return self.findings[0].proof


def grouped(findings: Iterable[FileFinding]) -> dict[tuple[str, str, Action, bool], list[FileFinding]]:
    """The findings of each family, in the order of the findings."""
    found: dict[tuple[str, str, Action, bool], list[FileFinding]] = {}
    for one in findings:
        found.setdefault((one.rule, one.group, one.action, one.maybe), []).append(one)
    return found
