"""What the session of an agent claims, and which of it the evidence contradicts.

The rule is that an honest session passes: what is unknown, stale, disputed or said in doubtful words does not count.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.cache import Cache, digest
from tracker.commands.hooks.files import uncommitted
from tracker.commands.hooks.record import Beginning, named_in, started
from tracker.commands.hooks.words import doubted_criteria, reported_criteria, sentences
from tracker.errors import TrackerError
from tracker.model import Commit, Session, Status, Verdict
from tracker.progress.attribution import AttributionSource, attribute
from tracker.progress.claims import claim_problem, judge
from tracker.progress.evidence import World
from tracker.progress.phase_status import shortfall, stand
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Judged, judge_criteria
from tracker.sources.facts import Facts
from tracker.sources.reading import SourceFile
from tracker.sources.sessions import SessionFile
from tracker.sources.trees import commit_tree


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is wrong with the claims of a session."""

    reasons: tuple[str, ...]
    """Why it is not done."""
    warnings: tuple[str, ...]
    """Session files that cannot be read, and phases that are reported as complete while that is unknown."""


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What the session of an agent wrote."""

    files: list[SessionFile]
    commits: list[Commit]
    is_older: Callable[[str], bool]
    """Whether something was said before, by its key (see `said_by`)."""


def judged_claims(facts: Facts, since: Beginning | None, transcript: Path | None) -> tuple[Verdicts, Progress]:
    """Judge what this session claims: in its session files, and in the subjects of its commits.

    Also returns the progress as far as it was judged: the claims of other sessions are not, and criteria only if this
    session claims any.
    """
    attribution = attribute(facts)
    progress = Progress(facts, attribution, {}, [], World(facts, attribution), Cache(None))
    own = _work_since(progress, since, transcript) if since else _work_at_head(progress, transcript)
    names = [one.session.session for one in own.files]
    criteria = judge_criteria(progress.world) if _claims_criteria(progress, own) else None
    progress = replace(
        progress,
        claims=judge(facts, attribution, names),
        phases=stand(facts, criteria) if criteria is not None else [],
    )
    disproved = disproved_criteria(progress)
    reasons = [
        *_refuted(progress, own),
        *_phases(progress, own),
        *_sentences(own, disproved, _criteria(progress)),
        *_subjects(own, disproved, _criteria(progress)),
    ]
    return Verdicts(tuple(dict.fromkeys(reasons)), (*_unread(progress), *_unknown(progress, own))), progress


def _claims_criteria(progress: Progress, own: OwnWork) -> bool:
    """Whether this session reports a phase as complete, or any criterion as met."""
    if any(Status.COMPLETE in file.session.phases.values() for file in own.files):
        return True
    criteria = _criteria(progress)
    said = [sentence for file in own.files for sentence in _said(file.session)]
    return any(reported_criteria(one, criteria) for one in (*said, *(commit.subject for commit in own.commits)))


def _criteria(progress: Progress) -> list[str]:
    return [one.id for phase in progress.plan.phases for one in (*phase.prerequisites, *phase.criteria)]


# --- what is of this session ----------------------------------------------------------------------------------------


def _work_since(progress: Progress, since: Beginning, transcript: Path | None) -> OwnWork:
    """What was written since the session began, in this clone, and by this agent as far as its transcript shows."""
    repository, history = progress.facts.repository, progress.facts.history
    subjects = named_in(transcript, since.committed_subjects(repository))
    changed = uncommitted(repository, progress.plan.sessions)
    new = [one for one in progress.sessions if since.files.get(one.file) != digest(one.source.content)]
    files = [one for one in new if one.file in changed or _last_subject(progress, one.file) in subjects]
    newest = {one.subject: one for one in reversed(history.commits) if one.subject in subjects}
    committed = _said_at(progress, since.head, [one.file for one in files])
    return OwnWork(
        _named(files, transcript), list(newest.values()), lambda key: key in committed or since.is_older(key)
    )


def _last_subject(progress: Progress, file: str) -> str | None:
    change = progress.facts.history.last_change.get(file)
    return change.commit.subject if change else None


def _work_at_head(progress: Progress, transcript: Path | None) -> OwnWork:
    """Without a recorded beginning: the session files that differ from HEAD, else the last one if it is of HEAD.

    None of them counts that is older than the transcript.
    """
    changed = uncommitted(progress.facts.repository, progress.plan.sessions)
    files = [one for one in progress.sessions if one.file in changed]
    base = progress.facts.commit
    if not files and progress.facts.history.commits:
        files, base = _of_head(progress), next(iter(progress.facts.history.commits[0].parents), None)
    began = started(transcript)
    recent = [one for one in files if (progress.facts.workspace.root / one.file).stat().st_mtime >= began]
    certain = (AttributionSource.NAMED, AttributionSource.MENTIONED)
    commits = [
        commit
        for one in recent
        for commit, how in progress.attribution.commits.get(one.session.session, ())
        if how in certain
    ]
    older = _said_at(progress, base, [one.file for one in recent])
    return OwnWork(_named(recent, transcript), commits, older.__contains__)


def _named(files: list[SessionFile], transcript: Path | None) -> list[SessionFile]:
    """The session files that the transcript names; another agent may write others."""
    names = named_in(transcript, {Path(one.file).name for one in files})
    return [one for one in files if Path(one.file).name in names]


def _of_head(progress: Progress) -> list[SessionFile]:
    """The last session, if HEAD changed its file or names it."""
    if not progress.sessions:
        return []
    last, head = progress.sessions[-1], progress.facts.history.commits[0]
    changed = progress.facts.history.last_change.get(last.file)
    touches = changed is not None and changed.commit.hash == head.hash
    return [last] if touches or head.hash in progress.attribution.own.get(last.session.session, ()) else []


def _said_at(progress: Progress, commit: str | None, files: list[str]) -> set[str]:
    """The keys of what session files said at a commit."""
    if not commit or not files:
        return set()
    said: set[str] = set()
    with suppress(TrackerError):  # a shallow clone lacks the parents of its oldest commits
        for file, content in commit_tree(progress.facts.repository, commit).read(files):
            session, _ = SourceFile(file, content).validate(Session)
            said |= set(said_by(session)) if session else set()
    return said


def said_in(root: Path, paths: Iterable[Path]) -> list[str]:
    """Return the keys of what session files say, as far as they can be read."""
    found: list[str] = []
    for path in paths:
        with suppress(TrackerError, OSError):
            session, _ = SourceFile.read(path, root).validate(Session)
            found += said_by(session) if session else ()
    return found


def said_by(session: Session) -> Iterator[str]:
    """A key of each thing that a session says and that is checked at its end."""
    name = session.session
    yield from (_key(name, "commit", one.commit) for one in session.commits)
    for kind in ("created", "modified", "removed"):
        yield from (_key(name, kind, one.path) for one in getattr(session.files, kind))
    yield from (_key(name, "renamed", f"{one.from_} → {one.to}") for one in session.files.renamed)
    yield from (_key(name, "phase", f"{phase} {status}") for phase, status in session.phases.items())
    yield from (_key(name, "sentence", sentence) for sentence in _said(session))


def _key(session: str, kind: str, subject: str) -> str:
    return f"{session}\0{kind}\0{subject}"


def _said(session: Session) -> list[str]:
    """What a session reports in words, sentence by sentence."""
    work = (text for one in session.work for text in (one.title, one.body))
    answers = (text for one in session.assessments for text in (one.answer, one.conclusion))
    return sentences([session.status, session.summary, *session.highlights, *work, *answers, session.handoff.state])


# --- what is wrong --------------------------------------------------------------------------------------------------


def _unread(progress: Progress) -> Iterator[str]:
    folder = f"{progress.plan.sessions.rstrip('/')}/"
    for one in progress.facts.problems:
        if one.file.startswith(folder):
            yield f"{one.file}:{one.line}: {one.message}; not checked"


def _refuted(progress: Progress, own: OwnWork) -> Iterator[str]:
    names = {one.session.session for one in own.files}
    for claim in progress.refuted:
        if claim.session in names and not own.is_older(_key(claim.session, claim.kind, claim.subject)):
            yield str(claim_problem(claim, progress.sessions))


def _phases(progress: Progress, own: OwnWork) -> Iterator[str]:
    """Why phases are not complete that these sessions report as complete."""
    for file, phase, judged in _completed(progress, own):
        if _is_disproved(progress, judged):
            message = f"session {file.session.session} says phase {phase} is complete, but {shortfall(judged)}"
            yield _with_next(str(file.source.problem(("phases", phase), message)), judged)


def _unknown(progress: Progress, own: OwnWork) -> Iterator[str]:
    """Phases that these sessions report as complete while a criterion of them was not measured, or is stale."""
    for _, phase, judged in _completed(progress, own):
        if not _is_disproved(progress, judged):
            yield f"phase {phase} is reported as complete, but {shortfall(judged)}; not blocked"


def _completed(progress: Progress, own: OwnWork) -> Iterator[tuple[SessionFile, str, Judged]]:
    """The criteria that do not hold of phases that these sessions report as complete, and no later one otherwise."""
    phases = {one.phase.id: one for one in progress.phases}
    for file in own.files:
        name = file.session.session
        for phase, status in file.session.phases.items():
            one = phases.get(phase)
            is_old = own.is_older(_key(name, "phase", f"{phase} {status}"))
            if one and not is_old and status is Status.COMPLETE and one.sayings[-1].session == name:
                yield from ((file, phase, judged) for judged in one.criteria if not judged.holds)


def _with_next(text: str, judged: Judged) -> str:
    return f"{text} (`tracker explain {judged.criterion.id}`)"


def _is_disproved(progress: Progress, judged: Judged) -> bool:
    """Whether the evidence contradicts a criterion. What was never measured, is stale or not added yet is unknown."""
    root = progress.facts.workspace.root
    if judged.verdict is Verdict.MISSING:
        absent = (one.found for one in judged.checked if one.found.verdict is Verdict.MISSING and one.found.fresh)
        return any(one.where and not os.path.lexists(root / one.where) for one in absent)
    return judged.verdict is Verdict.UNMET


def _sentences(own: OwnWork, disproved: dict[str, Judged], criteria: Collection[str]) -> Iterator[str]:
    """Criteria of which the sessions say in words that they are met, and which the evidence contradicts."""
    for file in own.files:
        name, said = file.session.session, _said(file.session)
        claimable = disproved.keys() - doubted_criteria(said, disproved)
        for sentence in said:
            is_old = own.is_older(_key(name, "sentence", sentence))
            for criterion in () if is_old else claimable.intersection(reported_criteria(sentence, criteria)):
                quoted = sentence if len(sentence) <= 80 else f"{sentence[:79]}…"
                text = f"{file.file}: session {name} says {quoted!r}, but {shortfall(disproved[criterion])}"
                yield _with_next(text, disproved[criterion])


def _subjects(own: OwnWork, disproved: dict[str, Judged], criteria: Collection[str]) -> Iterator[str]:
    """Criteria that the subjects of this session's commits report as done, and which the evidence contradicts."""
    said = [sentence for file in own.files for sentence in _said(file.session)]
    claimable = disproved.keys() - doubted_criteria(said, disproved)
    for commit in own.commits:
        for name in claimable.intersection(reported_criteria(commit.subject, criteria)):
            text = f"commit {commit.hash[:7]} says {commit.subject!r}, but {shortfall(disproved[name])}"
            yield _with_next(text, disproved[name])


def disproved_criteria(progress: Progress) -> dict[str, Judged]:
    """The criteria that the evidence contradicts, by id."""
    judged = (one for phase in progress.phases for one in (*phase.prerequisites, *phase.criteria))
    return {one.criterion.id: one for one in judged if _is_disproved(progress, one)}
