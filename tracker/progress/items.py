"""Open items: every next step, blocker, question and risk of a session, open until it is closed or dropped.

An item is known by its text without case and punctuation, so the same text in several sessions is one item. It is
closed by `closes` of a session, by an equal highlight or piece of work of a later session, by the answer to a question,
by its task in the plan, or by a commit with the trailer `Closes-Item: <id>`. Naming it again later opens it again.
An item that a later session seems to have done in other words is only proposed for closing.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from tracker.model import Commit, Plan, Session, Status
from tracker.progress.proposals import Doings, Proposal
from tracker.sources.reading import Path, dotted
from tracker.sources.sessions import SessionFile
from tracker.words import tokens, word_key

TRAILER = "Closes-Item:"
"""Begins a line of a commit message that closes an item."""
_CLOSES = re.compile(rf"^{TRAILER}(.+)$", re.IGNORECASE | re.MULTILINE)
SIMILAR = 0.6
"""Share of common words from which two open items are proposed as one."""
COMMON = 50
"""Words that more items contain say nothing about which of them are similar."""


class ItemState(StrEnum):
    """Whether an item still needs work."""

    OPEN = "open"
    CLOSED = "closed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class OpenItem:
    """An item that sessions raised, with its current state."""

    id: str
    kind: str
    """next, soon, deferred, blocker, question, or what a session calls it."""
    text: str
    session: str
    """The session that raised it."""
    date: str
    file: str
    field: str
    """Such as `next.immediate[0]`, in `file`."""
    sessions: tuple[str, ...]
    """All sessions that name it."""
    age: int = 0
    """Sessions since the one that raised it."""
    idle: int = 0
    """Sessions since the last one that names it."""
    task: str | None = None
    owner: str | None = None
    estimate: str | None = None
    state: ItemState = ItemState.OPEN
    by: str | None = None
    """What closed or dropped it, such as `session 12` or `commit 1234567`."""
    reason: str | None = None
    similar: tuple[str, ...] = ()
    """Ids of other open items with a similar text; see `ItemList.compared`."""
    proposal: Proposal | None = None
    """A later session that seems to have done it; see `ItemList.compared`."""


@dataclass(frozen=True)
class ItemList:
    """The items of all sessions, and references to items that do not exist."""

    items: tuple[OpenItem, ...]
    """The longest neglected first."""
    unknown: tuple[tuple[str, str], ...]
    """Session (or commit) and reference."""
    sessions: Sequence[SessionFile] = field(default=(), repr=False)

    @property
    def open(self) -> list[OpenItem]:
        """The items that are open."""
        return [one for one in self.items if one.state is ItemState.OPEN]

    def compared(self, items: Iterable[OpenItem]) -> list[OpenItem]:
        """Return items with the similar ones, and with the session that seems to have done each open one."""
        return [self._compared(one) if one.state is ItemState.OPEN else one for one in items]

    def _compared(self, item: OpenItem) -> OpenItem:
        proposal = self._doings.proposal(item.text, len(self.sessions) - 1 - item.idle)
        return replace(item, similar=self._similar.get(item.id, ()), proposal=proposal)

    @cached_property
    def _doings(self) -> Doings:
        return Doings(self.sessions)

    @cached_property
    def _similar(self) -> Mapping[str, tuple[str, ...]]:
        return _similar(self.open)

    def find(self, reference: str) -> OpenItem | None:
        """Return the item with an id or a text, or None."""
        return self._by_id.get(reference) or self._by_text.get(word_key(reference))

    @cached_property
    def _by_id(self) -> Mapping[str, OpenItem]:
        return {one.id: one for one in self.items}

    @cached_property
    def _by_text(self) -> Mapping[str, OpenItem]:
        return {word_key(one.text): one for one in self.items}


def collect_items(sessions: Sequence[SessionFile], plan: Plan, commits: Iterable[Commit] = ()) -> ItemList:
    """Return every item of the sessions (the oldest first) with its state after the last session and commit."""
    register = _Register(plan)
    for index, file in enumerate(sessions):
        register.add(index, file)
    for commit in commits:
        for match in _CLOSES.finditer(commit.body):
            if text := match[1].strip():
                register.close_by_commit(commit, text)
    last = len(sessions) - 1
    items = [
        replace(item, age=last - register.first[item.id], idle=last - register.last[item.id])
        for item in register.items.values()
    ]
    return ItemList(tuple(sorted(items, key=lambda one: (-one.idle, -one.age))), tuple(register.unknown), sessions)


@dataclass
class _Register:
    """The items as of one session after the other."""

    plan: Plan
    items: dict[str, OpenItem] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """Id by key."""
    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    dates: dict[str, object] = field(default_factory=dict)
    """Day of the last session that names an item."""
    of_task: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids by task."""
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        tasks = [task for phase in self.plan.phases for task in phase.tasks]
        self._tasks = {word_key(name): task.id for task in tasks for name in (task.title, f"{task.id} {task.title}")}

    def add(self, index: int, file: SessionFile) -> None:
        session = file.session
        for item in _raised(file):
            self._raise(index, file, item)
        by = f"session {session.session}"
        for text in _done(session):
            name = self.keys.get(word_key(text))
            if name and self.first[name] < index:
                self._settle(name, ItemState.CLOSED, by)
        for task in (task for task, status in session.tasks.items() if status is Status.COMPLETE):
            for name in self.of_task[task]:
                if self.items[name].state is ItemState.OPEN:
                    self._settle(name, ItemState.CLOSED, f"task {task}")
        for reference in session.closes:
            self._refer(session.session, reference, ItemState.CLOSED, by)
        for dropped in session.drops:
            self._refer(session.session, dropped.item, ItemState.DROPPED, by, dropped.reason)
        for reference in session.reopens:
            self._refer(session.session, reference, ItemState.OPEN, None)

    def close_by_commit(self, commit: Commit, reference: str) -> None:
        name = self._name(reference)
        if name is None:
            self.unknown.append((f"commit {commit.hash[:7]}", reference))
        elif self.items[name].state is ItemState.OPEN and str(commit.date.date()) >= str(self.dates[name]):
            self._settle(name, ItemState.CLOSED, f"commit {commit.hash[:7]}")

    def _raise(self, index: int, file: SessionFile, item: OpenItem) -> None:
        key = word_key(item.text)
        name = self.keys.setdefault(key, self.keys.get(item.id, item.id))
        self.keys.setdefault(item.id, name)
        old = self.items.get(name)
        task = (old.task or item.task) if old else (item.task or self._tasks.get(key))
        if task:
            self.of_task[task].append(name)
        if old is None:
            self.first[name] = index
            self.items[name] = replace(item, task=task) if task else item
        else:
            self.items[name] = replace(
                old,
                kind=item.kind,
                sessions=tuple(dict.fromkeys([*old.sessions, *item.sessions])),
                task=task,
                owner=item.owner or old.owner,
                estimate=item.estimate or old.estimate,
                state=ItemState.OPEN,
                by=None,
                reason=None,
            )
        self.last[name] = index
        self.dates[name] = file.session.date

    def _refer(self, session: str, reference: str, state: ItemState, by: str | None, reason: str | None = None) -> None:
        name = self._name(reference)
        if name is None:
            self.unknown.append((f"session {session}", reference))
        else:
            self._settle(name, state, by, reason)

    def _settle(self, name: str, state: ItemState, by: str | None, reason: str | None = None) -> None:
        self.items[name] = replace(self.items[name], state=state, by=by, reason=reason)

    def _name(self, reference: str) -> str | None:
        return reference if reference in self.items else self.keys.get(word_key(reference))


