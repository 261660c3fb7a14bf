"""`test: NODE-ID or pattern`: a report has it, and every match passed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tracker.model import Result, TestEvidence, Verdict
from tracker.progress.evidence.world import Found, World, found_in
from tracker.sources.reading import nearest
from tracker.sources.reports import OUTCOMES, matching_cases


def look_up(evidence: TestEvidence, world: World) -> Found:
    """Return met when at least one test matches and all matches passed."""
    wanted = evidence.test
    cases = world.facts.tests
    matches = matching_cases(wanted, cases)
    if not matches:
        hint = nearest(wanted, {case.name for case in cases})
        return Found(Verdict.MISSING, f"no report has such a test{hint}" if cases else "no test report yet")
    outcomes = Counter(case.outcome for case in matches)
    text = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in OUTCOMES if outcomes[outcome])
    verdict = Verdict.MET if outcomes["passed"] == len(matches) else Verdict.UNMET
    worst = max(matches, key=lambda case: case.outcome == "failed")
    dates = {case.file: world.facts.report_dates.get(case.file) for case in matches}
    dated = [date for date in dates.values() if date]
    if len(dated) < len(dates):  # one report without a date makes the whole undated
        return Found(verdict, text, worst.file)
    # a report proves what its own run shows: whether git tracks it says nothing
    return replace(found_in(world, min(dated, key=_age), verdict, text), where=worst.file, only_here=False)


def _age(record: Result) -> float:
    return record.started.timestamp() if record.started else 0.0
