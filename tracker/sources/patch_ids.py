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
    wanted = list(dict.fromkeys(hashes))
    keys = {_key(name, without): name for name in wanted}
    known = {keys[key]: value for key, value in cache.get(KIND, keys).items()}
    missing = [name for name in wanted if name not in known]
    if missing:
        found = dict(_computed(repository, missing, without))
        fresh = {name: found.get(name, NONE) for name in missing}
        cache.put(KIND, {_key(name, without): value for name, value in fresh.items()})
        known |= fresh
    return {name: known[name] for name in wanted if known[name] != NONE}


def range_patch_ids(repository: Repository, ranges: Iterable[CommitRange], without: str = "") -> dict[CommitRange, str]:
    """The patch id of each range; one without a patch is left out."""
    wanted = list(dict.fromkeys(ranges))
    by_tip: dict[str, list[CommitRange]] = {}
    for one in wanted:
        by_tip.setdefault(one.tip, []).append(one)
    found: dict[CommitRange, str] = {}
    while by_tip:  # the output names the tip alone, so each pass has every tip once
        batch = {tip: ranges.pop() for tip, ranges in by_tip.items()}
        by_tip = {tip: ranges for tip, ranges in by_tip.items() if ranges}
        # a commit that is followed by others is compared with these, as if they were its parents
        lines = [f"{one.tip} {one.base}" for one in batch.values()]
        found |= {batch[tip]: value for tip, value in _computed(repository, lines, without)}
    return found


def _key(name: str, without: str) -> str:
    return digest(name, without) if without else name


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
