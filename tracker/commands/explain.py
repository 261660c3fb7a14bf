"""`tracker explain`: why something has its verdict, what supports that, and what would change it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tracker.audit.audit import audit
from tracker.audit.family import GOING, Family
from tracker.commands.explain_records import records
from tracker.commands.explanation import (
    Explainable,
    ExplainedCommit,
    Explanation,
    Support,
    candidate,
    commit_of,
    place_in_session,
)
from tracker.errors import TrackerError
from tracker.model import BaseEvidence, Session, Status, Verdict
from tracker.plural import counted
from tracker.progress.attribution import AttributionSource
from tracker.progress.claims import Claim, ClaimVerdict, Detail
from tracker.progress.evidence import Found
from tracker.progress.phase_status import SET_ASIDE, PhaseStatus, StatusClaim, TaskStatus, because
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Checked, Judged
from tracker.publish.data import SCHEMA
from tracker.sources.plan import places

MOST = 10
"""How many entries of a list are shown; the rest are counted."""
FAMILY_ID = re.compile("[0-9a-f]{10}")


LONGEST_ID = 200
"""Characters of an unknown id that are shown."""


class UnknownId(TrackerError):
    """No part of the project has the id."""


class AmbiguousId(TrackerError):
    """Several parts of the project have the id."""

    def __init__(self, query: str, candidates: list[Explainable]) -> None:
        lines = [f"  {one.reference}  {one.title}" for one in candidates[: 2 * MOST]]
        more = len(candidates) - 2 * MOST
        lines += [f"  and {more} more"] if more > 0 else []
        super().__init__("\n".join([f"{query}: may mean any of these; give one in full:", *lines]))
        self.candidates = candidates

    @property
    def data(self) -> dict[str, Any]:
        """What the id may mean, as plain data."""
        matches = [
            {"kind": one.kind, "id": one.id, "reference": one.reference, "title": one.title} for one in self.candidates
        ]
        return {"schema": SCHEMA, "matches": matches}


def may_be_family(query: str) -> bool:
    """Whether an id has the form of the id of a family of the audit."""
    return bool(FAMILY_ID.fullmatch(query.removeprefix("family:")))


def explain(progress: Progress, query: str) -> Explanation:
    """Return why the criterion, phase, task, session, claim, item or run of an id has its verdict.

    An exact id counts before one in another case, and an item or a run only where nothing else has the id. Raises
    UnknownId, which names the nearest, and AmbiguousId.
    """
    candidates, others = list(_candidates(progress)), list(records(progress))
    meant = _meant(query, candidates) or _meant(query, others)
    if len(meant) == 1:
        return meant[0].explain()
    if meant:
        raise AmbiguousId(query, meant)
    shown = query if len(query) <= LONGEST_ID else f"{query[: LONGEST_ID - 1]}…"
    raise UnknownId(f"{shown!r}: {_unknown(shown, [*candidates, *others])}")


def _meant(query: str, candidates: list[Explainable]) -> list[Explainable]:
    """What an id may mean, each once."""
    names = [one for one in candidates if query in (one.id, f"{one.kind}:{one.id}")]
    found = (
        [one for one in candidates if query == one.reference]
        or names
        or [one for one in candidates if one.is_meant_by(query)]
    )
    return list({one.reference: one for one in found}.values())


def explain_family(folder: Path, query: str) -> Explanation:
    """Return why the audit of a folder reports a family. Raises UnknownId where it does not."""
    found = audit(folder).reported(maybe=True, everything=True)
    families = {one.id: one for one in found.families}
    family = families.get(query.removeprefix("family:"))
    if family is None:
        raise UnknownId(f"{query}: the audit reports no such family; `tracker audit --format json` lists their ids")
    return _family(family)


def _candidates(progress: Progress) -> Iterator[Explainable]:
    for phase in progress.phases:
        yield candidate("phase", phase.phase.id, phase.phase.title, partial(_phase, progress, phase))
        for judged in (*phase.prerequisites, *phase.criteria):
            criterion = judged.criterion
            yield candidate("criterion", criterion.id, criterion.text, partial(_criterion, progress, judged))
        for task in phase.tasks:
            yield candidate("task", task.task.id, task.task.title, partial(_task, progress, task, phase))
    for file in progress.sessions:
        session = file.session
        yield candidate("session", session.session, session.focus, partial(_session, progress, session))
        for claim in progress.claims[session.session]:
            reference = f"claim:{claim.session}:{claim.kind}:{claim.subject}"
            title = f"session {claim.session} says {claim.kind} {claim.subject}: {claim.verdict}"
            for name in dict.fromkeys([claim.subject, *claim.subject.split(" → ")]):
                yield Explainable("claim", name, reference, title, partial(_claim, progress, claim))


def _unknown(query: str, candidates: list[Explainable]) -> str:
    """Return what to do about an id that nothing has."""
    names = {name.lower(): one.reference for one in candidates for name in (one.id, one.reference)}
    close = difflib.get_close_matches(query.lower(), names, n=3, cutoff=0.6)
    known = dict.fromkeys(names[name] for name in close)
    if known:
        return f"nothing has this id; the nearest: {', '.join(known)}"
    return (
        "no criterion, phase, task, session, claim, item, run or family of the audit has this id; "
        "`tracker status` lists the plan"
    )


# --- criteria -------------------------------------------------------------------------------------------------------


def _criterion(progress: Progress, judged: Judged) -> Explanation:
    criterion = judged.criterion
    reason = because(judged).removeprefix(": ") if not judged.holds else _holds(judged)
    if judged.changed_since_met:
        reason += f"; it was met in version {judged.changed_since_met} under another wording, bound or evidence"
    return Explanation(
        "criterion",
        criterion.id,
        f"criterion:{criterion.id}",
        criterion.text,
        judged.verdict,
        reason,
        _place_in_plan(progress, criterion.id),
        tuple(map(_support, judged.checked)),
        tuple(dict.fromkeys(_commits_of(progress, judged))),
        tuple(dict.fromkeys(_changes(judged))),
    )


def _holds(judged: Judged) -> str:
    if judged.verdict is Verdict.ATTESTED:
        return "a person attests it; no evidence verifies it"
    return f"all of its evidence holds ({counted(len(judged.checked), 'piece')})"


def _support(checked: Checked) -> Support:
    found = checked.found
    text = found.text
    if checked.changed:
        text += f"; changed since: {_listed(checked.changed)}"
    return Support(
        found.verdict,
        checked.evidence.asks,
        text,
        found.where,
        found.line,
        found.when.isoformat() if found.when else None,
        found.commit,
        found.session,
    )


def _commits_of(progress: Progress, judged: Judged) -> Iterator[ExplainedCommit]:
    """The commits at which the evidence was measured, and the commits that made it stale."""
    commits = {one.hash: one for one in progress.facts.history.commits}
    for checked in judged.checked:
        at = progress.facts.hashes.get(checked.found.commit or "") or checked.found.commit
        if at in commits:
            what = "the evidence is of this commit" if checked.found.fresh else "measured at this commit"
            yield commit_of(commits[at], what)
        yield from (commit_of(one, "changed covered code since") for one in checked.commits[:MOST])


def _changes(judged: Judged) -> Iterator[str]:
    if not judged.checked:
        yield "name evidence in tracker.yml: a result, test, command, file or commit that a program can check"
    for checked in judged.checked:
        yield _NEXT[checked.found.verdict](judged, checked)


def _remeasure(evidence: BaseEvidence) -> str:
    """Return how evidence of a kind is measured again."""
    return {
        "result": f"run it again, so that a newer complete result {evidence.name!r} is recorded",
        "test": "run the tests again with a JUnit report, then `tracker verify` to date it",
        "command": "run `tracker verify`",
        "file": "change the file",
        "commit": "land the commit in the history of HEAD",
    }.get(evidence.kind, "let a program verify it")


def _freshen(checked: Checked) -> str:
    """Return how stale evidence becomes fresh: because code changed, or because it has no date."""
    if checked.changed:
        return f"{_remeasure(checked.evidence)}, or undo the changes"
    if checked.evidence.kind == "result" and not checked.found.commit:
        return "record the commit in the result, as `source: {commit: HASH}`"
    if checked.evidence.kind == "test" and not checked.found.commit:
        return "date the report with `tracker verify --report`"
    return "correct what the reason names, in tracker.yml or in the result"


_NEXT: Mapping[Verdict, Callable[[Judged, Checked], str]] = {
    Verdict.UNMET: lambda judged, one: f"{one.evidence.asks}: make it hold, then {_remeasure(one.evidence)}",
    Verdict.MISSING: lambda judged, one: f"{one.evidence.asks}: nothing to judge yet; {_remeasure(one.evidence)}",
    Verdict.STALE: lambda judged, one: f"{one.evidence.asks}: {_freshen(one)}",
    Verdict.ATTESTED: lambda judged, one: f"{one.evidence.asks}: replace the attestation by evidence to verify it",
    Verdict.MET: lambda judged, one: f"{one.evidence.asks}: {_ends(judged, one.found)}",
}


def _ends(judged: Judged, found: Found) -> str:
    """Return what would end a verdict that holds."""
    if found.fresh or not judged.criterion.covers:
        return "unmet as soon as it no longer holds"
    return f"stale as soon as {_listed(judged.criterion.covers)} changes"


# --- phases and tasks -----------------------------------------------------------------------------------------------


def _phase(progress: Progress, one: PhaseStatus) -> Explanation:
    name = one.phase.id
    reasons = list(one.reasons)
    if one.status in SET_ASIDE:
        reasons.insert(0, _set_aside(one))
    text = "; ".join(reasons) or "every task is done and every criterion holds"
    evidence = [*(_task_support(task) for task in one.tasks), *(_criterion_support(each) for each in one.criteria)]
    sayings = [Support("said", f"phase {name}", f"{each.status}", session=each.session) for each in one.sayings[-MOST:]]
    changes = [*_phase_changes(one)] or ["a task that is open again, or a criterion that no longer holds"]
    return Explanation(
        "phase",
        name,
        f"phase:{name}",
        one.phase.title,
        one.status,
        text,
        _place_in_plan(progress, name),
        (*evidence, *sayings),
        tuple(_last_commits(progress, one.sessions)),
        tuple(changes),
    )


def _set_aside(one: PhaseStatus) -> str:
    if one.phase.status is one.status:
        return "the plan says so"
    return next((f"session {each.session} says so" for each in reversed(one.sayings)), "it is set aside")


def _phase_changes(one: PhaseStatus) -> Iterator[str]:
    if one.status in SET_ASIDE:
        yield f"another status: it stays {one.status} until the plan or a later session says otherwise"
    for task in one.tasks:
        if not task.settled:
            yield f"task {task.task.id}: a session that reports it as complete"
    for judged in one.criteria:
        if not judged.holds:
            yield f"criterion {judged.criterion.id}: `tracker explain criterion:{judged.criterion.id}`"
    for name in one.phase.depends_on if one.status is not Status.COMPLETE else ():
        yield f"phase {name}, on which it depends: `tracker explain phase:{name}`"


def _task_support(task: TaskStatus) -> Support:
    session = task.sayings[-1].session if task.sayings else None
    return Support(task.status, f"task {task.task.id}", task.task.title, session=session)


def _criterion_support(judged: Judged) -> Support:
    found = because(judged).removeprefix(": ") if not judged.holds else judged.criterion.text
    return Support(judged.verdict, f"criterion {judged.criterion.id}", found)


def _task(progress: Progress, task: TaskStatus, phase: PhaseStatus) -> Explanation:
    name = task.task.id
    said = task.sayings[-1].session if task.sayings else None
    if task.task.status in SET_ASIDE:
        reason = "the plan says so"
    elif said:
        reason = f"session {said} says so, the last one that does"
    else:
        reason = "sessions worked on it, and none says its status" if task.sessions else "no session mentions it"
    return Explanation(
        "task",
        name,
        f"task:{name}",
        task.task.title,
        task.status,
        reason,
        _place_in_plan(progress, phase.phase.id),
        tuple(_saying(each) for each in task.sayings[-MOST:]),
        tuple(_last_commits(progress, task.sessions)),
        ("a later session that gives it another status under `tasks:`",),
    )


def _saying(one: StatusClaim) -> Support:
    return Support("said", f"session {one.session}", one.status, session=one.session)


def _last_commits(progress: Progress, sessions: Iterable[str]) -> Iterator[ExplainedCommit]:
    """The newest commits of some sessions, with what ties each to its session."""
    age = progress.facts.history.age
    found = [
        (age[commit.hash], commit_of(commit, f"session {session}, {_TIES[how]}"))
        for session in sessions
        for commit, how in progress.attribution.commits.get(session, ())
    ]
    yield from (one for _, one in sorted(found, key=lambda pair: pair[0])[:MOST])


_TIES = {
    AttributionSource.NAMED: "which lists it",
    AttributionSource.MENTIONED: "which its message names",
    AttributionSource.COMMIT: "at whose commit it was measured",
    AttributionSource.DATE: "the only one of that day",
    AttributionSource.DOCUMENTED: "which documents it",
}


# --- sessions and claims --------------------------------------------------------------------------------------------


def _session(progress: Progress, session: Session) -> Explanation:
    name = session.session
    claims = progress.claims[name]
    wrong = [one for one in claims if one.verdict is not ClaimVerdict.CONFIRMED]
    by_verdict = {verdict: sum(one.verdict is verdict for one in claims) for verdict in ClaimVerdict}
    counts = ", ".join(f"{count} {verdict}" for verdict, count in by_verdict.items() if count)
    worst = next((verdict for verdict in _WORST if by_verdict[verdict]), ClaimVerdict.CONFIRMED)
    said = [
        *(Support("said", f"phase {each}", status, session=name) for each, status in session.phases.items()),
        *(Support("said", f"task {each}", status, session=name) for each, status in session.tasks.items()),
    ]
    return Explanation(
        "session",
        name,
        f"session:{name}",
        session.focus,
        worst if claims else ClaimVerdict.UNKNOWN,
        f"{counted(len(claims), 'claim')}: {counts}" if claims else "it claims nothing about commits or files",
        place_in_session(progress, name, ("session",)),
        (*(_claim_support(progress, one) for one in wrong), *said),
        tuple(_last_commits(progress, [name])),
        tuple(dict.fromkeys(_ADVICE.get(one.detail, _CORRECT) for one in wrong)) or ((_KEPT,) if claims else ()),
    )


_WORST = (ClaimVerdict.REFUTED, ClaimVerdict.DISPUTED, ClaimVerdict.UNKNOWN)


def _claim(progress: Progress, claim: Claim) -> Explanation:
    commits = {one.hash: one for one in progress.facts.history.commits}
    decisive = [commit_of(commits[claim.commit], "decides it")] if claim.commit in commits else []
    touched = _touching(progress, claim)
    return Explanation(
        "claim",
        claim.subject,
        f"claim:{claim.session}:{claim.kind}:{claim.subject}",
        f"session {claim.session} says {claim.kind} {claim.subject}",
        claim.verdict,
        f"{claim.reason} ({claim.detail})",
        place_in_session(progress, claim.session, claim.field),
        (_claim_support(progress, claim),),
        tuple({one.hash: one for one in [*touched, *decisive]}.values()),
        (_ADVICE.get(claim.detail, _CORRECT if claim.verdict is not ClaimVerdict.CONFIRMED else _KEPT),),
    )


def _touching(progress: Progress, claim: Claim) -> list[ExplainedCommit]:
    """The newest commits that changed the files of a claim."""
    if claim.kind == "commit":
        return []
    changes = progress.facts.history.changes
    touching = {one.commit.hash: one.commit for path in claim.subject.split(" → ") for one in changes.get(path, ())}
    return [commit_of(one, "changed the file") for one in list(touching.values())[:MOST]]


def _claim_support(progress: Progress, claim: Claim) -> Support:
    place = place_in_session(progress, claim.session, claim.field)
    file, _, line = place.rpartition(":")
    asks = f"{claim.kind} {claim.subject}"
    return Support(claim.verdict, asks, claim.reason, file, int(line), None, claim.commit, claim.session)


_KEPT = "a history without the commit, such as after a rebase"
_CORRECT = "correct the entry in the session file; `tracker check` lists its line"
_ADVICE: Mapping[Detail, str] = {
    Detail.UNCOMMITTED: "commit the change",
    Detail.MOVED: "write the path that git has",
    Detail.ELSEWHERE: "merge the branch that has it, or name the session that did it",
    Detail.WRONG_TIME: "correct the date of the session, or mark the commit with `documents: true`",
    Detail.WRONG_SESSION: "name the session that made it with `session:`, or mark the commit with `documents: true`",
    Detail.UNTRACKED: "add the file to git and commit it",
    Detail.STILL_TRACKED: "remove the file with `git rm`, or take the entry out of the session file",
    Detail.SHALLOW: "fetch the whole history: git fetch --unshallow",
    Detail.PARTIAL: "fetch the missing objects: git fetch --refetch",
    Detail.AMBIGUOUS: "write more characters of the hash, or the whole path",
    Detail.IGNORED: "git ignores the file: remove the pattern from .gitignore, or take the entry out",
    Detail.SUBMODULE: "the file is in a submodule, whose history is not read; nothing here can decide it",
    Detail.OUTSIDE_REPOSITORY: "the path is outside the repository; nothing here can decide it",
    Detail.OUTSIDE_WORKSPACE: "the path is outside the workspace; nothing here can decide it",
}


# --- families of the audit ------------------------------------------------------------------------------------------


def _family(family: Family) -> Explanation:
    precision = f", measured precision {family.precision:.2f}" if family.precision is not None else ""
    maybe = "; reported with --maybe only" if family.maybe else ""
    shown = family.findings[:MOST]
    more = len(family.findings) - len(shown)
    files = counted(len(family.findings), "file")
    return Explanation(
        "family",
        family.id,
        f"family:{family.id}",
        family.title,
        family.action,
        f"rule {family.rule}{precision}: {files}{maybe}",
        None,
        (
            *(Support(str(one.state), one.path, one.proof, one.by) for one in shown),
            *([Support("", f"and {counted(more, 'more file')}", "")] if more else []),
        ),
        (),
        (
            "use the files: what a live file names or imports is not reported",
            "ignore them with a reason in tracker.yml under `audit: ignore:`, or keep them in `tracker audit --review`",
            *(
                ["`tracker audit --remove` carries the action out; `--undo` restores it"]
                if family.action in GOING
                else []
            ),
        ),
    )


# --- places and text ------------------------------------------------------------------------------------------------


def _place_in_plan(progress: Progress, name: str) -> str | None:
    found = places(progress.facts.workspace.root, progress.plan).get(name)
    if found is None:
        return None
    source, path = found
    return f"{source.file}:{source.locate(path).line}"


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return ", ".join(known[:3]) + more


def text_of(found: Explanation) -> Iterator[str]:
    """Yield an explanation line by line."""
    yield f"{found.kind} {found.id}: {found.verdict}"
    place = f" ({found.place})" if found.place else ""
    yield f"  {' '.join(found.title.split())}{place}"
    yield f"because: {found.because}"
    yield from _section("evidence", (_support_line(one) for one in found.evidence))
    yield from _section("commits", (f"{one.hash[:7]} {one.date} {one.subject} ({one.why})" for one in found.commits))
    yield from _section("what would change it", found.changes)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"{title}:"
        yield from (f"- {line}" for line in listed)


def _support_line(one: Support) -> str:
    where = f"{one.where}:{one.line}" if one.where and one.line else one.where
    at = f"at {one.commit[:7]}" if one.commit else None
    session = f"session {one.session}" if one.session and f"session {one.session}" not in one.asks else None
    details = ", ".join(filter(None, (where, one.when, at, session)))
    verdict = f"{one.verdict}: " if one.verdict else ""
    found = f"; {' '.join(one.found.split())}" if one.found else ""
    return f"{verdict}{one.asks}{found}{f' ({details})' if details else ''}"
