"""What an explanation consists of, for everything that has an id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from tracker.model import Commit
from tracker.progress.progress import Progress
from tracker.publish.data import SCHEMA

SHORTEST_HASH = 4
"""Characters of the shortest abbreviated hash."""


@dataclass(frozen=True, slots=True)
class Support:
    """One piece of evidence: what was asked, and what was found."""

    verdict: str
    asks: str
    found: str
    where: str | None = None
    line: int | None = None
    when: str | None = None
    commit: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True)
class ExplainedCommit:
    """A commit that the verdict depends on."""

    hash: str
    date: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something has its verdict."""

    kind: str
    """criterion, phase, task, session, claim, item, run or family."""
    id: str
    reference: str
    """An id that names nothing else, such as `phase:9`."""
    title: str
    verdict: str
    because: str
    place: str | None
    """File and line that state it."""
    evidence: tuple[Support, ...] = ()
    commits: tuple[ExplainedCommit, ...] = ()
    changes: tuple[str, ...] = ()
    """What would change the verdict."""

    @property
    def data(self) -> dict[str, Any]:
        """The explanation as plain data."""
        return {"schema": SCHEMA, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Explainable:
    """Something that an id may mean."""

    kind: str
    id: str
    reference: str
    title: str
    explain: Callable[[], Explanation]

    def is_meant_by(self, query: str) -> bool:
        """Whether this is what an id means. Hashes may be abbreviated on either side; case matters for paths only."""
        if query in (self.reference, self.id) or query.removeprefix("./") == self.id:
            return True
        if self.kind == "claim":
            return is_same_hash(query, self.id)
        return query.lower() in (self.id.lower(), self.reference.lower())


def candidate(kind: str, name: str, title: str, explain: Callable[[], Explanation]) -> Explainable:
    """Something that an id of a kind means."""
    return Explainable(kind, name, f"{kind}:{name}", title, explain)


def is_same_hash(query: str, subject: str) -> bool:
    """Whether two hashes, each maybe abbreviated, may name the same commit."""
    one, other = query.lower(), subject.lower()
    is_hash = re.fullmatch(f"[0-9a-f]{{{SHORTEST_HASH},40}}", one) and re.fullmatch("[0-9a-f]{4,40}", other)
    return bool(is_hash) and (one.startswith(other) or other.startswith(one))


def commit_of(commit: Commit, why: str) -> ExplainedCommit:
    """A commit with the reason why it is listed."""
    return ExplainedCommit(commit.hash, commit.date.date().isoformat(), commit.subject, why)


def place_in_session(progress: Progress, name: str, path: Iterable[str | int]) -> str:
    """File and line of a field of a session."""
    file = next(one for one in progress.sessions if one.session.session == name)
    return f"{file.file}:{file.source.locate(tuple(path)).line}"
