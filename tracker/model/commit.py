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
    """A commit, as listed by `git log --raw --no-renames`.

    Keys of pages are made from its `repr`, which leaves out what the hash implies.
    """

    hash: str
    tree: str = field(repr=False)
    parents: tuple[str, ...] = field(repr=False)
    author: str
    email: str
    date: datetime = field(repr=False)
    """The author date, with its own UTC offset."""
    subject: str = field(repr=False)
    body: str = field(repr=False)
    changes: tuple[Change, ...] = field(default=(), repr=False)
    committed: datetime | None = field(default=None, repr=False)
    """When it was committed, where that is another moment: after a rebase, an amendment or a squash."""
