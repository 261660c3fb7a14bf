"""`tracker items`: close, drop and reopen open items in the file of the last session."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.files import write_file
from tracker.model import Session
from tracker.progress.items import TRAILER, ItemList, ItemState, OpenItem, collect_items
from tracker.sources import yaml
from tracker.sources.facts import open_workspace
from tracker.sources.history import commits_with_line
from tracker.sources.reading import fields_at
from tracker.sources.repository import Repository
from tracker.sources.sessions import read_sessions
from tracker.sources.yaml_edit import CannotEdit, remove, set_value
from tracker.workspace import find_root

if TYPE_CHECKING:
    from tracker.progress.progress import Progress

log = logging.getLogger(__name__)

KEYS = {ItemState.CLOSED: "closes", ItemState.DROPPED: "drops", ItemState.OPEN: "reopens"}
"""The field of a session that puts an item into each state."""


def read_items(folder: Path | None) -> ItemList:
    """Return the items of the workspace at or above `folder`; only sessions and commits that close items are read."""
    root = find_root(folder or Path())
    workspace = open_workspace(root)
    with Repository.open(root) as repository, Cache(workspace.cache) as cache:
        sessions, problems = read_sessions(workspace.sessions, root, cache)
        for problem in problems:
            log.info("skipped: %s", problem)
        return collect_items(sessions, workspace.plan, commits_with_line(repository, TRAILER))


def settle(progress: Progress, references: Iterable[str], state: ItemState, reason: str | None = None) -> Path:
    """Put items into a state by an entry in the last session file; return its path.

    Raises TrackerError for an unknown item, for one that is in that state already, or if the file cannot be edited.
    """
    items = progress.items
    chosen = [_item(items, one) for one in dict.fromkeys(references)]
    for item in chosen:
        if item.state is state:
            raise TrackerError(f"{item.id}: is {state} already")
    last = progress.sessions[-1]
    path = progress.facts.workspace.root / last.file
    try:
        text = _edited(path.read_bytes().decode(), chosen, state, reason)
    except CannotEdit as error:
        raise TrackerError(f"{last.file}:{error.position.line}:{error.position.column}: {error}") from None
    write_file(path, text.encode(), within=progress.facts.workspace.root)
    return path


def _item(items: ItemList, reference: str) -> OpenItem:
    found = items.find(reference)
    if found is None:
        raise TrackerError(f"{reference}: no such item; `tracker items --all` lists them")
    return found


def _edited(text: str, items: Iterable[OpenItem], state: ItemState, reason: str | None) -> str:
    """The file with an entry for each item in the field of its new state, and none in the fields of other states."""
    order = partial(fields_at, Session)
    data = yaml.load(text).data
    chosen = list(items)
    for other, key in KEYS.items():
        entries = data.get(key) or []
        kept = [one for one in _listed(entries) if not any(_is_about(one, item) for item in chosen)]
        if other is state:
            kept += [{"item": item.id, "reason": reason} if reason else item.id for item in chosen]
        if not kept and entries:
            text = remove(text, [key])
        elif kept != _listed(entries):
            text = set_value(text, [key], kept, order=order)
    return text


def _listed(entries: Any) -> list[Any]:
    return [entries] if isinstance(entries, str) else list(entries)


def _is_about(entry: Any, item: OpenItem) -> bool:
    name = entry.get("item") if isinstance(entry, dict) else entry
    return ItemList((item,), ()).find(str(name)) is not None
