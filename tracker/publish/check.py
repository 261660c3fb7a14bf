"""What `tracker check` reports, as text and as annotations of GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.model import Problem, Status
from tracker.progress.claims import Claim, ClaimVerdict, claim_problem
from tracker.progress.conflicts import disagreements
from tracker.progress.neglected import neglected
from tracker.progress.placeholders import unwritten
from tracker.progress.progress import Progress
from tracker.progress.regressions import Against, MetricOutcome
from tracker.progress.unknown_ids import unplanned
from tracker.progress.untracked import untracked_results


class ComplaintKind(StrEnum):
    """What a complaint is about; the value is its title."""

    PROBLEM = "Problem"
    REFUTED = "Refuted"
    DISPUTED = "Disputed"
    NOT_COMPLETE = "Not complete"
    REGRESSION = "Regression"
    UNPLANNED = "Not in the plan"
    UNWRITTEN = "Not written yet"
    UNKNOWN = "Unknown"
    ONLY_HERE = "Only on this machine"
    NEGLECTED = "Open for too long"
    WORSE = "Got worse"
    NOT_COMPARED = "Not compared"


ALWAYS = (ComplaintKind.PROBLEM, ComplaintKind.REFUTED, ComplaintKind.WORSE)
"""A check fails on these."""
CONFLICTS = (ComplaintKind.NOT_COMPLETE, ComplaintKind.REGRESSION)
WHEN_STRICT = (
    ComplaintKind.DISPUTED,
    ComplaintKind.ONLY_HERE,
    ComplaintKind.NEGLECTED,
    ComplaintKind.NOT_COMPARED,
    *CONFLICTS,
)
"""Only a strict check fails on these."""
_OF_PHASE = {Status.CLAIMED: ComplaintKind.NOT_COMPLETE, Status.REGRESSED: ComplaintKind.REGRESSION}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is wrong, disputed or doubtful, and whether the check fails on it."""

    problem: Problem
    kind: ComplaintKind = ComplaintKind.PROBLEM
    fails: bool = True

    def annotation(self, prefix: str = "") -> str:
        """The complaint as a workflow command of GitHub; `prefix` is the path from the repository to the workspace.

        >>> Complaint(Problem("a.yml", 3, 5, "", "50% done")).annotation("docs/")
        '::error file=docs/a.yml,line=3,col=5,title=Problem::50%25 done'
        """
        one = self.problem
        place = {"file": f"{prefix}{one.file}", "line": one.line, "col": one.column, "title": self.kind}
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        text = f"{one.field}: {one.message}" if one.field else one.message
        return f"::{'error' if self.fails else 'warning'} {properties}::{_data(text)}"


def complaints(
    progress: Progress, *, strict: bool, verbose: bool = False, against: Against | None = None
) -> list[Complaint]:
    """Everything that a check reports.

    Problems of files, refuted claims and metrics that got worse fail it; disputed claims, conflicts about phases and
    metrics that cannot be compared fail a strict one. Names that no plan has and sessions that are not filled in yet
    fail none, nor do unknown claims, which only `verbose` lists.
    """
    found = [
        *((problem, ComplaintKind.PROBLEM) for problem in progress.facts.problems),
        *_claims(progress, progress.refuted, ComplaintKind.REFUTED),
        *_claims(progress, progress.claims_with(ClaimVerdict.DISPUTED), ComplaintKind.DISPUTED),
        *((one.problem, _OF_PHASE[one.kind]) for one in disagreements(progress)),
        *((problem, ComplaintKind.ONLY_HERE) for problem in untracked_results(progress)),
        *((problem, ComplaintKind.NEGLECTED) for problem in neglected(progress)),
        *((problem, ComplaintKind.UNPLANNED) for problem in unplanned(progress)),
        *((problem, ComplaintKind.UNWRITTEN) for problem in unwritten(progress)),
    ]
    if against is not None:
        found += [(problem, ComplaintKind.WORSE) for problem in against.of(MetricOutcome.WORSE)]
        found += [(problem, ComplaintKind.NOT_COMPARED) for problem in against.of(MetricOutcome.UNKNOWN)]
    if verbose:
        found += _claims(progress, progress.claims_with(ClaimVerdict.UNKNOWN), ComplaintKind.UNKNOWN)
    failing = (*ALWAYS, *WHEN_STRICT) if strict else ALWAYS
    return [Complaint(problem, kind, kind in failing) for problem, kind in found]


def _claims(progress: Progress, claims: list[Claim], kind: ComplaintKind) -> list[tuple[Problem, ComplaintKind]]:
    return [(claim_problem(claim, progress.sessions), kind) for claim in claims]


def shallow_annotation() -> str:
    """A warning in a workflow that its checkout cannot confirm anything older than itself."""
    text = "older commits are unknown here, and claims about them stay unchecked; check out with fetch-depth: 0"
    return f"::warning title=Shallow clone::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
