"""`tracker hook commit-msg`: what git runs before a commit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date as Date
from datetime import datetime, timedelta
from pathlib import Path

from tracker.commands.hooks.agent import workspace_root
from tracker.commands.hooks.files import is_session, read_session, session_contents, uncommitted
from tracker.commands.hooks.input import INPUT_LIMIT
from tracker.commands.hooks.plan import HookPlan, read_hook_plan
from tracker.commands.hooks.words import subject_criteria
from tracker.commands.project import open_progress
from tracker.errors import TrackerError
from tracker.sources.repository import Repository

UNFINISHED = re.compile(r"(?:fixup|squash|amend)! |Merge |Revert ")
"""Subjects of commits that git writes itself."""
UNDER_WAY = ("rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD", "MERGE_HEAD")
"""Beside the message while git repeats commits that may be of other sessions."""


def commit_message(workspace: Path | None, path: Path, trailer: str | None, today: Date) -> list[str]:
    """Add the trailer of the session at work to a commit message; return warnings about its subject.

    `trailer` is its name, by default that of the plan.

    Nothing is added where the message names a session already, or where it is uncertain which one is at work.
    """
    root, path = workspace_root(workspace, None), path.absolute()
    if any((path.parent / name).exists() for name in UNDER_WAY):
        return []
    with Repository.open(root) as repository:
        subject, body = _message(repository, path)
        if not subject or UNFINISHED.match(subject):
            return []
        plan = read_hook_plan(root)
        trailer = trailer or plan.trailer
        session = session_at_work(repository, plan.sessions, today)
        if session and not _names_a_session(root, plan, subject, body, trailer):
            _add_trailer(repository, path, f"{trailer}: {session}")
    return _warnings(root, subject, plan.criteria)


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


MENTION = re.compile(r"session|\bS\d", re.IGNORECASE)
"""What every mention of a session by the default pattern contains."""


def _names_a_session(root: Path, plan: HookPlan, subject: str, body: str, trailer: str) -> bool:
    trailers = body.rstrip().rpartition("\n\n")[2]
    if re.search(rf"^{re.escape(trailer)}:", trailers, re.MULTILINE | re.IGNORECASE):
        return True
    if not plan.has_own_mention and not MENTION.search(f"{subject}\n{body}"):
        return False
    from tracker.model import Commit
    from tracker.progress.attribution import MentionedSessions
    from tracker.sources.facts import open_workspace

    named = MentionedSessions(open_workspace(root).plan, ())
    commit = Commit("", "", (), "", "", datetime.min, subject, body)
    return any(named.mentions(commit))


def session_at_work(repository: Repository, folder: str, today: Date) -> str | None:
    """Id of the one session whose file has uncommitted changes, else of the one whose days include today."""
    root = repository.folder
    changed = [read_session(root, file) for file in uncommitted(repository, folder) if is_session(file)]
    at_work = [one["session"] for one in changed if one] or list(_of_today(root, folder, today))
    return at_work[0] if len(at_work) == 1 else None


def _of_today(root: Path, folder: str, today: Date) -> Iterator[str]:
    """The sessions that began today or earlier and ended yesterday or later."""
    yesterday = today - timedelta(days=1)
    days = [b"until", str(today).encode(), str(yesterday).encode()]
    for file, content in session_contents(root, folder):
        if any(day in content for day in days) and (one := read_session(root, file)):
            last = one.get("until") or one["date"]
            if one["date"] <= str(today) and last >= str(yesterday):
                yield one["session"]


def _add_trailer(repository: Repository, path: Path, trailer: str) -> None:
    """Let git add a trailer: it knows where comments begin."""
    with repository.run("interpret-trailers", "--in-place", "--no-divider", "--trailer", trailer, str(path)) as output:
        output.read()


def _warnings(root: Path, subject: str, criteria: Collection[str]) -> list[str]:
    """Criteria that a subject reports as done and the evidence contradicts; most subjects name none."""
    claimed = subject_criteria(subject, criteria)
    if not claimed:
        return []
    from tracker.commands.hooks.claims import disproved_criteria
    from tracker.progress.phase_status import shortfall

    with open_progress(root, write=False) as (progress, _):
        disproved = disproved_criteria(progress)
    return [
        f"the subject says {subject!r}, but {shortfall(disproved[name])}; `tracker explain {name}` says why"
        for name in claimed
        if name in disproved
    ]
