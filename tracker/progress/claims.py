"""Claims: what a session says happened to commits and files, held against git."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.model import Files, Problem, Session
from tracker.progress.globs import matching
from tracker.sources.facts import Facts
from tracker.sources.reading import Path as FieldPath
from tracker.sources.sessions import SessionFile


class ClaimVerdict(StrEnum):
    """What git says of a claim."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNKNOWN = "unknown"
    """Git cannot say: the file was never tracked, or the history was cut off."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a session says happened, and what git says of it."""

    session: str
    kind: str
    """commit, created, modified, removed or renamed."""
    subject: str
    """The hash or path, as it was written."""
    standing: ClaimVerdict
    reason: str
    field: FieldPath
    """Where in the session file it is said."""
    commit: str | None = None
    """Full hash of the commit that confirms it, where one does."""


def judge(facts: Facts) -> dict[str, list[Claim]]:
    """Every claim of every session, by session id, in the order in which they were made."""
    court = _Court(facts)
    return {one.session.session: list(court.claims(index, one)) for index, one in enumerate(facts.sessions)}


def claim_problem(claim: Claim, sessions: Iterable[SessionFile]) -> Problem:
    """A refuted claim as a problem of the session file that makes it."""
    one = next(one for one in sessions if one.session.session == claim.session)
    message = f"session {claim.session} says {claim.kind} {claim.subject}; refuted: {claim.reason}"
    return one.source.problem(claim.field, message)


class _Court:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._tracked = facts.tree.files
        self._submodules = facts.tree.submodules
        self._folders = {path[: i + 1] for path in self._tracked for i, letter in enumerate(path) if letter == "/"}
        self._undone_by = _last_saying(facts.sessions, _gone)
        self._created_by = _last_saying(facts.sessions, _come)

    def claims(self, index: int, one: SessionFile) -> Iterator[Claim]:
        session = one.session
        for i, named in enumerate(session.commits):
            yield self._commit(session, named.commit, ("commits", i))
        for i, file in enumerate(session.files.created):
            yield self._present(index, session, "created", file.path, file.path, ("files", "created", i))
        for i, file in enumerate(session.files.modified):
            yield self._modified(session, file.path, ("files", "modified", i))
        for i, file in enumerate(session.files.removed):
            yield self._absent(index, session, file.path, ("files", "removed", i))
        for i, moved in enumerate(session.files.renamed):
            subject = f"{moved.from_} → {moved.to}"
            yield self._present(index, session, "renamed", moved.to, subject, ("files", "renamed", i))

    def _commit(self, session: Session, hash: str, field: FieldPath) -> Claim:
        full = self._facts.hashes.get(hash)
        if full is None:
            if self._facts.repository.shallow:
                standing, reason = ClaimVerdict.UNKNOWN, "not in this shallow clone: its history was cut off"
            else:
                standing, reason = ClaimVerdict.REFUTED, "git knows no such commit"
        elif full in self._facts.history.contained:
            standing, reason = ClaimVerdict.CONFIRMED, "in the history of HEAD"
        else:
            standing, reason = ClaimVerdict.CONFIRMED, "exists; the history of HEAD does not contain it"
        return Claim(session.session, "commit", hash, standing, reason, field, full)

    def _present(self, index: int, session: Session, kind: str, path: str, subject: str, field: FieldPath) -> Claim:
        standing, reason, commit = ClaimVerdict.REFUTED, "git has never had it", None
        last = self._facts.history.last_change.get(path)
        if self._is_tracked(path):
            commit = last.commit.hash if last else None
            standing, reason = ClaimVerdict.CONFIRMED, "tracked at HEAD" if last else "tracked, not yet committed"
        elif (later := self._undone_by.get(path)) and later[0] >= index:
            standing, reason = ClaimVerdict.CONFIRMED, f"session {later[1]} removed or renamed it"
        elif last and last.status == "D":
            reason = f"commit {last.commit.hash[:7]} removed it on {last.commit.date.date()}, and no session says so"
            commit = last.commit.hash
        elif last:
            reason = "removed from the working tree, and no session says so"
        elif self._submodule_of(path):
            standing, reason = ClaimVerdict.UNKNOWN, self._never(path)
        elif (self._facts.workspace.root / path).exists():
            reason = "it exists, but git does not track it: `git add` it"
        elif self._facts.repository.shallow:
            standing, reason = ClaimVerdict.UNKNOWN, "not in this shallow clone: its history was cut off"
        return Claim(session.session, kind, subject, standing, reason, field, commit)

    def _modified(self, session: Session, path: str, field: FieldPath) -> Claim:
        last = self._facts.history.last_change.get(path)
        if last or self._is_tracked(path):
            reason = f"last changed by commit {last.commit.hash[:7]}" if last else "tracked, not yet committed"
            return Claim(
                session.session,
                "modified",
                path,
                ClaimVerdict.CONFIRMED,
                reason,
                field,
                last.commit.hash if last else None,
            )
        return Claim(session.session, "modified", path, ClaimVerdict.UNKNOWN, self._never(path), field)

    def _absent(self, index: int, session: Session, path: str, field: FieldPath) -> Claim:
        last = self._facts.history.last_change.get(path)
        commit = last.commit.hash if last else None
        if not self._is_tracked(path):
            if last:
                reason = f"commit {last.commit.hash[:7]} removed it" if last.status == "D" else "gone from the tree"
                return Claim(session.session, "removed", path, ClaimVerdict.CONFIRMED, reason, field, commit)
            return Claim(session.session, "removed", path, ClaimVerdict.UNKNOWN, self._never(path), field)
        if (later := self._created_by.get(path)) and later[0] > index:
            reason = f"session {later[1]} created it again"
            return Claim(session.session, "removed", path, ClaimVerdict.CONFIRMED, reason, field, commit)
        return Claim(session.session, "removed", path, ClaimVerdict.REFUTED, "still tracked at HEAD", field, commit)

    def _is_tracked(self, path: str) -> bool:
        """Whether HEAD's files have this one, this folder or submodule, or one that this glob matches."""
        if path in self._tracked or path.rstrip("/") in self._submodules or path.rstrip("/") + "/" in self._folders:
            return True
        return any(sign in path for sign in "*?[") and bool(matching(path, self._tracked))

    def _never(self, path: str) -> str:
        module = self._submodule_of(path)
        return f"in the submodule {module}, which is not looked into" if module else "git has never had it"

    def _submodule_of(self, path: str) -> str | None:
        return next((module for module in self._submodules if path.startswith(f"{module}/")), None)


def _gone(files: Files) -> Iterator[str]:
    yield from (file.path for file in files.removed)
    yield from (moved.from_ for moved in files.renamed)


def _come(files: Files) -> Iterator[str]:
    yield from (file.path for file in files.created)
    yield from (moved.to for moved in files.renamed)


def _last_saying(sessions: list[SessionFile], paths: Callable[[Files], Iterable[str]]) -> dict[str, tuple[int, str]]:
    """By path, the last session (its place and id) that says something of it."""
    return {
        path: (index, one.session.session) for index, one in enumerate(sessions) for path in paths(one.session.files)
    }
