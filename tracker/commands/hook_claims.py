"""What the session of an agent claims, and which of it the evidence contradicts.

The rule is that an honest session passes: what is unknown, stale, disputed or said in doubtful words does not count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.cache import digest
from tracker.commands.hook_record import Beginning, started
from tracker.model import Commit, Session, Status, Verdict
from tracker.progress.claims import claim_problem
from tracker.progress.phase_status import shortfall
from tracker.progress.progress import Progress
from tracker.progress.verdicts import Judged
from tracker.sources.repository import Repository
from tracker.sources.sessions import SessionFile


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is wrong with the claims of a session."""

    reasons: tuple[str, ...]
    """Why it is not done."""
    unread: tuple[str, ...]
    """Session files that cannot be read, so that nothing in them was checked."""


def judged_claims(progress: Progress, since: Beginning | None, transcript: Path | None) -> Verdicts:
    """Judge what this session claims: in its session files, and in the subjects of its commits."""
    files = _own_files(progress, since, transcript)
    own = {one.session.session for one in files}
    reasons = [
        *_refuted(progress, own, since),
        *_phases(progress, files, since),
        *_sentences(progress, files, since),
        *_subjects(progress, files, since),
    ]
    folder = f"{progress.plan.sessions.rstrip('/')}/"
    problems = (one for one in progress.facts.problems if one.file.startswith(folder))
    unread = [f"{one.file}:{one.line}: {one.message}" for one in problems]
    return Verdicts(tuple(dict.fromkeys(reasons)), tuple(unread))


def _own_files(progress: Progress, since: Beginning | None, transcript: Path | None) -> list[SessionFile]:
    """The session files that this session wrote.

    Where its beginning was not recorded: the files that differ from HEAD, else the last one if HEAD is of that session.
    None of them counts that is older than the transcript.
    """
    if since:
        return [one for one in progress.sessions if since.files.get(one.file) != digest(one.source.content)]
    changed = uncommitted(progress.facts.repository, progress.plan.sessions)
    files = [one for one in progress.sessions if one.file in changed] or _of_head(progress)
    began = started(transcript)
    return [one for one in files if (progress.facts.workspace.root / one.file).stat().st_mtime >= began]


def _of_head(progress: Progress) -> list[SessionFile]:
    if not progress.sessions or not progress.facts.history.commits:
        return []
    last, head = progress.sessions[-1], progress.facts.history.commits[0]
    changed = progress.facts.history.last_change.get(last.file)
    touches = changed is not None and changed.commit.hash == head.hash
    is_own = progress.attribution.session_of_commit.get(head.hash) == last.session.session
    return [last] if touches or is_own else []


def _refuted(progress: Progress, own: Collection[str], since: Beginning | None) -> Iterator[str]:
    for claim in progress.refuted:
        is_new = since is None or not since.is_older(_key(claim.session, claim.kind, claim.subject))
        if claim.session in own and is_new:
            yield str(claim_problem(claim, progress.sessions))


