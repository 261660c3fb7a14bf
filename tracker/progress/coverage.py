"""Coverage: how much of the plan, the history and the claims is supported by evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date

from tracker.model import Commit, Status
from tracker.progress.claims import ClaimVerdict
from tracker.progress.phase_status import PhaseStatus
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Judged
from tracker.sources.reports import matching_cases


@dataclass(frozen=True, slots=True)
class Share:
    """A count, and the total that it is part of."""

    what: str
    count: int
    of: int


def coverage(progress: Progress) -> list[Share]:
    """Return the shares that show how far the tracker can be relied on. Cancelled phases do not count."""
    phases = [one for one in progress.phases if one.status is not Status.CANCELLED]
    criteria = [judged for one in phases for judged in one.criteria]
    commits = len(progress.facts.history.commits)
    claims = [claim for claims in progress.claims.values() for claim in claims]
    return [
        Share("criteria with evidence", sum(bool(one.checked) for one in criteria), len(criteria)),
        Share("criteria verified by evidence", sum(one.verified for one in phases), len(criteria)),
        Share("phases verified", sum(map(_is_verified, phases)), len(phases)),
        Share("commits documented by sessions", commits - len(progress.attribution.undocumented), commits),
        Share("claims confirmed by git", sum(one.verdict is ClaimVerdict.CONFIRMED for one in claims), len(claims)),
        *_tests(progress, criteria),
    ]


def _tests(progress: Progress, criteria: Iterable[Judged]) -> Iterator[Share]:
    """Return the outcomes of the tests that criteria name. A name that no report contains counts as one test."""
    named = {name for judged in criteria for each in judged.criterion.evidence for name in each.tests}
    found = {name: matching_cases(name, progress.facts.tests) for name in named}
    outcomes = Counter(case.outcome for case in {case for cases in found.values() for case in cases})
    outcomes["absent"] = sum(not cases for cases in found.values())
    if named:
        yield Share("named tests that ran", outcomes["passed"] + outcomes["failed"], outcomes.total())
    for outcome in ("passed", "failed", "skipped", "absent") if named else ():
        yield Share(f"named tests {outcome}", outcomes[outcome], outcomes.total())


def _is_verified(one: PhaseStatus) -> bool:
    """Return whether a phase is complete and none of its criteria is merely attested."""
    return one.status is Status.COMPLETE and bool(one.criteria) and one.verified == len(one.criteria)


def undocumented_since_first_session(progress: Progress) -> list[Commit]:
    """Return the commits without a session since the first session, the newest first."""
    return _undocumented_since(progress, min((one.session.date for one in progress.sessions), default=Date.min))


def undocumented_since_last_session(progress: Progress) -> list[Commit]:
    """Return the commits without a session from the last day of the last session on, the newest first."""
    last = max((one.session.until or one.session.date for one in progress.sessions), default=Date.min)
    return _undocumented_since(progress, last)


def _undocumented_since(progress: Progress, day: Date) -> list[Commit]:
    return [commit for commit in progress.attribution.undocumented if commit.date.date() >= day]
