"""A draft of the next session: what git and the last session know about it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from pathlib import Path
from typing import Any

from tracker.model import Commit, Session, Status
from tracker.progress.attribution import AttributionSource
from tracker.progress.coverage import undocumented_since_first_session
from tracker.progress.progress import Progress, look_up
from tracker.progress.versions import compare, snapshot
from tracker.sources.facts import Facts
from tracker.workspace import PLAN_FILE

URGENCIES = ("immediate", "short_term", "deferred")

FOCUS = "What this session is about"
SUMMARY = "What happened.\n\nMarkdown, as long as you like.\n"
"""What a new session says until people write what is true."""


@dataclass(frozen=True)
class Draft:
    """What is known about a session before anyone writes it."""

    id: str
    author: str | None
    commits: list[Commit]
    """The oldest first."""
    files: Mapping[str, list[Any]]
    """created, modified, removed: paths; renamed: pairs of `from` and `to`."""
    tasks: list[str]
    """Ids of tasks that the commits mention."""
    criteria: list[str]
    """Ids of criteria that the commits mention."""
    changed: list[str]
    """Phases, criteria and values that changed since before the commits, in words."""
    steps: Mapping[str, list[Carried]]
    """Next steps that are carried over, by urgency."""
    undocumented: list[Commit]
    """Further commits that no session documents, the newest first."""
    is_range: bool = False
    """Whether the commits were chosen, and are not simply the new ones."""
    is_past: bool = False
    """Whether they were chosen and are all older than the last session."""


@dataclass(frozen=True)
class Carried:
    """A next step that is not done yet."""

    text: str
    since: Session
    """The first of an unbroken row of sessions that name it, up to the last."""
    row: int
    """How many sessions that are."""


def draft(
    progress: Progress,
    since: str | None,
    before: Facts | None = None,
    only: Collection[str] | None = None,
    earliest: Date = Date.min,
) -> Draft:
    """What git knows since a commit (None: since the first), or about the commits `only` (full hashes).

    `before`: the facts before those commits, to see what changed. Commits of days before `earliest` are left out.
    """
    commits = [commit for commit in _commits(progress, since, only) if commit.date.date() >= earliest]
    messages = "\n".join(f"{commit.subject}\n{commit.body}" for commit in commits)
    plan, is_past = progress.plan, only is not None and _are_older(commits, _last_day(progress))
    tasks = [task.task.id for phase in progress.phases for task in phase.tasks if not task.settled]
    criteria = [one.id for phase in plan.phases for one in (*phase.prerequisites, *phase.criteria)]
    return Draft(
        id=next_id(progress.sessions[-1].session.session if progress.sessions else None, taken_ids(progress)),
        author=commits[-1].author if commits else None,
        commits=commits,
        files=_files(progress, {commit.hash for commit in commits}),
        tasks=[name for name in tasks if _mentions(messages, name)],
        criteria=[name for name in criteria if _mentions(messages, name)],
        changed=list(_changed(progress, before)) if before and not is_past else [],
        steps={} if is_past else _carried(progress),
        undocumented=[commit for commit in undocumented_since_first_session(progress) if commit not in commits],
        is_range=only is not None,
        is_past=is_past,
    )


def days_of(progress: Progress, found: Draft, today: Date) -> tuple[Date, Date | None]:
    """The days of a session that documents the commits of a draft: its first, and its last if that is another one.

    It begins no earlier than the session before it: sessions are in the order of their days. A session in the past has
    the days of its commits. A range that was finished before yesterday ends with its last commit, anything else today.
    """
    days = [commit.date.date() for commit in found.commits] or [today]
    first, last = min(days), max(days)
    if found.is_past:
        return first, last if last != first else None
    began = min(max(first, _last_day(progress)), today)
    is_over = found.is_range and today - last > timedelta(days=progress.plan.claims.tolerance_days)
    ended = max(began, last) if is_over else today
    return began, ended if began != ended else None


def _last_day(progress: Progress) -> Date:
    """The day on which the last session began."""
    return progress.sessions[-1].session.date if progress.sessions else Date.min


def _are_older(commits: list[Commit], day: Date) -> bool:
    return bool(commits) and all(commit.date.date() < day for commit in commits)


def end_of(session: Session, found: Draft) -> Date | None:
    """The last day of the commits of a draft, where the session names none and its only day is over by then."""
    last = max((commit.date.date() for commit in found.commits), default=session.date)
    return last if session.until is None and last > session.date else None


def next_id(last: str | None, taken: Collection[str] = ()) -> str:
    """The first id after this one that is not taken.

    >>> next_id("S96A"), next_id("88"), next_id("日志"), next_id(None), next_id("88", {"89", "90"})
    ('S97', '89', '日志-2', '1', '91')
    """
    match = re.search(r"\d{1,1000}", last or "")
    if last and match is None:
        last, match = f"{last}-1", re.search(r"\d+$", f"{last}-1")
    prefix, number = (last[: match.start()], int(match[0])) if last and match else ("", 0)
    return next(name for more in itertools.count(1) if (name := f"{prefix}{number + more}") not in taken)


def taken_ids(progress: Progress) -> set[str]:
    """The ids of all sessions, and the names that files with problems may use as one."""
    return {one.session.session for one in progress.sessions} | {
        Path(problem.file).stem for problem in progress.facts.problems
    }


def base(progress: Progress) -> str | None:
    """The commit after which commits are new. None: all are.

    It is the last documented one, or the last one before the plan was added.
    """
    return _last_documented(progress) or _before_plan(progress)


def _last_documented(progress: Progress) -> str | None:
    """The commit that last changed the file of the last session.

    When that file is not committed, the newest commit that a session names or whose message names one.
    """
    history = progress.facts.history
    if progress.sessions and (last := history.last_change.get(progress.sessions[-1].file)):
        return last.commit.hash
    said = (
        commit
        for tied in progress.attribution.commits.values()
        for commit, source in tied
        if source is not AttributionSource.DATE
    )
    newest = min(said, key=lambda commit: history.age[commit.hash], default=None)
    return newest.hash if newest else None


def _before_plan(progress: Progress) -> str | None:
    """The last commit before the plan was added; HEAD where the plan is not committed."""
    changes = progress.facts.history.changes.get(PLAN_FILE, ())
    if not changes:
        return progress.facts.commit
    older = progress.facts.history.commits[progress.facts.history.age[changes[-1].commit.hash] + 1 :]
    return older[0].hash if older else None


def opening(progress: Progress) -> str | None:
    """The commit that added the file of the last session: later commits are of that session.

    When that file is not committed, the last documented commit.
    """
    changes = progress.facts.history.changes.get(progress.sessions[-1].file, ()) if progress.sessions else ()
    return changes[-1].commit.hash if changes else _last_documented(progress)


def _commits(progress: Progress, since: str | None, only: Collection[str] | None) -> list[Commit]:
    """The commits `only`, else those after a commit that no session names."""
    history = progress.facts.history
    if only is not None:
        return [commit for commit in reversed(history.commits) if commit.hash in only]
    said = {
        commit.hash
        for tied in progress.attribution.commits.values()
        for commit, source in tied
        if source is not AttributionSource.DATE
    }
    newer = history.commits[: history.age[since]] if since else history.commits
    return [commit for commit in reversed(newer) if commit.hash not in said]


def _files(progress: Progress, hashes: Collection[str]) -> dict[str, list[Any]]:
    """What the commits did to files, taken together: created and removed again is nothing."""
    created: dict[str, str] = {}
    removed: dict[str, str] = {}
    modified = []
    for path, changes in sorted(progress.facts.history.changes.items()):
        done = [change for change in changes if change.commit.hash in hashes]
        if not done:
            continue
        existed = done[-1].status != "A"
        exists = done[0].status != "D"
        if exists and existed:
            modified.append(path)
        elif exists:
            created[path] = done[0].blob
        elif existed:
            removed[path] = next((change.blob for change in changes[changes.index(done[-1]) + 1 :]), "")
    by_blob = {blob: path for path, blob in created.items()}
    renamed = [{"from": path, "to": by_blob[blob]} for path, blob in removed.items() if blob in by_blob]
    moved = {name for pair in renamed for name in pair.values()}
    return {
        "created": [path for path in created if path not in moved],
        "modified": modified,
        "removed": [path for path in removed if path not in moved],
        "renamed": renamed,
    }


def _mentions(messages: str, name: str) -> bool:
    """Whether messages mention an id. One that could be any word must be called a task or criterion."""
    kind = "" if re.search(r"[\d_-]", name) else r"(?:task|criterion)\s+[\"'`]?"
    return bool(re.search(rf"(?<![\w.-]){kind}{re.escape(name)}(?![\w-]|\.\w)", messages, re.IGNORECASE))


def _changed(progress: Progress, before: Facts) -> Iterator[str]:
    difference = compare(snapshot(look_up(before)), snapshot(progress))
    yield from (str(one) for one in difference.transitions if one.kind in ("phase", "criterion", "value"))


def _carried(progress: Progress) -> dict[str, list[Carried]]:
    """The next steps of the last session that are not done."""
    sessions = [one.session for one in progress.sessions]
    if not sessions:
        return {}
    done = {task.task.title for phase in progress.phases for task in phase.tasks if task.status is Status.COMPLETE}
    carried: dict[str, list[Carried]] = {}
    for urgency in URGENCIES:
        for text in getattr(sessions[-1].next, urgency):
            if text in done:
                continue
            row = 0
            for session in reversed(sessions):
                if not any(text in getattr(session.next, other) for other in URGENCIES):
                    break
                row += 1
            carried.setdefault(urgency, []).append(Carried(text, sessions[-row], row))
    return carried
