"""The tracker page: every phase, task and criterion on one page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, takewhile

from tracker.model import Status
from tracker.progress.coverage import coverage
from tracker.progress.phase_status import PhaseStatus
from tracker.progress.progress import Progress
from tracker.publish.page import Page
from tracker.publish.pages.sessions import SessionRow, session_row
from tracker.publish.site import TRACKER, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield the tracker page."""
    progress = site.progress
    values = {
        "plan": progress.plan.project,
        "status": progress.status,
        "verified": progress.verified,
        "last": progress.sessions[-1].session if progress.sessions else None,
        "chapters": chapters(progress),
        "phase_pages": site.phase_pages,
        "session_pages": site.session_pages,
        "run_pages": site.run_pages,
        "criterion_pages": site.criterion_pages,
        "open_items": site.open_items,
        "open_count": len(progress.items.open),
        "key_achievements": progress.plan.achievements,
        "endorsements": progress.plan.endorsements,
        "deliverables": progress.plan.deliverables,
        "coverage": coverage(progress),
        "achievements": _achievements(site),
        "sessions": [session_row(site, one) for one in reversed(progress.sessions)],
        "highlights": [
            (one.session.session, site.session_pages[one.session.session], text)
            for one in reversed(progress.sessions)
            for text in one.session.highlights
        ],
    }
    yield Page(TRACKER, "tracker.md.j2", values)


def _achievements(site: Site) -> list[tuple[PhaseStatus, SessionRow]]:
    """Return complete phases with the first session that reported them complete, newest first."""
    rows = {one.session.session: (index, session_row(site, one)) for index, one in enumerate(site.progress.sessions)}
    found = []
    for one in site.progress.phases:
        if one.status is Status.COMPLETE and one.sayings and one.sayings[-1].status is Status.COMPLETE:
            saying = list(takewhile(lambda saying: saying.status is Status.COMPLETE, reversed(one.sayings)))[-1]
            found.append((rows[saying.session], one))
    found.sort(key=lambda pair: -pair[0][0])
    return [(one, row) for (_, row), one in found]


def chapters(progress: Progress) -> list[tuple[str | None, list[PhaseStatus]]]:
    """Group consecutive phases of one chapter."""
    return [(name, list(phases)) for name, phases in groupby(progress.phases, lambda one: one.phase.chapter)]
