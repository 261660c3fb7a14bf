"""What a file is, apart from any sign of staleness: it moves the odds, but is no reason by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tracker.audit.names import WORKFLOW_FOLDERS, Kind
from tracker.audit.subject import Subject

MANY = 24
"""More mentions or commits than these say no more."""


def traits(subject: Subject) -> Iterator[tuple[str, dict[str, float]]]:
    """Every file with its traits, each from 0 to 1."""
    for path, name in subject.names.items():
        found = {f"is {name.kind}": 1.0}
        if not name.folders:
            found[f"is {name.kind} in the root"] = 1.0
        if name.conventional:
            found["conventional name"] = 1.0
        if any(part in WORKFLOW_FOLDERS for part in name.folders):
            found["settings of a tool"] = 1.0
        used: dict[str, int] = {}
        for mention in subject.mentioned.get(path, ()):
            by = subject.names[mention.by].kind
            how = "named" if mention.strong else "perhaps named"
            which = by if by in (Kind.DOCUMENT, Kind.TEST) else Kind.CODE
            used[f"{how} by {which}"] = used.get(f"{how} by {which}", 0) + 1
        found |= {how: _many(count) for how, count in used.items()}
        if life := subject.past.lives.get(path):
            found["changed often"] = _many(life.commits - life.names)
        yield path, found


def _many(count: float) -> float:
    return min(1.0, math.log1p(max(0.0, count)) / math.log1p(MANY))
