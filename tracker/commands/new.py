"""`tracker new`: open the next session with the facts that git knows, and close it with those added since."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date as Date
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.files import create_file, read_file, write_file
from tracker.model import Plan, Problem, Session
from tracker.progress.draft import FOCUS, SUMMARY, Draft, base, days_of, draft, end_of, next_id, opening
from tracker.progress.items import ItemList, ItemState
from tracker.progress.patch_ids import with_patch_ids
from tracker.progress.progress import Progress
from tracker.progress.proposed_changes import with_proposed_changes
from tracker.publish.schema import FOLDER, described
from tracker.slugs import file_stem
from tracker.sources import yaml
from tracker.sources.facts import looking_back
from tracker.sources.reading import fields_at
from tracker.sources.yaml_edit import CannotEdit, set_value
from tracker.workspace import PLAN_FILE, Workspace

LISTED_ITEMS = 20
"""How many open items a new session lists."""
LONGEST_ITEM = 80
"""Characters of the longest item that is shown whole."""
LISTED_COMMITS = 5
"""How many undocumented commits a new session lists."""


def draft_of(progress: Progress, revisions: str | None, *, close: bool = False) -> Draft:
    """Return what git knows since the last session (to close it: since it was opened), or of a range `A..B`.

    Raises TrackerError if `revisions` is not a range.
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
        return draft(progress, start, before, only, _earliest(progress) if close and only is None else Date.min)


def _earliest(progress: Progress) -> Date:
    """The first day on which a commit can be of the last session; older ones are not added to it."""
    if not progress.sessions:
        return Date.min
    return progress.sessions[-1].session.date - timedelta(days=progress.plan.claims.tolerance_days)


def opened(progress: Progress, found: Draft, today: Date) -> tuple[Path, str]:
    """Return the file of the next session and its text, in which a comment explains each field."""
    items = progress.items
    found = replace(found, steps=_open_steps(items, found))
    began, ended = days_of(progress, found, today)
    data = {"session": found.id, "date": began, "until": ended, "focus": FOCUS, "team": found.author}
    data |= {"summary": SUMMARY, **_known(found)}
    explained = described(Session)
    text = _head(progress.plan)
    for key, value in data.items():
        if value:
            comments = [explained[key]]
            if key == "highlights":
                comments.append("These changed since the last session; keep what matters.")
            if key == ("commits" if found.commits else "summary"):
                comments += _about_commits(found)
            text += "".join(f"# {line}\n" for line in comments)
            text += _steps(found) if key == "next" else yaml.dump({key: value})
    if not found.is_past:
        text += "".join(f"# {line}\n" for line in _about_items(items, found))
    return _file(progress.facts.workspace, found.id, began if found.is_range else today), text


def _open_steps(items: ItemList, found: Draft) -> dict[str, Any]:
    """The next steps that are carried over, without the closed and dropped ones."""
    still = {
        urgency: [step for step in steps if (item := items.find(step.text)) is None or item.state is ItemState.OPEN]
        for urgency, steps in found.steps.items()
    }
    return {urgency: steps for urgency, steps in still.items() if steps}


def _about_items(items: ItemList, found: Draft) -> Iterator[str]:
    """Comment lines with every other open item, to be closed, dropped or left open."""
    carried = {step.text for steps in found.steps.values() for step in steps}
    known = {item.id for text in carried if (item := items.find(text))}
    still = [one for one in items.open if one.id not in known]
    if not still:
        return
    yield "Open items of earlier sessions, the longest neglected first. To close items, uncomment `closes:` and their"
    yield "lines; `tracker items drop ID --reason WHY` drops one; the others stay open."
    yield "closes:"
    for item in items.compared(still[:LISTED_ITEMS]):
        done = f", perhaps done in session {item.proposal.session}" if item.proposal else ""
        text = item.text if len(item.text) <= LONGEST_ITEM else f"{item.text[: LONGEST_ITEM - 1]}…"
        yield f"  - {item.id}  # {item.kind}: {_printable(text)} (since session {item.session}{done})"
    if len(still) > LISTED_ITEMS:
        yield f"  and {len(still) - LISTED_ITEMS} more: `tracker items`"


def _steps(found: Draft) -> str:
    """The next steps that are carried over, each with a comment that says for how long."""
    lines = ["next:"]
    for urgency, steps in found.steps.items():
        lines.append(f"  {urgency}:")
        for step in steps:
            first, *rest = yaml.dump({"next": {urgency: [step.text]}}).removesuffix("\n").split("\n")[2:]
            since = f"since {step.since.session} of {step.since.date}"
            comment = f"  # carried over {step.row} sessions, {since}" if step.row > 1 else ""
            lines += [first + comment, *rest]
    return "\n".join(lines) + "\n"


