"""What people write about a session: sessions/*.yml."""

from datetime import date as Date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from tracker.model.fields import AnyPath, Day, Hash, Model, SaidStatus, Texts, Word


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
    """The session that made it, when that is another one."""
    documents: bool = False
    """Whether this session only documents the commit, which others made."""
    patch_id: str | None = None
    """Its `git patch-id --stable`, which survives a rebase or squash; `none` for a commit without a patch."""


class Combined(Model):
    """What the commits of a session change together, by which a squash of them is recognised."""

    patch_id: str | None = None
    """The `git patch-id --stable` of all of them together, without the session files."""
    tree: str | None = None
    """The tree of the last of them."""
    blobs: Texts = ()
    """A digest of the path and final content of each file they touch."""
    patch_ids: dict[str, str] = Field(default_factory=dict)
    """Patch ids of commits whose entries have none of their own, by the hash as it is written."""


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
    combined: Combined | None = None
    """What its commits change together; recorded by `tracker new --close`."""
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
