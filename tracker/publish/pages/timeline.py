"""The timeline: a page for each month, with its sessions and what they decided and learned."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.in_force import StatedDecision, StatedLearning, decisions, learnings
from tracker.publish.page import Page
from tracker.publish.pages.sessions import session_row
from tracker.publish.site import Site, neighbours

MOST = 60
"""Decisions, incidents and learnings each, on the page of a month."""


def status_of(one: StatedDecision | StatedLearning) -> str:
    """Whether a decision or learning is in force, in words."""
    return f"superseded by session {one.superseded_by}" if one.superseded_by else one.entry.status or "in force"


def pages(site: Site) -> Iterator[Page]:
    """Yield a page for each month."""
    decided = _by_session(decisions(site.progress.sessions))
    learnt = _by_session(learnings(site.progress.sessions))
    for (after, before), month in zip(neighbours(site.month_links), site.months, strict=True):
        newest_first = month.sessions[::-1]
        names = [one.session.session for one in newest_first]
        values = {
            "title": month.title,
            "before": before,
            "after": after,
            "sessions": [session_row(site, one) for one in newest_first],
            "decisions": [entry for name in names for entry in decided.get(name, ())],
            "learnings": [entry for name in names for entry in learnt.get(name, ())],
            "incidents": [(one.session.session, item) for one in newest_first for item in one.session.incidents],
            "most": MOST,
            "session_pages": {name: site.session_pages[name] for name in names},
        }
        yield Page(month.page, "month.md.j2", values)


def _by_session(
    stated: list[StatedDecision] | list[StatedLearning],
) -> dict[str, list[tuple[str, object, str]]]:
    found: dict[str, list[tuple[str, object, str]]] = {}
    for one in stated:
        name = one.file.session.session
        found.setdefault(name, []).append((name, one.entry, status_of(one)))
    return found
