"""Conflicts about phases: reported as complete, or complete in the last version, and not complete by the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker.model import Problem, Status
from tracker.progress.phase_status import PhaseStatus, shortfall
from tracker.progress.progress import Progress
from tracker.sources.plan import Place, places
from tracker.sources.sessions import SessionSource


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One reason why a phase is not in the state that is reported."""

    kind: Status
    """claimed: reported as complete; regressed: it was complete in the last version."""
    phase: str
    problem: Problem
    """The reason and its place: the criterion in the plan, else the line that reports the phase as complete."""
    session: str | None = None
    """The session that reports it; None for the plan or a version."""
    criterion: str | None = None


def disagreements(progress: Progress) -> list[Disagreement]:
    """Every reason why a phase that is claimed or was complete is not complete, in the order of the plan."""
    found = [one for one in progress.phases if one.status in (Status.CLAIMED, Status.REGRESSED)]
    where = places(progress.facts.workspace.root, progress.plan) if found else {}
    return [reason for one in found for reason in _reasons(progress, one, where)]


def _reasons(progress: Progress, one: PhaseStatus, where: Mapping[str, Place]) -> Iterator[Disagreement]:
    name = one.phase.id
    source: SessionSource
    source, path = where[name]
    session = None
    if one.status is Status.REGRESSED:
        said = f"phase {name} was complete in version {progress.facts.versions[-1].version}"
    elif one.sayings and one.sayings[-1].status is Status.COMPLETE:
        session = one.sayings[-1].session
        said = f"session {session} says phase {name} is complete"
        source = next(each.source for each in progress.sessions if each.session.session == session)
        path = ("phases", name)
    else:
        said, path = f"the plan says phase {name} is complete", (*path, "status")
    short = [judged for judged in one.criteria if not judged.holds]
    for reason in one.reasons[: len(one.reasons) - len(short)]:  # the reasons end with those of the criteria
        yield Disagreement(one.status, name, source.problem(path, f"{said}, but {reason}"), session)
    for judged in short:
        at, field = where[judged.criterion.id]
        problem = at.problem(field, f"{said}, but {shortfall(judged)}")
        yield Disagreement(one.status, name, problem, session, judged.criterion.id)
