"""Finding words in what sessions say: decisions, learnings, incidents and everything else, the best match first.

Ranked by BM25 over the entries of all sessions (Robertson and Zaragoza, 2009): rare words count more, and so do short
entries that speak of little else. The files that have a word tell how rare it is: no other file is looked into.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.sources.reading import Path as FieldPath
from tracker.sources.reading import dotted
from tracker.sources.sessions import SessionFile

SATURATION = 1.2
LENGTH_WEIGHT = 0.75
"""k1 and b of BM25, as usual."""
AS_PREFIX = 0.5
"""What a word counts that only begins like the one asked for."""
SHORTEST_PREFIX = 3
LONGEST_TEXT = 160


@dataclass(frozen=True)
class Match:
    """An entry of a session that has the words."""

    session: str
    date: str
    file: str
    """Relative to the workspace."""
    line: int
    field: str
    """Such as `decisions[2]`."""
    text: str
    """The line of it that matches best."""


@dataclass(frozen=True)
class _Entry:
    source: SessionFile
    path: FieldPath
    lines: Sequence[str]
    counts: Sequence[float]
    """How often it has each word of the query."""
    length: int
    """In characters."""


def find(sessions: Iterable[SessionFile], query: str, limit: int = 20) -> list[Match]:
    """The entries that have words of the query: those with more of them first, then the better ones, then the newer.

    An imported log is what other entries were taken from: it counts where no other entry of its session does as well.
    """
    wanted = [_Word(text) for text in dict.fromkeys(re.findall(r"\w+", query.casefold()))]
    files = list(sessions)
    having = []
    for file in files:
        written = file.source.content.decode("utf-8", "replace").casefold()
        having.append([word.may_stand_in(written) for word in wanted])
    rarity = [_rarity(sum(column), len(files)) for column in zip(*having, strict=True)]
    entries = [
        entry for file, any_of in zip(files, having, strict=True) if any(any_of) for entry in _entries(file, wanted)
    ]
    mean = sum(entry.length for entry in entries) / max(1, len(entries))
    ranked = []
    for index, entry in enumerate(entries):
        lacking = sum(count == 0 for count in entry.counts)
        if lacking < len(wanted):
            relative = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * entry.length / mean
            score = sum(
                weight * count * (SATURATION + 1) / (count + SATURATION * relative)
                for weight, count in zip(rarity, entry.counts, strict=True)
            )
            ranked.append((lacking, entry.path == ("log",), -score, -index, entry))
    best: list[Match] = []
    covered: set[tuple[str, int]] = set()
    for lacking, is_log, _, _, entry in sorted(ranked, key=lambda one: one[:4]):
        session = entry.source.session.session
        if not (is_log and (session, lacking) in covered):
            covered.add((session, lacking))
            best.append(_match(entry, wanted))
        if len(best) == limit:
            break
    return best


class _Word:
    """A word of the query: itself, or what other words begin with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._exact = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        self._prefix = re.compile(rf"(?<!\w){re.escape(text)}\w") if len(text) >= SHORTEST_PREFIX else None

    def may_stand_in(self, file: str) -> bool:
        """Whether a look into the file is worth it: it has the word, or escapes that may hide it."""
        return self.text in file or "\\" in file

    def count(self, text: str) -> float:
        """How often a text has it; a word that only begins like it counts where it does not stand itself."""
        if self.text not in text:
            return 0.0
        exact = len(self._exact.findall(text))
        if exact or self._prefix is None:
            return float(exact)
        return AS_PREFIX * len(self._prefix.findall(text))


def _entries(source: SessionFile, wanted: Sequence[_Word]) -> Iterator[_Entry]:
    data = source.session.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for path, value in _parts(data):
        lines = [line for text in _texts(value) for line in text.split("\n")]
        text = "\n".join(lines).casefold()
        yield _Entry(source, path, lines, [word.count(text) for word in wanted], len(text))


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Any]]:
    """Every entry of every list, and every field that is no list."""
    for name, value in data.items():
        if isinstance(value, list):
            yield from (((name, index), item) for index, item in enumerate(value))
        elif isinstance(value, dict):
            yield from (((name, *path), part) for path, part in _parts(value))
        elif name not in ("session", "date", "until"):
            yield (name,), value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _rarity(having: int, files: int) -> float:
    return math.log(1 + (files - having + 0.5) / (having + 0.5))


def _match(entry: _Entry, wanted: Sequence[_Word]) -> Match:
    def matching(line: str) -> tuple[int, float]:
        counts = [word.count(line.casefold()) for word in wanted]
        return sum(count > 0 for count in counts), sum(counts)

    text = max(entry.lines, key=matching)
    source = entry.source
    start = source.source.locate(entry.path).line
    written = source.source.content.decode("utf-8-sig", "replace").split("\n")
    # A text may be folded, quoted or escaped where it is written: its first line is the second best answer.
    line = next((number for number, one in enumerate(written[start - 1 :], start) if text.strip() in one), start)
    session = source.session
    return Match(session.session, str(session.date), source.file, line, dotted(entry.path), _shortened(text, wanted))


def _shortened(text: str, wanted: Sequence[_Word]) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST_TEXT:
        return text
    places = [place for word in wanted if (place := text.casefold().find(word.text)) >= 0]
    begin = max(0, min(places, default=0) - LONGEST_TEXT // 4)
    return f"{'…' * (begin > 0)}{text[begin : begin + LONGEST_TEXT].strip()}{'…' * (begin + LONGEST_TEXT < len(text))}"
