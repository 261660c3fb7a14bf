"""Decisions, incidents and learnings of all sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracker.progress.in_force import StatedDecision, StatedLearning
from tracker.publish.page import Page
from tracker.publish.site import DECISIONS, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield one page with all of them, newest first."""
    sessions = [(one.session, site.session_pages[one.session.session]) for one in reversed(site.progress.sessions)]

    def of(kind: str) -> list[tuple[str, str, object]]:
        return [(session.session, page, entry) for session, page in sessions for entry in getattr(session, kind)]

    def stated(entries: Iterable[StatedDecision | StatedLearning]) -> list[tuple[str, str, object, str]]:
        return [
            (
                name := one.file.session.session,
                site.session_pages[name],
                one.entry,
                f"superseded by session {one.superseded_by}" if one.superseded_by else one.entry.status or "in force",
            )
            for one in entries
        ]

    stated_decisions = site.progress.decisions
    values = {
        "decisions": stated(one for one in stated_decisions if one.holds),
        "past": stated(one for one in stated_decisions if not one.holds),
        "incidents": of("incidents"),
        "learnings": stated(site.progress.learnings),
    }
    yield Page(DECISIONS, "decisions.md.j2", values)
