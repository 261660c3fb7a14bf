"""CHANGELOG.md, made from versions, sessions and commits. The form: keepachangelog.com/en/1.1.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date

from tracker.errors import TrackerError
from tracker.model import FrozenCommit, Version
from tracker.progress.progress import Progress
from tracker.progress.versions import snapshot

FILE = "CHANGELOG.md"
BEGIN = "<!-- tracker changelog begins: what stands outside these marks is yours -->"
END = "<!-- tracker changelog ends -->"
HEAD = "# Changelog\n\nThe form is that of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n"
KINDS = {
    "Added": r"feat(ures?)?\b|add(s|ed|ing)?\b|introduc|implement|creat|new\b|support|allow",
    "Deprecated": r"deprecat",
    "Removed": r"remov|delet|drop|retir",
    "Fixed": r"fix(es|ed|ing)?\b|bug|repair|correct|resolv|revert",
    "Security": r"secur|cve\b|vulnerab",
}
"""The kinds of Keep a Changelog, by how an entry begins; anything else is a change."""
OTHER = "Changed"
MERGE = re.compile(r"Merge (branch|pull request|remote-tracking branch|tag|commit) ")
"""Subjects that git and its hosts write: they say nothing that the merged commits do not."""
ORDER = ("Added", OTHER, "Deprecated", "Removed", "Fixed", "Security")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a changelog."""

    text: str
    """Markdown where a session says it, literal where it is a commit's subject."""
    commit: str | None
    session: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """What one version brought."""

    version: str | None
    """None: not released yet."""
    date: Date
    note: str | None
    entries: tuple[tuple[str, tuple[Entry, ...]], ...]
    """By kind, in the order of the form."""


def releases(progress: Progress, *, since: str | None = None, unreleased: bool = False) -> list[Release]:
    """What every version brought, the newest first, and before them what is not released yet.

    `since`: only versions after that one. Raises TrackerError where there is no such version.
    """
    versions = progress.facts.versions
    numbers = [version.version for version in versions]
    if since is not None:
        if since not in numbers:
            raise TrackerError(f"{since}: no such version; the versions are: {', '.join(numbers) or 'none yet'}")
        versions = versions[numbers.index(since) + 1 :]
    now = snapshot(progress)
    pending = [_release(now, None)] if now.sessions or now.commits else []
    return pending if unreleased else [*pending, *(_release(one, one.version) for one in reversed(versions))]


def merged(old: str, made: str) -> str:
    """The file with the changelog between its marks. Raises TrackerError where one mark is without the other."""
    block = f"{BEGIN}\n\n{made.strip()}\n\n{END}\n"
    if (BEGIN in old) != (END in old) or old.find(END) < old.find(BEGIN):
        raise TrackerError(f"{FILE}: one of the two marks of the changelog is missing; bring it back, or take out both")
    if BEGIN in old:
        before, rest = old.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1].removeprefix("\n")
    return f"{old.rstrip()}\n\n{block}" if old.strip() else f"{HEAD}\n{block}"


def _release(version: Version, number: str | None) -> Release:
    kinds: dict[str, list[Entry]] = {}
    for kind, entry in _entries(version):
        kinds.setdefault(kind, []).append(entry)
    entries = tuple((kind, tuple(kinds[kind])) for kind in ORDER if kind in kinds)
    return Release(number, version.date, version.note, entries)


def _entries(version: Version) -> Iterator[tuple[str, Entry]]:
    """What each session brought, the newest first, each with its kind.

    A session speaks by its highlights; without them by the subjects of its commits, and without these by its focus.
    """
    commits = [commit for commit in version.commits if not MERGE.match(commit.subject)]
    spoken = {session.session: session.highlights for session in version.sessions if session.highlights}
    committed = {commit.session for commit in commits}
    for session in reversed(version.sessions):
        said = spoken.get(session.session) or (() if session.session in committed else (session.focus,))
        for text in said:
            yield _kind(text), Entry(text, None, session.session)
    for commit in reversed(commits):
        if commit.session not in spoken:
            yield _kind(commit.subject), Entry(_subject(commit), commit.commit, commit.session)


def _subject(commit: FrozenCommit) -> str:
    """A subject without the `type(scope): ` of conventional commits, which the kind says already."""
    return re.sub(r"^[a-z]+(\([^)]*\))?!?:\s+", "", commit.subject) or commit.subject


def _kind(text: str) -> str:
    begin = text.lower().lstrip("*_ `")
    return next((kind for kind, words in KINDS.items() if re.match(words, begin)), OTHER)
