"""A file that looks stale, and why."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.audit.signals import signals
from tracker.audit.state import State


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one signal takes a file for stale."""

    signal: str
    detail: str
    by: str | None
    """The other file or the commit that shows it."""
    weight: float = 0.0
    """What it adds to the log odds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that looks stale."""

    path: str
    confidence: float
    """The probability that it is stale."""
    reasons: tuple[Reason, ...]
    """The weightiest first."""
    last_commit: str | None
    last_changed: datetime | None
    references: tuple[str, ...]
    """The files that mention it."""
    state: State = State.NEW
    excuse: str | None = None
    """Why it is ignored."""
    inline: bool = False
    """Whether a mark in a document ignores it, not tracker.yml."""

    @property
    def action(self) -> str:
        """What is proposed: what the weightiest reason that would have the file gone says, else update or review."""
        said = [signals()[reason.signal].action for reason in self.reasons]
        gone = [action for action in said if action in ("remove", "archive")]
        return gone[0] if gone else "update" if "update" in said else "review"


def without_reasons(one: Finding, reasons: Collection[Reason]) -> Finding:
    """A finding as if some of its reasons had not been found: the model is additive."""
    if not reasons:
        return one
    sure = min(max(one.confidence, 1e-4), 1 - 1e-4)
    odds = math.log(sure / (1 - sure)) - sum(reason.weight for reason in reasons)
    left = tuple(reason for reason in one.reasons if reason not in reasons)
    return replace(one, reasons=left, confidence=round(1 / (1 + math.exp(-odds)), 4))
