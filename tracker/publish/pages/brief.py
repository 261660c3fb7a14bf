"""The page of the brief."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.brief import brief
from tracker.publish.page import Page
from tracker.publish.site import BRIEF, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield the page of the brief."""
    yield Page(BRIEF, "brief.md.j2", {"plan": site.progress.plan.project, "sections": brief(site.progress)})
