"""Commits and their changes to files."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Change(NamedTuple):
    """The change of one path in a commit. A blob that does not exist is all zeros."""

    status: str
    """A, M, D or T, as in git."""
    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as listed by `git log --raw --no-renames`."""

    hash: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: datetime
    """The author date, with its own UTC offset."""
    subject: str
    body: str
    changes: tuple[Change, ...] = field(default=())
    committed: datetime | None = None
    """When it was committed, where that is another moment: after a rebase, an amendment or a squash."""
