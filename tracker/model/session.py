"""Session files: sessions/*.yml. The docstrings of fields become descriptions in the JSON Schema."""

from datetime import date as Date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from tracker.model.change import Changes
from tracker.model.fields import AnyPath, Day, Hash, Model, SaidStatus, Texts, Word, Words


class Work(Model):
    """A piece of work that the session did."""

    shorthand = "title"

    title: Word
    """Heading of the work."""
    body: str | None = None
    """What was done, in Markdown."""
    task: str | None = None
    """Id of the task of the plan that it belongs to."""


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
    """Patch ids of commits whose entries have none of their own, by the hash as written."""


class NamedFile(Model):
    """A file that the session changed."""

    shorthand = "path"

    path: AnyPath
    """Path relative to tracker.yml."""
    note: str | None = None
    """Why it was changed."""


class RenamedFile(Model):
    """A file that the session renamed."""

    from_: Annotated[AnyPath, Field(alias="from")]
    """The old path."""
    to: AnyPath
    """The new path."""
    note: str | None = None
    """Why it was renamed."""


class Files(Model):
    """The files that the session changed, checked against git."""

    created: tuple[NamedFile, ...] = ()
    """Files that the session added."""
    modified: tuple[NamedFile, ...] = ()
    """Files that the session changed."""
    removed: tuple[NamedFile, ...] = ()
    """Files that the session removed."""
    renamed: tuple[RenamedFile, ...] = ()
    """Files that the session renamed."""


class TestRun(Model):
    """A test or validation that the session ran."""

    __test__ = False
    shorthand = "name"

    name: Word
    """What was tested."""
    outcome: str | None = None
    """The outcome, such as `passed` or `12 of 14 passed`."""
    note: str | None = None
    """Notes, in Markdown."""
    session: str | None = None
    """The session that ran it, if another one did."""


class Decision(Model):
    """A decision and its reasons."""

    shorthand = "decision"

    decision: Word
    """What was decided."""
    rationale: str | None = None
    """The reasons, in Markdown."""
    alternatives: Texts = ()
    """Alternatives that were rejected."""
    id: str | None = None
    """Id of the decision, by which later ones can name it."""
    supersedes: Words = ()
    """Ids or texts of earlier decisions that this one replaces."""
    status: str | None = None
    """Status, such as `proposed` or `rejected`. Default: in force, until a later decision supersedes it."""


class Incident(Model):
    """Something that went wrong."""

    shorthand = "problem"

    problem: Word
    """What happened."""
    cause: str | None = None
    """The cause, in Markdown."""
    resolution: str | None = None
    """How it was resolved, in Markdown."""


class Assessment(Model):
    """A question about the project and its answer."""

    shorthand = "question"

    question: Word
    """The question."""
    answer: str | None = None
    """The answer, in Markdown."""
    evidence: str | None = None
    """The evidence for the answer, in Markdown."""
    conclusion: str | None = None
    """The conclusion, in Markdown."""


class Learning(Model):
    """A lesson that later sessions should know."""

    shorthand = "text"

    text: Word
    """The lesson, in Markdown."""
    title: str | None = None
    """Heading of the lesson."""
    supersedes: Words = ()
    """Titles or texts of earlier lessons that this one replaces."""
    status: str | None = None
    """Status, such as `outdated`. Default: in force, until a later lesson supersedes it."""


class Option(Model):
    """One option for the next session."""

    shorthand = "title"

    title: Word
    """Heading of the option."""
    body: str | None = None
    """Description, in Markdown."""
    steps: Texts = ()
    """Steps of the option, in order."""
    recommended: bool = False
    """Whether the session recommends this option."""


class NextSteps(Model):
    """Planned work."""

    shorthand = "immediate"

    immediate: Texts = ()
    """What to do first."""
    short_term: Texts = ()
    """What to do soon."""
    deferred: Texts = ()
    """What is deferred."""
    options: tuple[Option, ...] = ()
    """Options among which a decision is needed."""


