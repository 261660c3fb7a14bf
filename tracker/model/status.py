"""Statuses of tasks and phases, and verdicts on criteria."""

from enum import StrEnum


class Status(StrEnum):
    """Status of a task or phase."""

    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    CLAIMED = "claimed"
    """Complete according to sessions, but not yet according to the evidence."""
    COMPLETE = "complete"
    REGRESSED = "regressed"
    """Complete in the last version, but no longer."""
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
"""Statuses that people may write; `claimed` and `regressed` are derived."""

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
    """Verdict on a criterion, the worst first."""

    UNMET = "unmet"
    MISSING = "missing"
    STALE = "stale"
    ATTESTED = "attested"
    MET = "met"
