"""Versions: today's progress as a version, its number, and the differences between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from enum import IntEnum, StrEnum

from tracker.model import (
    ChangeKind,
    FrozenChange,
    FrozenCommit,
    FrozenCriterion,
    FrozenDecision,
    FrozenEvidence,
    FrozenPhase,
    FrozenSession,
    FrozenTask,
    Version,
)
from tracker.progress.fingerprint import fingerprint
from tracker.progress.phase_status import PhaseStatus
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Checked, Judged
from tracker.sources.sessions import SessionFile

FIRST = "1.0.0"


class VersionStep(IntEnum):
    """How much a version differs from the previous one, and so which part of its number increases."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Changed(StrEnum):
    """What a transition is about."""

    PHASE = "phase"
    TASK = "task"
    CRITERION = "criterion"
    VALUE = "value"
    WORDING = "wording"
    DECISION = "decision"
    SESSION = "session"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change between two versions; `before` or `after` is None if the thing did not exist then."""

    kind: Changed
    id: str
    title: str
    before: str | None
    after: str | None
    session: str | None = None
    """The session that made the change, if one states it."""

    def __str__(self) -> str:
        by = f" (session {self.session})" if self.session else ""
        if self.before is None:
            return f"{self.kind} {self.id} added{': ' + self.after if self.after else ''}{by}"
        if self.after is None:
            return f"{self.kind} {self.id} removed{by}"
        return f"{self.kind} {self.id}: {self.before} → {self.after}{by}"


@dataclass(frozen=True)
class Difference:
    """The differences between two versions."""

    before: Version
    after: Version
    transitions: tuple[Transition, ...]
    step: VersionStep


@dataclass(frozen=True)
class ReleaseContent:
    """What a release adds to the changelog."""

    changes: tuple[FrozenChange, ...]
    contributors: tuple[str, ...]
    since: str | None = None
    """The first session that it covers, if older ones are left out."""


def snapshot(
    progress: Progress, number: str | None = None, note: str | None = None, content: ReleaseContent | None = None
) -> Version:
    """Return today's progress as a version, with a proposed number if none is given.

    `content` is what the version adds to its changelog; None leaves that open.
    """
    facts = progress.facts
    previous = facts.versions[-1] if facts.versions else None
    sessions = progress.sessions
    last = next((one.session for one in reversed(sessions) if one.session.next.model_fields_set), None)
    frozen = Version(
        version=number or FIRST,
        date=last_day(progress),
        project=progress.plan.project,
        status=progress.status,
        commit=facts.commit,
        tree=facts.history.commits[0].tree if facts.history.commits else None,
        previous=previous.version if previous else None,
        note=note,
        since=content.since if content else None,
        reconstructed=facts.reconstructed,
        phases=tuple(_phase(one) for one in progress.phases),
        sessions=tuple(_new_sessions(progress, content.since if content else None)),
        commits=tuple(_new_commits(progress, content.since if content else None)),
        changes=content.changes if content else None,
        contributors=content.contributors if content else (),
        decisions=tuple(
            FrozenDecision(decision=one.entry.decision, rationale=one.entry.rationale, session=one.file.session.session)
            for one in reversed(progress.decisions)
            if one.holds
        ),
        **({"next": last.next} if last else {}),
    )
    return frozen if number else frozen.model_copy(update={"version": propose(previous, frozen).number})


def whole(version: Version, versions: Sequence[Version]) -> Version:
    """Return a version with the sessions and commits of all earlier versions, so that it can be compared."""
    chain = [version]
    numbers = {one.version: one for one in versions}
    while (before := numbers.get(chain[0].previous or "")) and before not in chain:
        chain.insert(0, before)
    sessions = tuple(session for one in chain for session in one.sessions)
    commits = tuple(commit for one in chain for commit in one.commits)
    return version.model_copy(update={"sessions": sessions, "commits": commits})


@dataclass(frozen=True, slots=True)
class ProposedNumber:
    """The number that the next version should have, and why."""

    number: str
    reason: str


def propose(previous: Version | None, version: Version) -> ProposedNumber:
    """Return the number of the version after `previous`, from the largest step among plan and changes."""
    if previous is None:
        return ProposedNumber(FIRST, "the first version")
    causes = [*plan_causes(compare(previous, version)), *change_causes(version.changes or ())]
    step = max((step for step, _ in causes), default=VersionStep.NONE)
    decisive = [cause for size, cause in causes if size is step]
    more = f", and {len(decisive) - 1} more" if len(decisive) > 1 else ""
    reason = f"{step.name.lower()}, because of {decisive[0]}{more}" if decisive else "nothing changed"
    return ProposedNumber(next_number(previous.version, step), reason)


def next_number(number: str, step: VersionStep) -> str:
    """Return the version number that follows. Before 1.0.0 a major step increases the second part.

    >>> next_number("3.9.1", VersionStep.MINOR), next_number("0.2.0", VersionStep.MAJOR)
    ('3.10.0', '0.3.0')
    """
    major, minor, patch = map(int, number.split("."))
    if step is VersionStep.MAJOR and major:
        return f"{major + 1}.0.0"
    if step in (VersionStep.MAJOR, VersionStep.MINOR):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"


def plan_causes(difference: Difference) -> list[tuple[VersionStep, str]]:
    """Return how large a step each change of the plan is, with its description."""
    return [(_plan_step(one), f"{one.kind} {one.id}: {_arrow(one)}") for one in difference.transitions]


def _plan_step(one: Transition) -> VersionStep:
    if one.kind is Changed.PHASE:
        return VersionStep.MAJOR if None in (one.before, one.after) else VersionStep.MINOR
    return VersionStep.MINOR if one.kind is Changed.CRITERION else VersionStep.PATCH


def _arrow(one: Transition) -> str:
    if one.before is None:
        return "added"
    return f"{one.before} → {one.after}" if one.after is not None else "removed"


def change_causes(changes: Iterable[FrozenChange]) -> list[tuple[VersionStep, str]]:
    """Return how large a step each change of the changelog is, with its description."""
    return [(_change_step(one), f"“{one.text}” ({'breaking' if one.breaking else one.kind})") for one in changes]


def _change_step(change: FrozenChange) -> VersionStep:
    if change.breaking:
        return VersionStep.MAJOR
    ends = change.kind in (ChangeKind.DEPRECATED, ChangeKind.REMOVED) and not change.generated  # else of any code
    return VersionStep.MINOR if ends or change.kind is ChangeKind.ADDED else VersionStep.PATCH


def compare(before: Version, after: Version) -> Difference:
    """Return every difference: changed statuses, verdicts and values, and what was added or removed."""
    transitions = (*_plan_transitions(before, after), *_other_transitions(before, after))
    return Difference(before, after, transitions, max(map(_plan_step, transitions), default=VersionStep.NONE))


def _plan_transitions(before: Version, after: Version) -> Iterator[Transition]:
    old, new = ({phase.id: phase for phase in one.phases} for one in (before, after))
    for name in _union(old, new):
        was, now = old.get(name), new.get(name)
        title = (now or was).title if (now or was) else ""  # type: ignore[union-attr]
        if was is None or now is None or was.status != now.status:
            yield Transition(Changed.PHASE, name, title, _status(was), _status(now), now.since if now else None)
    old_tasks, new_tasks = ({task.id: task for phase in one.phases for task in phase.tasks} for one in (before, after))
    for name in _union(old_tasks, new_tasks):
        was_task, now_task = old_tasks.get(name), new_tasks.get(name)
        if was_task is None or now_task is None or was_task.status != now_task.status:
            task = now_task or was_task
            assert task is not None
            session = now_task.sessions[-1] if now_task and now_task.sessions else None
            yield Transition(Changed.TASK, name, task.title, _status(was_task), _status(now_task), session)
    old_criteria, new_criteria = criteria_of(before), criteria_of(after)
    for name in _union(old_criteria, new_criteria):
        yield from _criterion_transitions(name, old_criteria.get(name), new_criteria.get(name))


def _criterion_transitions(name: str, was: FrozenCriterion | None, now: FrozenCriterion | None) -> Iterator[Transition]:
    if was is None or now is None:
        one = now or was
        assert one is not None
        yield Transition(Changed.CRITERION, name, one.text, was.verdict if was else None, now.verdict if now else None)
        return
    if was.verdict != now.verdict:
        yield Transition(Changed.CRITERION, name, now.text, was.verdict, now.verdict)
    if was.fingerprint != now.fingerprint:
        yield Transition(Changed.WORDING, name, now.text, was.fingerprint, now.fingerprint)
    for old, new in zip(was.evidence, now.evidence, strict=False):
        if old.asks == new.asks and old.value != new.value:
            yield Transition(Changed.VALUE, name, new.asks, old.value or "nothing", new.value or "nothing", new.session)


def _other_transitions(before: Version, after: Version) -> Iterator[Transition]:
    def decided(version: Version) -> dict[str, FrozenDecision]:
        return {one.decision: one for one in version.decisions}

    old, new = decided(before), decided(after)
    for text in _union(old, new):
        if text not in old:
            yield Transition(Changed.DECISION, text, text, None, "", new[text].session)
        elif text not in new:
            yield Transition(Changed.DECISION, text, text, "", None, old[text].session)
    for session in after.sessions:
        if session not in before.sessions:
            yield Transition(Changed.SESSION, session.session, session.focus, None, session.focus)
    known = {commit.commit for commit in before.commits}
    for commit in after.commits:
        if commit.commit not in known:
            yield Transition(Changed.COMMIT, commit.commit[:7], commit.subject, None, commit.subject, commit.session)


def criteria_of(version: Version) -> dict[str, FrozenCriterion]:
    """The criteria and prerequisites of all phases, by id."""
    return {one.id: one for phase in version.phases for one in (*phase.prerequisites, *phase.criteria)}


def _union(old: Mapping[str, object], new: Mapping[str, object]) -> Iterable[str]:
    return dict.fromkeys([*new, *old])


def _status(one: FrozenPhase | FrozenTask | None) -> str | None:
    return one.status if one else None


def _phase(one: PhaseStatus) -> FrozenPhase:
    return FrozenPhase(
        id=one.phase.id,
        title=one.phase.title,
        status=one.status,
        chapter=one.phase.chapter,
        since=_since(one),
        reasons=one.reasons,
        tasks=tuple(
            FrozenTask(
                id=task.task.id,
                title=task.task.title,
                status=task.status,
                estimate=task.task.estimate,
                sessions=task.sessions,
            )
            for task in one.tasks
        ),
        criteria=tuple(map(freeze, one.criteria)),
        prerequisites=tuple(map(freeze, one.prerequisites)),
    )


def _since(one: PhaseStatus) -> str | None:
    """The session that set the status of a phase: the last that states it, else the last that worked on it."""
    said = [saying.session for saying in one.sayings if saying.status is one.status]
    return said[-1] if said else one.sessions[-1] if one.sessions else None


def freeze(judged: Judged) -> FrozenCriterion:
    """Return a criterion with its current verdict, as a version stores it."""
    return FrozenCriterion(
        id=judged.criterion.id,
        text=judged.criterion.text,
        verdict=judged.verdict,
        fingerprint=fingerprint(judged.criterion),
        evidence=tuple(map(_evidence, judged.checked)),
    )


def _evidence(checked: Checked) -> FrozenEvidence:
    found = checked.found
    return FrozenEvidence(
        kind=checked.evidence.kind,
        asks=checked.evidence.asks,
        verdict=found.verdict,
        found=found.text,
        value=found.value,
        where=found.where,
        commit=found.commit,
        tree=found.tree,
        when=found.when,
        session=found.session,
    )


def uncovered_sessions(progress: Progress, since: str | None) -> list[SessionFile]:
    """Return the sessions that no version covers yet, the oldest first; with `since`, without those before it."""
    covered = _covered_sessions(progress, since)
    return [one for one in progress.sessions if one.session.session not in covered]


def _new_sessions(progress: Progress, since: str | None) -> list[FrozenSession]:
    return [
        FrozenSession(
            session=one.session.session,
            date=one.session.date,
            focus=one.session.focus,
            highlights=one.session.highlights,
        )
        for one in uncovered_sessions(progress, since)
    ]


def _covered_sessions(progress: Progress, since: str | None) -> set[str]:
    """The sessions that an earlier version covers, and those before the first one that a version covers."""
    versions = progress.facts.versions
    names = [one.session.session for one in progress.sessions]
    firsts = {name for name in (since, *(version.since for version in versions)) if name in names}
    covered = {one.session for version in versions for one in version.sessions}
    return covered.union(*(names[: names.index(first)] for first in firsts))


def _new_commits(progress: Progress, since: str | None) -> list[FrozenCommit]:
    """The documented commits that no version covers yet. After a rebase a commit has a new hash and is listed again."""
    known = {one.commit for version in progress.facts.versions for one in version.commits}
    covered = _covered_sessions(progress, since) if since else set()
    sessions = progress.attribution.session_of_commit
    return [
        FrozenCommit.model_construct(
            commit=one.hash, date=one.date.date(), subject=one.subject[:200], session=sessions.get(one.hash)
        )
        for one in reversed(progress.facts.history.commits)
        if one.hash not in known and one.hash in sessions and sessions[one.hash] not in covered
    ]


def last_day(progress: Progress) -> Date:
    """The day of the last session or commit, whichever is later."""
    days: Sequence[Date] = [one.session.date for one in progress.sessions[-1:]]
    days = [*days, *(one.date.date() for one in progress.facts.history.commits[:1])]
    return max(days, default=Date(1970, 1, 1))
