"""The pages of the site. A kind of page is a module with `pages(site)` and its templates in `templates/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tracker.publish.page import Page
from tracker.publish.pages import (
    audit,
    brief,
    criteria,
    decisions,
    disagreements,
    export,
    home,
    llms,
    metrics,
    phases,
    readiness,
    runs,
    sessions,
    tags,
    timeline,
    tracker,
    versions,
)
from tracker.publish.site import Site

PAGES: tuple[Callable[[Site], Iterable[Page]], ...] = (
    audit.pages,
    brief.pages,
    criteria.pages,
    decisions.pages,
    disagreements.pages,
    export.pages,
    home.pages,
    llms.pages,
    metrics.pages,
    phases.pages,
    readiness.pages,
    runs.pages,
    sessions.pages,
    tags.pages,
    timeline.pages,
    tracker.pages,
    versions.pages,
)
"""Every kind of page, in the order in which pages are written."""


def all_pages(site: Site) -> Iterator[Page]:
    """Every page of the site."""
    for pages in PAGES:
        yield from pages(site)
