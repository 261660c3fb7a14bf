"""CHANGELOG.md, generated from versions, sessions and commits, in the format of keepachangelog.com/en/1.1.0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from tracker.errors import TrackerError
from tracker.files import read_file, write_file
from tracker.model import FrozenCommit, Version
from tracker.progress.progress import Progress
from tracker.progress.versions import snapshot

FILE = "CHANGELOG.md"
BEGIN = "<!-- tracker changelog begins: what stands outside these marks is yours -->"
END = "<!-- tracker changelog ends -->"
HEAD = "# Changelog\n\nThe format follows [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n"
KINDS = {
    "Added": r"feat(ures?)?\b|add(s|ed|ing)?\b|introduc|implement|creat|new\b|support|allow",
    "Deprecated": r"deprecat",
    "Removed": r"remov|delet|drop|retir",
    "Fixed": r"fix(es|ed|ing)?\b|bug|repair|correct|resolv|revert",
    "Security": r"secur|cve\b|vulnerab",
}
"""The sections of Keep a Changelog, by the first word of an entry; other entries go under Changed."""
OTHER = "Changed"
MERGE = re.compile(r"Merge (branch|pull request|remote-tracking branch|tag|commit) ")
"""Subjects of merge commits: the merged commits are listed themselves."""
ORDER = ("Added", OTHER, "Deprecated", "Removed", "Fixed", "Security")


@dataclass(frozen=True, slots=True)
class ChangelogEntry:
    """One line of a changelog."""

    text: str
    """Markdown from a session, or the literal subject of a commit."""
    commit: str | None
    session: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """The changes of one version."""

    version: str | None
    """None for changes that are not released yet."""
    date: Date
    note: str | None
    entries: tuple[tuple[str, tuple[ChangelogEntry, ...]], ...]
    """By section, in the order of Keep a Changelog."""


def releases(progress: Progress, *, since: str | None = None, unreleased: bool = False) -> list[Release]:
    """Return the unreleased changes and those of every version, the newest first.

    With `since`, only versions after that one. Raises TrackerError if that version does not exist.
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


def write_changelog(root: Path, made: str) -> Path:
    """Write the changelog into the file of a workspace; return its path. Text outside the marks stays unchanged.

    Raises TrackerError if the file is not UTF-8, or has one mark without the other.
    """
    path = root / FILE
    try:
        old = read_file(path, within=root).decode() if path.exists() else ""
    except UnicodeDecodeError:
        raise TrackerError(f"{FILE}: not UTF-8; save it as UTF-8 and run the command again") from None
    write_file(path, merged(old, made).encode(), within=root)
    return path


def merged(old: str, made: str) -> str:
    """Return the text of the file with the changelog between its marks, in the line endings that the file has.

    Raises TrackerError if one mark is there without the other.
    """
    if (BEGIN in old) != (END in old) or old.find(END) < old.find(BEGIN):
        raise TrackerError(f"{FILE}: one of the two marks of the changelog is missing; restore it or remove the other")
    found = re.search(r"\r\n|\n|\r", old)
    newline = found[0] if found else "\n"
    block = f"{BEGIN}\n\n{made.strip()}\n\n{END}".replace("\n", newline)
    if BEGIN in old:
        before, rest = old.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1]
    if not old.strip("\ufeff\r\n\t "):
        return f"{HEAD}\n{block}\n"
    return old + newline * (1 if old.endswith(("\n", "\r")) else 2) + block + newline


def _release(version: Version, number: str | None) -> Release:
    kinds: dict[str, list[ChangelogEntry]] = {}
    for kind, entry in _entries(version):
        kinds.setdefault(kind, []).append(entry)
    entries = tuple((kind, tuple(kinds[kind])) for kind in ORDER if kind in kinds)
    return Release(number, version.date, version.note, entries)


def _entries(version: Version) -> Iterator[tuple[str, ChangelogEntry]]:
    """Yield the section and the entry of each change, the newest session first.

    A session is listed by its highlights, else by the subjects of its commits, else by its focus.
    """
    commits = [commit for commit in version.commits if not MERGE.match(commit.subject)]
    highlighted = {session.session: session.highlights for session in version.sessions if session.highlights}
    committed = {commit.session for commit in commits}
    for session in reversed(version.sessions):
        texts = highlighted.get(session.session) or (() if session.session in committed else (session.focus,))
        for text in texts:
            yield _kind(text), ChangelogEntry(text, None, session.session)
    for commit in reversed(commits):
        if commit.session not in highlighted:
            yield _kind(commit.subject), ChangelogEntry(_subject(commit), commit.commit, commit.session)


def _subject(commit: FrozenCommit) -> str:
    """The subject without the `type(scope): ` of conventional commits, which the section replaces."""
    return re.sub(r"^[a-z]+(\([^)]*\))?!?:\s+", "", commit.subject) or commit.subject


def _kind(text: str) -> str:
    begin = text.lower().lstrip("*_ `")
    return next((kind for kind, words in KINDS.items() if re.match(words, begin)), OTHER)
