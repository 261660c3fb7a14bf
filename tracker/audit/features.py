"""What is known of every file, as numbers with names: the signs that were found, what the file is, and its company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from tracker.audit.signals import Sign, signals
from tracker.audit.subject import Subject
from tracker.audit.traits import Column, traits


@dataclass(frozen=True)
class Values:
    """The numbers of all files, by the name under which they are weighed."""

    traits: Mapping[str, Column]
    """A number for each file, in the order of `Subject.files`."""
    strengths: Mapping[str, Mapping[int, float]]
    """By name: how clearly a sign was found, from 0 to 1, by the place of the file in that order."""


@dataclass(frozen=True)
class Features:
    """All files, with what speaks for and against each."""

    signs: Mapping[str, list[tuple[str, Sign]]]
    """By path: the signals that found something, and what."""
    values: Values


def features(subject: Subject) -> Features:
    """Ask every signal about every file."""
    place = {path: index for index, path in enumerate(subject.files)}
    signs: dict[str, list[tuple[str, Sign]]] = defaultdict(list)
    strengths: dict[str, dict[int, float]] = defaultdict(dict)
    for name, signal in signals().items():
        for sign in signal.find(subject):
            signs[sign.path].append((name, sign))
            found, index = strengths[feature_of(name, sign)], place[sign.path]
            found[index] = max(found.get(index, 0.0), sign.strength)
    return Features(dict(signs), Values(traits(subject), dict(strengths)))


def feature_of(signal: str, sign: Sign) -> str:
    """The name under which a sign is weighed."""
    return intern(f"{signal} {sign.variant}".rstrip())


def company(subject: Subject, odds: Sequence[float]) -> dict[str, Column]:
    """How stale the company of every file looks: staleness spreads along folders, commits and mentions."""
    lives = [subject.past.lives.get(path) for path in subject.files]
    known = dict(zip(subject.files, odds, strict=True))
    by = [subject.mentioned.get(path, ()) for path in subject.files]
    return {
        "its folder": _others([name.folder for name in subject.names.values()], odds),
        "born with it": _others([life.born if life else -1 for life in lives], odds),
        "last changed with it": _others([life.changed if life else -1 for life in lives], odds),
        "those that mention it": [
            sum([known[mention.by] for mention in mentions]) / (len(mentions) + 1) for mentions in by
        ],
    }


def _others(groups: Sequence[Hashable], odds: Sequence[float]) -> Column:
    """The mean of the others of the same group, tempered by one that is neither stale nor not."""
    total: dict[Hashable, float] = defaultdict(float)
    count: dict[Hashable, int] = defaultdict(int)
    for group, one in zip(groups, odds, strict=True):
        total[group] += one
        count[group] += 1
    return [(total[group] - one) / count[group] for group, one in zip(groups, odds, strict=True)]
