"""What history records about every path: when it was created, how often it changed, and where it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tracker.model import Commit

REMOVED = "\0"
SWEEP = 50
"""Paths; a commit of more changed no single file for its own sake."""


@dataclass(slots=True)
class FileHistory:
    """One file's history, followed through renames."""

    born: int
    """Number of the commit that created it, 0 the newest."""
    changed: int
    """Number of the commit that last changed it; commits of many paths do not count, unless there are no others."""
    commits: int = 0
    """How many commits changed it."""
    names: int = 1
    """How many names it had."""


@dataclass(slots=True)
class RemovedPath:
    """A path that once existed."""

    commit: int
    """Number of the commit that removed or renamed it."""
    to: str | None = None
    """Its new name, where it was renamed."""


@dataclass(slots=True)
class TreeHistory:
    """The history of a tree."""

    commits: list[Commit] = field(default_factory=list)
    """Without their changes, the newest first."""
    sizes: list[int] = field(default_factory=list)
    """How many paths each commit changed."""
    files: dict[str, FileHistory] = field(default_factory=dict)
    """By path, of the files that exist."""
    gone: dict[str, RemovedPath] = field(default_factory=dict)
    """By path, of the files that no longer exist."""

    def label(self, number: int) -> str:
        """A commit as proofs name it: `3f9c1d2, 2025-10-12`."""
        commit = self.commits[number]
        return f"{commit.hash[:7]}, {commit.date:%Y-%m-%d}"

    def current(self, path: str) -> str | None:
        """The present name of a path that no longer exists, through all renames; None where it was removed."""
        seen = {path}
        while path in self.gone:
            to = self.gone[path].to
            if to is None or to in seen:
                return None
            seen.add(to)
            path = to
        return path


def read_history(commits: Iterable[Commit], files: Mapping[str, str]) -> TreeHistory:
    """Read a history, the newest commit first, for a tree of files. One pass for any number of renames."""
    found = TreeHistory()
    # Whose history the older changes of a path belong to: a file of the tree (by its path), a removed one (REMOVED), or
    # none, as before the creation of a file.
    owners: dict[str, str | None] = {}

    def owner(path: str) -> str | None:
        return owners.get(path, path if path in files else None)

    sweeps: set[int] = set()
    for number, commit in enumerate(commits):
        if len(commit.changes) > SWEEP:
            sweeps.add(number)
        found.commits.append(replace(commit, changes=()))
        found.sizes.append(len(commit.changes))
        moved = renames(commit)
        heirs = {old: owner(new) for old, new in moved.items()}
        arrived = set(moved.values())
        for change in commit.changes:
            if change.status == "D":
                continue
            whose = owner(change.path)
            if whose is not None and whose in files:
                history = found.files.setdefault(whose, FileHistory(number, number))
                history.commits += 1
                history.born = number
                if history.changed in sweeps:
                    history.changed = number
                history.names += change.path in arrived
            if change.status == "A":
                owners[change.path] = None
        for change in commit.changes:
            if change.status == "D":
                owners[change.path] = heirs.get(change.path, REMOVED)
                if change.path not in files and change.path not in found.gone:
                    found.gone[change.path] = RemovedPath(number, moved.get(change.path))
    return found


def renames(commit: Commit) -> dict[str, str]:
    """Old name to new, of files that a commit removed and added: of equal content, else of the same unique name."""
    removed = [change for change in commit.changes if change.status == "D"]
    added = [change for change in commit.changes if change.status == "A"]
    if not removed or not added:
        return {}
    moved: dict[str, str] = {}
    taken: set[str] = set()
    by_blob: dict[str, list[str]] = {}
    for change in added:
        by_blob.setdefault(change.new, []).append(change.path)
    for change in removed:
        heirs = by_blob.get(change.old)
        if heirs:
            base = change.path.rpartition("/")[2]
            heir = next((path for path in heirs if path.rpartition("/")[2] == base), heirs[0])
            heirs.remove(heir)
            moved[change.path] = heir
            taken.add(heir)
    old_names = Counter(change.path.rpartition("/")[2] for change in removed if change.path not in moved)
    new_names = Counter(change.path.rpartition("/")[2] for change in added if change.path not in taken)
    heirs_by_name = {change.path.rpartition("/")[2]: change.path for change in added if change.path not in taken}
    for change in removed:
        base = change.path.rpartition("/")[2]
        if change.path not in moved and old_names[base] == new_names[base] == 1:
            moved[change.path] = heirs_by_name[base]
    return moved
