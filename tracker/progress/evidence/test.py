"""`test: NODE-ID or pattern`: a report has it, and every match passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracker.model import MeasuredResult, TestEvidence, Verdict
from tracker.progress.evidence.world import Found, World, found_in
from tracker.sources.reading import nearest
from tracker.sources.reports import OUTCOMES, TestCase, matching_cases


def look_up(evidence: TestEvidence, world: World) -> Found:
    """Return met when at least one test matches and all matches passed."""
    wanted = evidence.test
    cases = world.facts.tests
    matches = matching_cases(wanted, cases)
    if not matches:
        hint = nearest(wanted, {case.name for case in cases})
        return Found(Verdict.MISSING, f"no report has such a test{hint}" if cases else "no test report yet")
    verdict, text = _outcome(matches)
    worst = max(matches, key=lambda case: case.outcome == "failed")
    dates = {case.file: world.facts.report_dates.get(case.file) for case in matches}
    dated = [date for date in dates.values() if date]
    if len(dated) < len(dates):  # one report without a date makes the whole undated
        return Found(verdict, text, worst.file)
    found = _dated(world, min(dated, key=_age), verdict, text, worst.file)
    return replace(found, earlier=tuple(_earlier(wanted, dated[0], world))) if len(dated) == 1 else found


def _outcome(matches: Sequence[TestCase]) -> tuple[Verdict, str]:
    outcomes = Counter(case.outcome for case in matches)
    text = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in OUTCOMES if outcomes[outcome])
    return Verdict.MET if outcomes["passed"] == len(matches) else Verdict.UNMET, text


def _dated(world: World, record: MeasuredResult, verdict: Verdict, text: str, report: str) -> Found:
    """Return what a report proves that `tracker verify` dated.

    Reports are normally ignored by git, and made in the run that looks at them: that git does not track them says
    nothing.
    """
    return replace(found_in(world, record, verdict, text), where=report, origin=None, only_here=False)


def _earlier(wanted: str, last: MeasuredResult, world: World) -> Iterator[Found]:
    """Return what earlier contents of the same report said of the test, the newest first."""
    report = str(last.data.get("report"))
    records = (one for one in reversed(world.facts.results) if one.data.get("kind") == "report" and one is not last)
    for record in (one for one in records if one.data.get("report") == report):
        if matches := matching_cases(wanted, list(_recorded(record, report))):
            yield _dated(world, record, *_outcome(matches), report)


def _recorded(record: MeasuredResult, report: str) -> Iterator[TestCase]:
    tests = record.data.get("tests")
    for one in tests if isinstance(tests, list) else ():
        if isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one):
            yield TestCase(one[0], one[1], report)


def _age(record: MeasuredResult) -> float:
    return record.started.timestamp() if record.started else 0.0
