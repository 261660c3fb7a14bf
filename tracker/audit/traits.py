"""What a file is, beside any sign of staleness: it moves the odds, but is no reason by itself.

Only how a file differs from the others of its tree counts (see `model`), so a trait that all share says nothing. Where
numbers mean little across repositories (days, commits), the trait is the rank within the tree.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence

from tracker.audit.names import Kind, Name, name_of
from tracker.audit.past import Life
from tracker.audit.signals.one_off import VERBS
from tracker.audit.subject import Subject

Column = Sequence[float]
"""One number for each file, in the order of `Subject.files`."""

CHORE = re.compile(r"^(chore|style|refactor|lint|format)", re.IGNORECASE)
PRIOR = 4
"""As many imagined files that were kept temper every share of removed ones."""
RECENT = 30
"""Commits after which the memory of a removal is half as strong."""
FARTHEST = 6
"""Steps from a file that tools look for, along mentions."""
PART = 3
"""Folders of fewer files are no part of a tree by themselves."""


def traits(subject: Subject) -> dict[str, Column]:
    """Every trait of every file."""
    found: dict[str, Column] = {}
    for part in (_name, _life, _removals, _use, _text, _place):
        found.update((name, array("f", column)) for name, column in part(subject))
    return found


def _name(subject: Subject) -> Iterator[tuple[str, Column]]:
    names = list(subject.names.values())
    occasional = [bool(VERBS & set(name.words)) for name in names]
    root = [not name.folders for name in names]
    yield "words of occasions", occasional
    yield "words of occasions in the root", [both == (True, True) for both in zip(occasional, root, strict=True)]
    yield "script in the root", [not name.folders and name.kind is Kind.SCRIPT for name in names]
    yield "stray in the root", [not name.folders and not name.conventional for name in names]
    yield "data", [name.kind is Kind.DATA for name in names]
    yield "table", [name.suffix == "csv" for name in names]
    yield "SQL", [name.suffix == "sql" for name in names]
    yield "looked for by tools", [name.conventional for name in names]
    yield "length of the name", [math.log1p(len(name.stem)) for name in names]


def _life(subject: Subject) -> Iterator[tuple[str, Column]]:
    past = subject.past
    unknown = Life(0, 0)
    lives = [past.lives.get(path, unknown) for path in subject.files]
    born = [life.born for life in lives]
    touched = [life.born if life.touched is None else life.touched for life in lives]
    yield "age", ranks(born)
    yield "unchanged among its kind", ranks_within(touched, [name.kind for name in subject.names.values()])
    yield "time in work", [(came - last) / max(1, came) for came, last in zip(born, touched, strict=True)]
    yield "renamed", [life.names > 1 for life in lives]
    yield "born among many", [math.log1p(past.sizes[life.born]) if past.commits else 0.0 for life in lives]
    subjects = [past.commits[life.changed].subject if past.commits else "" for life in lives]
    yield "last changed by a chore", [CHORE.match(one) is not None for one in subjects]


def _removals(subject: Subject) -> Iterator[tuple[str, Column]]:
    """What was removed before around each file, and of its suffix."""
    past = subject.past
    removed = {path: one.commit for path, one in past.gone.items() if past.current(path) not in subject.files}
    before = {name_of(path): commit for path, commit in removed.items()}
    groups: dict[str, Callable[[Name], str | None]] = {
        "in its folder": lambda name: name.folder,
        "around its folder": lambda name: "/".join(name.folders[:-1]) if name.folders else None,
        "of its suffix": lambda name: name.suffix,
    }
    for label, group in groups.items():
        latest: dict[str | None, int] = {}
        for name, commit in before.items():
            latest[group(name)] = min(latest.get(group(name), commit), commit)
        of = [group(name) for name in subject.names.values()]
        yield f"recent removals {label}", [RECENT / (RECENT + latest[one]) if one in latest else 0.0 for one in of]
    gone, kept = Counter(name.suffix for name in before), Counter(name.suffix for name in subject.names.values())
    share = {suffix: gone[suffix] / (gone[suffix] + kept[suffix] + PRIOR) for suffix in kept}
    yield "removals of its suffix", [share[name.suffix] for name in subject.names.values()]


def _use(subject: Subject) -> Iterator[tuple[str, Column]]:
    names = subject.names
    first = [
        path for path, name in names.items() if name.conventional and name.kind in (Kind.CODE, Kind.CONFIG, Kind.TEST)
    ]
    reached, edge = set(first), first
    for _ in range(FARTHEST):
        edge = list({other for path in edge for other in subject.mentions.get(path, ())} - reached)
        reached.update(edge)
    yield "out of reach", [path not in reached for path in subject.files]
    by = [subject.mentioned.get(path, ()) for path in subject.files]
    yield "sure mentions", [math.log1p([mention.strong for mention in mentions].count(True)) for mentions in by]


def _text(subject: Subject) -> Iterator[tuple[str, Column]]:
    yield "pictures in its text", [subject.text(path).pictures for path in subject.files]


def _place(subject: Subject) -> Iterator[tuple[str, Column]]:
    names = list(subject.names.values())
    above = {name.folder: list(_folders(name)) for name in names}
    size = Counter(folder for name in names for folder in above[name.folder])
    parts = {folder: [one for one in folders if size[one] >= PART] for folder, folders in above.items()}

    lives, commits = subject.past.lives, max(1, len(subject.past.commits))
    oldest: dict[str, int] = {}
    for path, name in subject.names.items():
        if path in lives:
            for folder in above[name.folder]:
                oldest[folder] = max(oldest.get(folder, 0), lives[path].born)
    ages = {folder: min((oldest.get(one, 0) / commits for one in ones), default=1.0) for folder, ones in parts.items()}
    yield "age of its part of the tree", [ages[name.folder] for name in names]
    born = ranks([lives[path].born if path in lives else 0 for path in subject.files])
    yield "young in a young part", [(1 - ages[name.folder]) * (1 - one) for name, one in zip(names, born, strict=True)]

    sizes = {folder: max((math.log1p(size[one]) for one in ones), default=0.0) for folder, ones in parts.items()}
    yield "size of its part of the tree", [sizes[name.folder] for name in names]
    tops = [name.folders[0] if name.folders else "" for name in names]
    top = Counter(tops)
    yield "share of the tree", [top[one] / len(names) for one in tops]
    kinds = [(name.folder, name.kind) for name in names]
    beside, alike = Counter(name.folder for name in names), Counter(kinds)
    yield "like its folder", [alike[pair] / beside[pair[0]] for pair in kinds]


def _folders(name: Name) -> Iterator[str]:
    """The folders that it is in, the outermost first."""
    for depth in range(1, len(name.folders) + 1):
        yield "/".join(name.folders[:depth])


def ranks(values: Sequence[float]) -> list[float]:
    """For each value, the share of values below it; of equal ones half."""
    counts = Counter(values)
    place, below = {}, 0
    for value in sorted(counts):
        place[value] = (below + counts[value] / 2) / len(values)
        below += counts[value]
    return [place[value] for value in values]


def ranks_within(values: Sequence[float], groups: Sequence[Hashable]) -> list[float]:
    """The same among the values of each group; in the middle where a group is small."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    found = [0.5] * len(values)
    for indices in members.values():
        if len(indices) > PART:
            for index, rank in zip(indices, ranks([values[index] for index in indices]), strict=True):
                found[index] = rank
    return found
