"""Open items that a later session seems to have done: proposed for closing, never closed without someone's word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.model import Session, Status
from tracker.sources.sessions import SessionFile
from tracker.words import tokens

_DONE = re.compile(
    r"✅|☑|✔|\[[xX]\]|\b(?:DONE|COMPLETED?|CLOSED|FIXED|RESOLVED)\b"
    r"|(?i:\b(?:already|now|fully) (?:complete|implemented|fixed|done|deployed)\b)"
)
_NOT_DONE = re.compile(r"⏳|🔲|⬜|❌|\[ \]|(?i:\b(?:pending|not (?:yet )?(?:done|complete|started)|todo|next)\b)")
_PART = re.compile(
    r"\W*(?P<part>(?:slice|sprint|milestone|stage|step|part|iteration|epic|story|increment|phase|task) #?[\w.]*\d[\w.]*"
    r"|v\d+(?:\.\d+){1,2})\b",
    re.IGNORECASE,
)
"""The name at the beginning of an item or of a session's focus: `Slice 09`, `Sprint 3`, `v1.0.0`."""
_CODE = re.compile(r"\b(?:[A-Z]{1,4}-\d+|(?:[Ff]eature|[Ii]ssue|[Tt]icket|[Bb]ug) #\d+)\b")
"""The name of an entry in a register: `T-02`, `Feature #21`."""
_CLEARED = re.compile(
    r"(?i)\b(?:clear(?:s|ed)|clos(?:es|ed)|fix(?:es|ed)|resolv(?:es|ed)|complet(?:es|ed)|done|shipped)\b"
)
_CREATES = re.compile(r"(?i)\b(?:add|build|compose|create|implement|make|write)\b")
_FILE = re.compile(r"`(?:[\w.@-]+/)*(?P<name>[\w.@-]+\.[A-Za-z]\w{0,5})`")
_CLAUSE = re.compile(r"(?:[,;] | and | with | — | – |: )(?=\S)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMED = re.compile(r"\W*(?P<kind>phase|task)\s+(?P<id>\d+(?:\.\d+)*[a-z]?)\b", re.IGNORECASE)
_COMMON = frozenset(
    """
    the and for with from into that this not are was has have been will all any its add added fix fixed done complete
    completed new run update updated make use using still now also after before session next step steps phase task
    status passed pass yes closed resolved already fully implemented file files code test tests start set build built
    create created write implement integrate develop developed configure configured finalize finish support feature
    functionality
    """.split()  # noqa: SIM905
)
_FEWEST = 2
"""Distinctive words that two texts must share."""
_SHARE = 0.6
"""Share of an item's words in a text from which the text is about the item."""
_MANY = 4
_NEARLY_ALL = 0.7
"""Number and share of an item's words in a text that is about it without a rare word."""
_WIDEST = 200
"""Reports with the rarest word of an item that are compared with it."""
_RARE = 2
"""Sessions that may report a word which still identifies a text; 1% of them in a long history."""
_MOST = 20
"""Reports of one session that may share a rare word."""
_LONGEST = 40
"""Words of an item that count: its beginning names it."""


@dataclass(frozen=True)
class Proposal:
    """A later session that seems to have done an item."""

    session: str
    text: str
    """What it says."""


@dataclass(frozen=True)
class _Done:
    order: int
    session: str
    text: str
    words: frozenset[str]


class Doings:
    """What sessions say was done, to be compared with open items."""

    def __init__(self, sessions: Sequence[SessionFile]) -> None:
        self._rare = max(_RARE, len(sessions) // 100)
        self._is_rare: dict[str, bool] = {}
        self._by_word: dict[str, list[_Done]] = defaultdict(list)
        self._statuses: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        self._named: dict[str, list[tuple[int, Proposal]]] = defaultdict(list)
        """What sessions say of parts, codes and new files, by their names."""
        self._kinds: set[str] = set()
        """Kinds of parts after which sessions are named, such as `sprint`."""
        self._dates = [file.session.date for file in sessions]
        for order, file in enumerate(sessions):
            self._add(order, file.session)

    def _add(self, order: int, session: Session) -> None:
        for text in _done(session):
            words = _words(text)
            if len(words) >= _FEWEST:
                done = _Done(order, session.session, " ".join(text.split()), words)
                for word in words:
                    self._by_word[word].append(done)
        for name, text in _names_of(session):
            self._named[name].append((order, Proposal(session.session, " ".join(text.split()))))
            self._kinds.add(_kind_of(name))
        statuses: Mapping[str, Mapping[str, Status]] = {"phase": session.phases, "task": session.tasks}
        for kind, said in statuses.items():
            for name, status in said.items():
                if status is Status.COMPLETE:
                    self._statuses[kind, name].append((order, session.session))

    def proposal(self, text: str, after: int) -> Proposal | None:
        """Return the first session after the one with index `after` that says what an item's text asks for, if any."""
        named = _NAMED.match(text)
        statuses = self._statuses.get((named["kind"].lower(), named["id"]), ()) if named else ()
        by_status = next((session for order, session in statuses if order > after), None)
        if by_status and named:
            return Proposal(by_status, f"{named['kind'].lower()} {named['id']} is complete")
        by_name = [one for name in _names_in(text) for one in self._named.get(name, ()) if self._follows(one[0], after)]
        if by_name:
            return min(by_name, key=lambda one: one[0])[1]
        if (part := _PART.match(text)) and _kind_of(part["part"]) in self._kinds - {""}:
            return None  # its own session would say so
        own = _words(text)
        parts = _CLAUSE.split(text)
        clauses = [words for part in parts if len(words := _words(part)) >= _FEWEST] if len(parts) > 1 else [own]
        telling = [done for word in own for done in self._reports(word) if done.order > after]
        alike = [done for done in dict.fromkeys(telling) if _is_about(own, clauses, done.words)]
        if not alike:
            word = min(own, key=lambda one: (len(self._by_word.get(one, ())), one), default="")
            later = (done for done in self._by_word.get(word, ())[:_WIDEST] if done.order > after)
            alike = [done for done in later if _is_surely_about(own, done.words)]
        best = min(alike, key=lambda done: (done.order, -len(own & done.words)), default=None)
        return Proposal(best.session, best.text) if best else None

    def _follows(self, order: int, after: int) -> bool:
        """Whether a session is later than another, or of the same day."""
        return order > after or (order != after and self._dates[order] == self._dates[after])

    def _reports(self, word: str) -> list[_Done]:
        """The reports with a rare word; none for a common one."""
        found = self._by_word.get(word, [])
        if word not in self._is_rare:
            self._is_rare[word] = len({done.order for done in found[: _MOST * self._rare]}) <= self._rare
        return found if self._is_rare[word] else []


def _is_about(item: frozenset[str], clauses: Sequence[frozenset[str]], done: frozenset[str]) -> bool:
    """Whether a text about something done has most words of an item, all of one of its clauses, or is part of it."""
    common = len(item & done)
    if common < _FEWEST:
        return False
    return common >= _SHARE * len(item) or common == len(done) or any(clause <= done for clause in clauses)


def _kind_of(part: str) -> str:
    """The kind of a part; none for phases and tasks, of which a session does several, and for other names."""
    kind = part.lower().partition(" ")[0]
    return kind if kind not in ("phase", "task", "step", "part") and not re.search(r"\d", kind) else ""


def _is_surely_about(item: frozenset[str], done: frozenset[str]) -> bool:
    """Whether a text without a rare word has all words of an item, or nearly all of many."""
    common = len(item & done)
    return common >= _FEWEST and (common == len(item) or (common >= _MANY and common >= _NEARLY_ALL * len(item)))


def _names_in(text: str) -> Iterator[str]:
    """The names by which an item is known to be done: of a part or a code, or of files that it wants."""
    if part := _PART.match(text):
        yield part["part"].lower()
    yield from (code[0].lower() for code in _CODE.finditer(text))
    if _CREATES.search(text):
        yield from (f"file {found['name'].lower()}" for found in _FILE.finditer(text))


def _names_of(session: Session) -> Iterator[tuple[str, str]]:
    """The parts, codes and new files that a session says it did, each with the text that says so."""
    for text in (session.focus, *(work.title for work in session.work)):
        if part := _PART.match(text):
            yield part["part"].lower(), text
    for line in f"{session.summary or ''}\n{session.log or ''}".split("\n"):
        if _CLEARED.search(line) and not _NOT_DONE.search(line):
            yield from ((code[0].lower(), line) for code in _CODE.finditer(line))
    if re.fullmatch(r"\d+(?:\.\d+){1,2}", session.session):
        yield f"v{session.session}", f"release {session.session}"
    for file in session.files.created:
        yield f"file {file.path.rpartition('/')[2].lower()}", f"created {file.path}"


def _done(session: Session) -> Iterator[str]:
    """What a session says was done: summary, work, highlights and notes of commits, and marked lines of its log."""
    yield from re.split(r"(?<=\w\w[.!])\s+", session.summary or "")
    yield from (work.title for work in session.work)
    yield from session.highlights
    yield from (commit.note for commit in session.commits if commit.note)
    for line in (session.log or "").split("\n"):
        if _DONE.search(line) and not _NOT_DONE.search(line):
            yield line


def _words(text: str) -> frozenset[str]:
    """The distinctive words of a text, without common endings."""
    return frozenset(stem for word in tokens(_CAMEL.sub(" ", text))[:_LONGEST] if (stem := _distinctive(word)))


@lru_cache(2**16)
def _distinctive(word: str) -> str:
    """The stem of a word; nothing for a common one, a short one or a number."""
    return _stem(word) if len(word) > 2 and word not in _COMMON and not re.fullmatch(r"s?\d+", word) else ""


def _stem(word: str) -> str:
    """A word without a common ending.

    >>> [_stem(word) for word in ("pruning", "pruned", "steps", "wiring", "wire")]
    ['prun', 'prun', 'step', 'wir', 'wir']
    """
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
