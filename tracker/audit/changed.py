"""What changed since a commit: for an audit that tells of nothing else, before a commit or in a pull request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from tracker.audit.finding import Finding
from tracker.audit.statements import Statement
from tracker.audit.work import HASH
from tracker.sources.repository import GitError, Repository

SHORT = 9
"""Digits of a commit's hash in what the audit tells."""


@dataclass(frozen=True)
class Changes:
    """Files and commits that are new."""

    paths: frozenset[str]
    """Relative to the audited folder; those that are gone too."""
    commits: frozenset[str]
    """Abbreviated hashes, and the name of what is not committed."""

    def concern(self, one: Finding | Statement) -> bool:
        """Whether a finding is about a changed file, or is there because of one."""
        causes = [reason.by for reason in one.reasons] if isinstance(one, Finding) else [one.by]
        return one.path in self.paths or any(by in self.paths or by in self.commits for by in causes)


def changes(repository: Repository, since: str) -> Changes:
    """What differs on disk from the commit at which the work on `since` was left, and the commits since then.

    Raises TrackerError for an unknown revision.
    """
    below = ("--", *([repository.prefix] if repository.prefix else []))
    commits: list[str] = []
    if repository.head is None:  # before the first commit all is new
        paths = _tokens(repository, "ls-files", "-z", "--full-name", *below)
    else:
        start = repository.resolve(since)
        with suppress(GitError):  # histories that have nothing in common
            start = _tokens(repository, "merge-base", start, repository.head)[0].split()[0]
        paths = _tokens(repository, "diff", "--name-only", "--no-ext-diff", "-z", start, *below)
        commits = _tokens(repository, "rev-list", repository.head, f"^{start}", "--")[0].split()
    return Changes(
        frozenset(path.removeprefix(repository.prefix) for path in paths if path),
        frozenset([HASH, *(one[:SHORT] for one in commits)]),
    )


def _tokens(repository: Repository, command: str, *arguments: str) -> list[str]:
    with repository.run(command, *arguments) as output:
        return output.read().decode("utf-8", "surrogateescape").split("\0")
