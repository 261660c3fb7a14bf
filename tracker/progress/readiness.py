"""Readiness: whether a phase can start, what supports that, and what is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date

from tracker.cache import Cache
from tracker.model import Criterion, MeasuredResult, Phase, Session, Status, Verdict
from tracker.progress.claims import Claim, ClaimVerdict
from tracker.progress.estimates import EstimatedScope, scope
from tracker.progress.globs import matching
from tracker.progress.phase_status import SET_ASIDE, PhaseStatus, because
from tracker.progress.progress import Progress
from tracker.progress.references import Reference, tells, uses
from tracker.progress.verdicts import Judged
from tracker.sources.reports import matching_cases

MOST_FILES = 200
"""The most implementing files that are examined; the rest are counted."""
SETTLED = (Status.COMPLETE, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class ReadinessCheck:
    """One condition for a phase to be ready."""

    kind: str
    """plan, criterion, status, dependency, prerequisite, test or claim."""
    subject: str
    holds: bool
    text: str
    """What was found: the evidence for it, or what is missing."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a session says of a phase."""

    session: str
    kind: str
    """status, assessment, decision, incident or blocker."""
    text: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Implementing:
    """A file that implements a phase, as of HEAD."""

    path: str
    lines: int
    places: tuple[int, ...]
    """The lines where its evidence was found."""
    because: tuple[str, ...]
    """What names it: criteria and sessions."""
    commit: str | None
    """The last commit that changed it; None where it was never committed."""
    when: Date | None
    used_by: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Tests:
    """Tests in a report that exercise what implements the phase, and their outcomes."""

    __test__ = False

    name: str
    """The file of the tests, or what a criterion names."""
    passed: int
    failed: int
    skipped: int
    report: str
    when: Date | None
    """The day of the run; None where the report has no date."""
    commit: str | None
    passed_on: Date | None
    """The newest day on which `tracker verify` saw all of them pass, this run counted; None where it never did."""
    passed_at: str | None
    """The commit of that day."""

    @property
    def hold(self) -> bool:
        """Whether some passed and none failed."""
        return self.passed > 0 and self.failed == 0


@dataclass(frozen=True)
class Readiness:
    """Whether a phase can start or continue, and everything that supports the answer."""

    standing: PhaseStatus
    checks: tuple[ReadinessCheck, ...]
    remarks: tuple[Remark, ...]
    """The newest first."""
    files: tuple[Implementing, ...]
    more_files: int
    """How many more files there are than were examined."""
    gone: tuple[str, ...]
    """Files that are named and that HEAD does not contain."""
    tests: tuple[Tests, ...]
    dependencies: tuple[PhaseStatus, ...]
    scope: EstimatedScope

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return all(check.holds for check in self.checks)

    @property
    def evidence(self) -> tuple[ReadinessCheck, ...]:
        """The conditions that hold."""
        return tuple(check for check in self.checks if check.holds)

    @property
    def missing(self) -> tuple[ReadinessCheck, ...]:
        """The conditions that do not hold."""
        return tuple(check for check in self.checks if not check.holds)


def assess(progress: Progress, names: Collection[str], cache: Cache) -> dict[str, Readiness]:
    """Return the readiness of some phases of the plan, by id. The files of all of them are read together."""
    standing = {one.phase.id: one for one in progress.phases}
    worked: dict[str, set[str]] = defaultdict(set)
    for one in progress.phases:
        for session in one.sessions:
            worked[session].add(one.phase.id)
    remarks = _remarks(progress, worked)
    tracked = progress.facts.tree.files
    own = {name: [session for session in standing[name].sessions if len(worked[session]) == 1] for name in names}
    named = {name: _named_files(progress, standing[name]) for name in names}
    present = {name: [path for path in files if path in tracked] for name, files in named.items()}
    targets = sorted({path for files in present.values() for path in files[:MOST_FILES]})
    used = uses(progress.facts, targets, cache)
    lines = {path: len(content.splitlines()) for path, content in progress.facts.tree.read(targets)}
    found = {}
    for name in names:
        one = standing[name]
        dependencies = tuple(standing[other] for other in one.phase.depends_on)
        files = tuple(
            _file(progress, one, path, named[name][path], used.get(path, ()), lines.get(path, 0))
            for path in present[name][:MOST_FILES]
        )
        tests = tuple(_tests(progress, one, files))
        claims = [claim for each in own[name] for claim in progress.claims[each]]
        found[name] = Readiness(
            standing=one,
            checks=tuple(_checks(one, dependencies, tests, claims)),
            remarks=tuple(remarks[name]),
            files=files,
            more_files=len(present[name]) - len(files),
            gone=tuple(path for path in named[name] if path not in tracked),
            tests=tests,
            dependencies=dependencies,
            scope=scope(one.tasks),
        )
    return found


