"""The JSON Schema of `tracker.json`, and the models that it is made from."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tracker.model import Status, Verdict
from tracker.progress.claims import ClaimVerdict, Detail
from tracker.progress.trends import Drift
from tracker.publish.data import SCHEMA
from tracker.publish.export import ABOUT


def export_schema() -> dict[str, Any]:
    """The JSON Schema of `tracker.json`."""
    schema = Export.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": ABOUT, **schema}


class ExportPart(BaseModel):
    """Exactly these keys."""

    model_config = ConfigDict(extra="forbid", title=None)


class ProblemPart(ExportPart):
    """Something wrong in a file."""

    file: str
    line: int
    column: int
    field: str
    message: str


class EvidencePart(BaseModel):
    """What tracker.yml says of a piece of evidence, and what was found."""

    model_config = ConfigDict(extra="allow")

    kind: str
    verdict: Verdict
    found: str
    where: str | None
    line: int | None
    when: str | None
    at: str | None
    session: str | None
    changed: list[str]


class CriterionPart(ExportPart):
    """A criterion and its verdict."""

    id: str
    text: str
    verdict: Verdict
    fingerprint: str
    changed_since_met: str | None
    evidence: list[EvidencePart]


class TaskPart(ExportPart):
    """A task and where it stands."""

    id: str
    title: str
    status: Status
    estimate: str | None
    sessions: list[str]


class PhasePart(ExportPart):
    """A phase, where it stands, and why it is not complete."""

    id: str
    title: str
    chapter: str | None
    status: Status
    progress: float = Field(ge=0, le=1)
    depends_on: list[str]
    reasons: list[str]
    tasks: list[TaskPart]
    criteria: list[CriterionPart]
    prerequisites: list[CriterionPart]


class ClaimPart(ExportPart):
    """A claim of a session, and what git says of it."""

    kind: str
    subject: str
    standing: ClaimVerdict
    """The same as `verdict`."""
    verdict: ClaimVerdict
    detail: Detail
    reason: str
    commit: str | None


class SessionPart(ExportPart):
    """A session."""

    id: str
    date: str
    focus: str
    status: str | None
    tags: list[str]
    """Its own topics, and those of the phases that it worked on."""
    file: str
    page: str
    commits: list[str]
    runs: list[str]
    claims: list[ClaimPart]


class LastSession(ExportPart):
    """The last session."""

    id: str
    date: str
    focus: str


class SessionsPart(ExportPart):
    """All sessions, the oldest first."""

    count: int
    last: LastSession | None
    all: list[SessionPart]


class CommitsPart(ExportPart):
    """The commits of HEAD, and the ones that belong to no session, the newest first."""

    count: int
    undocumented: int
    of_no_session: list[str]


class RunPart(ExportPart):
    """A result."""

    name: str
    file: str
    page: str
    status: str
    started: str | None
    commit: str | None
    dirty: bool
    session: str | None


class DecisionPart(ExportPart):
    """A decision of a session."""

    session: str
    decision: str
    rationale: str | None
    alternatives: list[str]
    id: str | None
    supersedes: list[str]
    status: str | None


class VerifiedPart(ExportPart):
    """How many criteria are met by evidence."""

    met: int
    criteria: int


class TrustPart(ExportPart):
    """Whether anything that was reported is known to be wrong."""

    holds: bool
    reasons: list[str]
    sentence: str


class ClaimsPart(ExportPart):
    """How many claims git confirms, disputes, refutes, and cannot judge."""

    confirmed: int
    disputed: int
    refuted: int
    unknown: int


class ReadinessPart(ExportPart):
    """Whether a phase can be begun, and what is missing."""

    ready: bool
    missing: list[str]


class TrendPart(ExportPart):
    """A measure over the training runs of one name, the oldest value first."""

    name: str
    measure: str
    values: list[float]
    drift: Drift
    per_run: float | None
    p: float | None
    reason: str | None
    worse: bool
    sentence: str


class SharePart(ExportPart):
    """How many of how many."""

    what: str
    count: int
    of: int


class Export(ExportPart):
    """Where a project stands, as Session Tracker found it."""

    dialect: str = Field(alias="$schema")
    about: str
    version: int = Field(alias="schema", ge=SCHEMA, le=SCHEMA)
    project: str
    commit: str | None
    shallow: bool
    status: Status
    verified: VerifiedPart
    trust: TrustPart
    phases: list[PhasePart]
    sessions: SessionsPart
    commits: CommitsPart
    results: int
    claims: ClaimsPart
    problems: list[ProblemPart]
    trends: list[TrendPart]
    runs: list[RunPart]
    decisions: list[DecisionPart]
    versions: list[str]
    readiness: dict[str, ReadinessPart]
    coverage: list[SharePart]
