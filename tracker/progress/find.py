"""Full-text search over session files: decisions, learnings, incidents and every other entry, the best match first.

Entries are ranked by BM25 (Robertson and Zaragoza, 2009) of SQLite's FTS5, in a database in memory. Only the entries of
files that contain a word of the query are indexed. Case and Unicode forms are ignored, and scripts without spaces
between words are searched by character. `Phase 8 of chapter 14`, `chapter 14, phase 8` and `14/8` are the same word.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.errors import TrackerError
from tracker.model import Phase
from tracker.sources.chapters import chapter_key, spoken_phases, without_spoken_phases
from tracker.sources.reading import Path as FieldPath
from tracker.sources.reading import dotted
from tracker.sources.sessions import SessionFile
from tracker.words import IDEOGRAPHS, folded, separated, tokens

SHORTEST_PREFIX = 3
"""Characters of the shortest word that also matches the beginning of longer words."""
LONGEST_TEXT = 160
"""Characters of the longest text that is shown whole."""
_SLASHED = re.compile(r"\d+/\w+(?:\.\w+)*")
"""`14/8`, as the plan names a phase whose id several chapters use."""
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
    marks: Mapping[int, str]
    """The marks of the phases that lines name, by the index of the line."""


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


class _PhaseWord(_Word):
    """A phase of a chapter, such as `14/8`."""

    def __init__(self, name: str, *, literally: bool) -> None:
        super().__init__(name)
        self._mark = _mark(name)
        self._literally = literally

    @property
    def query(self) -> str:
        """Its mark, and the name itself if the query has it in this form."""
        return f'("{self._mark}" OR {super().query})' if self._literally else f'"{self._mark}"'

    def may_be_in(self, content: str) -> bool:
        """Whether a folded file can name the phase; its chapter may be known from the plan only."""
        return super().may_be_in(content) or self.text.rpartition("/")[2] in content

    def weight(self, line: str) -> int:
        """2 if a line of tokens has the mark of the phase."""
        return 2 if f" {self._mark} " in line or (self._literally and super().weight(line)) else 0


def find(sessions: Iterable[SessionFile], query: str, limit: int = 20, phases: Iterable[Phase] = ()) -> list[Match]:
    """Return the entries that contain words of the query: those with the most words first, then the best ranked.

    `sessions` are sorted by date; of entries with the same rank the newest is first. The imported log is listed only if
    no other entry of its session contains as many words. `phases` are those of the plan, which knows their chapters.
    """
    words = list(_words(query))
    names = _names(phases)
    files = [file for file in reversed(list(sessions)) if _may_match(file, words)]
    entries = [entry for file in files for entry in _entries(file, names)]
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
    yield from (_PhaseWord(name, literally=False) for name in dict.fromkeys(spoken_phases(query)))
    texts: list[str] = []
    for text in folded(without_spoken_phases(query)).split():
        if _SLASHED.fullmatch(text):
            yield _PhaseWord(text, literally=True)
            continue
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
        rows = ((number, _indexed(entry)) for number, entry in enumerate(entries))
        database.executemany("INSERT INTO entry(rowid, text) VALUES (?, ?)", rows)
        counts: Counter[int] = Counter()
        for word in words:
            counts.update(row for (row,) in database.execute("SELECT rowid FROM entry(?)", (word.query,)))
        matches = " OR ".join(word.query for word in words)
        scores = database.execute("SELECT rowid, bm25(entry) FROM entry(?)", (matches,)).fetchall()
    for row, _ in sorted(scores, key=lambda one: (-counts[one[0]], entries[one[0]].path == ("log",), one[1], one[0])):
        yield entries[row], counts[row]


def _indexed(entry: _IndexedEntry) -> str:
    return f"{separated(chr(10).join(entry.lines))} {' '.join(entry.marks.values())}"


def _entries(source: SessionFile, names: Mapping[tuple[str, str], str]) -> Iterator[_IndexedEntry]:
    """The entries of a session. `names` are the phases of the plan with their chapters, by kind and id."""
    data = source.session.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for path, value in _parts(data):
        lines = [line for text in _texts(value) for line in text.split("\n")]
        said = {index: found for index, line in enumerate(lines) if (found := spoken_phases(line))}
        if len(path) == 2 and path[0] in ("tasks", "phases"):
            kind, name = path[0], str(path[1])
            lines = [f"{kind.removesuffix('s')} {name}: {line}" for line in lines]
            phase = name.rpartition(".")[0] if kind == "tasks" and "." in name else name
            said = {0: [names.get((kind, name), phase)]}
        marks = {index: " ".join(map(_mark, found)) for index, found in said.items()}
        yield _IndexedEntry(source, path, lines, marks)


def _names(phases: Iterable[Phase]) -> dict[tuple[str, str], str]:
    """The phases of a plan as `chapter/id`, by kind and id of phases and tasks."""
    found: dict[tuple[str, str], str] = {}
    for phase in phases:
        if not phase.chapter:
            continue
        key = chapter_key(phase.chapter)
        name = phase.id if phase.id.startswith(f"{key}/") else f"{key}/{phase.id}"
        for place in (("phases", phase.id), *(("tasks", task.id) for task in phase.tasks)):
            found[place] = name
    return found


def _mark(name: str) -> str:
    """A word that stands for a phase in the index, and that no text has."""
    return f"phaseofchapter{re.sub(r'[^a-z0-9]', 'x', name.lower())}"


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
    def matching(index: int) -> tuple[int, int]:
        spaced = f" {' '.join(tokens(entry.lines[index]))} {entry.marks.get(index, '')} "
        weights = [word.weight(spaced) for word in words]
        return sum(map(bool, weights)), sum(weights)

    text = entry.lines[max(range(len(entry.lines)), key=matching)]
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