def _raised(file: SessionFile) -> Iterator[OpenItem]:
    """The items that a session names."""
    session = file.session
    places: Mapping[tuple[str, str], tuple[str, Iterable[str]]] = {
        ("handoff", "next_action"): ("next", [session.handoff.next_action or ""]),
        ("handoff", "blockers"): ("blocker", session.handoff.blockers),
        ("next", "immediate"): ("next", session.next.immediate),
        ("next", "short_term"): ("soon", session.next.short_term),
        ("next", "deferred"): ("deferred", session.next.deferred),
    }
    for path, (kind, texts) in places.items():
        for index, text in enumerate(texts):
            yield from _item(file, (*path, index) if path[1] != "next_action" else path, kind, text)
    for index, asked in enumerate(session.assessments):
        if not asked.answer and not asked.conclusion:
            yield from _item(file, ("assessments", index), "question", asked.question)
    for index, item in enumerate(session.items):
        for one in _item(file, ("items", index), item.kind or "next", item.text):
            yield replace(one, id=item.id or one.id, task=item.task, owner=item.owner, estimate=item.estimate)


def _item(file: SessionFile, path: Path, kind: str, text: str) -> Iterator[OpenItem]:
    if key := word_key(text):
        session = file.session
        name = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:8]
        text = " ".join(text.split())
        origin = session.session, str(session.date), file.file, dotted(path), (session.session,)
        yield OpenItem(name, kind, text, *origin)


def _done(session: Session) -> Iterator[str]:
    """Texts of a session that say what was done, and its answered questions."""
    yield from session.highlights
    yield from (work.title for work in session.work)
    yield from (asked.question for asked in session.assessments if asked.answer or asked.conclusion)


def field_path(field: str) -> Path:
    """Return the path of a dotted field such as `next.immediate[0]`."""
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", field))


def _similar(items: Sequence[OpenItem]) -> dict[str, tuple[str, ...]]:
    """For each item, the ids of the others with most of its words."""
    words = {item.id: frozenset(tokens(item.text)) for item in items}
    having: dict[str, list[str]] = defaultdict(list)
    for name, own in words.items():
        for word in own:
            having[word].append(name)
    found: dict[str, tuple[str, ...]] = {}
    for name, own in words.items():
        others = {other for word in own if len(having[word]) <= COMMON for other in having[word]} - {name}
        alike = [one for one in others if len(own & words[one]) >= SIMILAR * len(own | words[one])]
        found[name] = tuple(sorted(alike))
    return found
