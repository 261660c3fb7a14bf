"""Sessions that still hold the placeholder texts of `tracker new`."""

from __future__ import annotations

from tracker.model import Problem
from tracker.progress.draft import FOCUS, SUMMARY
from tracker.progress.progress import Progress


def unwritten(progress: Progress) -> list[Problem]:
    """A problem for each such session. It is a reminder: a session in progress may still have them."""
    found = []
    for one in progress.sessions:
        said = {"focus": (one.session.focus, FOCUS), "summary": (one.session.summary or "", SUMMARY)}
        left = [name for name, (now, then) in said.items() if now.strip() == then.strip()]
        if left:
            message = f"session {one.session.session} still says what `tracker new` wrote: say what it was about"
            found.append(one.source.problem((left[0],), message))
    return found
