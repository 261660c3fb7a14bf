"""Verdicts: every criterion held against its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracker.model import Criterion, Evidence, Verdict
from tracker.progress.evidence import Found, World, kinds
from tracker.progress.freshness import Question, changed_since

WORST_FIRST = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One piece of evidence and what was found."""

    evidence: Evidence
    found: Found
    changed: tuple[str, ...] = ()
    """Covered paths that differ between the tree at which it was measured and now."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion, its verdict and all its evidence."""

    criterion: Criterion
    verdict: Verdict
    checked: tuple[Checked, ...]

    @property
    def holds(self) -> bool:
        """Whether it counts towards completion: verified, or someone's word."""
        return self.verdict in (Verdict.MET, Verdict.ATTESTED)


def judge_criteria(world: World) -> dict[str, Judged]:
    """The verdict of every criterion of the plan, by id: the worst of its evidence."""
    look_up = kinds()
    criteria = list(_criteria(world))
    found = {
        (criterion.id, index): look_up[evidence.kind](evidence, world)
        for criterion in criteria
        for index, evidence in enumerate(criterion.evidence)
    }
    questions = {
        (criterion.id, index): question
        for criterion in criteria
        for index in range(len(criterion.evidence))
        if (question := _question(world, criterion, found[criterion.id, index]))
    }
    changes = changed_since(world.facts, questions.values())

    judged = {}
    for criterion in criteria:
        checked = []
        for index, evidence in enumerate(criterion.evidence):
            one = found[criterion.id, index]
            question = questions.get((criterion.id, index))
            checked.append(_aged(criterion, evidence, one, tuple(changes[question]) if question else None))
        verdict = min((one.found.verdict for one in checked), key=WORST_FIRST.index, default=Verdict.MISSING)
        judged[criterion.id] = Judged(criterion, verdict, tuple(checked))
    return judged


def _criteria(world: World) -> Iterator[Criterion]:
    for phase in world.facts.plan.phases:
        yield from phase.prerequisites
        yield from phase.criteria


def _question(world: World, criterion: Criterion, found: Found) -> Question | None:
    """What to ask of git, where the evidence held and is dated by a commit that git knows."""
    if not criterion.covers or found.fresh or found.verdict not in (Verdict.MET, Verdict.ATTESTED) or not found.commit:
        return None
    commit = world.facts.hashes.get(found.commit) or (found.commit if found.commit in world.in_head else None)
    return (commit, criterion.covers) if commit else None


def _aged(criterion: Criterion, evidence: Evidence, found: Found, changed: tuple[str, ...] | None) -> Checked:
    """The evidence as it stands today: what held at a tree that has changed since is stale."""
    if not criterion.covers or found.fresh or found.verdict not in (Verdict.MET, Verdict.ATTESTED):
        return Checked(evidence, found)
    if changed is None:
        reason = "its commit is unknown to git" if found.commit else "nobody dated it"
        return Checked(evidence, replace(found, verdict=Verdict.STALE, text=f"{found.text}; {reason}"))
    if changed:
        return Checked(evidence, replace(found, verdict=Verdict.STALE), changed)
    return Checked(evidence, found)
