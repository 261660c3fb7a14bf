"""Finding words in what sessions say: decisions, learnings, incidents and everything else, the best match first.

Ranked by BM25 over the entries of all sessions (Robertson and Zaragoza, 2009): rare words count more, and so do short
entries that speak of little else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
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
    words: Counter[str]


def find(sessions: Iterable[SessionFile], query: str, limit: int = 20) -> list[Match]:
    """The entries that have words of the query: those with more of them first, then the better ones, then the newer.

    An imported log is what other entries were taken from: it counts where no other entry of its session does as well.
    """
    wanted = list(dict.fromkeys(_words(query)))
    entries = [entry for session in sessions for entry in _entries(session)]
    # How much of each entry is each word of the query.
    counts = [{word: _frequency(word, entry.words) for word in wanted} for entry in entries]
    rarity = {word: _rarity(sum(found[word] > 0 for found in counts), len(entries)) for word in wanted}
    mean = sum(entry.words.total() for entry in entries) / max(1, len(entries))
    ranked = []
    for index, (entry, found) in enumerate(zip(entries, counts, strict=True)):
        having = sum(frequency > 0 for frequency in found.values())
        if having:
            relative = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * entry.words.total() / mean
            score = sum(
                rarity[word] * frequency * (SATURATION + 1) / (frequency + SATURATION * relative)
                for word, frequency in found.items()
            )
            ranked.append((-having, entry.path == ("log",), -score, -index, entry))
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


def _entries(source: SessionFile) -> Iterator[_Entry]:
    data = source.session.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for path, value in _parts(data):
        lines = [line for text in _texts(value) for line in text.split("\n")]
        yield _Entry(source, path, lines, Counter(word for line in lines for word in _words(line)))


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


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _frequency(word: str, words: Counter[str]) -> float:
    exact = float(words[word])
    if exact or len(word) < SHORTEST_PREFIX:
        return exact
    return AS_PREFIX * sum(count for other, count in words.items() if other.startswith(word))


def _rarity(having: int, all_entries: int) -> float:
    return math.log(1 + (all_entries - having + 0.5) / (having + 0.5))


def _match(entry: _Entry, wanted: Sequence[str]) -> Match:
    def matching(line: str) -> tuple[int, float]:
        words = Counter(_words(line))
        frequencies = [_frequency(word, words) for word in wanted]
        return sum(frequency > 0 for frequency in frequencies), sum(frequencies)

    text = max(entry.lines, key=matching)
    source = entry.source
    start = source.source.document.position(entry.path).line
    written = source.source.document.text.split("\n")
    # A text may be folded, quoted or escaped where it is written: its first line is the second best answer.
    line = next((number for number, one in enumerate(written[start - 1 :], start) if text.strip() in one), start)
    session = source.session
    return Match(session.session, str(session.date), source.file, line, dotted(entry.path), _shortened(text, wanted))


def _shortened(text: str, wanted: Sequence[str]) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST_TEXT:
        return text
    places = [place for word in wanted if (place := text.casefold().find(word)) >= 0]
    begin = max(0, min(places, default=0) - LONGEST_TEXT // 4)
    return f"{'…' * (begin > 0)}{text[begin : begin + LONGEST_TEXT].strip()}{'…' * (begin + LONGEST_TEXT < len(text))}"
