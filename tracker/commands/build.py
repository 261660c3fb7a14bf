"""`tracker build`: render the pages that changed, then build the site."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.commands.project import cached_answer, open_progress
from tracker.errors import TrackerError
from tracker.workspace import PLAN_FILE, Workspace

if TYPE_CHECKING:
    from tracker.model import Problem
    from tracker.publish.output import OutputDirectory

log = logging.getLogger(__name__)
QUESTION = "pages"


@dataclass(frozen=True)
class BuiltPages:
    """How many pages a build wrote, left unchanged and removed, and the problems of the files it read."""

    written: int
    unchanged: int
    removed: int
    problems: tuple[Problem, ...] = ()


def build_pages(root: Path, report: Callable[[int, int], None], *, untrusted: bool = False) -> BuiltPages:
    """Write every page of the workspace that is not up to date.

    `report` is called with the number of pages rendered and to render. With `untrusted`, templates of the workspace are
    refused. Raises TrackerError; then nothing was written.
    """
    unchanged = None if untrusted else _count_if_unchanged(root)
    return BuiltPages(0, unchanged, 0) if unchanged is not None else _build(root, report, untrusted=untrusted)


def build_site(root: Path, builder: str, *, strict: bool, untrusted: bool = False) -> Path:
    """Run `mkdocs` or `zensical` and return the folder of the site. Raises TrackerError when it fails."""
    from tracker.publish.site_builder import Builder
    from tracker.publish.site_builder import build_site as run
    from tracker.sources.facts import open_workspace

    return run(root, open_workspace(root).docs, Builder(builder), strict=strict, untrusted=untrusted)


def _output(root: Path, docs: Path) -> OutputDirectory:
    from tracker.publish.output import OutputDirectory
    from tracker.user_folders import state_folder

    return OutputDirectory(root, docs, state_folder(root) / "pages.json")


def _count_if_unchanged(root: Path) -> int | None:
    """The number of pages when neither they nor anything that they depend on changed; else None."""
    known = cached_answer(root, QUESTION)
    if known is None:
        return None
    state, docs = known.split(" ", 1)
    output = _output(root, root / docs)
    return len(output) if output.state == state and output.is_whole() else None


def _build(root: Path, report: Callable[[int, int], None], *, untrusted: bool) -> BuiltPages:
    from tracker.publish.build import build_pages as render_pages
    from tracker.result_cache import ResultCache

    with open_progress(root) as (progress, cache):
        if untrusted and progress.plan.templates:
            raise TrackerError(f"{root / PLAN_FILE}: an untrusted build refuses `templates`; see docs/trust.md")
        done = render_pages(progress, cache, report)
        problems = tuple(progress.facts.problems)
        if not problems:
            results = ResultCache(root, progress.facts.repository, cache)
            results.remember(QUESTION, progress, _state(progress.facts.workspace))
    for path in done.written:
        log.info("wrote %s", path)
    return BuiltPages(len(done.written), done.unchanged, len(done.removed), problems)


def _state(workspace: Workspace) -> str:
    return f"{_output(workspace.root, workspace.docs).state} {workspace.plan.docs}"
