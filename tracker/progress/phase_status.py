"""The status of phases and tasks: what sessions say, and what the evidence supports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from tracker.model import Phase, Session, Status, Task, Verdict
from tracker.progress.verdicts import Judged
from tracker.sources.facts import Facts

SET_ASIDE = (Status.DEFERRED, Status.CANCELLED, Status.BLOCKED)


@dataclass(frozen=True, slots=True)
class StatusClaim:
    """The status that a session gives to a task or phase."""

    session: str
    status: Status


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """A task, its status, and what each session says of it, the oldest first."""

    task: Task
    status: Status
    sayings: tuple[StatusClaim, ...]
    sessions: tuple[str, ...]
    """The sessions that worked on it."""

    @property
    def settled(self) -> bool:
        """Whether it is complete or cancelled."""
        return self.status in (Status.COMPLETE, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class PhaseStatus:
    """A phase, its status, and why it is not complete."""

    phase: Phase
    status: Status
    tasks: tuple[TaskStatus, ...]
    criteria: tuple[Judged, ...]
    prerequisites: tuple[Judged, ...]
    sayings: tuple[StatusClaim, ...]
    sessions: tuple[str, ...]
    """The sessions that worked on it."""
    reasons: tuple[str, ...]
    """Why it is not complete, in words; empty when it is."""

    @property
    def tasks_done(self) -> int:
        """How many tasks are complete or cancelled."""
        return sum(task.settled for task in self.tasks)

    @property
    def criteria_held(self) -> int:
        """How many criteria are met or attested."""
        return sum(one.holds for one in self.criteria)

    @property
    def verified(self) -> int:
        """How many criteria are met by evidence: attested ones do not count."""
        return sum(one.verdict is Verdict.MET for one in self.criteria)

    @property
    def progress(self) -> float:
        """Share of tasks and criteria that are done, 0 to 1."""
        total = len(self.tasks) + len(self.criteria)
        return (self.tasks_done + self.criteria_held) / total if total else float(self.status is Status.COMPLETE)


def stand(facts: Facts, judged: Mapping[str, Judged]) -> list[PhaseStatus]:
    """Return the status of every phase, in the order of the plan. The dependencies of a phase are judged before it."""
    said = _Said([one.session for one in facts.sessions])
    phases = {phase.id: phase for phase in facts.plan.phases}
    order = TopologicalSorter({phase.id: phase.depends_on for phase in phases.values()}).static_order()
    complete = {
        phase.id for version in facts.versions[-1:] for phase in version.phases if phase.status is Status.COMPLETE
    }
    standing: dict[str, PhaseStatus] = {}
    for name in order:
        standing[name] = _phase(phases[name], said, judged, standing, was_complete=name in complete)
    return [standing[name] for name in phases]


class _Said:
    """What sessions say of phases and tasks, by id, the oldest first, collected in one pass."""

    def __init__(self, sessions: list[Session]) -> None:
        self.phases: dict[str, list[StatusClaim]] = defaultdict(list)
        self.tasks: dict[str, list[StatusClaim]] = defaultdict(list)
        self.workers: dict[str, list[str]] = defaultdict(list)
        """The sessions that worked on a task."""
        self.order = {session.session: index for index, session in enumerate(sessions)}
        for session in sessions:
            for name, status in session.phases.items():
                self.phases[name].append(StatusClaim(session.session, status))
            for name, status in session.tasks.items():
                self.tasks[name].append(StatusClaim(session.session, status))
            for name in dict.fromkeys([*session.tasks, *(work.task for work in session.work if work.task)]):
                self.workers[name].append(session.session)


def _phase(
    phase: Phase,
    said: _Said,
    judged: Mapping[str, Judged],
    others: Mapping[str, PhaseStatus],
    *,
    was_complete: bool,
) -> PhaseStatus:
    tasks = tuple(_task(task, said) for task in phase.tasks)
    criteria = tuple(judged[criterion.id] for criterion in phase.criteria)
    prerequisites = tuple(judged[criterion.id] for criterion in phase.prerequisites)
    sayings = tuple(said.phases[phase.id])
    worked = {name for task in tasks for name in task.sessions} | {saying.session for saying in sayings}
    begun = any(task.status is not Status.PLANNED for task in tasks) or any(one.holds for one in criteria)
    reasons = tuple(_reasons(phase, tasks, criteria, others))
    last = sayings[-1].status if sayings else None

    if phase.status in SET_ASIDE:
        status = phase.status
    elif last in SET_ASIDE:
        status = last
    elif not reasons and (tasks or criteria):
        status = Status.COMPLETE
    elif was_complete:
        status = Status.REGRESSED
    elif Status.COMPLETE in (last, phase.status):
        status = Status.CLAIMED
    elif begun or Status.IN_PROGRESS in (last, phase.status):
        status = Status.IN_PROGRESS
    else:
        status = Status.PLANNED
    ordered = tuple(sorted(worked, key=said.order.__getitem__))
    return PhaseStatus(
        phase, status, tasks, criteria, prerequisites, sayings, ordered, () if status is Status.COMPLETE else reasons
    )


def _task(task: Task, said: _Said) -> TaskStatus:
    sayings, worked = tuple(said.tasks[task.id]), tuple(said.workers[task.id])
    if task.status in SET_ASIDE:
        status = task.status
    elif sayings:
        status = sayings[-1].status
    elif task.status:
        status = task.status
    else:
        status = Status.IN_PROGRESS if worked else Status.PLANNED
    return TaskStatus(task, status, sayings, worked)


def _reasons(
    phase: Phase, tasks: tuple[TaskStatus, ...], criteria: tuple[Judged, ...], others: Mapping[str, PhaseStatus]
) -> Iterator[str]:
    if not tasks and not criteria:
        yield "it has neither tasks nor criteria"
    for name in phase.depends_on:
        if others[name].status not in (Status.COMPLETE, Status.CANCELLED):
            yield f"it depends on phase {name}, which is {others[name].status}"
    by_status: dict[Status, list[str]] = {}
    for task in tasks:
        if not task.settled:
            by_status.setdefault(task.status, []).append(task.task.id)
    for status, names in by_status.items():
        yield f"task {names[0]} is {status}" if len(names) == 1 else f"tasks {', '.join(names)} are {status}"
    for one in criteria:
        if not one.holds:
            yield shortfall(one)


def shortfall(judged: Judged) -> str:
    """Return why a criterion keeps its phase from being complete."""
    return f"criterion {judged.criterion.id} is {judged.verdict}{because(judged)}"


def because(judged: Judged) -> str:
    """Return why a criterion does not hold, as a text to follow its verdict: ": nothing in it matches x"."""
    worst = next((one for one in judged.checked if one.found.verdict is judged.verdict), None)
    if worst is None:
        return ": it names no evidence"
    if worst.changed:
        more = f" and {len(worst.changed) - 1} more" if len(worst.changed) > 1 else ""
        by = f" ({worst.commits[0].hash[:7]})" if worst.commits else ""
        return f": {worst.changed[0]}{more} changed since it was measured{by}"
    return f": {worst.found.text}"
