"""Building: pages that are not current are rendered, on two processes where that pays, and written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tracker.cache import Cache
from tracker.progress.criterion_history import wordings
from tracker.progress.progress import Progress
from tracker.progress.readiness import assess
from tracker.publish.output import OutputDirectory, Written
from tracker.publish.page import Page
from tracker.publish.pages import all_pages
from tracker.publish.render import Renderer, assets
from tracker.publish.site import Site
from tracker.workspace import Workspace

WORTH_A_PROCESS = 100
"""Fewer pages than this are rendered sooner than a second process has started."""
CHUNK = 25
MAX_PROCESSES = 4
MARKDOWN = "markdown"

Report = Callable[[int, int], None]
"""Called with the number of pages rendered and to render."""


def pages_of(workspace: Workspace) -> OutputDirectory:
    """The folder of the generated pages of a workspace."""
    return OutputDirectory(workspace.root, workspace.docs, workspace.state / "pages.json")


def build_pages(progress: Progress, cache: Cache, report: Report = lambda done, total: None) -> Written:
    """Render and write every page whose inputs changed. Raises TrackerError; then nothing was written."""
    workspace = progress.facts.workspace
    phases = [phase.id for phase in progress.plan.phases]
    site = Site(progress, wordings(progress.facts, cache), assess(progress, phases, cache))
    renderer = Renderer.of(progress.facts)
    output = pages_of(workspace)

    current: list[str] = []
    fresh: dict[str, tuple[str, bytes]] = {}
    to_render: list[Page] = []
    keys: dict[str, str] = {}
    for page in all_pages(site):
        keys[page.path] = f"{renderer.key}-{page.key()}"
        if output.is_current(page.path, keys[page.path]):
            current.append(page.path)
        else:
            to_render.append(page.computed())
    for path, content in assets().items():
        fresh[path] = (renderer.key, content)

    texts, learnt = _render(renderer, to_render, workspace.cache, report)
    cache.put(MARKDOWN, learnt)
    for page, text in zip(to_render, texts, strict=True):
        fresh[page.path] = (keys[page.path], text)
    return output.put(current, fresh)


def _render(
    renderer: Renderer, pages: list[Page], cache: Path | None, report: Report
) -> tuple[list[bytes], dict[str, str]]:
    """The contents of some pages, and the Markdown that was normalised on the way."""
    chunks = [range(start, min(start + CHUNK, len(pages))) for start in range(0, len(pages), CHUNK)]
    texts: list[bytes] = []
    learnt: dict[str, str] = {}
    processes = min(os.cpu_count() or 1, MAX_PROCESSES) if len(pages) >= WORTH_A_PROCESS else 1
    with ExitStack() as stack:
        if processes > 1:
            import multiprocessing  # only needed where many pages changed
            from concurrent.futures import ProcessPoolExecutor

            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            pool = stack.enter_context(ProcessPoolExecutor(processes, context, _start, (renderer, pages, cache)))
            results = pool.map(_render_chunk, chunks)
        else:
            _start(renderer, pages, cache)
            stack.callback(_end)
            results = map(_render_chunk, chunks)
        for found, new in results:
            texts += found
            learnt |= new
            report(len(texts), len(pages))
    return texts, learnt


_work: tuple[Renderer, list[Page], Cache] | None = None
"""What this process renders: handed over once, not with every chunk."""


def _start(renderer: Renderer, pages: list[Page], cache: Path | None) -> None:
    global _work
    remembered = Cache(cache)  # a database connection of its own, since none survives a fork
    renderer.recall = lambda key: remembered.get(MARKDOWN, [key]).get(key)
    _work = renderer, pages, remembered


def _end() -> None:
    global _work
    if _work:
        _work[2].close()
    _work = None


def _render_chunk(indices: range) -> tuple[list[bytes], dict[str, str]]:
    assert _work is not None
    renderer, pages, _ = _work
    texts = [renderer.render(pages[index]).encode("utf-8", "surrogateescape") for index in indices]
    learnt, renderer.learnt = renderer.learnt, {}
    return texts, learnt
