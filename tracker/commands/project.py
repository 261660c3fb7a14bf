"""What commands read: everything about a workspace, only its sessions, or an earlier answer that still holds."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.cache import Cache
    from tracker.model import Phase
    from tracker.progress.progress import Progress
    from tracker.sources.facts import Facts
    from tracker.sources.sessions import SessionFile

log = logging.getLogger(__name__)


@contextmanager
def open_progress(folder: Path | None, *, write: bool = True) -> Iterator[tuple[Progress, Cache]]:
    """The progress of the workspace at or above `folder`, and the cache it was read with; see `open_facts`."""
    from tracker.progress.progress import look_up

    with open_facts(folder, write=write) as (facts, cache):
        yield look_up(facts, cache), cache


@contextmanager
def open_facts(folder: Path | None, *, write: bool = True) -> Iterator[tuple[Facts, Cache]]:
    """The facts of the workspace at or above `folder`, and the cache they were read with.

    With `write=False` no cache is opened, so that nothing is written. Raises NoWorkspace, BrokenPlan, NotARepository.
    """
    from tracker.cache import Cache
    from tracker.sources.facts import gather, open_workspace
    from tracker.sources.repository import Repository
    from tracker.workspace import find_root

    root = find_root(folder or Path())
    workspace = open_workspace(root)
    log.info("workspace: %s", root)
    with Repository.open(root) as repository, Cache(workspace.cache if write else None) as cache:
        facts = gather(workspace, repository, cache)
        for problem in facts.problems:
            log.info("skipped: %s", problem)
        yield facts, cache


@contextmanager
def open_sessions(folder: Path | None) -> Iterator[list[SessionFile]]:
    """Only the sessions of the workspace, without git. An existing cache is used; none is created."""
    from tracker.cache import Cache, existing
    from tracker.sources.facts import open_workspace
    from tracker.sources.sessions import read_sessions
    from tracker.workspace import find_root

    workspace = open_workspace(find_root(folder or Path()))
    with Cache(existing(workspace.cache)) as cache:
        sessions, problems = read_sessions(workspace.sessions, workspace.root, cache)
        for problem in problems:
            log.info("skipped: %s", problem)
        yield sessions


def plan_phases(folder: Path | None) -> tuple[Phase, ...]:
    """The phases of the plan of the workspace at or above `folder`."""
    from tracker.sources.facts import open_workspace
    from tracker.workspace import find_root

    return open_workspace(find_root(folder or Path())).plan.phases


def cached_answer(root: Path, question: str) -> str | None:
    """The stored answer to a question, or None when there is none or something that it depends on changed."""
    from tracker.cache import Cache, existing
    from tracker.result_cache import ResultCache
    from tracker.sources.repository import Repository
    from tracker.user_folders import cache_folder

    with Repository.open(root) as repository, Cache(existing(cache_folder(root))) as cache:
        answer = ResultCache(root, repository, cache).recall(question)
    log.info("%s: %s", question, "nothing changed, using the cached answer" if answer is not None else "not cached")
    return answer


def answer(folder: Path | None, question: str, compute: Callable[[Progress], str]) -> str:
    """The answer to a question, computed only when something changed since it was last asked."""
    from tracker.result_cache import ResultCache
    from tracker.workspace import find_root

    root = find_root(folder or Path())
    question = f"{question} {sys.stdout.encoding}"
    known = cached_answer(root, question)
    if known is not None:
        return known
    with open_progress(folder) as (progress, cache):
        text = compute(progress)
        ResultCache(root, progress.facts.repository, cache).remember(question, progress, text)
    return text
