"""Verdicts: every criterion held against its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracker.model import BaseEvidence, Commit, Criterion, Verdict, Version
from tracker.progress.evidence import Found, World, look_up
from tracker.progress.fingerprint import fingerprint
from tracker.progress.freshness import changed_since, commits_since, covered, dated
from tracker.sources.facts import Facts

WORST_FIRST = tuple(Verdict)
HOLDS = (Verdict.MET, Verdict.ATTESTED)


@dataclass(frozen=True, slots=True)
class Checked:
    """One piece of evidence and what was found."""

    evidence: BaseEvidence
    found: Found
    changed: tuple[str, ...] = ()
    """Covered paths that differ between the tree at which it was measured and now."""
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
        """Whether it counts towards completion: verified, or someone's word."""
        return self.verdict in HOLDS


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
    """What became of the covered files since evidence was measured: asked of git once, for all evidence."""

    def __init__(self, facts: Facts, found: Iterable[tuple[Criterion, Found]]) -> None:
        self._facts = facts
        ageing = [(one.covers, each) for one, each in found if _ages(one, each)]
        self._at = dated(facts, ((each.commit, each.tree) for _, each in ageing))
        self._covered = covered(facts, (glob for covers, _ in ageing for glob in covers))
        asked = {(at, covers) for covers, each in ageing if (at := self._at.get((each.commit, each.tree)))}
        self._changed = changed_since(facts, asked, self._covered)

    def check(self, criterion: Criterion, evidence: BaseEvidence, found: Found) -> Checked:
        """The evidence as it stands today: what held at a tree that has changed since is stale."""
        if not _ages(criterion, found):
            return Checked(evidence, found)
        if reason := self._undatable(criterion, found):
            return Checked(evidence, replace(found, verdict=Verdict.STALE, text=f"{found.text}; {reason}"))
        at = self._at[found.commit, found.tree]
        changed = self._changed[at, criterion.covers]
        if not changed:
            return Checked(evidence, found)
        commits = commits_since(self._facts, at, changed)
        return Checked(evidence, replace(found, verdict=Verdict.STALE), tuple(changed), tuple(commits))

    def _undatable(self, criterion: Criterion, found: Found) -> str | None:
        """Why nobody can tell whether what is covered has changed: that proves nothing either."""
        if (found.commit, found.tree) not in self._at:
            return "its commit is unknown to git" if found.commit else "nobody dated it"
        nothing = next((glob for glob in criterion.covers if not self._covered[glob]), None)
        return f"covers matches no file that git has or had: {nothing}" if nothing else None


def _ages(criterion: Criterion, found: Found) -> bool:
    return bool(criterion.covers) and not found.fresh and found.verdict in HOLDS