def _phases(progress: Progress, files: Iterable[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Why phases are not complete that these sessions report as complete, and no later one as anything else."""
    phases = {one.phase.id: one for one in progress.phases}
    for file in files:
        name = file.session.session
        for phase, status in file.session.phases.items():
            one = phases.get(phase)
            is_old = since is not None and since.is_older(_key(name, "phase", f"{phase} {status}"))
            if one is None or is_old or status is not Status.COMPLETE or one.sayings[-1].session != name:
                continue
            for judged in (each for each in one.criteria if _is_disproved(progress, each)):
                message = f"session {name} says phase {phase} is complete, but {shortfall(judged)}"
                yield _with_next(str(file.source.problem(("phases", phase), message)), judged)


def _with_next(text: str, judged: Judged) -> str:
    return f"{text} (`tracker explain {judged.criterion.id}`)"


def _is_disproved(progress: Progress, judged: Judged) -> bool:
    """Whether the evidence contradicts a criterion. What was never measured, is stale or not added yet is unknown."""
    root = progress.facts.workspace.root
    if judged.verdict is Verdict.MISSING:
        absent = (one.found for one in judged.checked if one.found.verdict is Verdict.MISSING and one.found.fresh)
        return any(one.where and not os.path.lexists(root / one.where) for one in absent)
    return judged.verdict is Verdict.UNMET


def _sentences(progress: Progress, files: Iterable[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Criteria of which the sessions say in words that they are met, and which the evidence contradicts."""
    disproved = disproved_criteria(progress)
    for file in files:
        denied = _denied([file], disproved)
        for sentence in sentences(file.session):
            is_old = since is not None and since.is_older(_key(file.session.session, "sentence", sentence))
            for name in () if is_old else claimed_criteria(sentence, disproved.keys() - denied, DONE):
                quoted = sentence if len(sentence) <= 80 else f"{sentence[:79]}…"
                text = f"{file.file}: session {file.session.session} says {quoted!r}"
                yield _with_next(f"{text}, but {shortfall(disproved[name])}", disproved[name])


def _subjects(progress: Progress, files: list[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Criteria that the subjects of this session's commits report as done, and which the evidence contradicts."""
    disproved = disproved_criteria(progress)
    denied = _denied(files, disproved)
    for commit in _own_commits(progress, files, since):
        for name in claimed_criteria(commit.subject, disproved.keys() - denied, DONE):
            text = f"commit {commit.hash[:7]} says {commit.subject!r}, but {shortfall(disproved[name])}"
            yield _with_next(text, disproved[name])


def disproved_criteria(progress: Progress) -> dict[str, Judged]:
    """The criteria that the evidence contradicts, by id."""
    judged = (one for phase in progress.phases for one in (*phase.prerequisites, *phase.criteria))
    return {one.criterion.id: one for one in judged if _is_disproved(progress, one)}


def _denied(files: Iterable[SessionFile], names: Iterable[str]) -> set[str]:
    """Criteria of which the sessions also say that they are not met: that is honest."""
    doubtful = [one for file in files for one in sentences(file.session) if DOUBT.search(one)]
    return {name for name in names if any(_names(one, name) for one in doubtful)}


def _own_commits(progress: Progress, files: Iterable[SessionFile], since: Beginning | None) -> list[Commit]:
    history = progress.facts.history
    if since:
        return history.commits[: history.age.get(since.head or "", 0)]
    return [commit for one in files for commit, _ in progress.attribution.commits.get(one.session.session, ())]


def said_by(session: Session) -> Iterator[str]:
    """A key of each thing that a session says and that is checked at its end."""
    name = session.session
    yield from (_key(name, "commit", one.commit) for one in session.commits)
    for kind in ("created", "modified", "removed"):
        yield from (_key(name, kind, one.path) for one in getattr(session.files, kind))
    yield from (_key(name, "renamed", f"{one.from_} → {one.to}") for one in session.files.renamed)
    yield from (_key(name, "phase", f"{phase} {status}") for phase, status in session.phases.items())
    yield from (_key(name, "sentence", sentence) for sentence in sentences(session))


def _key(session: str, kind: str, subject: str) -> str:
    return f"{session}\0{kind}\0{subject}"


def uncommitted(repository: Repository, folder: str) -> set[str]:
    """The files of a folder that differ from HEAD."""
    arguments = ("--porcelain", "-z", "--untracked-files=all", "--", repository.prefix + folder)
    with repository.run("status", *arguments) as output:
        entries = output.read().decode("utf-8", "surrogateescape").split("\0")
    return {entry[3:].removeprefix(repository.prefix) for entry in entries}


# --- what is said in words ------------------------------------------------------------------------------------------

DONE = re.compile(r"\b(?:met|done|completed?|completes|achieve[sd]|satisfie[sd]|verified|passes)\b", re.IGNORECASE)
"""Words that report something as done."""
FIXED = re.compile(rf"{DONE.pattern}|\b(?:fix(?:e[sd])?|close[sd]?|finish(?:e[sd])?|resolve[sd]?)\b", re.IGNORECASE)
"""Also the words that say so in the subject of a commit."""
DOUBT = re.compile(
    r"\b(?:not|no|never|nor|neither|cannot|without|until|unless|if|when|once|after|before|should|would|could|may|might"
    r"|will|must|need\w*|to be|todo|wip|draft|part|parts|partly|partially|almost|nearly|half|still|yet|next|later|soon"
    r"|expect\w*|hope\w*|plan\w*|try|tries|trying|attempt\w*|start\w*|begin\w*|prepar\w*|toward\w*|progress|step\w*"
    r"|remain\w*|fail\w*|unmet|missing|stale|blocked|open|regress\w*|revert\w*|was|were|test for|tests for|less|more)\b"
    r"|n't|\?|%|\d+\s*(?:of|/)\s*\d+",
    re.IGNORECASE,
)
"""Words that make a sentence anything but a plain report: better to miss a claim than to invent one."""
SENTENCE = re.compile(r"[.!;](?=\s)|\n")


def sentences(session: Session) -> list[str]:
    """What a session reports in words, sentence by sentence; quotations are the words of others."""
    texts = [session.status, session.summary, *session.highlights]
    texts += [text for work in session.work for text in (work.title, work.body)]
    parts = (part.strip(" -*\t") for text in texts if text for part in SENTENCE.split(text))
    return list(dict.fromkeys(part for part in parts if part and not part.startswith(">")))


def claimed_criteria(sentence: str, names: Iterable[str], done: re.Pattern[str]) -> list[str]:
    """Return the criteria that a sentence plainly reports as done.

    >>> claimed_criteria("ramp-there is met", ["ramp-there"], DONE)
    ['ramp-there']
    >>> claimed_criteria("ramp-there is not met yet", ["ramp-there"], DONE)
    []
    """
    known = list(names)
    named = [name for name in known if _names(sentence, name)]
    rest = sentence
    for name in named:
        rest = rest.replace(name, "")
    return named if named and done.search(rest) and not DOUBT.search(rest) else []


def _names(text: str, name: str) -> bool:
    """Whether a text names a criterion. An id that could be any word must be called a criterion."""
    kind = "" if re.search(r"[\d_-]", name) and re.search(r"[^\W\d_]", name) else r"criterion\s+[\"'`]?"
    return bool(re.search(rf"(?<![\w./-]){kind}{re.escape(name)}(?![\w/-]|\.\w)", text, re.IGNORECASE))
