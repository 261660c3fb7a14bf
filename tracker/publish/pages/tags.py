"""Tags: an index of topics, phases and statuses, and a page for each topic and status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tracker.publish.page import Page
from tracker.publish.pages.sessions import session_row
from tracker.publish.site import TAGS, Neighbour, Site, neighbours

MOST = 200
"""Sessions that the page of a topic lists, the newest; criteria that the page of a verdict lists."""


class TagRow(NamedTuple):
    """A tag in the index."""

    name: str
    page: str
    kind: str
    phases: int
    criteria: int
    sessions: int


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, then a page for each topic and each status."""
    topics = [_topic(site, name) for name in site.topic_pages]
    statuses = [_status(site, name) for name in site.status_pages]
    phases = [
        TagRow(one.phase.title, site.phase_pages[one.phase.id], "phase", 1, len(one.criteria), len(one.sessions))
        for one in site.progress.phases
    ]
    found = [*topics, *statuses]
    rows = [*(row for row, _ in topics), *phases, *(row for row, _ in statuses)]
    yield Page(TAGS, "tags.md.j2", {"rows": rows, "topics": len(topics)})
    titles = [(row.name, row.page) for row, _ in found]
    for around, (row, values) in zip(neighbours(titles), found, strict=True):
        yield Page(row.page, "tag.md.j2", values | _around(around))


def _around(around: tuple[Neighbour, Neighbour]) -> dict[str, object]:
    return {"before": around[0], "after": around[1]}


def _topic(site: Site, topic: str) -> tuple[TagRow, dict[str, object]]:
    phases = [one for one in site.progress.phases if topic in one.phase.tags]
    sessions = [one for one in reversed(site.progress.sessions) if topic in site.topics_of[one.session.session]]
    row = TagRow(topic, site.topic_pages[topic], "topic", len(phases), 0, len(sessions))
    return row, {
        "row": row,
        "phases": phases,
        "phase_pages": {one.phase.id: site.phase_pages[one.phase.id] for one in phases},
        "sessions": [session_row(site, one) for one in sessions[:MOST]],
        "criteria": [],
    }


def _status(site: Site, status: str) -> tuple[TagRow, dict[str, object]]:
    every = site.progress.phases
    phases = [one for one in every if one.status == status]
    criteria = [
        (judged, one) for one in every for judged in (*one.prerequisites, *one.criteria) if judged.verdict == status
    ]
    row = TagRow(status, site.status_pages[status], "status", len(phases), len(criteria), 0)
    shown = {one.phase.id: site.phase_pages[one.phase.id] for one in (*phases, *(phase for _, phase in criteria))}
    return row, {
        "row": row,
        "phases": phases,
        "phase_pages": shown,
        "sessions": [],
        "criteria": [
            (judged.criterion.text, site.criterion_pages[judged.criterion.id], phase.phase.id, phase.phase.title)
            for judged, phase in criteria[:MOST]
        ],
    }
