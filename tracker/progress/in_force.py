"""Decisions and learnings that are in force: not superseded by a later one, and not given another status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.model import Decision, Learning
from tracker.sources.reading import Path
from tracker.sources.sessions import SessionFile
from tracker.words import folded, word_key

IN_FORCE = frozenset(("", "in force", "accepted", "approved", "active", "decided", "valid"))
"""Statuses that keep an entry in force; any other one, such as `rejected`, does not."""


@dataclass(frozen=True)
class StatedDecision:
    """A decision, and where a session states it."""

    file: SessionFile
    path: Path
    entry: Decision
    superseded_by: str | None = None
    """The session whose decision replaces it."""

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return self.superseded_by is None and _is_in_force(self.entry.status)


@dataclass(frozen=True)
class StatedLearning:
    """A lesson, and where a session states it."""

    file: SessionFile
    path: Path
    entry: Learning
    superseded_by: str | None = None
    """The session whose lesson replaces it."""

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return self.superseded_by is None and _is_in_force(self.entry.status)


def decisions(sessions: Sequence[SessionFile]) -> list[StatedDecision]:
    """Return every decision of some sessions (the oldest first), the newest first."""
    replaced: dict[str, str] = {}
    found = []
    for one in reversed(sessions):
        for index, entry in reversed(list(enumerate(one.session.decisions))):
            by = _replaced_by(replaced, (entry.id or "", entry.decision))
            found.append(StatedDecision(one, ("decisions", index), entry, by))
            _replace(replaced, (*entry.supersedes, entry.id or "", entry.decision), one)
    return found


def learnings(sessions: Sequence[SessionFile]) -> list[StatedLearning]:
    """Return every lesson of some sessions (the oldest first), the newest first."""
    replaced: dict[str, str] = {}
    found = []
    for one in reversed(sessions):
        for index, entry in reversed(list(enumerate(one.session.learnings))):
            by = _replaced_by(replaced, (entry.title or "", entry.text))
            found.append(StatedLearning(one, ("learnings", index), entry, by))
            _replace(replaced, (*entry.supersedes, entry.text), one)
    return found


def _replaced_by(replaced: dict[str, str], names: Iterable[str]) -> str | None:
    """The session of a later entry that supersedes one of these names, or has the same text."""
    return next((by for name in names if (by := replaced.get(word_key(name)))), None)


def _replace(replaced: dict[str, str], names: Iterable[str], by: SessionFile) -> None:
    for name in names:
        if key := word_key(name):
            replaced.setdefault(key, by.session.session)


def _is_in_force(status: str | None) -> bool:
    return folded(status or "").strip() in IN_FORCE
