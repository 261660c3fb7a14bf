"""`tracker hook start` and `stop`: what coding agents run when a session starts and stops.

A hook never blocks because of its own failure: what it cannot read or judge passes. Modules that compute anything are
imported by the functions that need them, so that an event without work costs only the start-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cache import digest
from tracker.commands.hooks.files import is_session, uncommitted
from tracker.commands.hooks.input import HookInput
from tracker.commands.hooks.record import Beginning, recall, record, started
from tracker.commands.project import answer, cached_answer, open_facts
from tracker.sources.repository import Repository
from tracker.workspace import NoWorkspace, find_root

if TYPE_CHECKING:
    from tracker.progress.progress import Progress

BRIEF_WORDS = 300
MOST_REASONS = 10
START = ("SessionStart", "sessionStart")
STOP = ("Stop", "AfterAgent", "stop", "agentStop")


def workspace_root(workspace: Path | None, folder: Path | None) -> Path:
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
    root = workspace_root(workspace, hook.folder)
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
    from tracker.commands.hooks.plan import read_hook_plan

    folder = read_hook_plan(root).sessions
    with Repository.open(root) as repository:
        changed = [root / one for one in uncommitted(repository, folder) if is_session(one)]
    said: list[str] = []
    if changed:
        from tracker.commands.hooks.claims import said_in

        said = said_in(root, changed)
    record(root, session, folder, said)


# --- stop -----------------------------------------------------------------------------------------------------------


def stop(workspace: Path | None, hook: HookInput) -> tuple[str, tuple[str, ...]]:
    """Return the answer to the end of a turn, and warnings.

    The agent is blocked only where this session claims something that the evidence refutes. Raises TrackerError where
    the workspace cannot be read.
    """
    if hook.is_continued or (hook.event and hook.event not in STOP):
        return hook.passing, ()
    root = workspace_root(workspace, hook.folder)
    since = recall(root, hook.session) if hook.session else None
    with Repository.open(root) as repository:
        if _passes_quickly(repository, since):
            return hook.passing, ()
    reasons, warnings = _judged(root, since, hook)
    return (hook.block(_reason(reasons)) if reasons else hook.passing), tuple(warnings)


def _passes_quickly(repository: Repository, since: Beginning | None) -> bool:
    """Whether nothing was written that could be refuted; the history is not read."""
    files = since.changed_files(repository.folder) if since else []
    if since and not files and repository.head == since.head:
        return True
    from tracker.commands.hooks.plan import read_hook_plan
    from tracker.commands.hooks.screen import passes

    plan = read_hook_plan(repository.folder)
    if since:
        bases = [one for one in ("HEAD", since.head) if one]
        is_there = plan.sessions == since.folder
        return is_there and passes(repository, files, since.committed_subjects(repository), plan.criteria, bases)
    changed = uncommitted(repository, plan.sessions)
    files = [one for one in changed if is_session(one) and (repository.folder / one).is_file()]
    return bool(files) and passes(repository, files, _subjects(repository), plan.criteria)


def _subjects(repository: Repository) -> Iterator[str]:
    """The subjects of all commits: any of them may be of this session."""
    if not repository.head:
        return
    with repository.run("log", "--format=%s", "HEAD", "--") as output:
        yield from (line.decode("utf-8", "replace").rstrip("\n") for line in output)


def _judged(root: Path, since: Beginning | None, hook: HookInput) -> tuple[list[str], list[str]]:
    """Why the agent is blocked, and warnings. Only a pass is kept in the cache: a block must be true now."""
    question = f"hook stop {digest(hook.session) if since else started(hook.transcript)}"
    known = cached_answer(root, question)
    if known is None:
        from tracker.commands.hooks.claims import judged_claims
        from tracker.result_cache import ResultCache

        with open_facts(root) as (facts, cache):
            found, progress = judged_claims(facts, since, hook.transcript)
            known = json.dumps([found.reasons, found.warnings])
            if not found.reasons:
                ResultCache(root, facts.repository, cache).remember(question, progress, known)
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