def closed(progress: Progress, found: Draft) -> tuple[Path, str]:
    """Return the file of the last session and its text with the facts known by now added; the rest stays unchanged.

    Raises TrackerError if there is no session, or if the file cannot be edited without losing something.
    """
    if unread := _unread(progress):
        raise TrackerError(f"{unread}; fix it first: the last session is unknown until then")
    if not progress.sessions:
        raise TrackerError("there is no session to close; `tracker new` opens one")
    last = progress.sessions[-1]
    path = progress.facts.workspace.root / last.file
    text = read_file(path, within=progress.facts.workspace.root).decode()
    data = yaml.load(text).data
    known = {key: value for key, value in _known(found).items() if key != "next" and value}
    if ended := end_of(last.session, found):
        known["until"] = ended.isoformat()
    for key, value in known.items():
        try:
            text = set_value(text, [key], _merged(data.get(key), value), order=partial(fields_at, Session))
        except CannotEdit as error:
            place = last.source.locate([key])
            raise TrackerError(f"{last.file}:{place.line}:{place.column}: {error}") from None
    with suppress(CannotEdit):  # the changelog then lists the commits
        text = with_proposed_changes(progress, last.session, found, text)
    try:
        return path, with_patch_ids(progress, last.session, text)
    except yaml.MalformedYAML as error:
        raise TrackerError(f"{last.file}: cannot be edited: {error}") from None


def _unread(progress: Progress) -> Problem | None:
    """The problem of a session file that cannot be read."""
    folder = f"{progress.plan.sessions.rstrip('/')}/"
    read = {one.file for one in progress.sessions}
    problems = (one for one in progress.facts.problems if one.file.startswith(folder))
    return next((one for one in problems if one.file not in read), None)


def _about_commits(found: Draft) -> list[str]:
    """Return comment lines: the criteria that the commits mention, and the commits that no session documents."""
    lines = [f"They mention the criteria: {', '.join(found.criteria)}."] if found.criteria else []
    if found.undocumented:
        further = len(found.undocumented) - LISTED_COMMITS
        either = " either" if found.commits else ""
        lines.append(f"No session documents these{either}, the newest first; add the ones that belong here:")
        lines += [
            f"  {commit.hash[:10]} {_printable(commit.subject)}" for commit in found.undocumented[:LISTED_COMMITS]
        ]
        lines += [f"  and {further} more"] if further > 0 else []
    return lines


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def recorded(
    workspace: Workspace, last: str | None, today: Date, data: Mapping[str, Any], taken: Collection[str] = ()
) -> tuple[Path, str]:
    """Return the file and the text of a session that the tracker writes itself, after the session `last`."""
    name = next_id(last, taken)
    text = yaml.dump({"session": name, "date": today, **data})
    return _file(workspace, name, today), _head(workspace.plan) + text


def write(workspace: Workspace, path: Path, text: str, *, fresh: bool) -> None:
    """Write a session file. Raises TrackerError if a fresh one would replace another."""
    try:
        (create_file if fresh else write_file)(path, text.encode(), within=workspace.root)
    except FileExistsError:
        message = f"{path}: already exists; close it with `tracker new --close`, or choose another date"
        raise TrackerError(message) from None


def _file(workspace: Workspace, session: str, today: Date) -> Path:
    return workspace.sessions / f"{file_stem(f'{today}-{session}')}.yml"


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
    """What is there, followed by what is new; what is there wins."""
    if not old:
        return new
    if isinstance(old, dict) and isinstance(new, Mapping):
        return old | {key: _merged(old.get(key), value) for key, value in new.items()}
    if isinstance(new, list):
        items = [old] if isinstance(old, str) else list(old)
        known = [_subject(item) for item in items]
        return items + [item for item in new if not any(_same(_subject(item), name) for name in known)]
    return old


def _subject(item: Any) -> str:
    """What an entry of a list is about: the commit, the path or the text itself."""
    if isinstance(item, Mapping):
        item = next((item[key] for key in ("commit", "path", "from") if key in item), "")
    return str(item).removeprefix("./")


def _same(new: str, old: str) -> bool:
    """Whether two entries are about the same thing; a commit may be abbreviated."""
    is_hash = re.fullmatch("[0-9a-f]{7,}", new) and re.fullmatch("[0-9a-fA-F]{4,}", old)
    return new == old or bool(is_hash and (new.startswith(old.lower()) or old.lower().startswith(new)))
