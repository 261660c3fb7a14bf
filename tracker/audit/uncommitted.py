"""Uncommitted work as the commit that it would become, so that what it makes untrue is found before it is history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tracker.model import Change, Commit

HASH = "your work"
"""Stands where other commits have the first digits of their hash."""


def with_work(history: Iterable[Commit], committed: Mapping[str, str], files: Mapping[str, str]) -> Iterator[Commit]:
    """Yield a commit of what differs between `files` and the `committed` ones, then the history, newest first."""
    commits = iter(history)
    newest = next(commits, None)
    if newest is None:
        return
    nothing = "0" * len(newest.hash)
    changes = [Change("D", path, blob, nothing) for path, blob in committed.items() if path not in files]
    for path, blob in files.items():
        old = committed.get(path)
        if old != blob:
            changes.append(Change("M" if old else "A", path, old or nothing, blob))
    if changes:
        yield replace(newest, hash=HASH, subject="", body="", changes=tuple(changes))
    yield newest
    yield from commits
