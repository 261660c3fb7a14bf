"""Released versions: the progress tracker of one day. versions/*.yml."""

import re
from datetime import date as Date
from typing import Annotated

from pydantic import AfterValidator

from tracker.model.change import ChangeKind
from tracker.model.fields import Hash, Model, Texts, Word
from tracker.model.session import NextSteps
from tracker.model.status import Status, Verdict


def _writable(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


Writable = Annotated[str, AfterValidator(_writable)]
"""A text that may contain a path. Bytes that are not UTF-8 are replaced by U+FFFD."""


class FrozenEvidence(Model):
    """A piece of evidence and its result, on the day of a version."""

    kind: Word
    asks: Writable
    """The evidence on one line, such as `result soak: gate_true_rate > 0`."""
    verdict: Verdict
    found: Writable
    value: Writable | None = None
    """The measured value, if any."""
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
    """A task and its status on the day of a version."""

    id: Word
    title: Word
    status: Status
    estimate: str | None = None
    sessions: Texts = ()


class FrozenPhase(Model):
    """A phase and its status on the day of a version."""

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
    """A session that a version covers for the first time."""

    session: Word
    date: Date
    focus: Word
    highlights: Texts = ()


class FrozenCommit(Model):
    """A commit that a version covers for the first time."""

    commit: Hash
    date: Date
    subject: str = ""
    session: str | None = None


class FrozenChange(Model):
    """A change that a version contains, as its changelog shows it."""

    kind: ChangeKind
    text: Writable
    breaking: bool = False
    scope: Writable | None = None
    commits: tuple[Hash, ...] = ()
    pull_requests: tuple[int, ...] = ()
    session: str | None = None
    generated: bool = False
    """Whether the text is the subject of a commit, to be shown literally; else a person wrote it in Markdown."""


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
    """The progress tracker on the day of a release. Its file never changes."""

    version: Annotated[str, AfterValidator(_version_number)]
    """Number of the version: major.minor.patch."""
    date: Date
    """Day of the newest session or commit that it covers."""
    project: Word
    status: Status
    commit: str | None = None
    tree: str | None = None
    previous: str | None = None
    note: str | None = None
    since: str | None = None
    """The first session that it covers, if older ones were left out."""
    reconstructed: bool = False
    """Whether it was released later, from the plan and the sessions of another day."""
    phases: tuple[FrozenPhase, ...] = ()
    sessions: tuple[FrozenSession, ...] = ()
    """Sessions since the previous version."""
    commits: tuple[FrozenCommit, ...] = ()
    """Commits since the previous version, the oldest first."""
    changes: tuple[FrozenChange, ...] | None = None
    """Changes since the previous version. None in files that were written before this key existed."""
    contributors: tuple[Writable, ...] = ()
    """Names of the authors of its commits, the one with the most commits first."""
    decisions: tuple[FrozenDecision, ...] = ()
    next: NextSteps = NextSteps()
    digest: str = ""
    """Digest of the content, which shows whether the file was edited."""

    @property
    def order(self) -> tuple[int, ...]:
        """Sort key: 3.10.0 comes after 3.9.0."""
        return tuple(map(int, self.version.split(".")))
