"""The nouns: what a plan, a session, a version and a commit are made of.

Everything that people write in YAML is described here once, as pydantic models; the reader gives every scalar as the
text that was written and these types give it its meaning. Everything that is found out is a plain dataclass.
"""

from tracker.model.commit import Change, Commit
from tracker.model.evidence import COMPARISONS, DEFAULT_TIMEOUT, SIGNS, Attestation, Evidence
from tracker.model.fields import Glob, Model
from tracker.model.plan import DEFAULT_MENTION, Auditing, ClaimSettings, Criterion, Ignore, Phase, Plan, Task
from tracker.model.problem import Problem
from tracker.model.result import Result, ResultStatus
from tracker.model.session import (
    Assessment,
    Combined,
    Decision,
    Files,
    Handoff,
    Incident,
    Learning,
    NamedCommit,
    NamedFile,
    NextSteps,
    Option,
    RenamedFile,
    Session,
    TestRun,
    Work,
)
from tracker.model.status import SAID_STATUSES, STATUS_WORDS, Status, Verdict
from tracker.model.version import (
    VERSION_NUMBER,
    FrozenCommit,
    FrozenCriterion,
    FrozenDecision,
    FrozenEvidence,
    FrozenPhase,
    FrozenSession,
    FrozenTask,
    Version,
    Writable,
)

__all__ = [
    "COMPARISONS",
    "DEFAULT_MENTION",
    "DEFAULT_TIMEOUT",
    "SAID_STATUSES",
    "SIGNS",
    "STATUS_WORDS",
    "VERSION_NUMBER",
    "Assessment",
    "Attestation",
    "Auditing",
    "Change",
    "ClaimSettings",
    "Combined",
    "Commit",
    "Criterion",
    "Decision",
    "Evidence",
    "Files",
    "FrozenCommit",
    "FrozenCriterion",
    "FrozenDecision",
    "FrozenEvidence",
    "FrozenPhase",
    "FrozenSession",
    "FrozenTask",
    "Glob",
    "Handoff",
    "Ignore",
    "Incident",
    "Learning",
    "Model",
    "NamedCommit",
    "NamedFile",
    "NextSteps",
    "Option",
    "Phase",
    "Plan",
    "Problem",
    "RenamedFile",
    "Result",
    "ResultStatus",
    "Session",
    "Status",
    "Task",
    "TestRun",
    "Verdict",
    "Version",
    "Work",
    "Writable",
]
