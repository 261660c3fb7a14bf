"""The page of the brief."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.progress.brief import BriefItem, BriefSection
from tracker.publish.page import Page
from tracker.publish.site import BRIEF, Site


def pages(site: Site) -> Iterator[Page]:
    """Yield the page of the brief, on which every session, criterion, phase, commit and file is a link."""
    sections = site.brief  # a page has room for every line
    items = [item for section in sections for item in section.items]
    pages = {item.source: page for item in items if (page := _page(site, item.source))}
    files = {item.text: _file(item.text) for item in _files(site, sections)}
    values = {"plan": site.progress.plan.project, "sections": sections, "pages": pages, "files": files}
    yield Page(BRIEF, "brief.md.j2", values)


def _page(site: Site, source: str) -> str | None:
    """The page of what a line names as its source."""
    kind, _, name = source.partition(" ")
    if kind == "task":
        phases = {task.id: phase.id for phase in site.progress.plan.phases for task in phase.tasks}
        return site.phase_pages.get(phases.get(name, ""))
    pages = {"session": site.session_pages, "criterion": site.criterion_pages, "phase": site.phase_pages}
    return pages[kind].get(name) if kind in pages else None


def _files(site: Site, sections: list[BriefSection]) -> Iterator[BriefItem]:
    """The lines that are nothing but a file, perhaps with a line number."""
    known = site.progress.facts.tree.files
    yield from (item for section in sections for item in section.items if _file(item.text)[0] in known)


def _file(text: str) -> tuple[str, int | None]:
    path, _, line = text.rpartition(":")
    return (path, int(line)) if path and line.isdigit() else (text, None)
