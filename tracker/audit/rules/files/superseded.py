"""The rule `superseded`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tracker.audit.context import AuditContext
from tracker.audit.family import Action, FileFinding
from tracker.audit.names import Kind, Name
from tracker.audit.rules.files.base import FileRule, is_sample

VERSION = re.compile(
    r"[ ._-]*(?:\b|_|(?<=[a-z]))(?:v(?:er|ersion)?[ ._-]?(?P<version>\d+(?:[._-]\d+)*)"
    r"|(?P<date>20\d{2}[-_]?\d{2}[-_]?\d{2}))$",
    re.IGNORECASE,
)
LATER = re.compile(r"[ ._-]+(?:new|latest|revised|improved|enhanced|refactored)$", re.IGNORECASE)
LEGITIMATE = re.compile(
    r"migrat|upgrad|release|changelog|adr|rfc|decision|version|locale|i18n|chapter|lesson|episode|api/|/v\d|session|minutes"
    r"|report|blog|posts?/|articles?/|news/|log",
    re.IGNORECASE,
)
"""Families of which every member stays valid."""


class Member(NamedTuple):
    """A file of a family with its place in it."""

    rank: tuple[int, ...]
    path: str


class Superseded(FileRule):
    """A newer member of the same family, by version or date, is used, and nothing live uses this one."""

    id = "superseded"
    default = False
    noun = ("older version of a file", "older versions of files")

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context, uses = self.context, self.uses
        for members in _families(context):
            newest = members[-1]
            kind = context.names[newest.path].kind
            for rank, path in members[:-1]:
                if rank == newest.rank:
                    continue
                used = uses.live(newest.path, (path,)) is not None
                proof = f"{newest.path} is newer{' and used' if used else ''}; nothing uses this one"
                action = Action.ARCHIVE if kind is Kind.DOCUMENT else Action.REMOVE
                yield self.finding(path, proof, by=newest.path, maybe=True, action=action)


def _families(context: AuditContext) -> Iterator[list[Member]]:
    """Families of at least two, the oldest member first."""
    found: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    for path, name in context.names.items():
        if name.kind not in (Kind.ASSET, Kind.TEST) and not is_sample(name):
            base, rank = _rank(name)
            found[name.folder, base.lower(), name.suffix].append(Member(rank, path))
    families = (members for members in found.values() if len(members) > 1)
    yield from (sorted(members) for members in families if not any(LEGITIMATE.search(one.path) for one in members))


def _rank(name: Name) -> tuple[str, tuple[int, ...]]:
    """The family's name, and the place in it: a file without a mark is the oldest."""
    stem, later = name.stem, 0
    while found := LATER.search(stem):
        stem, later = stem[: found.start()], later + 1
    found = VERSION.search(stem)
    if not found or not found.start():
        return stem, (0, later) if later else ()
    return stem[: found.start()], (*map(int, re.findall(r"\d+", found["version"] or found["date"])), later)
