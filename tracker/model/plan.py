"""What people write in a plan: tracker.yml."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr

from tracker.model.evidence import Evidence
from tracker.model.fields import Day, Glob, Model, Pattern, Patterns, RelativePath, SaidStatus, Texts, Word, Words


class Criterion(Model):
    """One thing that must be true, met by evidence."""

    id: Word
    """Unique in the file."""
    text: Word
    """What must be true, in a sentence. Markdown."""
    evidence: tuple[Evidence, ...] = ()
    """All of it must hold."""
    covers: Patterns = ()
    """Globs of the files that the evidence is about: when they change, the verdict is stale."""


class Task(Model):
    """A piece of work, done by sessions."""

    id: Word
    """Unique in the file."""
    title: Word
    """What is to be done."""
    estimate: str | None = None
    """How long it should take, such as `2h` or `10 min`."""
    status: SaidStatus | None = None
    """Said here only where no session can say it: deferred, cancelled, blocked."""
    note: str | None = None
    """Anything to know about it. Markdown."""


class Phase(Model):
    """A part of the plan with tasks and success criteria."""

    id: Word
    """Unique in the file."""
    title: Word
    """Its name."""
    chapter: str | None = None
    """Phases are grouped by it."""
    goal: str | None = None
    """What it is for. Markdown."""
    owner: str | None = None
    """Who answers for it."""
    status: SaidStatus | None = None
    """Said here only where it cannot be derived: deferred, cancelled, blocked."""
    depends_on: Words = ()
    """Ids of phases that must be complete first."""
    prerequisites: tuple[Criterion, ...] = ()
    """What must be true before it can start."""
    tasks: tuple[Task, ...] = ()
    """The work, done by sessions."""
    criteria: tuple[Criterion, ...] = ()
    """What must be true in the end, met by evidence."""


DEFAULT_MENTION = r"\b[Ss]ession[ -]?#?(?P<id>\d+[A-Za-z]?)\b|\bS(?P<short>\d+[A-Z]?)\b"


def _mention(value: str) -> str:
    try:
        pattern = re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if not pattern.groups:
        raise ValueError("expected a regular expression with a group that captures the session's id")
    return value


class Ignore(Model):
    """Findings of the audit that are meant to be as they are."""

    path: Pattern
    """A path, or a glob as .gitignore has them."""
    signals: Texts = ()
    """The signals that do not count there; without any nothing is told of these files."""
    reason: Word
    """Why it is meant to be so."""
    until: Day | None = None
    """The last day on which this counts."""


class Auditing(Model):
    """What the stale-file audit is told."""

    ignore: tuple[Ignore, ...] = ()
    """Findings that are meant to be as they are; one that matches nothing is an error."""
    page: bool = False
    """Whether the site has a page of what the audit finds."""


class ClaimSettings(Model):
    """How claims of sessions are compared with the days of commits."""

    tolerance_days: Annotated[int, Field(ge=0)] = 1
    """Days before and after a session on which its commits may lie: time zones differ."""
    late_days: Annotated[int, Field(ge=0)] = 7
    """Days after a session within which the files it names may be committed."""


class Plan(Model):
    """tracker.yml: the project, where its files are, and its phases."""

    project: Word
    """Name of the project."""
    repository: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Address of the repository, for links; without it the remote's."""
    sessions: RelativePath = "sessions"
    """Folder of the session files."""
    results: RelativePath = "diagnostics/results"
    """Folder of the result files."""
    reports: Glob = "reports/*.xml"
    """Glob of JUnit reports."""
    versions: RelativePath = "versions"
    """Folder of the frozen versions."""
    docs: RelativePath = "docs/tracker"
    """Folder of the generated pages: owned by the tool."""
    templates: RelativePath | None = None
    """Folder of templates that override the tool's own by name."""
    mention: Annotated[str, AfterValidator(_mention)] = DEFAULT_MENTION
    """Regular expression for a session named in a commit message; its first group that matched is the id."""
    claims: ClaimSettings = ClaimSettings()
    """How claims of sessions are compared with the days of commits."""
    audit: Auditing = Auditing()
    """What the stale-file audit is told."""
    phases: tuple[Phase, ...] = ()
    """The plan, in order."""
    _phase_files: str | None = PrivateAttr(None)

    @property
    def phase_files(self) -> str | None:
        """The glob of the files that hold a phase each, where `phases` names one instead of listing them."""
        return self._phase_files

    def with_phases(self, phases: tuple[Phase, ...], files: str | None) -> Self:
        """The plan with the phases that were found where its `phases` said."""
        plan = self.model_copy(update={"phases": phases})
        plan._phase_files = files
        return plan