# --- what implements it ---------------------------------------------------------------------------------------------


def _named_files(progress: Progress, one: PhaseStatus) -> dict[str, list[str]]:
    """Path of each file that criteria cover or name, and that its sessions touched, with what names it."""
    tracked = progress.facts.tree.files
    named: dict[str, list[str]] = defaultdict(list)
    for judged in one.criteria:
        criterion = judged.criterion
        for path in (path for glob in _globs(criterion) for path in matching(glob, tracked) or [glob]):
            named[path].append(f"covered by {criterion.id}")
        for path in (path for evidence in criterion.evidence for path in evidence.files):
            named[path].append(f"evidence of {criterion.id}")
    for session in (each.session for each in progress.sessions if each.session.session in one.sessions):
        files = session.files
        said = [*(file.path for file in (*files.created, *files.modified)), *(moved.to for moved in files.renamed)]
        for path in (path for name in said for path in matching(name, tracked)):
            named[path].append(f"session {session.session}")
    return {path: list(dict.fromkeys(why)) for path, why in named.items() if not tells(path, progress.facts)}


def _globs(criterion: Criterion) -> list[str]:
    """Return the globs of the files that a criterion covers, without the symbols in them."""
    return [entry.partition("::")[0] for entry in criterion.covers]


def _file(
    progress: Progress, one: PhaseStatus, path: str, why: list[str], used: Iterable[Reference], lines: int
) -> Implementing:
    last = progress.facts.history.last_change.get(path)
    places = {
        checked.found.line
        for judged in one.criteria
        for checked in judged.checked
        if checked.found.where == path and checked.found.line
    }
    return Implementing(
        path=path,
        lines=lines,
        places=tuple(sorted(places)),
        because=tuple(why),
        commit=last.commit.hash if last else None,
        when=last.commit.date.date() if last else None,
        used_by=tuple(used),
    )


# --- its tests ------------------------------------------------------------------------------------------------------


def _tests(progress: Progress, one: PhaseStatus, files: tuple[Implementing, ...]) -> Iterator[Tests]:
    """The tests that its criteria name, and of each file that implements the phase or uses what does, by report."""
    facts = progress.facts
    evidence = [each for judged in (*one.criteria, *one.prerequisites) for each in judged.criterion.evidence]
    named = {case.name for each in evidence for name in each.tests for case in matching_cases(name, facts.tests)}
    looking = {use.path for file in files for use in file.used_by} | {file.path for file in files}
    outcomes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case in facts.tests:
        path, found, _ = case.name.partition("::")
        if case.name in named or (found and path in looking):
            outcomes[path, case.file].append(case.outcome)
    passing = _passing(facts.results)
    for (path, report), ended in sorted(outcomes.items()):
        record = facts.report_dates.get(report)
        last = passing.get((path, report))
        yield Tests(
            name=path,
            passed=ended.count("passed"),
            failed=ended.count("failed"),
            skipped=ended.count("skipped"),
            report=report,
            when=record.started.date() if record and record.started else None,
            commit=record.commit if record else None,
            passed_on=last.started.date() if last and last.started else None,
            passed_at=last.commit if last else None,
        )


def _passing(results: Iterable[MeasuredResult]) -> dict[tuple[str, str], MeasuredResult]:
    """By file of tests and report, the newest record of `tracker verify` in which they passed. Oldest come first."""
    return {
        (str(path), str(record.data.get("report"))): record
        for record in results
        if record.data.get("kind") == "report" and isinstance(passed := record.data.get("passed"), list)
        for path in passed
    }


# --- what is said ---------------------------------------------------------------------------------------------------

NUMBERED = re.compile(r"\b(?:phase|task)s?\s+#?([\w.-]*\w)", re.IGNORECASE)
RUN = re.compile(r"[\w.-]+")


