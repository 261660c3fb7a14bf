"""Decisions, incidents and learnings of all sessions."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.publish.page import Page
from tracker.publish.site import DECISIONS, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield one page with all of them, newest first."""
    sessions = [(one.session, site.session_pages[one.session.session]) for one in reversed(site.progress.sessions)]

    def of(kind: str) -> list[tuple[str, str, object]]:
        return [(session.session, page, entry) for session, page in sessions for entry in getattr(session, kind)]

    values = {kind: of(kind) for kind in ("decisions", "incidents", "learnings")}
    yield Page(DECISIONS, "decisions.md.j2", values)
