"""The plan: tracker.yml. The docstrings of fields become descriptions in the JSON Schema."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr

from tracker.model.evidence import Evidence
from tracker.model.evidence.numbers import Tolerance
from tracker.model.evidence.result import JMESPath
from tracker.model.fields import Day, Glob, Model, Pattern, Patterns, RelativePath, SaidStatus, Texts, Word, Words
from tracker.model.session import Decision


class Criterion(Model):
    """A success criterion, verified by evidence."""

    id: Word
    """Id, unique in the plan."""
    text: Word
    """What must be true, in one sentence of Markdown."""
    evidence: tuple[Evidence, ...] = ()
    """Evidence; all of it must hold."""
    covers: Patterns = ()
    """Globs of the files that the evidence is about. When one of them changes, the verdict becomes stale."""


class Task(Model):
    """A task, done by sessions."""

    id: Word
    """Id, unique in the plan."""
    title: Word
    """What is to be done."""
    estimate: str | None = None
    """Estimated duration, such as `2h` or `10 min`."""
    owner: str | None = None
    """The person or team responsible."""
    status: SaidStatus | None = None
    """Status, only if no session can state it: deferred, cancelled or blocked."""
    note: str | None = None
    """Notes, in Markdown."""


class Direction(StrEnum):
    """Which values of a metric are better."""

    LOWER = "lower"
    HIGHER = "higher"


class Budget(Model):
    """A measured value that must not get worse; `tracker check --against` compares it with an earlier one."""

    result: Word
    """Name of a result; its newest complete one counts."""
    value: JMESPath
    """JMESPath into the result."""
    better: Direction
    """Which values are better."""
    tolerance: Tolerance = "0"
    """How much worse the value may get, absolute (0.02) or relative (5%). Default: not at all."""


class Measurements(Model):
    """A table of measured values, shown from the newest results of one name."""

    result: Word
    """Name of the results, such as `soak`."""
    values: dict[str, JMESPath]
    """The columns: heading → JMESPath into the result."""


class Phase(Model):
    """A phase of the plan, with tasks and success criteria."""

    id: Word
    """Id, unique in the plan."""
    title: Word
    """Name of the phase."""
    chapter: str | None = None
    """Chapter of the plan; pages group phases by it."""
    goal: str | None = None
    """Goal of the phase, in Markdown."""
    owner: str | None = None
    """The person or team responsible."""
    tags: Words = ()
    """Topics of the phase, such as `parser`. Sessions that worked on the phase have them, too."""
    status: SaidStatus | None = None
    """Status, only if it cannot be derived from sessions: deferred, cancelled or blocked."""
    completed: Day | None = None
    """Day on which the phase was completed, if no session states it."""
    validation: str | None = None
    """How the phase was validated, in Markdown."""
    note: str | None = None
    """Notes, in Markdown."""
    depends_on: Words = ()
    """Ids of phases that must be complete first."""
    prerequisites: tuple[Criterion, ...] = ()
    """Criteria that must hold before the phase can start."""
    tasks: tuple[Task, ...] = ()
    """Tasks of the phase."""
    criteria: tuple[Criterion, ...] = ()
    """Success criteria of the phase."""
    decisions: tuple[Decision, ...] = ()
    """Architecture decisions of the phase, with their rationale."""
    achievements: Texts = ()
    """The key achievements of the phase, in Markdown."""
    measurements: tuple[Measurements, ...] = ()
    """Tables of measured values, shown from results."""


DEFAULT_MENTION = r"\b[Ss]ession[ -]?#?(?P<id>\d+[A-Za-z]?)\b|\bS(?P<short>\d+[A-Z]?)\b"


def _mention(value: str) -> str:
    if value == DEFAULT_MENTION:
        return value
    from tracker.patterns import BoundedPattern

    if not BoundedPattern(value).groups:
        raise ValueError("expected a regular expression with a group that captures the session's id")
    return value


class Ignore(Model):
    """Findings of the audit to ignore."""

    path: Pattern
    """Path, or glob in the syntax of .gitignore."""
    signals: Texts = ()
    """Rules to ignore for these files; all rules if the list is empty."""
    reason: Word
    """Why the findings are ignored."""
    until: Day | None = None
    """Last day on which the findings are ignored."""


class Auditing(Model):
    """Settings of the stale-file audit."""

    ignore: tuple[Ignore, ...] = ()
    """Findings to ignore. An entry that matches nothing is an error."""
    page: bool = False
    """Whether the site has a page with the findings of the audit."""


class ClaimSettings(Model):
    """How claims of sessions are compared with the days of commits."""

    tolerance_days: Annotated[int, Field(ge=0)] = 1
    """Days before and after a session on which its commits may lie: time zones differ."""
    late_days: Annotated[int, Field(ge=0)] = 7
    """Days after a session within which the files it names may be committed."""


class ItemSettings(Model):
    """Settings of open items."""

    max_age: Annotated[int, Field(ge=1)] | None = None
    """Sessions after which an open item fails `tracker check --strict`. Default: never."""


class Endorsement(Model):
    """The approval of a person or team."""

    by: Word
    """Who approved."""
    of: Word
    """What they approved."""
    date: Day | None = None
    """When."""
    session: str | None = None
    """The session in which they approved."""


class Plan(Model):
    """tracker.yml: the project, the folders of its files, and its phases."""

    project: Word
    """Name of the project."""
    repository: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Web address of the repository, for links. Default: that of the git remote."""
    sessions: RelativePath = "sessions"
    """Folder of the session files."""
    results: RelativePath = "diagnostics/results"
    """Folder of the result files."""
    reports: Glob = "reports/*.xml"
    """Glob of JUnit reports."""
    versions: RelativePath = "versions"
    """Folder of the released versions."""
    docs: RelativePath = "docs/tracker"
    """Folder of the generated pages. The tracker overwrites its content."""
    templates: RelativePath | None = None
    """Folder of templates that replace the built-in ones of the same name."""
    mention: Annotated[str, AfterValidator(_mention)] = DEFAULT_MENTION
    """Regular expression for session ids in commit messages. The first group that matches is the id."""
    trailer: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = "Session"
    """Trailer of a commit message that names its session, such as `Work-Session: 88`. `Session`, `Agent-Session` and
    `Claude-Session` always count."""
    claims: ClaimSettings = ClaimSettings()
    """How claims of sessions are compared with the days of commits."""
    items: ItemSettings = ItemSettings()
    """Settings of open items."""
    audit: Auditing = Auditing()
    """Settings of the stale-file audit."""
    thresholds: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Limits of the diagnostics' rules that replace their defaults: rule → name → number."""
    budgets: tuple[Budget, ...] = ()
    """Measured values that must not get worse."""
    phases: tuple[Phase, ...] = ()
    """Phases, in order."""
    achievements: Texts = ()
    """The key achievements of the project, in Markdown."""
    endorsements: tuple[Endorsement, ...] = ()
    """Approvals of persons and teams."""
    deliverables: dict[str, str] = Field(default_factory=dict)
    """What each session delivered, by session id."""
    _phase_files: str | None = PrivateAttr(None)

    @property
    def phase_files(self) -> str | None:
        """The glob of the files with one phase each, if `phases` is a glob instead of a list."""
        return self._phase_files

    def with_phases(self, phases: tuple[Phase, ...], files: str | None) -> Self:
        """Return the plan with the phases that its `phases` glob leads to."""
        plan = self.model_copy(update={"phases": phases})
        plan._phase_files = files
        return plan
