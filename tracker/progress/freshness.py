"""Freshness: is the code that evidence is about still what it was when the evidence was measured?"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice, takewhile
from typing import NamedTuple

from tracker.model import Commit
from tracker.progress.globs import matching
from tracker.progress.symbols import code_digest
from tracker.sources.facts import Facts
from tracker.sources.trees import read_blobs

MOST_COMMITS = 20
"""The newest commits come first to anyone who looks for what made a verdict stale; more are not listed."""

Snapshot = Mapping[str, str | None]
"""By covered unit (`path` or `path::symbol`), the blob of the file or the digest of the symbol's code; None: absent."""


class Unit(NamedTuple):
    """What `covers` stands for: a file, or a symbol in it."""

    path: str
    symbol: str | None = None

    def __str__(self) -> str:
        return f"{self.path}::{self.symbol}" if self.symbol else self.path


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was measured, and which code it is about."""

    covers: tuple[str, ...]
    at: str | None
    """The commit or tree; None where git has neither."""
    recorded: Snapshot = field(default_factory=dict)
    """What was recorded of the covered code when it was measured; it counts before the commit."""


def dated(
    facts: Facts, measured: Iterable[tuple[str | None, str | None]]
) -> Mapping[tuple[str | None, str | None], str]:
    """Return for each pair of a commit and its tree, as a result names them, the one that git still has.

    A squash or rebase leaves commits behind; the tree is often still there, under another commit. One git process.
    """
    pairs = set(measured)
    trees = facts.repository.objects({tree for _, tree in pairs if tree})
    found = {}
    for commit, tree in pairs:
        known = facts.hashes.get(commit) or (commit if commit in facts.history.contained else None) if commit else None
        if at := known or (tree and trees.get(tree)):
            found[commit, tree] = at
    return found


def covered(facts: Facts, covers: Iterable[str]) -> Mapping[str, list[Unit]]:
    """Return for each entry of `covers` the units that it stands for, of all files that git has or ever had."""
    paths = {*facts.tree.files, *facts.history.changes}
    found = {}
    for entry in set(covers):
        glob, _, symbol = entry.partition("::")
        found[entry] = [Unit(path, symbol or None) for path in matching(glob, paths)]
    return found


def present(facts: Facts, units: Collection[Unit]) -> Snapshot:
    """Return what the working tree has of each unit."""
    files = facts.tree.files
    paths = sorted({unit.path for unit in units if unit.symbol and unit.path in files})
    contents = dict(facts.tree.read(paths))
    return {str(unit): _identity(unit, files.get(unit.path), contents.get(unit.path)) for unit in units}


def changed_since(
    facts: Facts, moments: Sequence[Moment], units: Mapping[str, list[Unit]], now: Snapshot
) -> list[list[Unit]]:
    """Return for each moment the units that differ between then and now, the working tree counted.

    Files are compared by blob, so a revert makes them equal again; symbols by their code, without comments and
    formatting. Two git processes for any number of moments.
    """
    prefix = facts.repository.prefix
    asked = [sorted({unit for entry in moment.covers for unit in units[entry]}, key=str) for moment in moments]
    names = {
        (moment.at, unit.path): f"{moment.at}:{prefix}{unit.path}"
        for moment, each in zip(moments, asked, strict=True)
        for unit in each
        if moment.at and str(unit) not in moment.recorded
    }
    objects = facts.repository.objects(names.values())
    blobs = {key: objects[name] for key, name in names.items()}
    symbols = {
        blobs.get((moment.at, unit.path))
        for moment, each in zip(moments, asked, strict=True)
        for unit in each
        if unit.symbol and moment.at
    }
    contents = _contents(facts, symbols)

    def then(moment: Moment, unit: Unit) -> str | None:
        if str(unit) in moment.recorded:
            return moment.recorded[str(unit)]
        blob = blobs.get((moment.at, unit.path)) if moment.at else None
        return _identity(unit, blob, contents.get(blob or ""))

    pairs = zip(moments, asked, strict=True)
    return [[unit for unit in each if then(moment, unit) != now[str(unit)]] for moment, each in pairs]


def commits_since(facts: Facts, at: str | None, units: Iterable[Unit]) -> list[Commit]:
    """Return the commits that changed some units since a commit, the newest first, no more than MOST_COMMITS.

    Since a tree: since the newest commit that has it.
    """
    history = facts.history
    age = history.age.get(at or "")
    if age is None:  # a tree
        age = next((index for index, commit in enumerate(history.commits) if commit.tree == at), len(history.commits))
    changing = (_changing(facts, unit, age) for unit in units)
    newest_first = heapq.merge(*changing, key=lambda commit: history.age[commit.hash])
    return list(islice((commit for commit, _ in groupby(newest_first)), MOST_COMMITS))


def _changing(facts: Facts, unit: Unit, age: int) -> Iterator[Commit]:
    """Return the commits younger than an age that changed a file, or the code of a symbol in it, the newest first."""
    changes = facts.history.changes.get(unit.path, [])
    since = takewhile(lambda change: facts.history.age[change.commit.hash] < age, changes)
    if not unit.symbol:
        yield from (change.commit for change in since)
        return
    newer = list(since)
    compared = changes[: len(newer) + 1]
    contents = _contents(facts, {change.blob for change in compared})
    codes = [_identity(unit, change.blob, contents.get(change.blob)) for change in compared]
    before = [*codes[1:], None][: len(newer)]
    yield from (change.commit for change, code, old in zip(newer, codes, before, strict=False) if code != old)


def _contents(facts: Facts, blobs: Collection[str | None]) -> dict[str, bytes]:
    wanted = sorted(blob for blob in blobs if blob and blob.strip("0"))
    contents = zip(wanted, read_blobs(facts.repository, wanted), strict=True)
    return {blob: content for blob, content in contents if content is not None}


def _identity(unit: Unit, blob: str | None, content: bytes | None) -> str | None:
    if not unit.symbol:
        return blob
    return code_digest(content, unit.path, unit.symbol) if content is not None else None
