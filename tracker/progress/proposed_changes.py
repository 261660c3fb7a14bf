"""Proposals for the `changes` of a session, from its commits and the verdicts that changed. People edit them."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from tracker.model import ChangeKind, Commit, FrozenChange, Session
from tracker.progress.changes import commit_changes
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.draft import Draft
from tracker.progress.progress import Progress
from tracker.sources import yaml
from tracker.sources.reading import fields_at
from tracker.sources.yaml_edit import set_value

KEY = "changes"
_PLAINER = (
    (r"\b(proposed|breaking): 'true'", r"\1: true"),
    (r"(pull_requests:\s+- )'(\d+)'", r"\1\2"),
    (r"^(  proposed: true)$", r"\1  # edit these for users, then remove this line"),
)
"""How people would write what the editor of YAML quotes."""


def with_proposed_changes(progress: Progress, session: Session, found: Draft, text: str) -> str:
    """Return the text of a session file with proposed changes added. Changes that people wrote stay the only ones.

    Raises CannotEdit where they cannot be added without losing something.
    """
    old = yaml.load(text).data.get(KEY)
    if old and not session.changes.proposed:
        return text
    made = progress.attribution.own.get(session.session, frozenset()) if not old else frozenset()
    hashes = made | {commit.hash for commit in found.commits}
    commits = [commit for commit in progress.facts.history.commits if commit.hash in hashes]
    value = _proposal(progress, commits, found, dict(old or {}))
    if not value:
        return text
    return _plainer(set_value(text, [KEY], value, order=partial(fields_at, Session)))


def _plainer(text: str) -> str:
    data = yaml.load(text).data
    for pattern, plain in _PLAINER:
        edited = re.sub(pattern, plain, text, flags=re.MULTILINE)
        text = edited if yaml.load(edited).data == data else text
    return text


def _proposal(progress: Progress, commits: list[Commit], found: Draft, known: dict[str, Any]) -> dict[str, Any]:
    """Return the known proposals, followed by the new ones."""
    notes: dict[str, list[Any]] = {kind: [*each] for kind, each in known.items() if isinstance(each, list)}
    named = {_key(note) for each in notes.values() for note in each}
    proposals: list[tuple[str, Any]] = [
        (one.kind.value, _note(one)) for one in commit_changes(progress, CommitGraph.of(progress.facts), commits)
    ]
    proposals += [("changed", text) for text in found.changed if not text.startswith("value ")]
    for kind, note in proposals:
        if _key(note) not in named:
            notes.setdefault(kind, []).append(note)
    ordered = {kind.value: notes[kind] for kind in ChangeKind if kind in notes}
    return {"proposed": True} | ordered if ordered else {}


def _note(change: FrozenChange) -> dict[str, Any]:
    note: dict[str, Any] = {"text": change.text, "scope": change.scope, "breaking": change.breaking}
    note |= {"commits": [one[:10] for one in change.commits], "pull_requests": list(change.pull_requests)}
    return {key: value for key, value in note.items() if value}


def _key(note: Any) -> str:
    """What a note is about: its commits, which stay when people edit the text, else the text."""
    commits = note.get("commits") if isinstance(note, dict) else None
    return " ".join(commits) if isinstance(commits, list) else str(commits or note)
