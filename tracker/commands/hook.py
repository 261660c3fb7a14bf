"""`tracker hook`: what coding agents run when a session starts and stops, and git before a commit.

A hook never stands in the way because of its own failure: what it cannot read or judge passes. Modules that compute
anything are imported by the functions that need them, so that an event without work costs only the start-up.
"""

from __future__ import annotations

import json
import re
from datetime import date as Date
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cache import digest
from tracker.commands.hook_input import INPUT_LIMIT, HookInput
from tracker.commands.hook_record import Beginning, recall, record, started
from tracker.commands.project import answer, cached_answer, open_progress, open_sessions
from tracker.errors import TrackerError
from tracker.workspace import NoWorkspace, find_root

if TYPE_CHECKING:
    from tracker.progress.progress import Progress
    from tracker.sources.repository import Repository

BRIEF_WORDS = 300
MOST_REASONS = 10
START = ("SessionStart", "sessionStart")
STOP = ("Stop", "AfterAgent", "stop", "agentStop")


def _root(workspace: Path | None, folder: Path | None) -> Path:
    """The workspace that is named, else that of the agent's folder, else that of the current one."""
    if workspace is None and folder and folder.is_dir():
        try:
            return find_root(folder)
        except NoWorkspace:
            pass
    return find_root(workspace or Path())


# --- start ----------------------------------------------------------------------------------------------------------


def start(workspace: Path | None, hook: HookInput) -> str:
    """Return the answer to the start of a session: the brief. What is there now is not of this session.

    Raises TrackerError where the workspace cannot be read.
    """
    if hook.event and hook.event not in START:
        return hook.passing
    root = _root(workspace, hook.folder)
    text = answer(root, "hook start", brief_text)
    if hook.session:
        _record_start(root, hook.session)
    return hook.context(text)


def brief_text(progress: Progress) -> str:
    """The brief in at most 300 words, and how a session is recorded."""
    from tracker.progress.brief import brief

    last = "Before you stop: record the session (`tracker new`) and run `tracker check`."
    left = BRIEF_WORDS - len(last.split())
    lines = []
    for section in brief(progress, left):
        lines.append(section.title)
        lines += [f"- {one.text} ({', '.join(filter(None, (one.source, one.place)))})" for one in section.items]
    while len(" ".join(lines).split()) > left:
        lines.pop()
    return "\n".join([*lines, last])


def _record_start(root: Path, session: str) -> None:
    if recall(root, session):  # a session that is resumed
        return
    from tracker.commands.hook_claims import said_by
    from tracker.sources.facts import open_workspace

    with open_sessions(root) as sessions:
        said = [key for one in sessions for key in said_by(one.session)]
    record(root, session, open_workspace(root).plan.sessions, said)


# --- stop -----------------------------------------------------------------------------------------------------------


def stop(workspace: Path | None, hook: HookInput) -> tuple[str, tuple[str, ...]]:
    """Return the answer to the end of a turn, and warnings.

    The agent is blocked only where this session claims something that the evidence refutes. Raises TrackerError where
    the workspace cannot be read.
    """
    if hook.is_continued or (hook.event and hook.event not in STOP):
        return hook.passing, ()
    root = _root(workspace, hook.folder)
    since = recall(root, hook.session) if hook.session else None
    if since and since.is_now(root):
        return hook.passing, ()
    reasons, warnings = _judged(root, since, hook)
    return (hook.block(_reason(reasons)) if reasons else hook.passing), tuple(warnings)


def _judged(root: Path, since: Beginning | None, hook: HookInput) -> tuple[list[str], list[str]]:
    """Why the agent is blocked, and warnings. Only a pass is kept in the cache: a block must be true now."""
    question = f"hook stop {digest(hook.session) if since else started(hook.transcript)}"
    known = cached_answer(root, question)
    if known is None:
        from tracker.commands.hook_claims import judged_claims
        from tracker.result_cache import ResultCache

        with open_progress(root) as (progress, cache):
            found = judged_claims(progress, since, hook.transcript)
            known = json.dumps([found.reasons, found.warnings])
            if not found.reasons:
                ResultCache(root, progress.facts.repository, cache).remember(question, progress, known)
    reasons, warnings = json.loads(known)
    return reasons, warnings


def _reason(reasons: list[str]) -> str:
    shown = reasons[:MOST_REASONS]
    more = [f"- and {len(reasons) - len(shown)} more"] if len(reasons) > len(shown) else []
    return "\n".join(
        [
            "This session claims what the evidence does not support:",
            *(f"- {one}" for one in shown),
            *more,
            "Next: make it true, or correct what the session says, then run `tracker check`. "
            "To report that it is not done is fine.",
        ]
    )