class PhaseNames:
    """What the phases of a plan are called in prose: "phase 8", "task 8.4", a title, or an id that is no number.

    >>> PhaseNames([Phase(id="8", title="Selfplay wiring")]).named_in("Phase 8 waits")
    {'8'}
    """

    def __init__(self, phases: Iterable[Phase]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_word: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        for phase in phases:
            ids = [phase.id, *(task.id for task in phase.tasks)]
            self._by_id |= {name.lower(): phase.id for name in ids}
            title = " ".join(phase.title.lower().split())
            telling = [name.lower() for name in ids if re.search(r"[^\W\d_]", name) and re.search(r"[-_]", name)]
            for name in [*telling, *([title] if " " in title else [])]:
                if words := _words(name):
                    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
                    self._by_word[words[0]].append((pattern, phase.id))

    def named_in(self, text: str) -> set[str]:
        """Ids of the phases that a text names."""
        lower = " ".join(text.lower().split())
        found = {self._by_id[name] for name in NUMBERED.findall(lower) if name in self._by_id}
        for word in self._by_word.keys() & set(_words(lower)):
            found |= {phase for pattern, phase in self._by_word[word] if pattern.search(lower)}
        return found


def _words(text: str) -> list[str]:
    """The words of a text, with the dots and hyphens that begin or join them."""
    return [word for run in RUN.findall(text) if (word := run.rstrip(".-"))]


def _remarks(progress: Progress, worked: Mapping[str, set[str]]) -> Mapping[str, list[Remark]]:
    """By phase, the newest first, all that a session says that worked on it alone, and what names it elsewhere."""
    names = PhaseNames(progress.plan.phases)
    found: dict[str, list[Remark]] = defaultdict(list)
    for session in (each.session for each in reversed(progress.sessions)):
        for phase, status in session.phases.items():
            found[phase].append(Remark(session.session, "status", status))
        own = worked.get(session.session, set())
        for remark, text in _said(session):
            for phase in names.named_in(text) | (own if len(own) == 1 else set()):
                found[phase].append(remark)
    return found


def _said(session: Session) -> Iterator[tuple[Remark, str]]:
    """Each remark, and all the text in which it may name a phase."""
    for one in session.assessments:
        whole = (one.question, one.answer, one.evidence, one.conclusion)
        yield Remark(session.session, "assessment", one.question, one.conclusion or one.answer), _joined(*whole)
    for decision in session.decisions:
        remark = Remark(session.session, "decision", decision.decision, decision.rationale)
        yield remark, _joined(remark.text, remark.detail)
    for incident in session.incidents:
        remark = Remark(session.session, "incident", incident.problem, incident.resolution or incident.cause)
        yield remark, _joined(incident.problem, incident.cause, incident.resolution)
    for blocker in session.handoff.blockers:
        yield Remark(session.session, "blocker", blocker), blocker


def _joined(*texts: str | None) -> str:
    return "\n".join(filter(None, texts))


# --- the answer -----------------------------------------------------------------------------------------------------


def _checks(
    one: PhaseStatus, dependencies: Iterable[PhaseStatus], tests: Iterable[Tests], claims: Iterable[Claim]
) -> Iterator[ReadinessCheck]:
    if one.status in SET_ASIDE:
        said = next((saying.session for saying in reversed(one.sayings) if saying.status is one.status), None)
        by = f"session {said} says so" if said else "the plan says so"
        yield ReadinessCheck("status", one.phase.id, holds=False, text=f"it is {one.status}: {by}")
    elif not one.tasks and not one.criteria:
        yield ReadinessCheck("plan", one.phase.id, holds=False, text="it has neither tasks nor criteria")
    for judged in (judged for judged in one.criteria if not judged.criterion.evidence):
        yield ReadinessCheck(
            "criterion", judged.criterion.id, holds=False, text="it names no evidence: nothing can verify it"
        )
    for other in dependencies:
        holds = other.status in SETTLED
        why = f": {other.reasons[0]}" if other.reasons and not holds else ""
        yield ReadinessCheck("dependency", other.phase.id, holds, f"phase {other.phase.id} is {other.status}{why}")
    for judged in one.prerequisites:
        yield ReadinessCheck("prerequisite", judged.criterion.id, judged.holds, _verdict(judged))
    for run in tests:
        yield ReadinessCheck("test", run.name, run.hold, _run(run))
    for claim in claims:
        if claim.verdict is ClaimVerdict.REFUTED:
            text = f"{claim.kind}, says session {claim.session}; refuted: {claim.reason}"
            yield ReadinessCheck("claim", claim.subject, holds=False, text=text)


def _run(run: Tests) -> str:
    text = f"{run.passed} passed, {run.failed} failed, {run.skipped} skipped"
    when = f"on {run.when}" if run.when else "no commit recorded"
    last = ""
    if not run.hold:
        at = f" at {run.passed_at[:7]}" if run.passed_at else ""
        last = f"; all passed last on {run.passed_on}{at}" if run.passed_on else "; not seen to pass before"
    return f"{text}, {when}{last}"


def _verdict(judged: Judged) -> str:
    if not judged.holds:
        return f"{judged.verdict}{because(judged)}"
    found = "; ".join(
        each.found.text if each.found.verdict is Verdict.ATTESTED else f"{each.evidence.subject}: {each.found.text}"
        for each in judged.checked
    )
    return f"{judged.verdict}{', not verified' if judged.verdict is Verdict.ATTESTED else ''}: {found}"
