"""Open items that a later session seems to have done: proposed for closing, never closed without someone's word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.model import Session, Status
from tracker.sources.sessions import SessionFile
from tracker.words import tokens

_DONE = re.compile(
    r"✅|☑|✔|\[[xX]\]|\b(?:DONE|COMPLETED?|CLOSED|FIXED|RESOLVED)\b"
    r"|(?i:\b(?:already|now|fully) (?:complete|implemented|fixed|done|deployed)\b)"
)
_NOT_DONE = re.compile(r"⏳|🔲|⬜|❌|\[ \]|(?i:\b(?:pending|not (?:yet )?(?:done|complete|started)|todo|next)\b)")
_NAMED = re.compile(r"\W*(?P<kind>phase|task)\s+(?P<id>\d+(?:\.\d+)*[a-z]?)\b", re.IGNORECASE)
_COMMON = frozenset(
    """
    the and for with from into that this not are was has have been will all any its add added fix fixed done complete
    completed new run update updated make use using still now also after before session next step steps phase task
    status passed pass yes closed resolved already fully implemented file files code test tests
    """.split()  # noqa: SIM905
)
_FEWEST = 2
"""Distinctive words that two texts must share."""
_SHARE = 0.6
"""Share of an item's words in a text from which the text is about the item."""
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
        self._by_word: dict[str, list[_Done]] = defaultdict(list)
        self._statuses: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for order, file in enumerate(sessions):
            self._add(order, file.session)

    def _add(self, order: int, session: Session) -> None:
        for text in _done(session):
            words = _words(text)
            if len(words) >= _FEWEST:
                done = _Done(order, session.session, " ".join(text.split()), words)
                for word in words:
                    self._by_word[word].append(done)
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
        own = _words(text)
        telling = [done for word in own for done in self._reports(word) if done.order > after]
        alike = [done for done in dict.fromkeys(telling) if _is_about(own, done.words)]
        best = min(alike, key=lambda done: (done.order, -len(own & done.words)), default=None)
        return Proposal(best.session, best.text) if best else None

    def _reports(self, word: str) -> list[_Done]:
        """The reports with a rare word; none for a common one."""
        found = self._by_word.get(word, [])
        return found if len({done.order for done in found[: _MOST * self._rare]}) <= self._rare else []


def _is_about(item: frozenset[str], done: frozenset[str]) -> bool:
    """Whether a text about something done has most words of an item, or is part of it."""
    common = len(item & done)
    return common >= _FEWEST and (common >= _SHARE * len(item) or common == len(done))


def _done(session: Session) -> Iterator[str]:
    """What a session says was done: its work, highlights and learned commits, and marked lines of its log."""
    yield from (work.title for work in session.work)
    yield from session.highlights
    yield from (commit.note for commit in session.commits if commit.note)
    for line in (session.log or "").split("\n"):
        if _DONE.search(line) and not _NOT_DONE.search(line):
            yield line


def _words(text: str) -> frozenset[str]:
    """The distinctive words of a text, without common endings."""
    found = (word for word in tokens(text)[:_LONGEST] if len(word) > 2 and word not in _COMMON)
    return frozenset(_stem(word) for word in found if not re.fullmatch(r"s?\d+", word))


def _stem(word: str) -> str:
    """A word without a common ending.

    >>> [_stem(word) for word in ("pruning", "pruned", "steps", "wiring", "wire")]
    ['prun', 'prun', 'step', 'wir', 'wir']
    """
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
