"""The brief: a summary of the project for the next session, the most useful facts first, within a word limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from tracker.model import Session, Status, Verdict
from tracker.plural import counted
from tracker.progress.claims import ClaimVerdict
from tracker.progress.coverage import undocumented_since_first_session
from tracker.progress.phase_status import PhaseStatus, because
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Judged
from tracker.sources.reading import Path, Source
from tracker.sources.sessions import SessionFile, SessionSource
from tracker.words import count_words
from tracker.workspace import PLAN_FILE

OPEN = (Status.REGRESSED, Status.CLAIMED, Status.BLOCKED, Status.IN_PROGRESS, Status.PLANNED)
"""Statuses of phases with open work, the most urgent first."""
RECENT = 5
"""How many sessions count as recent."""
FILES = 12
"""How many files to read are listed."""
FIRST = 8
"""How many items of each section are kept before further items of any section."""


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

    @property
    def place(self) -> str | None:
        """File and line. Computed on demand, because the file must be parsed for it."""
        return f"{self.file.file}:{self.file.locate(self.path).line}" if self.file else None


@dataclass(frozen=True, slots=True)
class BriefSection:
    """Facts of one kind."""

    title: str
    items: tuple[BriefItem, ...]


def brief(progress: Progress, words: int | None = None) -> list[BriefSection]:
    """Return the sections of the brief, cut to at most `words` words if given.

    The first items of every section are kept first, in the order of the sections; then the others in the same order.
    """
    sections = [BriefSection(title, tuple(items)) for title, items in _sections(progress)]
    sections = [section for section in sections if section.items]
    return sections if words is None else _within(sections, words)


def _within(sections: list[BriefSection], words: int) -> list[BriefSection]:
    kept: dict[str, list[BriefItem]] = {}
    left = words
    for section, item in _by_use(sections):
        left -= count_words(item.text) + count_words(item.source) + bool(item.file)
        left -= 0 if section.title in kept else count_words(section.title)
        if left < 0:
            break
        kept.setdefault(section.title, []).append(item)
    return [BriefSection(one.title, tuple(kept[one.title])) for one in sections if one.title in kept]


def _by_use(sections: list[BriefSection]) -> Iterator[tuple[BriefSection, BriefItem]]:
    yield from ((section, item) for section in sections for item in section.items[:FIRST])
    yield from ((section, item) for section in sections for item in section.items[FIRST:])


def _sections(progress: Progress) -> Iterator[tuple[str, Iterator[BriefItem]]]:
    yield "State", _state(progress)
    yield "Wrong", _wrong(progress)
    yield "Next actions", _next(progress)
    yield "Not met", _not_met(progress)
    yield "Open questions", _questions(progress)
    yield "Running or blocked", _under_way(progress)
    yield "What changed last", _last_changes(progress)
    yield "Read first", _files(progress)
    yield "Decisions in force", _decisions(progress)
    yield "What verified things", _verified(progress)
    yield "Learnt lately", _learnings(progress)


def _state(progress: Progress) -> Iterator[BriefItem]:
    plan = _Plan(progress)
    met, criteria = progress.verified
    yield BriefItem(f"{progress.status}: {met} of {criteria} criteria verified by evidence", "all phases")
    for one in _open_phases(progress):
        done = f"{one.tasks_done}/{len(one.tasks)} tasks, {one.criteria_held}/{len(one.criteria)} criteria"
        yield plan.item(f"{one.phase.id} {one.phase.title}: {one.status}, {done}", "phase", one.phase.id)
    for status in (Status.COMPLETE, Status.DEFERRED):
        if names := [one.phase.id for one in progress.phases if one.status is status]:
            yield BriefItem(f"{status}: {', '.join(names)}", "all phases")
    for last in progress.sessions[-1:]:
        session = last.session
        yield _said(last, f"The last session was {session.session} on {session.date}: {_line(session.focus)}", "focus")
        if session.handoff.state:
            yield _said(last, session.handoff.state, "handoff", "state")


def _wrong(progress: Progress) -> Iterator[BriefItem]:
    for problem in progress.facts.problems:
        yield BriefItem(problem.message, f"{problem.file}:{problem.line}")
    undocumented = undocumented_since_first_session(progress)
    if undocumented:
        newest = undocumented[0]
        count = counted(len(undocumented), "commit belongs", "commits belong")
        yield BriefItem(f"{count} to no session; the newest: {newest.subject}", f"commit {newest.hash[:7]}")
    files = {one.session.session: one for one in progress.sessions}
    for claim in reversed(progress.refuted):  # the newest first: older ones may be known
        text = f"{claim.kind} {claim.subject}, refuted: {claim.reason}"
        yield _said(files[claim.session], text, *claim.field)


def _next(progress: Progress) -> Iterator[BriefItem]:
    one = next((one for one in reversed(progress.sessions) if _has_next(one.session)), None)
    if one is None:
        return
    session = one.session
    if session.handoff.next_action:
        yield _said(one, session.handoff.next_action, "handoff", "next_action")
    for index, text in enumerate(session.next.immediate):
        yield _said(one, text, "next", "immediate", index)
    options = enumerate(session.next.options)
    for index, option in sorted(options, key=lambda pair: not pair[1].recommended):
        steps = f": {'; '.join(map(_line, option.steps))}" if option.recommended and option.steps else ""
        recommended = " (recommended)" if option.recommended else ""
        yield _said(one, f"Option {_line(option.title)}{recommended}{steps}", "next", "options", index)
    for index, text in enumerate(session.next.short_term):
        yield _said(one, f"Soon: {_line(text)}", "next", "short_term", index)


def _has_next(session: Session) -> bool:
    return bool(session.next.model_fields_set or session.handoff.next_action)


def _not_met(progress: Progress) -> Iterator[BriefItem]:
    plan = _Plan(progress)
    for one in _open_criteria(progress):
        if not one.holds:
            text = f"{one.criterion.id} ({_line(one.criterion.text)}) is {one.verdict}{because(one)}"
            yield plan.item(text, "criterion", one.criterion.id)


def _questions(progress: Progress) -> Iterator[BriefItem]:
    """Questions of recent sessions that no session has answered."""
    answered = {
        question.question.strip()
        for one in progress.sessions
        for question in one.session.assessments
        if question.answer or question.conclusion
    }
    for one in reversed(progress.sessions[-RECENT:]):
        for index, asked in enumerate(one.session.assessments):
            if asked.question.strip() not in answered:
                yield _said(one, asked.question, "assessments", index, "question")


def _under_way(progress: Progress) -> Iterator[BriefItem]:
    plan = _Plan(progress)
    for phase in _open_phases(progress):
        for task in phase.tasks:
            if task.status in (Status.BLOCKED, Status.IN_PROGRESS):
                text = f"task {task.task.id} {_line(task.task.title)} is {task.status}"
                yield plan.said(text, task.sessions, "tasks", task.task.id)
        if phase.status is Status.BLOCKED:
            yield plan.said(f"phase {phase.phase.id} is blocked", phase.sessions, "phases", phase.phase.id)
    for one in progress.sessions[-1:]:
        for index, text in enumerate(one.session.handoff.blockers):
            yield _said(one, text, "handoff", "blockers", index)


def _last_changes(progress: Progress) -> Iterator[BriefItem]:
    for one in progress.sessions[-1:]:
        session = one.session
        if session.summary:
            yield _said(one, session.summary, "summary")
        for index, text in enumerate(session.highlights):
            yield _said(one, text, "highlights", index)
        for index, text in enumerate(session.handoff.context):
            yield _said(one, text, "handoff", "context", index)
        for commit, _ in reversed(progress.attribution.commits.get(session.session, [])[-RECENT:]):
            yield BriefItem(commit.subject, f"commit {commit.hash[:7]}")


def _files(progress: Progress) -> Iterator[BriefItem]:
    """The files that open criteria refer to, with lines, then the files that the last session changed."""
    seen: set[str] = set()

    def found() -> Iterator[BriefItem]:
        for one in _open_criteria(progress):
            by = f"criterion {one.criterion.id}"
            for checked in one.checked:
                line = f":{checked.found.line}" if checked.found.line else ""
                yield from (BriefItem(f"{path}{line}", by) for path in checked.evidence.files)
                yield from (BriefItem(path, by) for path in checked.changed[:3])
        for last in progress.sessions[-1:]:
            confirmed = [
                claim.subject
                for claim in progress.claims[last.session.session]
                if claim.verdict is ClaimVerdict.CONFIRMED and claim.kind in ("created", "modified")
            ]
            yield from (BriefItem(path, f"session {last.session.session}") for path in confirmed)

    def fresh() -> Iterator[BriefItem]:
        for item in found():
            if item.text not in seen:
                seen.add(item.text)
                yield item

    return islice(fresh(), FILES)


def _decisions(progress: Progress) -> Iterator[BriefItem]:
    """Decisions of recent sessions and of sessions that worked on open phases, the newest first."""
    working = {name for phase in _open_phases(progress) for name in phase.sessions}
    recent = {one.session.session for one in progress.sessions[-RECENT:]}
    for one in reversed(progress.sessions):
        if one.session.session in working | recent:
            for index, decision in enumerate(one.session.decisions):
                why = f", because {_line(decision.rationale)}" if decision.rationale else ""
                yield _said(one, f"{_line(decision.decision)}{why}", "decisions", index)


def _verified(progress: Progress) -> Iterator[BriefItem]:
    plan = _Plan(progress)
    for phase in progress.phases:
        for one in (*phase.prerequisites, *phase.criteria):
            for checked in one.checked:
                for command in checked.evidence.commands if checked.found.verdict is not Verdict.MISSING else ():
                    yield plan.item(f"`{command}`: {checked.found.text}", "criterion", one.criterion.id)
    for last in progress.sessions[-1:]:
        for index, test in enumerate(last.session.tests):
            outcome = f": {_line(test.outcome)}" if test.outcome else ""
            yield _said(last, f"{_line(test.name)}{outcome}", "tests", index)


def _learnings(progress: Progress) -> Iterator[BriefItem]:
    for one in reversed(progress.sessions[-RECENT:]):
        for index, learning in enumerate(one.session.learnings):
            title = f"{_line(learning.title)}: " if learning.title else ""
            yield _said(one, f"{title}{_line(learning.text)}", "learnings", index)


def _said(one: SessionFile, text: str, *path: str | int) -> BriefItem:
    """A fact that a field of a session states."""
    return BriefItem(_line(text), f"session {one.session.session}", one.source, path)


class _Plan:
    """Finds the place of a phase, task or criterion in tracker.yml; none if its phases are in files of their own."""

    def __init__(self, progress: Progress) -> None:
        self._sessions = {one.session.session: one for one in progress.sessions}
        plan = progress.plan
        path = progress.facts.workspace.root / PLAN_FILE
        self._file = None if plan.phase_files or not path.exists() else Source.read(path, path.parent)
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


def _line(text: str) -> str:
    """The first paragraph of a Markdown text, on one line."""
    return " ".join(text.strip().split("\n\n", 1)[0].split())
