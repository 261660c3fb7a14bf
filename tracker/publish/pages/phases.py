"""Phase pages: an index, and a page for each phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tracker.model import MeasuredResult, Measurements
from tracker.progress.evidence.comparison import shown
from tracker.publish.page import Page
from tracker.publish.pages.sessions import session_row
from tracker.publish.pages.tracker import chapters
from tracker.publish.site import PHASES, Site, neighbours
from tracker.queries import QueryFailed, search

SESSIONS = 50
"""How many sessions that worked on it a page lists, the newest first."""
NEWEST = 10
"""How many results a table of measured values shows."""


class MeasuredTable(NamedTuple):
    """A table of measured values."""

    result: str
    columns: list[str]
    rows: list[tuple[datetime | None, str, list[str | None]]]
    """When a result was measured, its page, and its values."""


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, then a page for each phase."""
    progress = site.progress
    rows = {one.session.session: session_row(site, one) for one in progress.sessions}
    yield Page(PHASES, "phases.md.j2", {"chapters": chapters(progress), "phase_pages": site.phase_pages})
    statuses = {one.phase.id: one.status for one in progress.phases}
    needed_by = {
        one.phase.id: [other.phase.id for other in progress.phases if one.phase.id in other.phase.depends_on]
        for one in progress.phases
    }
    titles = [(f"{one.phase.id} · {one.phase.title}", site.phase_pages[one.phase.id]) for one in progress.phases]
    for (before, after), one in zip(neighbours(titles), progress.phases, strict=True):
        values = {
            "one": one,
            "before": before,
            "after": after,
            "ready": site.readiness[one.phase.id].ready,
            "missing": site.readiness[one.phase.id].missing,
            "readiness_page": site.readiness_pages[one.phase.id],
            "status_page": site.status_pages[one.status],
            "topic_pages": {topic: site.topic_pages[topic] for topic in one.phase.tags},
            "statuses": statuses,
            "needed_by": needed_by[one.phase.id],
            "sessions": [rows[name] for name in one.sessions[: -SESSIONS - 1 : -1]],
            "session_count": len(one.sessions),
            "phase_pages": site.phase_pages,
            "session_pages": {name: site.session_pages[name] for name in _named(one.sessions, site)},
            "run_pages": site.run_pages,
            "criterion_pages": site.criterion_pages,
            "measurements": [_measured(site, table) for table in one.phase.measurements],
        }
        yield Page(site.phase_pages[one.phase.id], "phase.md.j2", values)


def _measured(site: Site, table: Measurements) -> MeasuredTable:
    """The values of the newest complete results of a table, the newest first."""
    results = [one for one in site.newest_runs if one.name == table.result and one.status == "complete"]
    rows = [
        (one.started, site.run_pages[one.path], [_value(path, one) for path in table.values.values()])
        for one in results[:NEWEST]
    ]
    return MeasuredTable(table.result, list(table.values), rows)


def _value(path: str, result: MeasuredResult) -> str | None:
    try:
        value = search(path, result.data)
    except QueryFailed:
        return None
    return None if value is None else shown(value)


def _named(worked: tuple[str, ...], site: Site) -> list[str]:
    """Return the pages of all sessions that the page can link to, in a fixed order."""
    return sorted({*worked, *site.session_pages})
