"""Earlier contents of files: what every change of a history replaced, so that the past can be asked for a proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from tracker.audit.reading import LARGEST
from tracker.model import Commit
from tracker.sources.repository import Repository
from tracker.sources.trees import read_blobs, sizes


class NameVersion(NamedTuple):
    """A content that a commit replaced or removed."""

    commit: int
    """Number of the commit, 0 the newest."""
    path: str
    blob: str
    after: str | None
    """The blob that took its place; None where the commit removed the file."""


@dataclass(slots=True)
class Versions:
    """The earlier contents of every path, by what replaced them."""

    replaced: dict[str, list[tuple[int, bytes, bytes]]] = field(default_factory=lambda: defaultdict(list))
    """By path: number of the commit, blob before and blob after (b"" where it was removed); the newest first."""

    def watch(self, history: Iterable[Commit]) -> Iterator[Commit]:
        """Pass a history on, the newest commit first, and keep what each commit replaced."""
        for number, commit in enumerate(history):
            for change in commit.changes:
                if change.status != "A":
                    after = b"" if change.status == "D" else bytes.fromhex(change.new)
                    self.replaced[change.path].append((number, bytes.fromhex(change.old), after))
            yield commit

    def of(self, path: str) -> Iterator[NameVersion]:
        """The earlier contents of one path, the newest first."""
        for number, blob, after in self.replaced.get(path, ()):
            yield NameVersion(number, path, blob.hex(), after.hex() or None)

    def among(self, paths: Iterable[str]) -> list[NameVersion]:
        """The earlier contents of some paths, the newest first."""
        return sorted(version for path in paths for version in self.of(path))


def newest(repository: Repository, versions: list[NameVersion], most: int) -> list[NameVersion]:
    """As many of some versions, in their order, as have `most` bytes. What is too long or missing is left out."""
    lengths = sizes(repository, {version.blob for version in versions})
    there = [version for version in versions if lengths.get(version.blob, LARGEST + 1) <= LARGEST]
    ends = accumulate(lengths[version.blob] for version in there)
    return [version for version, end in zip(there, ends, strict=True) if end <= most]


def contents(repository: Repository, versions: list[NameVersion]) -> Iterator[tuple[NameVersion, bytes]]:
    """The earlier contents that exist, in their order."""
    for version, content in zip(versions, read_blobs(repository, [one.blob for one in versions]), strict=True):
        if content is not None:
            yield version, content


def successors(repository: Repository, versions: Iterable[NameVersion]) -> dict[NameVersion, bytes]:
    """What took the place of earlier contents, where that is there."""
    replaced = [(version, version.after) for version in versions if version.after]
    lengths = sizes(repository, {after for _, after in replaced})
    replaced = [(version, after) for version, after in replaced if lengths.get(after, LARGEST + 1) <= LARGEST]
    found = zip(replaced, read_blobs(repository, [after for _, after in replaced]), strict=True)
    return {version: content for (version, _), content in found if content is not None}
