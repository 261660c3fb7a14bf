"""What history says of every path: when it came, how often it changed, and what became of those that came with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.model import Commit

GONE = "\0"
BULK = 100
"""A commit that changed more paths than these reformatted, imported or moved: no sign of life of any one."""


@dataclass(slots=True)
class Life:
    """One file's history, followed through renames."""

    born: int
    """Number of the commit that created it, 0 the newest."""
    changed: int
    """Number of the commit that last changed it."""
    commits: int = 0
    """How many commits changed it."""
    names: int = 1
    """How many names it had."""
    touched: int | None = None
    """Number of the commit that last changed it, bulk commits left out."""


@dataclass(slots=True)
class Gone:
    """A path that was there once."""

    commit: int
    """Number of the commit that removed or renamed it."""
    to: str | None = None
    """The name that it got, where it was renamed."""


@dataclass(slots=True)
class Past:
    """The history of a tree."""

    commits: list[Commit] = field(default_factory=list)
    """Without their changes, the newest first."""
    sizes: list[int] = field(default_factory=list)
    """How many paths each commit changed."""
    lives: dict[str, Life] = field(default_factory=dict)
    """By path, of the files that are there."""
    gone: dict[str, Gone] = field(default_factory=dict)
    """By path, of those that are not."""
    born_alive: Counter[int] = field(default_factory=Counter)
    """By number of a commit: how many of the files that it created are there still."""
    born_gone: Counter[int] = field(default_factory=Counter)
    """By number of a commit: how many of the files that it created are gone."""

    @property
    def now(self) -> datetime | None:
        """When the newest commit was written."""
        return self.commits[0].date if self.commits else None

    def days(self, commit: int) -> float:
        """Days between a commit and the newest."""
        return max(0.0, (self.commits[0].date - self.commits[commit].date).total_seconds() / 86400)

    def current(self, path: str) -> str | None:
        """Where a path that is gone is now, through all its renames; None where it was removed."""
        seen = {path}
        while path in self.gone:
            to = self.gone[path].to
            if to is None or to in seen:
                return None
            seen.add(to)
            path = to
        return path


def past(history: Iterable[Commit], files: Mapping[str, str]) -> Past:
    """Read a history, the newest commit first, for a tree of files. One pass, whatever the number of renames."""
    found = Past()
    # Whose history the older changes of a path are: those of a file of the tree (by its path), of one that is gone
    # (GONE) or of nobody (None), as before the creation of a file.
    owners: dict[str, str | None] = {}

    def owner(path: str) -> str | None:
        return owners.get(path, path if path in files else None)

    for number, commit in enumerate(history):
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
                life = found.lives.setdefault(whose, Life(number, number))
                life.commits += 1
                life.born = number
                life.names += change.path in arrived
                if life.touched is None and len(commit.changes) <= BULK and change.path not in arrived:
                    life.touched = number
            if change.status == "A":
                owners[change.path] = None
                if change.path not in arrived and whose is not None:
                    (found.born_alive if whose in files else found.born_gone)[number] += 1
        for change in commit.changes:
            if change.status == "D":
                owners[change.path] = heirs.get(change.path, GONE)
                if change.path not in files and change.path not in found.gone:
                    found.gone[change.path] = Gone(number, moved.get(change.path))
    return found


def renames(commit: Commit) -> dict[str, str]:
    """Old name to new, of files that a commit removed and added: of the same content, else of the same unique name."""
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
