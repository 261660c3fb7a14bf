"""`tracker new`: open the next session with what is known already, and close it with what is known by then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date as Date
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.files import create_file, write_file
from tracker.model import Plan, Session
from tracker.progress.draft import FOCUS, SUMMARY, Draft, base, days_of, draft, end_of, next_id, opening
from tracker.progress.patch_ids import with_patch_ids
from tracker.progress.progress import Progress
from tracker.publish.schema import FOLDER, described
from tracker.sources import yaml
from tracker.sources.facts import looking_back
from tracker.workspace import PLAN_FILE, Workspace

MOST = 5
"""Undocumented commits that a new session lists."""


def draft_of(progress: Progress, revisions: str | None, *, close: bool = False) -> Draft:
    """What git knows since the last session (to close it: since it was opened), or of a range `A..B`.

    Raises TrackerError for what is no range.
    """
    repository = progress.facts.repository
    only, start = None, opening(progress) if close else base(progress)
    if revisions is not None:
        older, dots, newer = revisions.partition("..")
        if not dots or not older or newer.startswith("."):
            raise TrackerError(f"{revisions}: expected a range of commits such as main~10..main")
        start, end = repository.resolve(older), repository.resolve(newer or "HEAD")
        with repository.run("rev-list", end, f"^{start}", "--") as output:
            only = frozenset(output.read().decode("ascii").split())
    with ExitStack() as stack:
        before = None
        if start and repository.objects([f"{start}:{repository.prefix}{PLAN_FILE}"]).popitem()[1]:
            before = stack.enter_context(looking_back(repository, start))
        return draft(progress, start, before, only)


def opened(progress: Progress, found: Draft, today: Date) -> tuple[Path, str]:
    """The file of the next session and its text, each field explained once."""
    began, ended = days_of(progress, found, today)
    data = {"session": found.id, "date": began, "until": ended, "focus": FOCUS, "team": found.author}
    data |= {"summary": SUMMARY, **_known(found)}
    document = yaml.edit(yaml.dump({key: value for key, value in data.items() if value}))
    explained = described(Session)
    for key in document:
        lines = [explained[key]]
        if key == "highlights":
            lines.append("These changed since the last session; keep what matters.")
        if key == ("commits" if found.commits else "summary"):
            lines += _about_commits(found)
        document.yaml_set_comment_before_after_key(key, before="\n".join(lines))
    for urgency, steps in found.steps.items():
        for index, step in enumerate(steps):
            if step.row > 1:
                text = f"carried over {step.row} sessions, since {step.since.session} of {step.since.date}"
                document["next"][urgency].yaml_add_eol_comment(text, index)
    return _file(progress.facts.workspace, found.id, today), _head(progress.plan) + yaml.write_back(document)


def closed(progress: Progress, found: Draft) -> tuple[Path, str]:
    """The file of the last session, filled with what is known by now; what people wrote stays as it is.

    Raises TrackerError where there is no session.
    """
    if not progress.sessions:
        raise TrackerError("there is no session to close; `tracker new` opens one")
    last = progress.sessions[-1]
    path = progress.facts.workspace.root / last.file
    document = yaml.edit(path.read_text("utf-8-sig"))
    for key, value in _known(found).items():
        if key != "next":
            document[key] = _merged(document.get(key), value)
    if ended := end_of(last.session, found):
        document["until"] = ended.isoformat()
    return path, with_patch_ids(progress, last.session, yaml.write_back(document))


def _about_commits(found: Draft) -> list[str]:
    """What a field for commits cannot hold."""
    lines = [f"They mention the criteria: {', '.join(found.criteria)}."] if found.criteria else []
    if found.undocumented:
        further = len(found.undocumented) - MOST
        either = " either" if found.commits else ""
        lines.append(f"No session documents these{either}, the newest first; add those that belong here:")
        lines += [f"  {commit.hash[:10]} {_printable(commit.subject)}" for commit in found.undocumented[:MOST]]
        lines += [f"  and {further} more"] if further > 0 else []
    return lines


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def told(workspace: Workspace, last: str | None, today: Date, data: Mapping[str, Any]) -> tuple[Path, str]:
    """The file of a session after the `last` one that the tracker itself has to tell of, and its text."""
    name = next_id(last)
    text = yaml.dump({"session": name, "date": today, **data})
    return _file(workspace, name, today), _head(workspace.plan) + text


def write(workspace: Workspace, path: Path, text: str, *, fresh: bool) -> None:
    """Write a session file. Raises TrackerError when a fresh one would replace another."""
    try:
        (create_file if fresh else write_file)(path, text.encode(), within=workspace.root)
    except FileExistsError:
        message = f"{path}: already exists; close it with `tracker new --close`, or choose another date"
        raise TrackerError(message) from None


def _file(workspace: Workspace, session: str, today: Date) -> Path:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{today.isoformat()}-{session}")
    return workspace.sessions / f"{name}.yml"


def _head(plan: Plan) -> str:
    up = "../" * len(Path(plan.sessions).parts)
    return f"# yaml-language-server: $schema={up}{FOLDER}/session.schema.json\n"


def _known(found: Draft) -> dict[str, Any]:
    return {
        "tasks": dict.fromkeys(found.tasks, "in progress"),
        "highlights": found.changed,
        "commits": [{"commit": commit.hash[:10], "note": commit.subject} for commit in found.commits],
        "files": {kind: paths for kind, paths in found.files.items() if paths},
        "next": {urgency: [step.text for step in steps] for urgency, steps in found.steps.items()},
    }


def _merged(old: Any, new: Any) -> Any:
    """What was there, and after it what is new; what was there wins."""
    if not old:
        return new
    if isinstance(old, dict) and isinstance(new, Mapping):
        for key, value in new.items():
            old[key] = (
                _merged(old[key], value) if key in old and isinstance(value, (list, Mapping)) else old.get(key, value)
            )
    elif isinstance(old, list) and isinstance(new, list):
        known = [_name(item) for item in old]
        old.extend(item for item in new if not any(_same(_name(item), name) for name in known))
    return old


def _name(item: Any) -> str:
    """What an entry of a list is about: the text itself, or the first field."""
    return str(next(iter(item.values()))) if isinstance(item, Mapping) and item else str(item)


def _same(one: str, other: str) -> bool:
    """Whether two entries name the same; a commit may be abbreviated."""
    hashes = re.fullmatch("[0-9a-f]{7,}", one) and re.fullmatch("[0-9a-f]{4,}", other)
    return one == other or bool(hashes and (one.startswith(other) or other.startswith(one)))
