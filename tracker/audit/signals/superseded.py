"""The signal `superseded`."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tracker.audit.names import Kind, Name
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

VERSION = re.compile(
    r"[ ._-]*(?:\b|_|(?<=[a-z]))"
    r"(?:v(?:er|ersion)?[ ._-]?(\d+(?:[._-]\d+)*)|(20\d{2}[-_]?\d{2}[-_]?\d{2})|[sS](\d+)[a-z]?|(\d+))$",
    re.IGNORECASE,
)
LATER = re.compile(
    r"[ ._-]+(final|updated?|new|latest|revised|fixed|improved|enhanced|complete|clean|refactored)$", re.IGNORECASE
)
LEGITIMATE = re.compile(
    r"migrat|upgrad|release|changelog|adr|rfc|decision|version|locale|i18n|fixture|chapter|lesson|example|episode",
    re.IGNORECASE,
)


class Superseded(Signal):
    """A newer member of the same family stands beside it.

    Release notes, migrations and the like are legitimate families.
    """

    name = "superseded"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        families: dict[tuple[str, str, str], list[tuple[tuple[int, ...], str]]] = defaultdict(list)
        for path, name in subject.names.items():
            if name.kind in (Kind.ASSET, Kind.TEST):
                continue
            base, rank = _version(name)
            families[name.folder, base.lower(), name.suffix].append((rank, path))
        for family in families.values():
            members = [one for one in family if not LEGITIMATE.search(one[1])] if len(family) > 1 else []
            if len(members) < 2:
                continue
            members.sort()
            newest_rank, newest = members[-1]
            for rank, path in members[:-1]:
                if rank < newest_rank:
                    yield Sign(path, f"{newest} is newer", by=newest, strength=1.0 if rank else 0.6)


def _version(name: Name) -> tuple[str, tuple[int, ...]]:
    """The family's name, and the place in it: without any mark the first, `final` after all numbers."""
    stem, later = name.stem, 0
    while found := LATER.search(stem):
        stem, later = stem[: found.start()], later + 1
    found = VERSION.search(stem)
    if not found or not found.start():
        return stem, (0, later) if later else ()
    numbers = re.findall(r"\d+", next(group for group in found.groups() if group))
    return stem[: found.start()], (*map(int, numbers), later)
