"""The nouns: what a plan, a session and a commit are made of.

Everything that people write in YAML is described here once, as pydantic models; the reader gives every scalar as the
text that was written and these types give it its meaning. Everything that is found out is a plain dataclass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticSerializationError

# --- states ---------------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """Where a task or a phase stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    CLAIMED = "claimed"
    """Sessions say complete; the evidence does not yet."""
    COMPLETE = "complete"
    REGRESSED = "regressed"
    """Complete in the last version, not now."""
    DEFERRED = "deferred"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"


SAID_STATUSES = (
    Status.PLANNED,
    Status.IN_PROGRESS,
    Status.COMPLETE,
    Status.DEFERRED,
    Status.CANCELLED,
    Status.BLOCKED,
)
"""What people may say; `claimed` and `regressed` can only be found."""

STATUS_WORDS = {
    "active": Status.IN_PROGRESS,
    "started": Status.IN_PROGRESS,
    "wip": Status.IN_PROGRESS,
    "completed": Status.COMPLETE,
    "done": Status.COMPLETE,
    "finished": Status.COMPLETE,
    "validated": Status.COMPLETE,
    "canceled": Status.CANCELLED,
    "dropped": Status.CANCELLED,
    "postponed": Status.DEFERRED,
    "open": Status.PLANNED,
    "next": Status.PLANNED,
    "todo": Status.PLANNED,
}


class Verdict(StrEnum):
    """What the tracker found out about a criterion, the worst first."""

    UNMET = "unmet"
    MISSING = "missing"
    STALE = "stale"
    ATTESTED = "attested"
    MET = "met"


# --- types of fields ------------------------------------------------------------------------------------------------


SaidWord = Literal["planned", "in progress", "complete", "deferred", "cancelled", "blocked"]


def _said_status(value: object) -> object:
    if isinstance(value, str):
        word = re.sub(r"[\s_-]+", " ", value).strip().lower()
        status = STATUS_WORDS.get(word, word)
        if status in SAID_STATUSES:
            return status
    raise ValueError(f"expected one of {', '.join(SAID_STATUSES)}; got {value!r}")


