"""The pages of the site: one module per kind, listed in `KINDS`.

A kind is a module with `pages(site) -> Iterator[Page]`; its templates are in `templates/`.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    tracker,
    versions,
)
from tracker.publish.site import Site

KINDS = (
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
    tracker,
    versions,
)


def all_pages(site: Site) -> Iterator[Page]:
    """Yield every page of the site."""
    for kind in KINDS:
        yield from kind.pages(site)
