"""Ids of tasks and phases that sessions name and no plan has: most likely typing errors."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.model import Problem, Session
from tracker.progress.progress import Progress
from tracker.sources.reading import Path, nearest
from tracker.sources.sessions import SessionSource


def unplanned(progress: Progress) -> list[Problem]:
    """A problem for each such id, at the place that names it last. Ids of frozen versions count as planned.

    Empty where the plan has no phases.
    """
    plan = progress.plan.phases
    phases = {phase.id for phase in plan}
    tasks = {task.id for phase in plan for task in phase.tasks}
    for version in progress.facts.versions:
        phases |= {phase.id for phase in version.phases}
        tasks |= {task.id for phase in version.phases for task in phase.tasks}
    known = {"phase": phases, "task": tasks}
    if not phases:
        return []
    last: dict[tuple[str, str], tuple[SessionSource, Path]] = {}
    sessions: dict[tuple[str, str], set[str]] = {}
    for one in progress.sessions:
        for kind, name, path in _named(one.session):
            if name not in known[kind]:
                last[kind, name] = one.source, path
                sessions.setdefault((kind, name), set()).add(one.session.session)
    found = []
    for (kind, name), (source, path) in last.items():
        message = f"the plan has no {kind} {name!r}{nearest(name, known[kind])}{_more(sessions[kind, name])}"
        found.append(source.problem(path, message, of_key=path[0] != "work"))
    return found


def _named(session: Session) -> Iterator[tuple[str, str, Path]]:
    yield from (("phase", name, ("phases", name)) for name in session.phases)
    yield from (("task", name, ("tasks", name)) for name in session.tasks)
    yield from (("task", work.task, ("work", i, "task")) for i, work in enumerate(session.work) if work.task)


def _more(sessions: set[str]) -> str:
    return f" ({len(sessions)} sessions name it)" if len(sessions) > 1 else ""
