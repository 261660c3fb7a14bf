"""Full-text search over session files: decisions, learnings, incidents and every other entry, the best match first.

Entries are ranked by BM25 (Robertson and Zaragoza, 2009) of SQLite's FTS5, in a database in memory. Only the entries of
files that contain a word of the query are indexed. Case and Unicode forms are ignored, and scripts without spaces
between words are searched by character.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.errors import TrackerError
from tracker.sources.reading import Path as FieldPath
from tracker.sources.reading import dotted
from tracker.sources.sessions import SessionFile
from tracker.words import IDEOGRAPHS, folded, separated, tokens

SHORTEST_PREFIX = 3
"""Characters of the shortest word that also matches the beginning of longer words."""
LONGEST_TEXT = 160
"""Characters of the longest text that is shown whole."""
TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N*'"


@dataclass(frozen=True)
class Match:
    """An entry of a session that contains words of the query."""

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
class _IndexedEntry:
    source: SessionFile
    path: FieldPath
    lines: Sequence[str]


class _Word:
    """A word of the query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokens(text)
        self._is_prefix = bool(self._tokens) and len(self._tokens[-1]) >= SHORTEST_PREFIX

    def __bool__(self) -> bool:
        return bool(self._tokens)

    @property
    def query(self) -> str:
        """The word as FTS5 looks for it: a phrase of its tokens, the last of which may be the beginning of a word."""
        return f'"{" ".join(self._tokens)}"{"*" * self._is_prefix}'

    def may_be_in(self, content: str) -> bool:
        """Whether a folded file can contain the word: it has all tokens, or escapes that may hide them."""
        return "\\" in content or all(token in content for token in self._tokens)

    def weight(self, line: str) -> int:
        """2 if a line of tokens contains the word, 1 if it contains a longer one that begins like it, else 0."""
        phrase = f" {' '.join(self._tokens)}"
        return 2 if f"{phrase} " in line else int(self._is_prefix and phrase in line)


def find(sessions: Iterable[SessionFile], query: str, limit: int = 20) -> list[Match]:
    """Return the entries that contain words of the query: those with the most words first, then the best ranked.

    `sessions` are sorted by date; of entries with the same rank the newest is first. The imported log is listed only if
    no other entry of its session contains as many words.
    """
    words = list(_words(query))
    entries = [entry for file in reversed(list(sessions)) if _may_match(file, words) for entry in _entries(file)]
    found: list[Match] = []
    covered: set[tuple[str, int]] = set()
    for entry, count in _ranked(entries, words) if words else ():
        session = entry.source.session.session
        if entry.path != ("log",) or (session, count) not in covered:
            covered.add((session, count))
            found.append(_match(entry, words))
        if len(found) == limit:
            break
    return found


def _words(query: str) -> Iterator[_Word]:
    """The words of a query. A run of Chinese or Japanese characters becomes its overlapping pairs, like in Lucene."""
    texts: list[str] = []
    for text in folded(query).split():
        for run in IDEOGRAPHS.findall(text):
            texts += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        texts += IDEOGRAPHS.sub(" ", text).split()
    yield from filter(None, map(_Word, dict.fromkeys(texts)))


def _may_match(file: SessionFile, words: Iterable[_Word]) -> bool:
    content = folded(file.source.content.decode("utf-8", "replace"))
    return any(word.may_be_in(content) for word in words)


def _ranked(entries: Sequence[_IndexedEntry], words: Sequence[_Word]) -> Iterator[tuple[_IndexedEntry, int]]:
    """The entries that match, with the number of words that each contains."""
    with sqlite3.connect(":memory:") as database:
        try:
            database.execute(f'CREATE VIRTUAL TABLE entry USING fts5(text, tokenize="{TOKENIZER}")')
        except sqlite3.OperationalError as error:
            raise TrackerError(f"this Python's SQLite cannot search ({error}); it needs the FTS5 extension") from None
        rows = ((number, separated("\n".join(entry.lines))) for number, entry in enumerate(entries))
        database.executemany("INSERT INTO entry(rowid, text) VALUES (?, ?)", rows)
        counts: Counter[int] = Counter()
        for word in words:
            counts.update(row for (row,) in database.execute("SELECT rowid FROM entry(?)", (word.query,)))
        matches = " OR ".join(word.query for word in words)
        scores = database.execute("SELECT rowid, bm25(entry) FROM entry(?)", (matches,)).fetchall()
    for row, _ in sorted(scores, key=lambda one: (-counts[one[0]], entries[one[0]].path == ("log",), one[1], one[0])):
        yield entries[row], counts[row]


def _entries(source: SessionFile) -> Iterator[_IndexedEntry]:
    data = source.session.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for path, value in _parts(data):
        yield _IndexedEntry(source, path, [line for text in _texts(value) for line in text.split("\n")])


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Any]]:
    """Every item of every list, and every field that is not a list."""
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


def _match(entry: _IndexedEntry, words: Sequence[_Word]) -> Match:
    def matching(line: str) -> tuple[int, int]:
        spaced = f" {' '.join(tokens(line))} "
        weights = [word.weight(spaced) for word in words]
        return sum(map(bool, weights)), sum(weights)

    text = max(entry.lines, key=matching)
    source = entry.source
    start = source.source.locate(entry.path).line
    written = source.source.content.decode("utf-8-sig", "replace").split("\n")
    # A text may be folded, quoted or escaped in the file: its first line is the second best answer.
    line = next((number for number, one in enumerate(written[start - 1 :], start) if text.strip() in one), start)
    session = source.session
    return Match(session.session, str(session.date), source.file, line, dotted(entry.path), _shortened(text, words))


def _shortened(text: str, words: Sequence[_Word]) -> str:
    """The part of a line around the first word that it contains."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_TEXT:
        return text
    places = [place for word in words if (place := text.casefold().find(word.text)) >= 0]
    begin = max(0, min(places, default=0) - LONGEST_TEXT // 4)
    return f"{'…' * (begin > 0)}{text[begin : begin + LONGEST_TEXT].strip()}{'…' * (begin + LONGEST_TEXT < len(text))}"
