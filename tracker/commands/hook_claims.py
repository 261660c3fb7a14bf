"""What the session of an agent claims, and which of it the evidence contradicts.

The rule is that an honest session passes: what is unknown, stale, disputed or said in doubtful words does not count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
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
    warnings: tuple[str, ...]
    """Session files that cannot be read, and phases that are reported as complete while that is unknown."""


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
    return Verdicts(tuple(dict.fromkeys(reasons)), (*_unread(progress), *_unknown(progress, files, since)))


def _unread(progress: Progress) -> Iterator[str]:
    folder = f"{progress.plan.sessions.rstrip('/')}/"
    for one in progress.facts.problems:
        if one.file.startswith(folder):
            yield f"{one.file}:{one.line}: {one.message}; not checked"


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
    """Why phases are not complete that these sessions report as complete."""
    for file, phase, judged in _completed(progress, files, since):
        if _is_disproved(progress, judged):
            message = f"session {file.session.session} says phase {phase} is complete, but {shortfall(judged)}"
            yield _with_next(str(file.source.problem(("phases", phase), message)), judged)


def _unknown(progress: Progress, files: Iterable[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Phases that these sessions report as complete while a criterion of them was not measured, or is stale."""
    for _, phase, judged in _completed(progress, files, since):
        if not _is_disproved(progress, judged):
            yield f"phase {phase} is reported as complete, but {shortfall(judged)}; not blocked"


def _completed(
    progress: Progress, files: Iterable[SessionFile], since: Beginning | None
) -> Iterator[tuple[SessionFile, str, Judged]]:
    """The criteria that do not hold of phases that these sessions report as complete, and no later one otherwise."""
    phases = {one.phase.id: one for one in progress.phases}
    for file in files:
        name = file.session.session
        for phase, status in file.session.phases.items():
            one = phases.get(phase)
            is_old = since is not None and since.is_older(_key(name, "phase", f"{phase} {status}"))
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


def _sentences(progress: Progress, files: Iterable[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Criteria of which the sessions say in words that they are met, and which the evidence contradicts."""
    disproved = disproved_criteria(progress)
    for file in files:
        denied = _denied([file], disproved)
        for sentence in sentences(file.session):
            is_old = since is not None and since.is_older(_key(file.session.session, "sentence", sentence))
            for name in () if is_old else reported_criteria(sentence, disproved.keys() - denied):
                quoted = sentence if len(sentence) <= 80 else f"{sentence[:79]}…"
                text = f"{file.file}: session {file.session.session} says {quoted!r}"
                yield _with_next(f"{text}, but {shortfall(disproved[name])}", disproved[name])


def _subjects(progress: Progress, files: list[SessionFile], since: Beginning | None) -> Iterator[str]:
    """Criteria that the subjects of this session's commits report as done, and which the evidence contradicts."""
    disproved = disproved_criteria(progress)
    denied = _denied(files, disproved)
    for commit in _own_commits(progress, files, since):
        for name in reported_criteria(commit.subject, disproved.keys() - denied):
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

_DONE = r"(?:met|done|completed?|completes|achieve[sd]?|satisfie[sd]|verified|finished|passes|passed)"
_FIX = r"(?:fix(?:e[sd])?|close[sd]?|finish(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?)"
DONE = re.compile(rf"\b(?:{_DONE}|{_FIX})\b", re.IGNORECASE)
"""Words by which the subject of a commit reports something as done."""
DOUBT = re.compile(
    r"\b(?:not|no|never|nor|neither|cannot|without|until|unless|if|when|once|after|before|should|would|could|may|might"
    r"|will|must|need\w*|to be|todo|wip|draft|part|parts|partly|partially|almost|nearly|half|still|yet|next|later|soon"
    r"|expect\w*|hope\w*|plan\w*|try|tries|trying|attempt\w*|start\w*|begin\w*|prepar\w*|toward\w*|progress|step\w*"
    r"|remain\w*|fail\w*|unmet|missing|stale|blocked|open|regress\w*|revert\w*|was|were|tests? for|less|more|claims?)\b"
    r"|n't|\?|%|\d+\s*(?:of|/)\s*\d+",
    re.IGNORECASE,
)
"""Words that make a sentence anything but a plain report: better to miss a claim than to invent one."""
SENTENCE = re.compile(r"[.!;](?=\s)|\n")
_ID = "[\ue000-\uf8ff]"
"""Stands for the id of a criterion; each has a letter of its own."""
_IDS = rf"{_ID}(?:\s*(?:,|and|&|,\s*and)\s*{_ID})*"
REPORT = re.compile(
    rf"{_IDS}\s*(?:(?:is|are|has been|have been)\b|[:=–—-]+)?\s*(?:(?:now|fully|all|both|also|finally)\s+)*{_DONE}"
    r"(?=\s*(?:$|[,.!)(]|(?:by|in|with|now|at|on|and|since)\b))"
    rf"|\b{_DONE}\s*:?\s*(?:the\s+)?{_IDS}(?=\s*(?:$|[,.!)(]))",
    re.IGNORECASE,
)
"""A plain report that criteria are met: `A is met`, `A and B: done`, `Completed A`."""


def sentences(session: Session) -> list[str]:
    """What a session reports in words, sentence by sentence; quotations are the words of others."""
    texts = [session.status, session.summary, *session.highlights]
    texts += [text for work in session.work for text in (work.title, work.body)]
    parts = (part.strip(" -*\t") for text in texts if text for part in SENTENCE.split(text))
    return list(dict.fromkeys(part for part in parts if part and not part.startswith(">")))


def reported_criteria(sentence: str, names: Iterable[str]) -> list[str]:
    """Return the criteria that a sentence plainly reports as met.

    >>> reported_criteria("ramp-there is met", ["ramp-there"])
    ['ramp-there']
    >>> reported_criteria("ramp-there is not met yet", ["ramp-there"])
    []
    >>> reported_criteria("Completed the parser that ramp-there needs", ["ramp-there"])
    []
    """
    named, text = _marked(sentence, names)
    if not named or DOUBT.search(text):
        return []
    reported = "".join(match[0] for match in REPORT.finditer(text))
    return [name for name, mark in named.items() if mark in reported]


def subject_criteria(subject: str, names: Iterable[str]) -> list[str]:
    """Return the criteria that the subject of a commit names as done or fixed, more loosely than a report.

    >>> subject_criteria("Fix the edge case of ramp-there", ["ramp-there"])
    ['ramp-there']
    """
    named, text = _marked(subject, names)
    return list(named) if named and DONE.search(text) and not DOUBT.search(text) else []


def _marked(text: str, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """The names in a text, each with the letter that stands for it, and the text with these letters."""
    marks: dict[str, str] = {}
    for name in names:
        changed = _pattern(name).sub(chr(0xE000 + len(marks) % 6000), text)
        if changed != text:
            marks[name], text = chr(0xE000 + len(marks) % 6000), changed
    return marks, text


def _names(text: str, name: str) -> bool:
    """Whether a text names a criterion."""
    return bool(_pattern(name).search(text))


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    """Matches the id of a criterion. An id that could be any word must be called a criterion."""
    is_word = not (re.search(r"[\d_-]", name) and re.search(r"[^\W\d_]", name))
    kind = r"\bcriterion\s+" if is_word else r"(?:\bcriterion\s+)?"
    return re.compile(rf"(?<![\w./-]){kind}[\"'`*]*{re.escape(name)}[\"'`*]*(?![\w/-]|\.\w)", re.IGNORECASE)
