"""What git says: commits, and what each did to files."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Change(NamedTuple):
    """What a commit did to one path. Blobs are all zeros where there is none."""

    status: str
    """A, M, D or T, as git prints it."""
    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as `git log --raw --no-renames` prints it."""

    hash: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: datetime
    """When it was written (author date), with its own offset."""
    subject: str
    body: str
    changes: tuple[Change, ...] = field(default=())
    committed: datetime | None = None
    """When it was committed, where that is another moment: after a rebase, an amendment or a squash."""
