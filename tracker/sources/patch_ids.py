"""Patch ids: `git patch-id --stable` of commits and of ranges, cached by hash.

Two commits with one patch id make the same change, with any parents, dates and messages. A merge and an empty
commit have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from tracker.cache import Cache, digest
from tracker.sources.repository import Repository

KIND = "patch-id"
CHUNK = 1 << 16
NONE = "none"
"""What is cached, and recorded in session files, for a commit without a patch."""
_DIFF = (
    *("--stdin", "-r", "--root", "-p", "-U3", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv"),
    *(
        "--no-color",
        "--diff-algorithm=myers",
        "--indent-heuristic",
        "--inter-hunk-context=0",
        "--ignore-submodules=none",
    ),
    *("--src-prefix=a/", "--dst-prefix=b/", "--no-relative"),
)


class CommitRange(NamedTuple):
    """The change from one commit to another, as a squash of what lies between would make it."""

    base: str
    tip: str


def patch_ids(repository: Repository, hashes: Iterable[str], cache: Cache, without: str = "") -> dict[str, str]:
    """The patch id of each commit by its full hash; a commit without a patch is left out.

    `without`: a folder whose files do not count, relative to the repository's root.
    """
    return _cached(repository, dict.fromkeys(hashes), cache, without)


def range_patch_ids(
    repository: Repository, ranges: Iterable[CommitRange], cache: Cache, without: str = ""
) -> dict[CommitRange, str]:
    """The patch id of each range, all with different tips; one without a patch is left out. `without`: see above."""
    # a commit that is followed by others is compared with these, as if they were its parents
    lines = {f"{one.tip} {one.base}": one for one in ranges}
    return {lines[line]: value for line, value in _cached(repository, lines, cache, without).items()}


def _cached(repository: Repository, lines: Iterable[str], cache: Cache, without: str) -> dict[str, str]:
    """The patch id by each line that `diff-tree --stdin` reads; the first word of each is the commit in its output."""
    keys = {line: digest(line, without) if without or " " in line else line for line in lines}
    stored = cache.get(KIND, keys.values())
    missing = [line for line, key in keys.items() if key not in stored]
    if missing:
        found = dict(_computed(repository, missing, without))
        fresh = {keys[line]: found.get(line.partition(" ")[0], NONE) for line in missing}
        cache.put(KIND, fresh)
        stored |= fresh
    return {line: stored[key] for line, key in keys.items() if stored[key] != NONE}


def _computed(repository: Repository, lines: list[str], without: str) -> Iterator[tuple[str, str]]:
    """Hash and patch id of each line of commits."""
    feed = (f"{line}\n".encode("ascii") for line in lines)
    paths = ("--", ":(top)", f":(top,exclude,literal){without}") if without else ("--",)
    with (
        repository.run("diff-tree", *_DIFF, *paths, feed=feed, literal=False) as patches,
        repository.run("patch-id", "--stable", feed=iter(partial(patches.read, CHUNK), b"")) as output,
    ):
        for line in output:
            patch_id, commit = line.decode("ascii").split()
            yield commit, patch_id
