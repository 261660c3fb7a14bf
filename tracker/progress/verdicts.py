"""Verdicts: every criterion compared with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.model import BaseEvidence, Commit, Criterion, Verdict, Version
from tracker.progress.evidence import Found, World, look_up
from tracker.progress.fingerprint import fingerprint
from tracker.progress.freshness import Moment, changed_since, commits_since, covered, dated, present
from tracker.sources.facts import Facts

WORST_FIRST = tuple(Verdict)
HOLDS = (Verdict.MET, Verdict.ATTESTED)


@dataclass(frozen=True, slots=True)
class Checked:
    """One piece of evidence and what was found."""

    evidence: BaseEvidence
    found: Found
    changed: tuple[str, ...] = ()
    """Covered files and symbols that have changed since it was measured."""
    commits: tuple[Commit, ...] = ()
    """The newest commits that changed them, the newest first; none where the change is not committed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion, its verdict and all its evidence."""

    criterion: Criterion
    verdict: Verdict
    checked: tuple[Checked, ...]
    fingerprint: str
    changed_since_met: str | None = None
    """The version in which it was met under another wording, bound or evidence than today's."""

    @property
    def holds(self) -> bool:
        """Whether it counts towards completion: verified, or the word of a person."""
        return self.verdict in HOLDS

    @property
    def only_here(self) -> tuple[str, ...]:
        """Paths of the results that it rests on and that git does not track: they prove nothing on other machines."""
        return tuple(one.found.where for one in self.checked if one.found.only_here and one.found.where)


def judge_criteria(world: World) -> dict[str, Judged]:
    """The verdict of every criterion of the plan, by id: the worst of its evidence."""
    criteria = world.criteria
    found = {one.id: [look_up(evidence, world) for evidence in one.evidence] for one in criteria}
    ageing = _Ageing(world.facts, ((one, each) for one in criteria for each in found[one.id]))
    released = _released(world.facts.versions[-1:])
    judged = {}
    for one in criteria:
        checked = tuple(ageing.check(one, *pair) for pair in zip(one.evidence, found[one.id], strict=True))
        verdict = min((each.found.verdict for each in checked), key=WORST_FIRST.index, default=Verdict.MISSING)
        mark = fingerprint(one)
        met_as, version = released.get(one.id, (mark, None))
        judged[one.id] = Judged(one, verdict, checked, mark, version if met_as != mark else None)
    return judged


def _released(versions: Iterable[Version]) -> dict[str, tuple[str, str]]:
    """By id of each criterion that held, its fingerprint then and the version."""
    return {
        one.id: (one.fingerprint, version.version)
        for version in versions
        for phase in version.phases
        for one in (*phase.prerequisites, *phase.criteria)
        if one.verdict in HOLDS
    }


class _Ageing:
    """What became of the covered code since evidence was measured: git is asked once, for all evidence."""

    def __init__(self, facts: Facts, found: Iterable[tuple[Criterion, Found]]) -> None:
        self._facts = facts
        runs = [(one.covers, run) for one, each in found if _ages(one, each) for run in (each, *each.earlier)]
        self._at = dated(facts, ((run.commit, run.tree) for _, run in runs))
        self._units = covered(facts, (entry for covers, _ in runs for entry in covers))
        self._now = present(facts, {unit for units in self._units.values() for unit in units})
        moments = {(id(run), covers): self._moment(covers, run) for covers, run in runs}
        changed = changed_since(facts, list(moments.values()), self._units, self._now)
        self._changed = dict(zip(moments, changed, strict=True))

    def check(self, criterion: Criterion, evidence: BaseEvidence, found: Found) -> Checked:
        """Return the evidence as it stands today: what held for code that has changed since is stale.

        Of several runs of a command the newest one of the present code counts, else the newest.
        """
        if not _ages(criterion, found):
            return Checked(evidence, found)
        exact = (run for run in (found, *found.earlier) if self._is_of_present_code(criterion, run))
        found = next(exact, found)
        if found.verdict not in HOLDS:
            return Checked(evidence, found)
        if reason := self._undatable(criterion, found):
            return Checked(evidence, replace(found, verdict=Verdict.STALE, text=f"{found.text}; {reason}"))
        changed = self._changed[id(found), criterion.covers]
        if not changed:
            return Checked(evidence, found)
        commits = commits_since(self._facts, self._at.get((found.commit, found.tree)), changed)
        return Checked(evidence, replace(found, verdict=Verdict.STALE), tuple(map(str, changed)), tuple(commits))

    def _moment(self, covers: tuple[str, ...], run: Found) -> Moment:
        return Moment(covers, self._at.get((run.commit, run.tree)), run.covered or {})

    def _is_of_present_code(self, criterion: Criterion, run: Found) -> bool:
        """Return whether a run is known to be of the present code: recorded, or of a commit and nothing else."""
        known = self._is_recorded(criterion, run) or not run.dirty
        return known and not self._undatable(criterion, run) and not self._changed[id(run), criterion.covers]

    def _undatable(self, criterion: Criterion, found: Found) -> str | None:
        """Return why it is unknown whether the covered code has changed; that proves nothing either."""
        if (found.commit, found.tree) not in self._at and not self._is_recorded(criterion, found):
            return "its commit is unknown to git" if found.commit else "no commit recorded"
        for entry in criterion.covers:
            units = self._units[entry]
            if not units:
                return f"covers matches no file that git has or had: {entry}"
            undefined = units[0].symbol and not any(self._now[str(unit)] for unit in units)
            if undefined and not self._changed[id(found), criterion.covers]:
                return f"covers names a symbol that is not defined there: {entry}"
        return None

    def _is_recorded(self, criterion: Criterion, run: Found) -> bool:
        recorded = run.covered or {}
        return all(str(unit) in recorded for entry in criterion.covers for unit in self._units[entry])


def _ages(criterion: Criterion, found: Found) -> bool:
    return bool(criterion.covers) and not found.fresh and (found.verdict in HOLDS or bool(found.earlier))