def _commit_hash(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{4,64}", value):
        raise ValueError(f"expected a commit hash of 4 to 64 hexadecimal digits; got {value!r}")
    return value.lower()


def _inside(value: str) -> str:
    parts = value.replace("\\", "/").split("/")
    if value.startswith(("/", "~")) or ".." in parts or "\0" in value or re.match(r"[A-Za-z]:", value):
        raise ValueError(f"expected a path inside the workspace, relative to tracker.yml; got {value!r}")
    return value.removeprefix("./")


def _glob(value: str) -> str:
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if not parts or any("**" in part and part != "**" for part in parts):
        raise ValueError(f"expected a glob of files, such as reports/**/*.xml; got {value!r}")
    return value


def _pattern(value: str) -> str:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([value])
        understood = not value.startswith("!")
    except (ValueError, re.error):
        understood = False
    if not understood:
        raise ValueError(f"expected a path, or a glob as .gitignore has them; got {value!r}")
    return value


def _jmespath(value: str) -> str:
    import jmespath
    from jmespath.exceptions import ParseError

    try:
        jmespath.compile(value)
    except ParseError as error:  # its column counts from 0
        raise ValueError(f"expected a JMESPath; column {error.lex_position + 1} of {value!r} cannot be read") from None
    except ValueError as error:  # nothing at all, or a quote that never ends
        raise ValueError(f"expected a JMESPath; got {value!r}: {str(error).splitlines()[0]}") from None
    return value


def _tolerance(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?([eE][-+]?\d+)?\s*%?", value):
        raise ValueError(f"expected a tolerance such as 0.02 or 5%; got {value!r}")
    return value


def _line_range(value: str) -> str:
    match = re.fullmatch(r"(\d+)(?:\s*-\s*(\d+))?", value)
    if not match or not 1 <= int(match[1]) <= int(match[2] or match[1]):
        raise ValueError(f"expected lines such as 351-434; got {value!r}")
    return value


def _day(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"expected a date such as 2026-02-15; got {value!r}")
    return value


def _single(value: object) -> object:
    return [value] if isinstance(value, str) else value


SaidStatus = Annotated[Status, BeforeValidator(_said_status, json_schema_input_type=SaidWord)]
Hash = Annotated[str, AfterValidator(_commit_hash)]
RelativePath = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
Glob = Annotated[RelativePath, AfterValidator(_glob)]
Pattern = Annotated[RelativePath, AfterValidator(_pattern)]
AnyPath = Annotated[str, Field(min_length=1), AfterValidator(lambda path: path.removeprefix("./"))]
Word = Annotated[str, Field(min_length=1)]
Day = Annotated[Date, BeforeValidator(_day)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_single, json_schema_input_type=str | tuple[str, ...])]


class Model(BaseModel):
    """What people write: unknown keys are errors, values never change, an empty value is an absent one."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True, regex_engine="python-re"
    )

    def __repr__(self) -> str:
        """As JSON: all that pydantic's own says, in a tenth of the time, which pages are compared by."""
        try:
            return f"{type(self).__name__}({self.model_dump_json()})"
        except PydanticSerializationError:  # a lone surrogate
            return super().__repr__()

    shorthand: ClassVar[str | None] = None
    """The field that a plain text stands for: `- text` is `- {<shorthand>: text}`."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        if isinstance(data, str) and cls.shorthand:
            return {cls.shorthand: data}
        if isinstance(data, dict) and "" in data.values():
            optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
            return {key: value for key, value in data.items() if value != "" or key not in optional}
        return data


# --- the plan: tracker.yml ------------------------------------------------------------------------------------------


class Attestation(Model):
    """Someone's word."""

    shorthand = "by"

    by: Word
    """Who says so."""
    session: str | None = None
    """The session in which they said it."""
    note: str | None = None
    """What they said."""


SIGNS = {
    "equals": "=",
    "below": "<",
    "at_most": "≤",
    "above": ">",
    "at_least": "≥",
    "contains": "contains",
    "within": "within",
}
COMPARISONS = tuple(SIGNS)
DEFAULT_TIMEOUT = 600.0


class Evidence(Model):
    """A pointer to something checkable, with what must hold of it. Its kind is its first key."""

    result: Word | None = None
    """Name of a result; its newest complete one counts."""
    value: Annotated[str, AfterValidator(_jmespath)] | None = None
    """JMESPath into the result."""
    equals: str | None = None
    """The value must be this text, number or truth value."""
    below: float | None = None
    """The value must be smaller."""
    at_most: float | None = None
    """The value must not be greater."""
    above: float | None = None
    """The value must be greater."""
    at_least: float | None = None
    """The value must not be smaller."""
    contains: str | None = None
    """The value must contain this (result), or the file must match this regular expression (file)."""

    within: Annotated[str, AfterValidator(_tolerance)] | None = None
    """The value must not differ by more than this, absolute (0.02) or relative (5%), from an earlier version's."""
    of: str | None = None
    """The number of that version; without it the last one."""

    commit: Hash | None = None
    """This commit exists and HEAD contains it."""

    file: RelativePath | None = None
    """This file is tracked at HEAD."""
    symbol: Word | None = None
    """The file defines this function, class or name."""

    lines: Annotated[str, AfterValidator(_line_range)] | None = None
    """These lines of the file at the commit `at` (351-434) are still there, wherever they moved."""
    at: Hash | None = None
    """The commit whose lines are meant."""

    command: Word | None = None
    """`tracker verify` ran this command, and it exited 0."""
    timeout: Annotated[float, Field(gt=0)] = DEFAULT_TIMEOUT
    """Seconds after which it is ended."""

    test: Word | None = None
    """Node id or glob of tests that a JUnit report must have, all passed."""

    attested: Attestation | None = None
    """Someone's word: shown as such, never as verified."""

    KINDS: ClassVar[Mapping[str, frozenset[str]]] = {
        "result": frozenset({"value", "of", *COMPARISONS}),
        "commit": frozenset(),
        "file": frozenset({"contains", "symbol", "lines", "at"}),
        "command": frozenset({"timeout"}),
        "test": frozenset(),
        "attested": frozenset(),
    }

    @property
    def kind(self) -> str:
        """The key that says what kind of evidence this is."""
        return next(kind for kind in self.KINDS if getattr(self, kind) is not None)

    @property
    def comparison(self) -> str | None:
        """The name of the comparison, where one is given."""
        return next((name for name in COMPARISONS if getattr(self, name) is not None), None)

    @property
    def asks(self) -> str:
        """What must hold, in one line.

        >>> Evidence(result="soak", value="gate_true_rate", above=0).asks
        'result soak: gate_true_rate > 0'
        """
        return self.subject + (f" {SIGNS[self.comparison]} {self.bound}" if self.result and self.comparison else "")

    @property
    def subject(self) -> str:
        """What it looks at, in one line, without what must hold of it."""
        if self.result:
            return f"result {self.result}" + (f": {self.value}" if self.value else "")
        if self.file:
            parts = [
                f"file {self.file}",
                self.contains and f"matches {self.contains}",
                self.symbol and f"defines {self.symbol}",
            ]
            return " ".join(filter(None, [*parts, self.lines and f"has lines {self.lines} of {self.at}"]))
        if self.attested:
            return f"the word of {self.attested.by}"
        return f"{self.kind} {getattr(self, self.kind)}"

    @property
    def bound(self) -> str:
        """What the value is compared with, as it is shown."""
        bound = getattr(self, self.comparison) if self.comparison else "true"
        return f"{bound:.6g}" if isinstance(bound, float) else str(bound)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in self.KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise ValueError(f"expected exactly one of {', '.join(self.KINDS)}; got {found}")
        (kind,) = kinds
        stray = self.model_fields_set - self.KINDS[kind] - {kind}
        if stray:
            allowed = ", ".join(sorted(self.KINDS[kind])) or "nothing else"
            raise ValueError(f"{', '.join(sorted(stray))} does not go with {kind}; expected {allowed}")
        if kind == "result" and sum(getattr(self, name) is not None for name in COMPARISONS) > 1:
            raise ValueError(f"expected at most one of {', '.join(COMPARISONS)}")
        if kind == "result" and self.comparison and self.value is None:
            raise ValueError("expected `value`, a JMESPath into the result, beside the comparison")
        if self.of is not None and self.within is None:
            raise ValueError("expected `within` beside `of`: the value of a version is what it may differ from")
        if (self.lines is None) != (self.at is None):
            raise ValueError("expected both `lines` and `at`, the commit whose lines are meant")
        if kind == "file" and self.contains is not None:
            try:
                re.compile(self.contains)
            except re.error as error:
                raise ValueError(f"contains: not a regular expression: {error}") from None
        return self


class Criterion(Model):
    """One thing that must be true, met by evidence."""

    id: Word
    """Unique in the file."""
    text: Word
    """What must be true, in a sentence. Markdown."""
    evidence: tuple[Evidence, ...] = ()
    """All of it must hold."""
    covers: Annotated[tuple[Pattern, ...], BeforeValidator(_single, json_schema_input_type=str | tuple[str, ...])] = ()
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
    depends_on: Annotated[tuple[Word, ...], BeforeValidator(_single, json_schema_input_type=str | tuple[str, ...])] = ()
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


# --- session files --------------------------------------------------------------------------------------------------


class Work(Model):
    """One piece of work that a session did."""

    shorthand = "title"

    title: Word
    """A heading."""
    body: str | None = None
    """What was done. Markdown."""
    task: str | None = None
    """Id of the task it belongs to."""


class NamedCommit(Model):
    """A commit that a session names."""

    shorthand = "commit"

    commit: Hash
    """Its hash, abbreviated or whole."""
    note: str | None = None
    """What it did."""
    session: str | None = None
    """The session that made it, where it is not this one."""


class NamedFile(Model):
    """A file that a session names."""

    shorthand = "path"

    path: AnyPath
    """Relative to the workspace."""
    note: str | None = None
    """Why."""


class RenamedFile(Model):
    """A file that a session says it renamed."""

    from_: Annotated[AnyPath, Field(alias="from")]
    """The old path."""
    to: AnyPath
    """The new path."""
    note: str | None = None
    """Why."""


class Files(Model):
    """What a session says it did to files."""

    created: tuple[NamedFile, ...] = ()
    """New files."""
    modified: tuple[NamedFile, ...] = ()
    """Changed files."""
    removed: tuple[NamedFile, ...] = ()
    """Files that are gone."""
    renamed: tuple[RenamedFile, ...] = ()
    """Files with a new name."""


class TestRun(Model):
    """A test or validation that a session reports."""

    __test__ = False
    shorthand = "name"

    name: Word
    """What was tested."""
    outcome: str | None = None
    """How it ended."""
    note: str | None = None
    """Anything to know about it. Markdown."""
    session: str | None = None
    """The session that ran it, where it is not this one."""


class Decision(Model):
    """A decision, with its reasons."""

    shorthand = "decision"

    decision: Word
    """What was decided."""
    rationale: str | None = None
    """Why. Markdown."""
    alternatives: Texts = ()
    """What was turned down."""


class Incident(Model):
    """Something that went wrong."""

    shorthand = "problem"

    problem: Word
    """What happened."""
    cause: str | None = None
    """Why. Markdown."""
    resolution: str | None = None
    """What was done about it. Markdown."""


class Assessment(Model):
    """A question about the project, answered."""

    shorthand = "question"

    question: Word
    """What was asked."""
    answer: str | None = None
    """The answer. Markdown."""
    evidence: str | None = None
    """What it rests on. Markdown."""
    conclusion: str | None = None
    """What follows from it. Markdown."""


class Learning(Model):
    """Something worth remembering."""

    shorthand = "text"

    text: Word
    """The lesson. Markdown."""
    title: str | None = None
    """A heading."""


class Option(Model):
    """One way to go on."""

    shorthand = "title"

    title: Word
    """A heading."""
    body: str | None = None
    """What it means. Markdown."""
    steps: Texts = ()
    """What would be done, in order."""
    recommended: bool = False
    """Whether the session recommends it."""


class NextSteps(Model):
    """What comes next."""

    shorthand = "immediate"

    immediate: Texts = ()
    """First things."""
    short_term: Texts = ()
    """Soon."""
    deferred: Texts = ()
    """Not now."""
    options: tuple[Option, ...] = ()
    """Ways to go on, where someone has to choose."""


class Handoff(Model):
    """What the next session must know."""

    shorthand = "state"

    state: str | None = None
    """Where things stand. Markdown."""
    next_action: str | None = None
    """What to do first."""
    blockers: Texts = ()
    """What is in the way."""
    context: Texts = ()
    """What else to know."""


class Session(Model):
    """One sitting of work, written down as one YAML file."""

    session: Word
    """Its id, as text: 88, S96A."""
    date: Day
    """The day it began."""
    focus: Word
    """What it was about, in a line."""
    until: Day | None = None
    """The day it ended, where that is another one."""
    team: str | None = None
    """Who worked."""
    status: str | None = None
    """How it ended, in a line."""
    duration: str | None = None
    """How long it took."""
    summary: str | None = None
    """What happened. Markdown."""
    work: tuple[Work, ...] = ()
    """What was done, piece by piece."""
    tasks: dict[str, SaidStatus] = Field(default_factory=dict)
    """Status of tasks, by id."""
    phases: dict[str, SaidStatus] = Field(default_factory=dict)
    """Status of phases, by id."""
    runs: Texts = ()
    """Names of the results it made."""
    highlights: Texts = ()
    """The best of it. Markdown."""
    commits: tuple[NamedCommit, ...] = ()
    """Commits it made or documents."""
    files: Files = Files()
    """What it did to files."""
    tests: tuple[TestRun, ...] = ()
    """What was tested."""
    decisions: tuple[Decision, ...] = ()
    """What was decided."""
    incidents: tuple[Incident, ...] = ()
    """What went wrong."""
    assessments: tuple[Assessment, ...] = ()
    """Questions, answered."""
    learnings: tuple[Learning, ...] = ()
    """What was learnt."""
    metrics: dict[str, str] = Field(default_factory=dict)
    """Figures, by name."""
    next: NextSteps = NextSteps()
    """What comes next."""
    handoff: Handoff = Handoff()
    """What the next session must know."""
    log: str | None = None
    """The whole body of an imported log, as it was written. Markdown."""

    @field_validator("until")
    @classmethod
    def _ends_after_it_began(cls, until: Date | None, info: ValidationInfo) -> Date | None:
        began = info.data.get("date")
        if until and began and until < began:
            raise ValueError(f"expected a day not before {began}; got {until}")
        return until


# --- what is wrong --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file: where, and what was expected instead."""

    file: str
    """Relative to the workspace."""
    line: int
    column: int
    field: str
    """Path of the field, such as `files.created[2].path`; empty for the file as a whole."""
    message: str

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.file}:{self.line}:{self.column}:{field} {self.message}"


# --- what git says --------------------------------------------------------------------------------------------------


class Change(NamedTuple):
    """What a commit did to one path. Blobs are all zeros where there is none."""

    status: str
    """A, M, D or T, as git prints it."""
    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as `git log --raw --no-renames` tells it."""

    hash: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: datetime
    """When it was written (author date), with its own offset."""
    subject: str
    body: str
    changes: tuple[Change, ...] = field(default=())


# --- what was measured ----------------------------------------------------------------------------------------------


ResultStatus = Literal["complete", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
    """One measured run: a JSON object found in the results folder."""

    name: str
    path: str
    """Relative to the workspace."""
    data: Mapping[str, Any]
    status: ResultStatus
    started: datetime | None
    commit: str | None
    tree: str | None
    dirty: bool
    session: str | None


# --- versions: frozen progress trackers ------------------------------------------------------------------------------


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


VERSION_NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)")


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
