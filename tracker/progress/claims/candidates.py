"""Which commit may be meant by a hash that no commit has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from tracker.model import Commit, NamedCommit, Session
from tracker.progress.attribution import LONGEST_SESSION, Attribution
from tracker.progress.days import commit_days_outside
from tracker.progress.slips import is_slip
from tracker.sources.facts import Facts

MOST = 3
LEAST_SCORE = 4
"""Points from which a commit is proposed: the day alone is not enough."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commit that may be meant, and why."""

    commit: Commit
    score: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.commit.hash[:7]} {self.commit.subject} ({', '.join(self.reasons)})"


class Candidates:
    """Proposes commits of HEAD by hash, subject, day, author and files."""

    def __init__(self, facts: Facts, attribution: Attribution) -> None:
        self._facts = facts
        self._attribution = attribution

    def propose(self, session: Session, entry: NamedCommit) -> list[Candidate]:
        """The most likely commits, best first."""
        files = self._touching(session)
        scored = (self._scored(session, entry, commit, files) for commit in self._near(session, entry))
        likely = sorted((one for one in scored if one.score >= LEAST_SCORE), key=lambda one: -one.score)
        return likely[:MOST]

    def _near(self, session: Session, entry: NamedCommit) -> list[Commit]:
        """Commits that a sign other than author and files speaks for: few of many."""
        written, note = entry.commit, (entry.note or "").strip().casefold()
        days = ((session.until or session.date) - session.date).days
        keys: list[Hashable] = [(0, written[:3]), *((3, written[start : start + 3]) for start in (2, 3, 4)), note]
        keys += [session.date + timedelta(days=day) for day in range(-1, min(days, LONGEST_SESSION) + 2)]
        return list({commit.hash: commit for key in keys for commit in self._index.get(key, ())}.values())

    @cached_property
    def _index(self) -> dict[Hashable, list[Commit]]:
        """Commits by digits of their hashes (the place and three digits), subjects and days."""
        index: dict[Hashable, list[Commit]] = defaultdict(list)
        for commit in self._facts.history.commits:
            hash = commit.hash
            for key in ((0, hash[:3]), (3, hash[3:6]), commit.subject.casefold(), commit.date.date()):
                index[key].append(commit)
        return dict(index)

    def _scored(self, session: Session, entry: NamedCommit, commit: Commit, files: Collection[str]) -> Candidate:
        note = (entry.note or "").strip().casefold()
        team = (session.team or "").casefold()
        day = abs(commit_days_outside(commit, session))
        signs = (
            (4, "a similar hash", _is_similar(entry.commit, commit.hash)),
            (4, "its subject", bool(note) and note == commit.subject.casefold()),
            (2, "its day", day == 0),
            (1, "its author", bool(team) and commit.author.casefold() in team),
            (1, "its files", commit.hash in files),
            (-2, "", commit.hash in self._attribution.session_of_commit and not self._is_of(session, commit)),
        )
        held = [(points, text) for points, text, holds in signs if holds]
        return Candidate(commit, sum(points for points, _ in held), tuple(text for _, text in held if text))

    def _is_of(self, session: Session, commit: Commit) -> bool:
        return self._attribution.session_of_commit.get(commit.hash) == session.session

    def _touching(self, session: Session) -> frozenset[str]:
        """Commits that changed a file that the session names."""
        files = session.files
        named = [one.path for one in (*files.created, *files.modified, *files.removed)]
        named += [path for one in files.renamed for path in (one.from_, one.to)]
        changes = self._facts.history.changes
        return frozenset(change.commit.hash for path in named for change in changes.get(path, ()))


def _is_similar(written: str, full: str) -> bool:
    """Whether a hash, abbreviated or whole, is this one but for a slip.

    >>> _is_similar("1a2b3c4", "1a2c3b4d0"), _is_similar("1a2b3c4", "1a2b4c3d0"), _is_similar("1a2b3c", "1a2bc3d0e")
    (False, False, True)
    """
    return any(is_slip(written, full[: len(written) + more]) for more in (-1, 0, 1))
