"""`test: NODE-ID or glob`: a report has it, and every match passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from tracker.model import Evidence, Result, Verdict
from tracker.progress.evidence import Found, World
from tracker.progress.evidence.result import measured
from tracker.sources.reading import nearest
from tracker.sources.reports import TestCase


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when at least one test matches and all that match passed."""
    wanted = evidence.test or ""
    cases = world.facts.tests
    matches = matching_cases(wanted, cases)
    if not matches:
        hint = nearest(wanted, {case.name for case in cases})
        return Found(Verdict.MISSING, f"no report has such a test{hint}" if cases else "no test report yet")
    outcomes = Counter(case.outcome for case in matches)
    text = ", ".join(
        f"{outcomes[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped") if outcomes[outcome]
    )
    holds = outcomes["passed"] == len(matches)
    worst = next((case for case in matches if case.outcome == "failed"), matches[0])
    verdict = Verdict.MET if holds else Verdict.UNMET
    dates = {case.file: world.facts.report_dates.get(case.file) for case in matches}
    dated = [date for date in dates.values() if date]
    if len(dated) < len(dates):  # one report that nobody dated makes the whole undated
        return Found(verdict, text, worst.file)
    return replace(measured(world, min(dated, key=_age), verdict, text), where=worst.file)


def matching_cases(wanted: str, cases: Sequence[TestCase]) -> list[TestCase]:
    """The tests of that very name, else those that the glob matches."""
    return [case for case in cases if case.name == wanted] or [c for c in cases if fnmatchcase(c.name, wanted)]


def _age(record: Result) -> float:
    return record.started.timestamp() if record.started else 0.0
