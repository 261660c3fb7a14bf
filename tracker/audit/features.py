"""What is known of every file, as numbers from 0 to 1 with names: the signs that were found, and what the file is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from sys import intern

from tracker.audit.signals import Sign, signals
from tracker.audit.subject import Subject
from tracker.audit.traits import traits

Values = dict[str, float]


@dataclass(frozen=True)
class Features:
    """All files, with what speaks for and against each."""

    signs: Mapping[str, list[tuple[str, Sign]]]
    """By path: the signals that found something, and what."""
    values: Mapping[str, Values]
    """By path: the features, by name."""


def features(subject: Subject) -> Features:
    """Ask every signal about every file."""
    values = dict(traits(subject))
    signs: dict[str, list[tuple[str, Sign]]] = defaultdict(list)
    for name, signal in signals().items():
        for sign in signal.find(subject):
            signs[sign.path].append((name, sign))
            feature = feature_of(name, sign)
            values[sign.path][feature] = max(values[sign.path].get(feature, 0.0), sign.strength)
    return Features(dict(signs), values)


def feature_of(signal: str, sign: Sign) -> str:
    """The name under which a sign is weighed."""
    return intern(f"{signal} {sign.variant}".rstrip())


def company(subject: Subject, alone: Mapping[str, float]) -> Iterator[tuple[str, Values]]:
    """How stale the company of every file looks: staleness spreads along references, folders and common births."""
    born: dict[int, list[str]] = defaultdict(list)
    for path, life in subject.past.lives.items():
        born[life.born].append(path)
    folder = _others(subject.by_folder.values(), alone)
    birth = _others(born.values(), alone)
    for path in alone:
        found: Values = {}
        if path in folder:
            found["stale folder"] = folder[path]
        if path in birth:
            found["stale birth"] = birth[path]
        if by := subject.mentioned.get(path):
            found["stale references"] = sum(alone[mention.by] for mention in by) / len(by)
            found["least stale reference"] = min(alone[mention.by] for mention in by)
        if uses := subject.mentions.get(path):
            found["stale uses"] = sum(alone[other] for other in uses) / len(uses)
        yield path, found


def _others(groups: Iterable[list[str]], alone: Mapping[str, float]) -> dict[str, float]:
    """By path, the mean of the others of its group."""
    found: Values = {}
    for group in groups:
        total = sum(alone[path] for path in group)
        if len(group) > 1:
            found.update((path, (total - alone[path]) / (len(group) - 1)) for path in group)
    return found
