"""What changed since a commit, for an audit of a pull request or before a commit."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from tracker.audit.family import FileFinding
from tracker.audit.rules.documents import Statement
from tracker.audit.uncommitted import HASH
from tracker.sources.repository import GitError, Repository

SHORT = 9
"""Digits of a commit's hash in what the audit reports."""


@dataclass(frozen=True)
class ChangedPaths:
    """Files and commits that are new."""

    paths: frozenset[str]
    """Relative to the audited folder; removed ones too."""
    commits: frozenset[str]
    """Abbreviated hashes, and the name of uncommitted work."""

    def concern(self, one: FileFinding | Statement) -> bool:
        """Whether a finding is about a changed file, or is there because of one."""
        return one.path in self.paths or one.by in self.paths or one.by in self.commits


def changes(repository: Repository, since: str) -> ChangedPaths:
    """What differs on disk from the commit at which the work left `since`, and the commits since then.

    Raises TrackerError for an unknown revision.
    """
    below = ("--", *([repository.prefix] if repository.prefix else []))
    commits: list[str] = []
    if repository.head is None:  # before the first commit everything is new
        paths = _tokens(repository, "ls-files", "-z", "--full-name", *below)
    else:
        start = repository.resolve(since)
        with suppress(GitError):  # histories that have nothing in common
            start = _tokens(repository, "merge-base", start, repository.head)[0].split()[0]
        paths = _tokens(repository, "diff", "--name-only", "--no-ext-diff", "-z", start, *below)
        commits = _tokens(repository, "rev-list", repository.head, f"^{start}", "--")[0].split()
    return ChangedPaths(
        frozenset(path.removeprefix(repository.prefix) for path in paths if path),
        frozenset([HASH, *(one[:SHORT] for one in commits)]),
    )


def _tokens(repository: Repository, command: str, *arguments: str) -> list[str]:
    with repository.run(command, *arguments) as output:
        return output.read().decode("utf-8", "surrogateescape").split("\0")
