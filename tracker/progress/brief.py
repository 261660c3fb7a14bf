"""The brief: what the next session must know, within a limit of words.

Can I trust the state, what is next, what is blocked, what changed, what was decided and why, where to read: each line
with its source, and marked where the files or symbols it is about changed after it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, repeat

from tracker.model import Status, Verdict
from tracker.plural import counted
from tracker.progress.changed_since import changes_since
from tracker.progress.claims import ClaimVerdict
from tracker.progress.coverage import undocumented_since_first_session
from tracker.progress.items import OpenItem, field_path
from tracker.progress.phase_status import PhaseStatus, because
from tracker.progress.progress import Progress
from tracker.progress.trust import trust
from tracker.progress.verdicts import Judged
from tracker.sources.reading import Path, SourceFile
from tracker.sources.repository import GitError
from tracker.sources.sessions import SessionFile, SessionSource
from tracker.words import count_words
from tracker.workspace import PLAN_FILE

WORDS = 600
"""Words of a brief by default."""
OPEN = (Status.REGRESSED, Status.CLAIMED, Status.BLOCKED, Status.IN_PROGRESS, Status.PLANNED)
"""Statuses of phases with open work, the most urgent first."""
RECENT = 5
"""How many sessions count as recent."""
MOST = {"Trust": 8, "Next": 12, "Blocked": 8, "Changed": 6, "Decided": 8, "Learned": 5, "Read first": 8}
"""How many lines a section has at most."""
LONGEST = 40
"""Words of the longest line; the rest of a longer text is where it was written."""
MOST_LETTERS = 400
"""Letters of the longest line."""
FIRST = 3
"""How many steps of the last session, and how many neglected ones, come first."""
STEP_KINDS = ("next", "soon")
"""Kinds of open items that are next steps."""


@dataclass(frozen=True, slots=True)
class BriefItem:
    """One fact, with its source."""

    text: str
    source: str
    """A session, criterion, task, phase, commit or file."""
    file: SessionSource | None = None
    """The file that states it, if that is a file of the workspace."""
    path: Path = ()
    """The field that states it."""
    changed: tuple[str, ...] = ()
    """Files and symbols in it that changed after it was written."""

    @property
    def place(self) -> str | None:
        """File and line. Computed on demand, because the file must be parsed for it."""
        return f"{self.file.file}:{self.file.locate(self.path).line}" if self.file else None

    @property
    def words(self) -> int:
        """Words of its line, with the bullet."""
        marks = 2 + len(self.changed) if self.changed else 0
        return 1 + count_words(self.text) + count_words(self.source) + bool(self.file) + marks


@dataclass(frozen=True, slots=True)
class BriefSection:
    """Facts of one kind."""

    title: str
    items: tuple[BriefItem, ...]


def brief(progress: Progress, words: int | None = WORDS) -> list[BriefSection]:
    """Return the sections of the brief, cut to at most `words` words; None for all lines.

    Every section keeps its first lines before any keeps further ones.
    """
    sections = [BriefSection(title, tuple(islice(items, MOST[title]))) for title, items in _sections(progress)]
    sections = _marked(progress, [section for section in sections if section.items])
    return sections if words is None else shortened(sections, words)


def shortened(sections: Sequence[BriefSection], words: int) -> list[BriefSection]:
    """Return the sections of a whole brief, cut to at most `words` words."""
    kept: dict[str, list[BriefItem]] = {}
    for section, item in _by_use(sections):
        cost = item.words + (0 if section.title in kept else 1 + count_words(section.title))
        if cost <= words:
            words -= cost
            kept.setdefault(section.title, []).append(item)
    return [BriefSection(one.title, tuple(kept[one.title])) for one in sections if one.title in kept]


def _by_use(sections: Sequence[BriefSection]) -> Iterator[tuple[BriefSection, BriefItem]]:
    """The lines of all sections in turn, of what is next twice as many as of the others."""
    left = {section.title: list(section.items) for section in sections}
    while any(left.values()):
        for section in sections:
            share = 2 if section.title == "Next" else 1
            yield from ((section, item) for item in left[section.title][:share])
            del left[section.title][:share]


def _marked(progress: Progress, sections: Iterable[BriefSection]) -> list[BriefSection]:
    """Mark the lines of sessions whose subject changed after them."""
    files = {f"session {one.session.session}": one for one in progress.sessions}
    ready = list(sections)
    said = [(files[item.source], item.text) for one in ready for item in one.items if item.source in files]
    changes: Iterator[list[str]] = repeat([])
    with suppress(GitError):  # a clone without old contents
        changes = iter(changes_since(progress, said))

    def mark(item: BriefItem) -> BriefItem:
        changed = tuple(next(changes)) if item.source in files else ()
        return replace(item, changed=changed) if changed else item

    return [BriefSection(one.title, tuple(map(mark, one.items))) for one in ready]


def _sections(progress: Progress) -> Iterator[tuple[str, Iterator[BriefItem]]]:
    still = progress.items.open
    yield "Trust", _trust(progress)
    yield "Next", _next(progress, still)
    yield "Blocked", _blocked(progress, still)
    yield "Changed", _changed(progress)
    yield "Decided", _decided(progress)
    yield "Learned", _learned(progress)
    yield "Read first", _files(progress)


def _trust(progress: Progress) -> Iterator[BriefItem]:
    """What is known to be wrong, one line a kind, and how far the open phases are."""
    plan = _Plan(progress)
    met, criteria = progress.verified
    said = trust(progress)
    yield BriefItem(f"{said.sentence}; {met} of {criteria} criteria verified by evidence", "`tracker check`")
    for last in progress.sessions[-1:]:
        session = last.session
        yield _said(last, f"The last session was {session.session} on {session.date}: {_line(session.focus)}", "focus")
    for one in _open_phases(progress):
        done = f"{one.tasks_done}/{len(one.tasks)} tasks, {one.criteria_held}/{len(one.criteria)} criteria"
        yield plan.item(f"{one.phase.id} {one.phase.title}: {one.status}, {done}", "phase", one.phase.id)
    for status in (Status.COMPLETE, Status.DEFERRED):
        if names := [one.phase.id for one in progress.phases if one.status is status]:
            yield BriefItem(f"{status}: {', '.join(names)}", "all phases")
    for problem in progress.facts.problems[:1]:
        more = len(progress.facts.problems) - 1
        yield BriefItem(f"{problem.message}{f', and {more} more problems' if more else ''}", problem.file)
    if undocumented := undocumented_since_first_session(progress):
        newest = undocumented[0]
        count = counted(len(undocumented), "commit belongs", "commits belong")
        yield BriefItem(f"{count} to no session; the newest: {_line(newest.subject)}", f"commit {newest.hash[:7]}")


def _next(progress: Progress, still: Sequence[OpenItem]) -> Iterator[BriefItem]:
    """The steps of the last session, its options, what is not met, and older steps, the longest neglected first."""
    of = _Items(progress)
    steps = [one for one in still if one.kind in STEP_KINDS]
    last = [one for one in sorted(steps, key=_urgency) if one.idle == 0]
    older = [one for one in steps if one.idle]
    yield from (of.item(one) for one in last[:FIRST])
    yield from _options(progress)
    if len(older) > 1:
        yield BriefItem(f"{len(older)} older steps are open, the longest neglected first", "`tracker items`")
    yield from (of.item(one) for one in older[:FIRST])
    yield from _not_met(progress)
    yield from (of.item(one) for one in (*last[FIRST:], *older[FIRST:]))


def _urgency(item: OpenItem) -> tuple[bool, bool]:
    return item.kind != "next", item.field != "handoff.next_action"


def _options(progress: Progress) -> Iterator[BriefItem]:
    one = next((one for one in reversed(progress.sessions) if one.session.next.model_fields_set), None)
    options = enumerate(one.session.next.options) if one else ()
    for index, option in sorted(options, key=lambda pair: not pair[1].recommended):
        steps = f": {'; '.join(map(_line, option.steps))}" if option.recommended and option.steps else ""
        recommended = " (recommended)" if option.recommended else ""
        if one:
            text = f"Option {_line(option.title)}{recommended}{steps}"
            yield _said(one, text, "next", "options", index)


def _not_met(progress: Progress) -> Iterator[BriefItem]:
    plan = _Plan(progress)
    for one in _open_criteria(progress):
        if not one.holds:
            text = f"{one.criterion.id} ({_line(one.criterion.text)}) is {one.verdict}{because(one)}"
            yield plan.item(text, "criterion", one.criterion.id)


def _blocked(progress: Progress, still: Sequence[OpenItem]) -> Iterator[BriefItem]:
    """Blocked tasks and phases, and what else keeps work from going on: blockers, questions, risks."""
    plan, of = _Plan(progress), _Items(progress)
    for phase in _open_phases(progress):
        for task in phase.tasks:
            if task.status is Status.BLOCKED:
                text = f"task {task.task.id} {_line(task.task.title)} is {task.status}"
                yield plan.said(text, task.sessions, "tasks", task.task.id)
        if phase.status is Status.BLOCKED:
            yield plan.said(f"phase {phase.phase.id} is blocked", phase.sessions, "phases", phase.phase.id)
    rest = [one for one in still if one.kind not in (*STEP_KINDS, "deferred")]
    yield from (of.item(one) for one in sorted(rest, key=lambda one: one.kind != "blocker"))


def _changed(progress: Progress) -> Iterator[BriefItem]:
    for one in progress.sessions[-1:]:
        session = one.session
        if session.handoff.state:
            yield _said(one, session.handoff.state, "handoff", "state")
        if session.summary:
            yield _said(one, session.summary, "summary")
        for index, text in enumerate(session.highlights):
            yield _said(one, text, "highlights", index)
        for index, text in enumerate(session.handoff.context):
            yield _said(one, text, "handoff", "context", index)
        for commit, _ in reversed(progress.attribution.commits.get(session.session, [])[-RECENT:]):
            yield BriefItem(_line(commit.subject), f"commit {commit.hash[:7]}")


def _decided(progress: Progress) -> Iterator[BriefItem]:
    """Decisions in force: first of recent sessions and of sessions that worked on open phases."""
    held = [one for one in progress.decisions if one.holds]
    working = {name for phase in _open_phases(progress) for name in phase.sessions}
    working |= {one.session.session for one in progress.sessions[-RECENT:]}
    for one in sorted(held, key=lambda one: one.file.session.session not in working):
        reason = _prose(one.entry.rationale or "")
        why = f": {reason}" if reason else ""
        yield _said(one.file, f"{_line(one.entry.decision)}{why}", *one.path)


def _learned(progress: Progress) -> Iterator[BriefItem]:
    for one in progress.learnings:
        if one.holds:
            text = _line(one.entry.text)
            title = _line(one.entry.title or "")
            repeats = not title or text.strip("*_` ").startswith(title)
            yield _said(one.file, text if repeats else f"{title}: {text}", *one.path)


def _files(progress: Progress) -> Iterator[BriefItem]:
    """The files that open criteria refer to, with lines, what verifies them, and the files of the last session."""
    seen: set[str] = set()

    def found() -> Iterator[BriefItem]:
        for one in _open_criteria(progress):
            by = f"criterion {one.criterion.id}"
            for checked in one.checked:
                line = f":{checked.found.line}" if checked.found.line else ""
                yield from (BriefItem(f"{path}{line}", by) for path in checked.evidence.files)
                yield from (BriefItem(path, by) for path in checked.changed[:3])
                if checked.found.verdict is not Verdict.MISSING:
                    yield from (BriefItem(f"`{command}`", by) for command in checked.evidence.commands)
        for last in progress.sessions[-1:]:
            confirmed = [
                claim.subject
                for claim in progress.claims[last.session.session]
                if claim.verdict is ClaimVerdict.CONFIRMED and claim.kind in ("created", "modified")
            ]
            yield from (BriefItem(path, f"session {last.session.session}") for path in confirmed)

    for item in found():
        if item.text not in seen:
            seen.add(item.text)
            yield item


def _said(one: SessionFile, text: str, *path: str | int) -> BriefItem:
    """A fact that a field of a session states."""
    return BriefItem(_line(text), f"session {one.session.session}", one.source, path)


class _Items:
    """Makes lines of open items."""

    def __init__(self, progress: Progress) -> None:
        self._files = {one.session.session: one for one in progress.sessions}

    def item(self, one: OpenItem) -> BriefItem:
        """The line of an open item: its kind, unless it is a next step, and its text and age."""
        kind = "" if one.kind == "next" else f"{one.kind}: "
        age = f" (open for {counted(one.age, 'session')})" if one.age > 1 else ""
        return _said(self._files[one.session], f"{kind}{_line(one.text)}{age}", *field_path(one.field))


class _Plan:
    """Finds the place of a phase, task or criterion in tracker.yml; none if its phases are in files of their own."""

    def __init__(self, progress: Progress) -> None:
        self._sessions = {one.session.session: one for one in progress.sessions}
        plan = progress.plan
        path = progress.facts.workspace.root / PLAN_FILE
        self._file = None if plan.phase_files or not path.exists() else SourceFile.read(path, path.parent)
        self._paths: Mapping[str, Path] = {
            name: ("phases", index, *rest)
            for index, phase in enumerate(plan.phases)
            for name, rest in (
                (f"phase {phase.id}", ()),
                *((f"task {task.id}", ("tasks", at)) for at, task in enumerate(phase.tasks)),
                *((f"criterion {one.id}", ("criteria", at)) for at, one in enumerate(phase.criteria)),
                *((f"criterion {one.id}", ("prerequisites", at)) for at, one in enumerate(phase.prerequisites)),
            )
        }

    def item(self, text: str, kind: str, name: str) -> BriefItem:
        """A fact about a phase, task or criterion of the plan."""
        path = self._paths.get(f"{kind} {name}", ())
        return BriefItem(text, f"{kind} {name}", self._file, path)

    def said(self, text: str, sessions: tuple[str, ...], field: str, name: str) -> BriefItem:
        """A fact that the last of some sessions states in a field, or the plan if there is no such session."""
        last = self._sessions.get(sessions[-1]) if sessions else None
        if last is None:
            return BriefItem(text, PLAN_FILE, self._file, self._paths.get(f"{field.removesuffix('s')} {name}", ()))
        return _said(last, text, *((field, name) if name in getattr(last.session, field) else ()))


def _open_criteria(progress: Progress) -> Iterator[Judged]:
    for phase in _open_phases(progress):
        yield from (*phase.prerequisites, *phase.criteria)


def _open_phases(progress: Progress) -> list[PhaseStatus]:
    return sorted((one for one in progress.phases if one.status in OPEN), key=lambda one: OPEN.index(one.status))


def _prose(text: str) -> str:
    """The first paragraph that is no table, code or heading, on one line."""
    plain = re.sub(r"```.*?(```|\Z)", "", text, flags=re.DOTALL)
    return next((_line(one) for one in plain.split("\n\n") if re.match(r"\s*[^\s|#<>-]", one)), "")


def _line(text: str) -> str:
    """The first paragraph of a Markdown text, on one line of at most LONGEST words and MOST_LETTERS letters."""
    words = text.strip().split("\n\n", 1)[0].split()
    line = " ".join(words[:LONGEST])
    cut = line[:MOST_LETTERS]
    return cut + ("…" if len(words) > LONGEST or cut != line else "")
