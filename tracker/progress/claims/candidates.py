"""Which commit may be meant by a hash that no commit has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from tracker.model import Commit, NamedCommit, Session
from tracker.progress.attribution import LONGEST_SESSION, CommitAttribution
from tracker.progress.days import commit_days_outside
from tracker.progress.slips import is_slip
from tracker.sources.facts import Facts
from tracker.sources.landings import PULL_REQUEST
from tracker.workspace import PLAN_FILE

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
    """Proposes commits of HEAD by hash, subject, day, author, files, and the file of the session itself."""

    def __init__(self, facts: Facts, attribution: CommitAttribution) -> None:
        self._facts = facts
        self._attribution = attribution
        self._files = {one.session.session: one.file for one in facts.sessions}
        self._touched: dict[str, tuple[dict[str, Commit], dict[str, Commit]]] = {}

    def propose(self, session: Session, entry: NamedCommit) -> list[Candidate]:
        """The most likely commits, best first."""
        if session.session not in self._touched:  # the same for every entry of a session
            paths = _named_paths(session), [self._files[session.session]]
            self._touched[session.session] = self._touching(session, paths[0]), self._touching(session, paths[1])
        files, own_file = self._touched[session.session]
        listed = self._attribution.listings.hashes[session.session]
        near = {
            hash: one for hash, one in (self._near(session, entry) | files | own_file).items() if hash not in listed
        }
        scored = (self._scored(session, entry, commit, files, own_file) for commit in near.values())
        likely = sorted((one for one in scored if one.score >= LEAST_SCORE), key=lambda one: -one.score)
        return likely[:MOST]

    def _near(self, session: Session, entry: NamedCommit) -> dict[str, Commit]:
        """Commits that hash, subject or day speak for: few of many."""
        written, note = entry.commit, _subject(entry.note or "")
        days = ((session.until or session.date) - session.date).days
        keys: list[Hashable] = [(0, written[:3]), *((3, written[start : start + 3]) for start in (2, 3, 4)), note]
        keys += [session.date + timedelta(days=day) for day in range(-1, min(days, LONGEST_SESSION) + 2)]
        return {commit.hash: commit for key in keys for commit in self._index.get(key, ())}

    @cached_property
    def _index(self) -> dict[Hashable, list[Commit]]:
        """Commits by digits of their hashes (the place and three digits), subjects and days."""
        index: dict[Hashable, list[Commit]] = defaultdict(list)
        for commit in self._facts.history.commits:
            hash = commit.hash
            for key in ((0, hash[:3]), (3, hash[3:6]), _subject(commit.subject), commit.date.date()):
                index[key].append(commit)
        return dict(index)

    def _scored(
        self,
        session: Session,
        entry: NamedCommit,
        commit: Commit,
        files: Collection[str],
        own_file: Collection[str],
    ) -> Candidate:
        note = _subject(entry.note or "")
        team = (session.team or "").casefold()
        day = abs(commit_days_outside(commit, session))
        signs = (
            (4, "a similar hash", _is_similar(entry.commit, commit.hash)),
            (4, "its subject", bool(note) and note == _subject(commit.subject)),
            (2, "its day", day == 0),
            (1, "its author", bool(team) and commit.author.casefold() in team),
            (2, "its files", commit.hash in files),
            (2, "its session file", commit.hash in own_file and self._is_of_more(commit)),
            (-2, "", commit.hash in self._attribution.session_of_commit and not self._is_of(session, commit)),
        )
        held = [(points, text) for points, text, holds in signs if holds]
        return Candidate(commit, sum(points for points, _ in held), tuple(text for _, text in held if text))

    def _is_of(self, session: Session, commit: Commit) -> bool:
        return self._attribution.session_of_commit.get(commit.hash) == session.session

    def _is_of_more(self, commit: Commit) -> bool:
        """Whether a commit changes more than the plan and the logs."""
        return sum(self._facts.history.counts[commit.hash]) > self._logging[commit.hash]

    @cached_property
    def _logging(self) -> Counter[str]:
        """How many files of the plan and the logs each commit changes."""
        folder = f"{self._facts.plan.sessions.rstrip('/')}/"
        changes = self._facts.history.changes
        paths = (path for path in changes if path == PLAN_FILE or path.startswith(folder))
        return Counter(change.commit.hash for path in paths for change in changes[path])

    def _touching(self, session: Session, paths: Iterable[str]) -> dict[str, Commit]:
        """Commits that changed one of the files in the days of the session, or while its work is still committed."""
        changes, claims = self._facts.history.changes, self._facts.plan.claims
        commits = {change.commit.hash: change.commit for path in paths for change in changes.get(path, ())}
        days = {hash: commit_days_outside(commit, session) for hash, commit in commits.items()}
        return {hash: commits[hash] for hash in commits if -claims.tolerance_days <= days[hash] <= claims.late_days}


def _subject(text: str) -> str:
    return PULL_REQUEST.sub("", text.strip()).casefold()


def _named_paths(session: Session) -> list[str]:
    files = session.files
    named = [one.path for one in (*files.created, *files.modified, *files.removed)]
    return named + [path for one in files.renamed for path in (one.from_, one.to)]


def _is_similar(written: str, full: str) -> bool:
    """Whether a hash, abbreviated or whole, is this one but for a slip.

    >>> _is_similar("1a2b3c4", "1a2c3b4d0"), _is_similar("1a2b3c4", "1a2b4c3d0"), _is_similar("1a2b3c", "1a2bc3d0e")
    (False, False, True)
    """
    return any(is_slip(written, full[: len(written) + more]) for more in (-1, 0, 1))