# --- commit-msg -----------------------------------------------------------------------------------------------------

UNFINISHED = re.compile(r"(?:fixup|squash|amend)! |Merge |Revert ")
"""Subjects of commits that git writes itself."""
UNDER_WAY = ("rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "MERGE_HEAD")
"""Beside the message while git repeats commits that may be of other sessions."""


def commit_message(workspace: Path | None, path: Path, trailer: str | None, today: Date) -> list[str]:
    """Add the trailer of the session at work to a commit message; return warnings about its subject.

    `trailer` is its name, by default that of the plan.

    Nothing is added where the message names a session already, or where it is uncertain which one is at work.
    """
    from tracker.sources.facts import open_workspace
    from tracker.sources.repository import Repository

    root, path = _root(workspace, None), path.absolute()
    if any((path.parent / name).exists() for name in UNDER_WAY):
        return []
    with Repository.open(root) as repository:
        subject, body = _message(repository, path)
        if not subject or UNFINISHED.match(subject):
            return []
        warnings = _warnings(root, subject)
        trailer = trailer or open_workspace(root).plan.trailer
        session = _session_at_work(root, repository, today)
        if session and not _names_a_session(root, subject, body, trailer):
            _add_trailer(repository, path, f"{trailer}: {session}")
    return warnings


def _message(repository: Repository, path: Path) -> tuple[str, str]:
    """Subject and body of a commit message without its comments; the subject is empty where there is none.

    Raises TrackerError where it is no regular file, and where it is too long.
    """
    if path.exists() and not path.is_file():
        raise TrackerError(f"{path}: not a regular file")
    with path.open("rb") as stream:
        content = stream.read(INPUT_LIMIT + 1)
    if len(content) > INPUT_LIMIT:
        raise TrackerError(f"{path}: the message has more than {INPUT_LIMIT:,} bytes")
    text = re.split(rb"^\S+ -+ >8 -+$", content, maxsplit=1, flags=re.MULTILINE)[0]
    with repository.run("stripspace", "--strip-comments", feed=[text]) as output:
        subject, _, body = output.read().decode("utf-8", "replace").partition("\n")
    return subject, body


def _names_a_session(root: Path, subject: str, body: str, trailer: str) -> bool:
    from tracker.model import Commit
    from tracker.progress.attribution import MentionedSessions
    from tracker.sources.facts import open_workspace

    trailers = body.rstrip().rpartition("\n\n")[2]
    if re.search(rf"^{re.escape(trailer)}:", trailers, re.MULTILINE | re.IGNORECASE):
        return True
    named = MentionedSessions(open_workspace(root).plan, ())
    commit = Commit("", "", (), "", "", datetime.min, subject, body)
    return any(named.mentions(commit))


def _session_at_work(root: Path, repository: Repository, today: Date) -> str | None:
    """Id of the one session whose file has uncommitted changes, else of the one whose days include today."""
    from tracker.commands.hook_claims import uncommitted
    from tracker.sources.facts import open_workspace

    with open_sessions(root) as found:
        changed = uncommitted(repository, open_workspace(root).plan.sessions)
        at_work = [one.session for one in found if one.file in changed]
        days = ((one.session, one.session.until or one.session.date) for one in found)
        at_work = at_work or [one for one, last in days if one.date <= today <= last + timedelta(days=1)]
    return at_work[0].session if len(at_work) == 1 else None


def _add_trailer(repository: Repository, path: Path, trailer: str) -> None:
    """Let git add a trailer: it knows where comments begin."""
    with repository.run("interpret-trailers", "--in-place", "--no-divider", "--trailer", trailer, str(path)) as output:
        output.read()


def _warnings(root: Path, subject: str) -> list[str]:
    """Criteria that a subject reports as done and the evidence contradicts; most subjects name none."""
    from tracker.commands.hook_claims import disproved_criteria, subject_criteria
    from tracker.progress.phase_status import shortfall
    from tracker.sources.facts import open_workspace

    plan = open_workspace(root).plan
    names = [one.id for phase in plan.phases for one in (*phase.prerequisites, *phase.criteria)]
    claimed = subject_criteria(subject, names)
    if not claimed:
        return []
    with open_progress(root, write=False) as (progress, _):
        disproved = disproved_criteria(progress)
    return [
        f"the subject says {subject!r}, but {shortfall(disproved[name])}; `tracker explain {name}` says why"
        for name in claimed
        if name in disproved
    ]
