"""Unwritten: sessions that still say what `tracker new` put there for people to replace."""

from __future__ import annotations

from tracker.model import Problem
from tracker.progress.draft import FOCUS, SUMMARY
from tracker.progress.progress import Progress


def unwritten(progress: Progress) -> list[Problem]:
    """Each such session once, at its place. One that is under way may be one: it is a reminder, and no fault."""
    found = []
    for one in progress.sessions:
        said = {"focus": (one.session.focus, FOCUS), "summary": (one.session.summary or "", SUMMARY)}
        left = [name for name, (now, then) in said.items() if now.strip() == then.strip()]
        if left:
            message = f"session {one.session.session} still says what `tracker new` wrote: say what it was about"
            found.append(one.source.problem((left[0],), message))
    return found
