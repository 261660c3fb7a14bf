"""The tracker page: every phase, task and criterion on one page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, groupby, takewhile

from tracker.model import Status
from tracker.progress.coverage import coverage
from tracker.progress.phase_status import PhaseStatus
from tracker.progress.progress import Progress
from tracker.progress.trust import trust
from tracker.publish.page import Page
from tracker.publish.pages.sessions import SessionRow, session_row
from tracker.publish.site import TRACKER, Site

LATEST = 20
"""How many sessions, highlights and deliverables the page lists."""
DETAILS = 45
"""Tasks and criteria on the page."""


def pages(site: Site) -> Iterator[Page]:
    """Yield the tracker page."""
    progress = site.progress
    with_details = [one for one in progress.phases if one.tasks or one.criteria]
    detailed = _detailed(with_details)
    deliverables = list(progress.plan.deliverables.items())
    highlights = [
        (one.session.session, site.session_pages[one.session.session], text)
        for one in reversed(progress.sessions)
        for text in one.session.highlights
    ]
    values = {
        "trust": trust(progress),
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
        "detailed": detailed,
        "undetailed": len(with_details) - len(detailed),
        "deliverables": deliverables[: -LATEST - 1 : -1],
        "deliverable_count": len(deliverables),
        "coverage": coverage(progress),
        "achievements": _achievements(site),
        "sessions": [session_row(site, one) for one in progress.sessions[: -LATEST - 1 : -1]],
        "session_count": len(progress.sessions),
        "highlights": highlights[:LATEST],
        "highlight_count": len(highlights),
    }
    yield Page(TRACKER, "tracker.md.j2", values)


def _detailed(phases: list[PhaseStatus]) -> list[str]:
    """The ids of the phases that are shown with tasks and criteria: all, or the open ones of a large plan."""
    rows = [len(one.tasks) + len(one.criteria) for one in phases]
    if sum(rows) <= DETAILS:
        return [one.phase.id for one in phases]
    still_open = [one for one in phases if one.status is not Status.COMPLETE]
    sums = accumulate(len(one.tasks) + len(one.criteria) for one in still_open)
    return [one.phase.id for one, total in zip(still_open, sums, strict=True) if total <= DETAILS]


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
