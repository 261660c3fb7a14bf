"""A claim of a session, and the verdict of git."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.sources.reading import Path as FieldPath


class ClaimVerdict(StrEnum):
    """What git says about a claim."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    """True facts, but of another session, time or branch."""
    REFUTED = "refuted"
    UNKNOWN = "unknown"
    """Git cannot decide it; the reason says why."""


class Detail(StrEnum):
    """Why a claim has its verdict."""

    LANDED = "landed"
    LANDED_AS = "landed-as"
    DOCUMENTED = "documented"
    UNCOMMITTED = "uncommitted"
    """In the working tree and known to git, but in no commit yet."""
    MOVED = "moved"
    """Git has it under another path than the one written."""
    ELSEWHERE = "elsewhere"
    WRONG_TIME = "wrong-time"
    WRONG_SESSION = "wrong-session"
    UNTRACKED = "untracked"
    """On this machine, but not in git."""
    NOT_FOUND = "not-found"
    STILL_TRACKED = "still-tracked"
    """Claimed as removed or renamed, but git still tracks it."""
    SHALLOW = "shallow"
    PARTIAL = "partial"
    AMBIGUOUS = "ambiguous"
    SUBMODULE = "submodule"
    IGNORED = "ignored"
    NEVER_TRACKED = "never-tracked"
    """A session says that it was removed, and git never had it."""
    OUTSIDE_WORKSPACE = "outside-workspace"
    OUTSIDE_REPOSITORY = "outside-repository"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its reason."""

    verdict: ClaimVerdict
    detail: Detail
    reason: str
    commit: str | None = None
    """Full hash of the commit that decides it, where one does."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a session says happened, and what git says about it."""

    session: str
    kind: str
    """commit, created, modified, removed or renamed."""
    subject: str
    """The hash or path as written."""
    verdict: ClaimVerdict
    detail: Detail
    reason: str
    field: FieldPath
    """Where in the session file it is said."""
    commit: str | None = None
    """Full hash of the commit that decides it, where one does."""


def claimed_too(sessions: Iterable[str]) -> str:
    """What to add to a reason for the other sessions that claim the same.

    >>> claimed_too(["8", "9"]), claimed_too(["8"]), claimed_too([])
    ('; sessions 8, 9 claim it too', '; session 8 claims it too', '')
    """
    names = list(sessions)
    if len(names) > 1:
        return f"; sessions {', '.join(names)} claim it too"
    return f"; session {names[0]} claims it too" if names else ""
