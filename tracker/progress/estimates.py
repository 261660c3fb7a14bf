"""Estimates: how long tasks should take, as people write them, and their sum."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.progress.phase_status import TaskStatus

MINUTES = {"min": 1, "h": 60, "d": 8 * 60, "w": 5 * 8 * 60}
"""A day is a working day of eight hours, a week five of them."""
UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
}
LONGEST = 60
"""Letters of the longest estimate that is read."""
PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)")


@dataclass(frozen=True, slots=True)
class EstimatedScope:
    """The tasks of a phase, and the sum of their estimates."""

    tasks: tuple[tuple[TaskStatus, float | None], ...]
    """Each with its minutes; None where it has no estimate, or one that is not a duration."""

    @property
    def total(self) -> float:
        """Minutes of all tasks that can be counted."""
        return sum(minutes or 0 for _, minutes in self.tasks)

    @property
    def left(self) -> float:
        """Minutes of the tasks that are not settled."""
        return sum(minutes or 0 for task, minutes in self.tasks if not task.settled)

    @property
    def uncounted(self) -> tuple[TaskStatus, ...]:
        """The tasks that neither sum includes."""
        return tuple(task for task, minutes in self.tasks if minutes is None)


def scope(tasks: Iterable[TaskStatus]) -> EstimatedScope:
    """Return the sum of the estimates of some tasks."""
    return EstimatedScope(tuple((task, minutes(task.task.estimate)) for task in tasks))


def minutes(estimate: str | None) -> float | None:
    """Return the minutes of an estimate; None where it is not a duration.

    >>> [minutes(text) for text in ("2h", "10 min", "1d 4h", "~1.5 hours", "soon")]
    [120.0, 10.0, 720.0, 90.0, None]
    """
    if len(estimate or "") > LONGEST:
        return None
    text = re.sub(r"^(~|≈|about|ca\.?)\s*", "", (estimate or "").strip().lower())
    parts = PART.findall(text)
    rest = re.sub(r"[\s,+]|\band\b", "", PART.sub("", text))
    if not parts or rest or any(unit not in UNITS for _, unit in parts):
        return None
    return sum(float(number) * MINUTES[UNITS[unit]] for number, unit in parts)


def spoken(count: float) -> str:
    """Return minutes as hours and minutes.

    >>> spoken(95)
    '1 h 35 min'
    """
    hours, rest = divmod(round(count), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )
