"""A quick look at what a session claims, which most stops pass.

It proves that no claim can be refuted from what is on disk, without the models and the history: what it cannot prove is
judged by `claims`. A claim about a file is refuted only if the disk contradicts it, a commit only if git does not
have it, and a criterion only if a sentence reports it as met.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.commands.hooks.files import read_session, texts
from tracker.commands.hooks.words import reported_criteria, sentences, subject_criteria
from tracker.sources.repository import GitError, Repository

_KEYS = """
session date focus until team status duration summary tags work tasks phases runs highlights changes commits combined
files tests decisions incidents assessments learnings metrics next handoff items closes drops reopens errata log
"""
KEYS = frozenset(_KEYS.split())
"""The keys of a session file."""
OTHER_STATUSES = ("planned", "in progress", "deferred", "cancelled", "blocked")
"""What a session may say of a phase without claiming that it is complete."""


class _Unclear(Exception):
    """A session file has another form than most."""


@dataclass(frozen=True, slots=True)
class _Claims:
    """What session files claim."""

    there: list[str]
    """Paths that must exist."""
    gone: list[str]
    """Paths that must not exist, and that git must know."""
    commits: list[str]


def passes(
    repository: Repository,
    files: Iterable[str],
    subjects: Iterable[str],
    criteria: Collection[str],
    bases: Collection[str] = ("HEAD",),
) -> bool:
    """Whether certainly no claim of these session files and of commits with these subjects is refuted.

    `bases` are the commits that had what is removed.
    """
    root = repository.folder
    try:
        sessions = [_read(root, file) for file in files]
        said = [*sentences(text for one in sessions for text in texts(one)), *subjects]
        if any(_reports(one, criteria) for one in said) or not all(map(_leaves_phases_open, sessions)):
            return False
        claims = [_claims(one) for one in sessions]
        is_on_disk = all(_agrees(root, one) for one in claims)
        return is_on_disk and _had(repository, claims, bases) and _has_commits(repository, claims)
    except (_Unclear, GitError):  # git refuses to look up some paths
        return False


def _reports(sentence: str, criteria: Collection[str]) -> bool:
    return bool(subject_criteria(sentence, criteria) or reported_criteria(sentence, criteria))


def _read(root: Path, file: str) -> Mapping[str, Any]:
    data = read_session(root, file)
    if data is None or not data.keys() <= KEYS:
        raise _Unclear
    return data


def _leaves_phases_open(session: Mapping[str, Any]) -> bool:
    phases = session.get("phases") or {}
    return isinstance(phases, Mapping) and all(status in OTHER_STATUSES for status in phases.values())


def _claims(session: Mapping[str, Any]) -> _Claims:
    files = session.get("files") or {}
    if not isinstance(files, Mapping):
        raise _Unclear
    renamed = _entries(files, "renamed")
    there = [*_named(files, "created", "path"), *_named(files, "modified", "path")]
    there += [_text(one, "to") for one in renamed]
    gone = [*_named(files, "removed", "path"), *(_text(one, "from") for one in renamed)]
    return _Claims(there, gone, list(_named(session, "commits", "commit")))


def _named(data: Mapping[str, Any], key: str, field: str) -> Iterator[str]:
    yield from (one if isinstance(one, str) else _text(one, field) for one in _entries(data, key))


def _entries(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key) or []
    if not isinstance(found, list):
        raise _Unclear
    return found


def _text(data: object, field: str) -> str:
    value = data.get(field) if isinstance(data, Mapping) else None
    if not isinstance(value, str) or not value:
        raise _Unclear
    return value


def _agrees(root: Path, claims: _Claims) -> bool:
    try:
        is_there = all(os.path.lexists(root / path) for path in claims.there)
        return is_there and not any(os.path.lexists(root / path) for path in claims.gone)
    except ValueError:  # a null character
        return False


def _had(repository: Repository, claims: Iterable[_Claims], bases: Collection[str]) -> bool:
    """Whether git has had every file that is gone."""
    paths = [path for one in claims for path in one.gone]
    names = {(path, base): f"{base}:{repository.prefix}{path}" for path in paths for base in bases}
    found = repository.objects(names.values())
    return all(any(found[names[path, base]] for base in bases) for path in paths)


def _has_commits(repository: Repository, claims: Iterable[_Claims]) -> bool:
    found = repository.existing(name for one in claims for name in one.commits)
    return None not in found.values()
