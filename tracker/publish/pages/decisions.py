"""Decisions, incidents and learnings of all sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracker.progress.in_force import StatedDecision, StatedLearning
from tracker.publish.page import Page
from tracker.publish.pages.timeline import status_of
from tracker.publish.site import DECISIONS, Site

MOST = 50
"""Entries of a kind on the page, the newest; the pages of the months have all."""


def pages(site: Site) -> Iterator[Page]:
    """Yield one page with the newest of each kind."""
    sessions = [one.session for one in reversed(site.progress.sessions)]
    stated_decisions = site.progress.decisions
    kinds: dict[str, list[tuple[str, object, str] | tuple[str, object]]] = {
        "decision": _stated(one for one in stated_decisions if one.holds),
        "past": _stated(one for one in stated_decisions if not one.holds),
        "incident": [(session.session, item) for session in sessions for item in session.incidents],
        "learning": _stated(site.progress.learnings),
    }
    shown = {name: entries[:MOST] for name, entries in kinds.items()}
    values = {
        "decisions": shown["decision"],
        "past": shown["past"],
        "incidents": shown["incident"],
        "learnings": shown["learning"],
        **{f"{name}_count": len(entries) for name, entries in kinds.items()},
        "session_pages": {entry[0]: site.session_pages[entry[0]] for entries in shown.values() for entry in entries},
        "months": site.month_links,
    }
    yield Page(DECISIONS, "decisions.md.j2", values)


def _stated(
    entries: Iterable[StatedDecision | StatedLearning],
) -> list[tuple[str, object, str] | tuple[str, object]]:
    return [(one.file.session.session, one.entry, status_of(one)) for one in entries]
