"""Open items that are older than the plan allows."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.model import Problem
from tracker.plural import counted
from tracker.progress.items import field_path
from tracker.progress.progress import Progress

LONGEST = 60
"""Characters of the longest item that is shown whole."""


def neglected(progress: Progress) -> Iterator[Problem]:
    """Yield a problem for each open item that is older than `items: {max_age: N}`, at the place that raised it."""
    most = progress.plan.items.max_age
    if most is None:
        return
    sources = {one.file: one.source for one in progress.sessions}
    for item in progress.items.open:
        if item.age > most:
            text = item.text if len(item.text) <= LONGEST else f"{item.text[: LONGEST - 1]}…"
            age = f"open for {counted(item.age, 'session')}, more than {most}"
            message = f"{age}: {text!r}; close or drop {item.id}"
            yield sources[item.file].problem(field_path(item.field), message)