class Handoff(Model):
    """Information for the next session."""

    shorthand = "state"

    state: str | None = None
    """The current state, in Markdown."""
    next_action: str | None = None
    """The first thing to do."""
    blockers: Texts = ()
    """What blocks the work."""
    context: Texts = ()
    """Further information."""


class TrackedItem(Model):
    """A next step, blocker, question or risk with details. It stays open until a session closes or drops it."""

    shorthand = "text"

    text: Word
    """What is open, on one line."""
    id: str | None = None
    """Id of the item. Default: made from the text."""
    kind: str | None = None
    """Kind of the item, such as `blocker`, `question` or `risk`. Default: `next`."""
    task: str | None = None
    """Id of the task of the plan that closes the item when it is complete."""
    owner: str | None = None
    """The person or team responsible."""
    estimate: str | None = None
    """Estimated duration, such as `2h` or `10 min`."""


class DroppedItem(Model):
    """An open item that will not be done."""

    item: Word
    """Id or text of the item."""
    reason: Word
    """Why it is dropped."""


class Erratum(Model):
    """A correction of an earlier session."""

    session: Word
    """The session that is corrected."""
    text: Word
    """What was wrong, and what is true, in Markdown."""


class Session(Model):
    """A work session, recorded in one YAML file."""

    session: Word
    """Id of the session, such as `88`, `S96A` or `日志`."""
    date: Day
    """Day on which the session began, such as 2026-02-15."""
    focus: Word
    """Subject of the session, on one line."""
    until: Day | None = None
    """Day on which the session ended, if not the same day."""
    team: str | None = None
    """The people who worked in the session."""
    status: str | None = None
    """Outcome of the session, on one line."""
    duration: str | None = None
    """Duration, such as `2 h`."""
    tags: Words = ()
    """Topics of the session, such as `parser`. The site has a page for each."""
    summary: str | None = None
    """What happened, in Markdown."""
    work: tuple[Work, ...] = ()
    """The work that was done, one entry per piece."""
    tasks: dict[str, SaidStatus] = Field(default_factory=dict)
    """Status of tasks of the plan, by task id."""
    phases: dict[str, SaidStatus] = Field(default_factory=dict)
    """Status of phases of the plan, by phase id."""
    runs: Texts = ()
    """Names of the measured results of the session."""
    highlights: Texts = ()
    """The most important results, in Markdown."""
    changes: Changes = Changes()
    """Changes that users notice, for the changelog."""
    commits: tuple[NamedCommit, ...] = ()
    """Commits that the session made or documents."""
    combined: Combined | None = None
    """What its commits change together; recorded by `tracker new --close`."""
    files: Files = Files()
    """Files that the session changed."""
    tests: tuple[TestRun, ...] = ()
    """Tests that were run."""
    decisions: tuple[Decision, ...] = ()
    """Decisions that were made."""
    incidents: tuple[Incident, ...] = ()
    """Incidents: what went wrong."""
    assessments: tuple[Assessment, ...] = ()
    """Questions about the project, with answers."""
    learnings: tuple[Learning, ...] = ()
    """Lessons that later sessions should know."""
    metrics: dict[str, str] = Field(default_factory=dict)
    """Measured figures, by name."""
    next: NextSteps = NextSteps()
    """Planned work."""
    handoff: Handoff = Handoff()
    """Information for the next session."""
    items: tuple[TrackedItem, ...] = ()
    """Open items with details, in addition to those of `next` and `handoff`."""
    closes: Words = ()
    """Ids or texts of open items that are done."""
    drops: tuple[DroppedItem, ...] = ()
    """Open items that will not be done, with the reason."""
    reopens: Words = ()
    """Ids or texts of closed or dropped items that are open again."""
    errata: tuple[Erratum, ...] = ()
    """Corrections of earlier sessions; their pages show them."""
    log: str | None = None
    """The complete text of an imported log, in Markdown."""

    @field_validator("until")
    @classmethod
    def _ends_after_it_began(cls, until: Date | None, info: ValidationInfo) -> Date | None:
        began = info.data.get("date")
        if until and began and until < began:
            raise ValueError(f"expected a day not before {began}; got {until}")
        return until
