"""What a version freezes: the progress of one day. versions/*.yml."""

import re
from datetime import date as Date
from typing import Annotated

from pydantic import AfterValidator

from tracker.model.fields import Hash, Model, Texts, Word
from tracker.model.session import NextSteps
from tracker.model.status import Status, Verdict


def _writable(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


Writable = Annotated[str, AfterValidator(_writable)]
"""A text that may hold a path: bytes of a name that no encoding has are shown as U+FFFD."""


class FrozenEvidence(Model):
    """What was found where a piece of evidence pointed, on the day of a version."""

    kind: Word
    asks: Writable
    """The evidence in one line, such as `result soak: gate_true_rate > 0`."""
    verdict: Verdict
    found: Writable
    value: Writable | None = None
    """The measured value, where there was one."""
    where: Writable | None = None
    commit: str | None = None
    tree: str | None = None
    when: Date | None = None
    session: str | None = None


class FrozenCriterion(Model):
    """A criterion, its verdict and its fingerprint, on the day of a version."""

    id: Word
    text: Word
    verdict: Verdict
    fingerprint: Word
    evidence: tuple[FrozenEvidence, ...] = ()


class FrozenTask(Model):
    """A task, and where it stood on the day of a version."""

    id: Word
    title: Word
    status: Status
    estimate: str | None = None
    sessions: Texts = ()


class FrozenPhase(Model):
    """A phase, and where it stood on the day of a version."""

    id: Word
    title: Word
    status: Status
    chapter: str | None = None
    since: str | None = None
    """The session that last changed its status."""
    reasons: tuple[Writable, ...] = ()
    tasks: tuple[FrozenTask, ...] = ()
    criteria: tuple[FrozenCriterion, ...] = ()
    prerequisites: tuple[FrozenCriterion, ...] = ()


class FrozenSession(Model):
    """A session that a version covers."""

    session: Word
    date: Date
    focus: Word
    highlights: Texts = ()


class FrozenCommit(Model):
    """A commit that a version covers."""

    commit: Hash
    date: Date
    subject: str = ""
    session: str | None = None


class FrozenDecision(Model):
    """A decision in force on the day of a version."""

    decision: Word
    rationale: str | None = None
    session: Word


VERSION_NUMBER = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})")


def _version_number(value: str) -> str:
    if not VERSION_NUMBER.fullmatch(value):
        raise ValueError(f"expected a version number such as 3.9.0; got {value!r}")
    return value


class Version(Model):
    """A progress tracker as it was on one day. A file of these never changes."""

    version: Annotated[str, AfterValidator(_version_number)]
    """Its number: major.minor.patch."""
    date: Date
    """Of the newest session or commit that it covers."""
    project: Word
    status: Status
    commit: str | None = None
    tree: str | None = None
    previous: str | None = None
    note: str | None = None
    phases: tuple[FrozenPhase, ...] = ()
    sessions: tuple[FrozenSession, ...] = ()
    """Those since the version before."""
    commits: tuple[FrozenCommit, ...] = ()
    """Those since the version before, the oldest first."""
    decisions: tuple[FrozenDecision, ...] = ()
    next: NextSteps = NextSteps()
    digest: str = ""
    """Of everything above: it tells whether someone edited the file."""

    @property
    def order(self) -> tuple[int, ...]:
        """Sorts 3.10.0 after 3.9.0."""
        return tuple(map(int, self.version.split(".")))
