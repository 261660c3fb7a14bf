"""Where things stand: what people may say of tasks and phases, and what the tracker found out about criteria."""

from enum import StrEnum


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
