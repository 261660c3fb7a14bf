"""Progress as plain data, for `--format json` and other tools. Scripts rely on the keys."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date as Date
from typing import Any

from tracker.model import Problem
from tracker.progress.brief import BriefSection
from tracker.progress.claims import Claim, ClaimVerdict, claim_problem
from tracker.progress.conflicts import disagreements
from tracker.progress.phase_status import PhaseStatus, TaskStatus
from tracker.progress.placeholders import unwritten
from tracker.progress.progress import Progress
from tracker.progress.readiness import Readiness
from tracker.progress.regressions import Against
from tracker.progress.trends import HealthTrend
from tracker.progress.trust import trust
from tracker.progress.unknown_ids import unplanned
from tracker.progress.untracked import untracked_results
from tracker.progress.verdicts import Checked, Judged
from tracker.progress.versions import Difference

SCHEMA = 1


def status_data(progress: Progress) -> dict[str, Any]:
    """Every phase, task and criterion with its id and its status or verdict, and totals of the rest."""
    found = trust(progress)
    met, criteria = progress.verified
    last = progress.sessions[-1].session if progress.sessions else None
    verdicts = Counter(claim.verdict.value for claims in progress.claims.values() for claim in claims)
    facts = progress.facts
    return {
        "schema": SCHEMA,
        "project": progress.plan.project,
        "commit": facts.repository.head,
        "shallow": facts.repository.shallow,
        "status": progress.status,
        "verified": {"met": met, "criteria": criteria},
        "trust": {"holds": found.holds, "reasons": list(found.reasons), "sentence": found.sentence},
        "phases": [_phase(one) for one in progress.phases],
        "sessions": {
            "count": len(progress.sessions),
            "last": {"id": last.session, "date": last.date.isoformat(), "focus": last.focus} if last else None,
        },
        "commits": {"count": len(facts.history.commits), "undocumented": len(progress.attribution.undocumented)},
        "results": len(facts.results),
        "claims": {verdict.value: verdicts[verdict.value] for verdict in ClaimVerdict},
        "problems": [problem_data(problem) for problem in facts.problems],
        "trends": [trend_data(one) for one in progress.trends],
    }


def trend_data(one: HealthTrend) -> dict[str, Any]:
    """A measure over the runs of one name."""
    return asdict(one) | {"values": list(one.values), "sentence": one.sentence}


def check_data(progress: Progress, against: Against | None = None) -> dict[str, Any]:
    """Every problem of the files, every claim that is not confirmed, every conflict about a phase, and more.

    With `against`, also every metric of the plan, compared with an earlier state.
    """
    claims = {
        verdict: [claim_data(progress, one) for one in progress.claims_with(verdict)]
        for verdict in ClaimVerdict
        if verdict is not ClaimVerdict.CONFIRMED
    }
    return {
        "schema": SCHEMA,
        "problems": [problem_data(problem) for problem in progress.facts.problems],
        "refuted": claims[ClaimVerdict.REFUTED],
        "disputed": claims[ClaimVerdict.DISPUTED],
        "unknown": claims[ClaimVerdict.UNKNOWN],
        "disagreements": [
            problem_data(one.problem)
            | {"kind": one.kind, "phase": one.phase, "criterion": one.criterion, "session": one.session}
            for one in disagreements(progress)
        ],
        "only_here": [problem_data(problem) for problem in untracked_results(progress)],
        "unplanned": [problem_data(problem) for problem in unplanned(progress)],
        "unwritten": [problem_data(problem) for problem in unwritten(progress)],
    } | ({"against": against.data()} if against else {})


def brief_data(progress: Progress, sections: list[BriefSection]) -> dict[str, Any]:
    """What the next session must know."""
    return {
        "schema": SCHEMA,
        "project": progress.plan.project,
        "commit": progress.facts.commit,
        "sections": [
            {
                "title": section.title,
                "items": [
                    {"text": one.text, "source": one.source, "place": one.place, "changed_since": one.changed}
                    for one in section.items
                ],
            }
            for section in sections
        ],
    }


def difference_data(found: Difference) -> dict[str, Any]:
    """What changed between two versions."""
    return {
        "schema": SCHEMA,
        "before": {"version": found.before.version, "commit": found.before.commit, "status": found.before.status},
        "after": {"version": found.after.version, "commit": found.after.commit, "status": found.after.status},
        "step": found.step.name.lower(),
        "transitions": [asdict(transition) for transition in found.transitions],
    }


def readiness_data(found: Readiness) -> dict[str, Any]:
    """Whether a phase is ready, and everything that says so."""
    one = found.standing
    return {
        "schema": SCHEMA,
        "phase": one.phase.id,
        "title": one.phase.title,
        "status": one.status,
        "ready": found.ready,
        "evidence": [asdict(check) for check in found.evidence],
        "missing": [asdict(check) for check in found.missing],
        "said": [asdict(remark) for remark in found.remarks],
        "files": [asdict(file) | {"when": _day(file.when)} for file in found.files],
        "more_files": found.more_files,
        "gone": list(found.gone),
        "tests": [
            asdict(tests) | {"when": _day(tests.when), "passed_on": _day(tests.passed_on)} for tests in found.tests
        ],
        "depends_on": [{"phase": other.phase.id, "status": other.status} for other in found.dependencies],
        "prerequisites": [_criterion(judged) for judged in one.prerequisites],
        "scope": {
            "tasks": [_task(task) | {"minutes": minutes} for task, minutes in found.scope.tasks],
            "minutes": found.scope.total,
            "minutes_left": found.scope.left,
            "uncounted": [task.task.id for task in found.scope.uncounted],
        },
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem with its place."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "field": problem.field,
        "message": problem.message,
    }


def claim_data(progress: Progress, claim: Claim) -> dict[str, Any]:
    """A claim with its place."""
    facts = {"session": claim.session, "kind": claim.kind, "subject": claim.subject, "reason": claim.reason}
    verdict = {"verdict": claim.verdict, "detail": claim.detail, "commit": claim.commit}
    return problem_data(claim_problem(claim, progress.sessions)) | facts | verdict


def _day(day: Date | None) -> str | None:
    return day.isoformat() if day else None


def _phase(one: PhaseStatus) -> dict[str, Any]:
    return {
        "id": one.phase.id,
        "title": one.phase.title,
        "chapter": one.phase.chapter,
        "status": one.status,
        "progress": round(one.progress, 4),
        "depends_on": list(one.phase.depends_on),
        "reasons": list(one.reasons),
        "tasks": [_task(task) for task in one.tasks],
        "criteria": [_criterion(judged) for judged in one.criteria],
        "prerequisites": [_criterion(judged) for judged in one.prerequisites],
    }


def _task(one: TaskStatus) -> dict[str, Any]:
    return {
        "id": one.task.id,
        "title": one.task.title,
        "status": one.status,
        "estimate": one.task.estimate,
        "sessions": list(one.sessions),
    }


def _criterion(judged: Judged) -> dict[str, Any]:
    return {
        "id": judged.criterion.id,
        "text": judged.criterion.text,
        "verdict": judged.verdict,
        "fingerprint": judged.fingerprint,
        "changed_since_met": judged.changed_since_met,
        "evidence": [_evidence(checked) for checked in judged.checked],
    }


def _evidence(checked: Checked) -> dict[str, Any]:
    found = checked.found
    return checked.evidence.model_dump(mode="json", exclude_unset=True) | {
        "kind": checked.evidence.kind,
        "verdict": found.verdict,
        "found": found.text,
        "where": found.where,
        "line": found.line,
        "when": found.when.isoformat() if found.when else None,
        "at": found.commit,
        "dirty": found.dirty,
        "session": found.session,
        "value": found.value,
        "tree": found.tree,
        "origin": found.origin,
        "only_here": found.only_here,
        "changed": list(checked.changed),
        "changed_by": [commit.hash for commit in checked.commits],
    }
