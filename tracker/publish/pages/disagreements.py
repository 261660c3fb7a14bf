"""The page of disagreements between claims and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.model import Status
from tracker.progress.claims import ClaimVerdict
from tracker.progress.trust import trust
from tracker.progress.unknown_ids import unplanned
from tracker.publish.page import Page
from tracker.publish.site import DISAGREEMENTS, Site

MOST = 100
"""Rows of a table."""


def pages(site: Site) -> Iterator[Page]:
    """Yield the page."""
    progress = site.progress
    values = {
        "most": MOST,
        "trust": trust(progress),
        "reported": bool(progress.sessions),
        "refuted": progress.refuted,
        "disputed": progress.claims_with(ClaimVerdict.DISPUTED),
        "unknown": progress.claims_with(ClaimVerdict.UNKNOWN),
        "claimed": [one for one in progress.phases if one.status is Status.CLAIMED],
        "regressed": [one for one in progress.phases if one.status is Status.REGRESSED],
        "unplanned": unplanned(progress),
        "problems": progress.facts.problems,
        "session_pages": site.session_pages,
        "phase_pages": site.phase_pages,
    }
    yield Page(DISAGREEMENTS, "disagreements.md.j2", values)
