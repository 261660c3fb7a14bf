"""What commands look at: all that is known of a workspace, its sessions alone, or what was said of it before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.cache import Cache
    from tracker.progress.progress import Progress
    from tracker.sources.sessions import SessionFile


@contextmanager
def open_progress(folder: Path | None, *, write: bool = True) -> Iterator[tuple[Progress, Cache]]:
    """Everything that is known of the workspace, and the cache that was used: none where nothing may be written."""
    from tracker.cache import Cache
    from tracker.progress.progress import look_up
    from tracker.sources.facts import gather, open_workspace
    from tracker.sources.repository import Repository
    from tracker.workspace import find_root

    root = find_root(folder or Path())
    workspace = open_workspace(root)
    with Repository.open(root) as repository, Cache(workspace.cache if write else None) as cache:
        yield look_up(gather(workspace, repository, cache)), cache


@contextmanager
def open_sessions(folder: Path | None) -> Iterator[list[SessionFile]]:
    """The sessions alone, and nothing of git: for what needs no more. Nothing is written where nothing was before."""
    from tracker.cache import Cache, existing
    from tracker.sources.facts import open_workspace
    from tracker.sources.sessions import read_sessions
    from tracker.workspace import find_root

    workspace = open_workspace(find_root(folder or Path()))
    with Cache(existing(workspace.cache)) as cache:
        yield read_sessions(workspace.sessions, workspace.root, cache)[0]


def recalled(root: Path, question: str) -> str | None:
    """What was said before, where nothing that it rests on changed since. Looking writes nothing."""
    from tracker.cache import Cache, existing
    from tracker.result_cache import ResultCache
    from tracker.sources.repository import Repository
    from tracker.user_folders import cache_folder

    with Repository.open(root) as repository, Cache(existing(cache_folder(root))) as cache:
        return ResultCache(root, repository, cache).recall(question)


def remembered(folder: Path | None, question: str, answer: Callable[[Progress], str]) -> str:
    """What a command says, looked up again only where something changed since it was last asked."""
    from tracker.result_cache import ResultCache
    from tracker.workspace import find_root

    root = find_root(folder or Path())
    question = f"{question} {sys.stdout.encoding}"
    known = recalled(root, question)
    if known is not None:
        return known
    with open_progress(folder) as (progress, cache):
        text = answer(progress)
        ResultCache(root, progress.facts.repository, cache).remember(question, progress, text)
    return text
