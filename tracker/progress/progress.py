"""Progress: everything that follows from the facts, computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tracker.cache import Cache
from tracker.model import Plan, Status
from tracker.progress.attribution import CommitAttribution, attribute
from tracker.progress.claims import Claim, ClaimVerdict, judge
from tracker.progress.evidence import World
from tracker.progress.in_force import StatedDecision, StatedLearning, decisions, learnings
from tracker.progress.items import ItemList, collect_items
from tracker.progress.phase_status import PhaseStatus, stand
from tracker.progress.trends import HealthTrend, known_trends
from tracker.progress.verdicts import judge_criteria
from tracker.sources.facts import Facts
from tracker.sources.sessions import SessionFile


@dataclass(frozen=True)
class Progress:
    """The state of a project."""

    facts: Facts
    attribution: CommitAttribution
    claims: Mapping[str, list[Claim]]
    """By session id."""
    phases: list[PhaseStatus]
    world: World
    """The facts as evidence looks at them."""
    cache: Cache
    """Where what takes long to compute is kept."""

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.facts.plan

    @property
    def sessions(self) -> list[SessionFile]:
        """The sessions, the oldest first."""
        return self.facts.sessions

    @cached_property
    def items(self) -> ItemList:
        """The items that sessions raised, the longest neglected first."""
        return collect_items(self.sessions, self.plan, self.facts.history.commits)

    @cached_property
    def decisions(self) -> list[StatedDecision]:
        """The decisions of all sessions, the newest first."""
        return decisions(self.sessions)

    @cached_property
    def learnings(self) -> list[StatedLearning]:
        """The lessons of all sessions, the newest first."""
        return learnings(self.sessions)

    @cached_property
    def trends(self) -> list[HealthTrend]:
        """The trends of training health over the runs of each name."""
        return known_trends(self.facts.results, self.cache)

    @property
    def status(self) -> Status:
        """The status of the whole project."""
        found = Counter(phase.status for phase in self.phases if phase.status is not Status.CANCELLED)
        for status in (Status.REGRESSED, Status.BLOCKED):
            if found[status]:
                return status
        if set(found) <= {Status.COMPLETE, Status.DEFERRED} and found[Status.COMPLETE]:
            return Status.COMPLETE
        if set(found) <= {Status.PLANNED, Status.DEFERRED}:
            return Status.PLANNED
        return Status.IN_PROGRESS

    @property
    def refuted(self) -> list[Claim]:
        """The claims that git refutes, in the order of the sessions."""
        return self.claims_with(ClaimVerdict.REFUTED)

    def claims_with(self, verdict: ClaimVerdict) -> list[Claim]:
        """The claims that have a verdict, in the order of the sessions."""
        return [claim for claims in self.claims.values() for claim in claims if claim.verdict is verdict]

    @property
    def verified(self) -> tuple[int, int]:
        """How many criteria are met by evidence, and how many there are; cancelled phases do not count."""
        counted = [phase for phase in self.phases if phase.status is not Status.CANCELLED]
        return sum(phase.verified for phase in counted), sum(len(phase.criteria) for phase in counted)


def look_up(facts: Facts, cache: Cache | None = None) -> Progress:
    """Judge every claim and every criterion by the facts."""
    attribution = attribute(facts)
    world = World(facts, attribution)
    judged = judge_criteria(world)
    return Progress(facts, attribution, judge(facts, attribution), stand(facts, judged), world, cache or Cache(None))
