"""What `tracker check` complains of, and how GitHub wants to be told."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.model import Problem, Status
from tracker.progress.claims import claim_problem
from tracker.progress.conflicts import disagreements
from tracker.progress.placeholders import unwritten
from tracker.progress.progress import Progress
from tracker.progress.unknown_ids import unplanned
from tracker.progress.untracked import untracked_results

UNPLANNED, UNWRITTEN, ONLY_HERE = "Not in the plan", "Not written yet", "Only on this machine"
TITLES = {Status.CLAIMED: "Not complete", Status.REGRESSED: "Regression"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is wrong, disputed or doubtful, and whether the check fails on it."""

    problem: Problem
    title: str = "Problem"
    fails: bool = True
    disputed: bool = False
    """Whether a strict check fails on it."""

    def annotation(self, prefix: str = "") -> str:
        """The complaint as a workflow command of GitHub; `prefix` leads from the repository to the workspace.

        >>> Complaint(Problem("a.yml", 3, 5, "", "50% done")).annotation("docs/")
        '::error file=docs/a.yml,line=3,col=5,title=Problem::50%25 done'
        """
        one = self.problem
        place = {"file": f"{prefix}{one.file}", "line": one.line, "col": one.column, "title": self.title}
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        text = f"{one.field}: {one.message}" if one.field else one.message
        return f"::{'error' if self.fails else 'warning'} {properties}::{_data(text)}"


def complaints(progress: Progress, *, strict: bool) -> list[Complaint]:
    """Problems of the files, refuted claims, disagreements about phases, names that no plan has, and what is unwritten.

    Disagreements fail a strict check alone; the last two fail none: a log may tell of work that nobody planned, and a
    session that is under way may be unwritten.
    """
    return [
        *map(Complaint, progress.facts.problems),
        *(Complaint(claim_problem(claim, progress.sessions), "Refuted") for claim in progress.refuted),
        *(Complaint(one.problem, TITLES[one.kind], strict, disputed=True) for one in disagreements(progress)),
        *(Complaint(problem, ONLY_HERE, strict, disputed=True) for problem in untracked_results(progress)),
        *(Complaint(problem, UNPLANNED, fails=False) for problem in unplanned(progress)),
        *(Complaint(problem, UNWRITTEN, fails=False) for problem in unwritten(progress)),
    ]


def shallow_annotation() -> str:
    """Tells in a workflow that its checkout cannot confirm anything older than itself."""
    text = "older commits are unknown here, and claims about them stay unchecked; check out with fetch-depth: 0"
    return f"::warning title=Shallow clone::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
