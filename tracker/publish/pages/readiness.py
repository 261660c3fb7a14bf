"""Readiness: for each phase, whether it can start, and everything that supports the answer."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.estimates import spoken
from tracker.publish.page import Page
from tracker.publish.site import Site

MOST_USES = 5
MOST_LISTED = 20
"""Files and tests on a page: on a phone each is a card."""
MOST_REMARKS = 30
"""Decisions, incidents and other words of sessions on a page, the newest first."""


def pages(site: Site) -> Iterator[Page]:
    """A page a phase."""
    for name, found in site.readiness.items():
        one = found.standing
        sessions = {remark.session for remark in found.remarks} | {
            checked.found.session for judged in one.prerequisites for checked in judged.checked
        }
        values = {
            "found": found,
            "total": spoken(found.scope.total),
            "left": spoken(found.scope.left),
            "most_uses": MOST_USES,
            "most_listed": MOST_LISTED,
            "most_remarks": MOST_REMARKS,
            "phase_page": site.phase_pages[name],
            "phase_pages": {other.phase.id: site.phase_pages[other.phase.id] for other in found.dependencies},
            "session_pages": {
                session: site.session_pages[session]
                for session in sorted(filter(None, sessions))
                if session in site.session_pages
            },
            "run_pages": site.run_pages,
            "criterion_pages": site.criterion_pages,
        }
        yield Page(site.readiness_pages[name], "readiness.md.j2", values)
