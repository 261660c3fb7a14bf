"""The rule `superseded`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tracker.audit.family import Action, FileFinding
from tracker.audit.names import Kind, Name, words_in
from tracker.audit.rules.files.base import FileRule
from tracker.plural import counted

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


TRIAL = frozenset(
    words_in(
        "alt alternative attempt backup bak basic better clean complete copy debug deploy enhanced fallback final fix "
        "fixed full improved minimal new old optimized orig original revised simple simplified stable temp test tmp "
        "trial ultra updated working"
    )
)
"""Words that turn the name of a file into the name of a try at it; each may be counted."""
STAGE = re.compile(r"(?:day|phase|step|stage|try|attempt|v|version)?\d+", re.IGNORECASE)
DEPLOYED = frozenset(words_in("procfile render vercel netlify railway"))
"""Stems of files that a platform reads under this name alone."""
UNNAMED = frozenset(words_in("go java kt kts cs swift scala groovy"))
"""Suffixes of languages that compile every file of a package: nothing names a file that is in use."""
TRIES = 3
"""Tries at one file that make a family; one or two may be alternatives."""


class Member(NamedTuple):
    """A file of a family with its place in it."""

    rank: tuple[int, ...]
    path: str


class Superseded(FileRule):
    """A newer member of the same family, by version or date, is used, and nothing live uses this one. Or one of several
    tries at a file that is in use: `app_simple.py`, `app_fixed2.py` and `app_final.py` beside `app.py`."""

    id = "superseded"
    noun = ("older version of a file", "older versions of files")

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        yield from self._tries()
        yield from self._older()

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        return counted(count, "try", "tries") + f" at {group}" if group else super().title(group, count)

    def _tries(self) -> Iterator[FileFinding]:
        """Files that nothing live names, and that have the name of a file in use with words of tries."""
        context = self.context
        found: dict[str, list[str]] = defaultdict(list)
        for path, name in self.living.items():
            if (base := _tried(name)) in context.files and name.kind is not Kind.TEST:
                found[base].append(path)
        for base, tries in found.items():
            if len(tries) >= TRIES and (context.names[base].conventional or self.uses.live(base, tries)):
                for path in tries:
                    yield self.finding(path, f"one of {len(tries)} tries at {base}; nothing names it", base, by=base)

    def _older(self) -> Iterator[FileFinding]:
        """Members of families by version or date that have a newer one."""
        context, uses = self.context, self.uses
        for members in _families(self.living):
            newest = members[-1]
            kind = context.names[newest.path].kind
            for rank, path in members[:-1]:
                if rank == newest.rank:
                    continue
                used = uses.live(newest.path, (path,)) is not None
                proof = f"{newest.path} is newer{' and used' if used else ''}; nothing uses this one"
                action = Action.ARCHIVE if kind is Kind.DOCUMENT else Action.REMOVE
                yield self.finding(path, proof, by=newest.path, maybe=True, action=action)


def _tried(name: Name) -> str:
    """The path of the file that this is a try at, by its name; "" where the name has no such words."""
    if name.kind not in (Kind.CODE, Kind.SCRIPT, Kind.CONFIG) or name.suffix in UNNAMED:
        return ""
    stem, *words = re.split(r"[ ._-]+", name.stem)
    plain = [word.rstrip("0123456789") for word in words]
    tried = all(STAGE.fullmatch(word) or short in TRIAL for word, short in zip(words, plain, strict=True))
    if not words or not tried or (name.kind is Kind.CONFIG and stem.lower() not in DEPLOYED):
        return ""
    return "/".join(filter(None, [name.folder, stem])) + (f".{name.suffix}" if name.suffix else "")


def _families(names: Mapping[str, Name]) -> Iterator[list[Member]]:
    """Families of at least two, the oldest member first."""
    found: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    for path, name in names.items():
        if name.kind not in (Kind.ASSET, Kind.TEST) and name.suffix not in UNNAMED:
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
