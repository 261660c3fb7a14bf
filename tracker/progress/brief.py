"""The brief: what the next session must know, the most useful first, within a budget of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tracker.model import Session, Status, Verdict
from tracker.progress.claims import Standing
from tracker.progress.progress import Progress
from tracker.progress.standing import PhaseStanding, because

OPEN = (Status.REGRESSED, Status.CLAIMED, Status.BLOCKED, Status.IN_PROGRESS, Status.PLANNED)
"""Statuses of phases with something left to do, what needs attention first at the front."""
RECENT = 5
"""Sessions whose decisions and learnings are taken to be on people's minds."""
FILES = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know, and from where it is known."""

    text: str
    source: str
    """A session, criterion, task, phase, commit or file."""


@dataclass(frozen=True, slots=True)
class Section:
    """Things to know of one kind."""

    title: str
    items: tuple[Item, ...]


def brief(progress: Progress, words: int | None = None) -> list[Section]:
    """What to know, by kind, the most useful kind first; of a budget the least useful is dropped first.

    A section is begun only when its first item fits, and is cut where the budget ends.
    """
    sections = [Section(title, tuple(items)) for title, items in _sections(progress)]
    sections = [section for section in sections if section.items]
    return sections if words is None else _within(sections, words)


def _within(sections: list[Section], words: int) -> list[Section]:
    kept: list[Section] = []
    left = words
    for section in sections:
        left -= _words(section.title)
        items = []
        for item in section.items:
            cost = _words(item.text) + _words(item.source)
            if cost > left:
                break
            left -= cost
            items.append(item)
        if items:
            kept.append(Section(section.title, tuple(items)))
        if len(items) < len(section.items):
            break
    return kept


def _words(text: str) -> int:
    return len(text.split())


def _sections(progress: Progress) -> Iterator[tuple[str, Iterator[Item]]]:
    yield "State", _state(progress)
    yield "Wrong", _wrong(progress)
    yield "Next actions", _next(progress)
    yield "Not met", _not_met(progress)
    yield "Running or blocked", _under_way(progress)
    yield "What changed last", _last_changes(progress)
    yield "Read first", _files(progress)
    yield "Decisions in force", _decisions(progress)
    yield "What verified things", _verified(progress)
    yield "Learnt lately", _learnings(progress)


def _state(progress: Progress) -> Iterator[Item]:
    met, criteria = progress.verified
    yield Item(f"{progress.status}: {met} of {criteria} criteria verified by evidence", "all phases")
    for one in _open_phases(progress):
        done = f"{one.tasks_done}/{len(one.tasks)} tasks, {one.criteria_held}/{len(one.criteria)} criteria"
        yield Item(f"{one.phase.id} {one.phase.title}: {one.status}, {done}", f"phase {one.phase.id}")
    for status in (Status.COMPLETE, Status.DEFERRED):
        if names := [one.phase.id for one in progress.phases if one.status is status]:
            yield Item(f"{status}: {', '.join(names)}", "all phases")
    if progress.sessions:
        last = progress.sessions[-1].session
        yield Item(
            f"The last session was {last.session} on {last.date}: {_line(last.focus)}", f"session {last.session}"
        )
        if last.handoff.state:
            yield Item(_line(last.handoff.state), f"session {last.session}")


def _wrong(progress: Progress) -> Iterator[Item]:
    for problem in progress.facts.problems:
        yield Item(problem.message, f"{problem.file}:{problem.line}")
    for claim in progress.refuted:
        yield Item(f"{claim.kind} {claim.subject}, refuted: {claim.reason}", f"session {claim.session}")
    undocumented = len(progress.ties.undocumented)
    if undocumented:
        newest = progress.ties.undocumented[0]
        yield Item(
            f"{undocumented} commits belong to no session; the newest: {newest.subject}", f"commit {newest.hash[:7]}"
        )


def _next(progress: Progress) -> Iterator[Item]:
    session = next((one.session for one in reversed(progress.sessions) if _has_next(one.session)), None)
    if session is None:
        return
    source = f"session {session.session}"
    if session.handoff.next_action:
        yield Item(_line(session.handoff.next_action), source)
    for text in session.next.immediate:
        yield Item(_line(text), source)
    for option in sorted(session.next.options, key=lambda option: not option.recommended):
        steps = f": {'; '.join(map(_line, option.steps))}" if option.recommended and option.steps else ""
        recommended = " (recommended)" if option.recommended else ""
        yield Item(f"Option {_line(option.title)}{recommended}{steps}", source)
    for text in session.next.short_term:
        yield Item(f"Soon: {_line(text)}", source)


def _has_next(session: Session) -> bool:
    return bool(session.next.model_fields_set or session.handoff.next_action)


def _not_met(progress: Progress) -> Iterator[Item]:
    for phase in _open_phases(progress):
        for one in (*phase.prerequisites, *phase.criteria):
            if not one.holds:
                text = f"{one.criterion.id} ({_line(one.criterion.text)}) is {one.verdict}{because(one)}"
                yield Item(text, f"criterion {one.criterion.id}")


def _under_way(progress: Progress) -> Iterator[Item]:
    for phase in _open_phases(progress):
        for task in phase.tasks:
            if task.status in (Status.BLOCKED, Status.IN_PROGRESS):
                by = f"session {task.sessions[-1]}" if task.sessions else "tracker.yml"
                yield Item(f"task {task.task.id} {_line(task.task.title)} is {task.status}", by)
        if phase.status is Status.BLOCKED:
            by = f"session {phase.sessions[-1]}" if phase.sessions else "tracker.yml"
            yield Item(f"phase {phase.phase.id} is blocked", by)
    for one in progress.sessions[-1:]:
        for text in one.session.handoff.blockers:
            yield Item(_line(text), f"session {one.session.session}")


def _last_changes(progress: Progress) -> Iterator[Item]:
    for one in progress.sessions[-1:]:
        session = one.session
        source = f"session {session.session}"
        if session.summary:
            yield Item(_line(session.summary), source)
        for text in (*session.highlights, *session.handoff.context):
            yield Item(_line(text), source)
        for commit, _ in reversed(progress.ties.commits.get(session.session, [])[-RECENT:]):
            yield Item(commit.subject, f"commit {commit.hash[:7]}")


def _files(progress: Progress) -> Iterator[Item]:
    """Where the open criteria look, with their lines, then what the last session touched."""
    seen: set[str] = set()

    def found() -> Iterator[Item]:
        for phase in _open_phases(progress):
            for one in (*phase.prerequisites, *phase.criteria):
                for checked in one.checked:
                    if checked.evidence.file and checked.found.line:
                        yield Item(f"{checked.evidence.file}:{checked.found.line}", f"criterion {one.criterion.id}")
                    elif checked.evidence.file:
                        yield Item(checked.evidence.file, f"criterion {one.criterion.id}")
                    yield from (Item(path, f"criterion {one.criterion.id}") for path in checked.changed[:3])
        for one_session in progress.sessions[-1:]:
            confirmed = [
                claim.subject
                for claim in progress.claims[one_session.session.session]
                if claim.standing is Standing.CONFIRMED and claim.kind in ("created", "modified")
            ]
            yield from (Item(path, f"session {one_session.session.session}") for path in confirmed)

    def fresh() -> Iterator[Item]:
        for item in found():
            if item.text not in seen:
                seen.add(item.text)
                yield item

    return islice(fresh(), FILES)


def _decisions(progress: Progress) -> Iterator[Item]:
    """Those of recent sessions and of sessions that worked on what is open, the newest first."""
    working = {name for phase in _open_phases(progress) for name in phase.sessions}
    recent = {one.session.session for one in progress.sessions[-RECENT:]}
    for one in reversed(progress.sessions):
        if one.session.session in working | recent:
            for decision in one.session.decisions:
                why = f", because {_line(decision.rationale)}" if decision.rationale else ""
                yield Item(f"{_line(decision.decision)}{why}", f"session {one.session.session}")


def _verified(progress: Progress) -> Iterator[Item]:
    for phase in progress.phases:
        for one in (*phase.prerequisites, *phase.criteria):
            for checked in one.checked:
                if checked.evidence.command and checked.found.verdict is not Verdict.MISSING:
                    yield Item(f"`{checked.evidence.command}`: {checked.found.text}", f"criterion {one.criterion.id}")
    for session in progress.sessions[-1:]:
        for test in session.session.tests:
            outcome = f": {_line(test.outcome)}" if test.outcome else ""
            yield Item(f"{_line(test.name)}{outcome}", f"session {session.session.session}")


def _learnings(progress: Progress) -> Iterator[Item]:
    for one in reversed(progress.sessions[-RECENT:]):
        for learning in one.session.learnings:
            title = f"{_line(learning.title)}: " if learning.title else ""
            yield Item(f"{title}{_line(learning.text)}", f"session {one.session.session}")


def _open_phases(progress: Progress) -> list[PhaseStanding]:
    return sorted((one for one in progress.phases if one.status in OPEN), key=lambda one: OPEN.index(one.status))


def _line(text: str) -> str:
    """The first paragraph of Markdown, in one line."""
    return " ".join(text.strip().split("\n\n", 1)[0].split())
