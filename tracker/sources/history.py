"""The history, streamed from one `git log`.

Merges are shown as combined diffs (`-c`): a merge changes only what differs from every parent, so the work of its
branches is told once, by the commits that did it, and what the merge itself changed or removed is not lost. (`-m` would
tell that work twice, and `--first-parent` would hide the commits that did it.)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import IO

from tracker.errors import TrackerError
from tracker.model import Change, Commit
from tracker.sources.repository import GitError, Repository

FORMAT = "--format=%H%n%T%n%P%n%an%n%ae%n%aI%n%s%n%b"
RAW = ("--raw", "-c", "--no-renames", "--no-abbrev")
EPOCH = datetime.fromtimestamp(0, UTC)
CHUNK = 1 << 16


def commits(repository: Repository, revision: str = "HEAD") -> Iterator[Commit]:
    """Commits reachable from a revision, the newest first, with what each changed in the workspace's folder.

    Of a subfolder only the commits that touch it. The oldest commits of a shallow clone have no changes: what they
    changed is unknown there. Where trees are missing (a treeless clone) neither has any commit from the first such one
    on. Nothing where there are no commits yet. Raises TrackerError for an unknown revision and for a damaged history.
    """
    if revision == "HEAD" and repository.head is None:
        return
    commit = repository.resolve(revision)
    count = 0
    try:
        for found in _log(repository, commit, *RAW):
            count += 1
            yield found
    except GitError:
        if repository.prefix:  # whether a commit touches a folder is in the trees
            return
        try:
            yield from islice(_log(repository, commit), count, None)
        except GitError as error:
            raise TrackerError(f"the history cannot be read: {error}; `git fsck` says more") from None


def _log(repository: Repository, commit: str, *options: str) -> Iterator[Commit]:
    prefix = repository.prefix
    folder = (f"--relative={prefix}", "--full-history", "--", prefix) if prefix else ("--",)
    with repository.run("log", "-z", FORMAT, *options, commit, *folder) as output:
        yield from _parse(_tokens(output), repository.boundary)


def _tokens(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(CHUNK):
        *tokens, rest = (rest + chunk).split(b"\0")
        yield from tokens
    if rest:
        yield rest


def _parse(tokens: Iterator[bytes], boundary: frozenset[str]) -> Iterator[Commit]:
    """A commit is one token, then two for each change: what, and which path.

    The first change of a commit begins with a newline, that of a merge follows an empty token.
    """
    header = b""
    changes: list[Change] = []
    for token in tokens:
        if token.startswith((b":", b"\n:")):
            changes.append(_change(token, next(tokens, b"")))
            continue
        if token:
            if header:
                yield _commit(header, changes, boundary)
            header, changes = token, []
    if header:
        yield _commit(header, changes, boundary)


def _change(what: bytes, path: bytes) -> Change:
    fields = what.decode("ascii").split()
    parents = fields[0].count(":")
    letters = set(fields[-1])
    status = letters.pop() if len(letters) == 1 else "M"
    return Change(status, path.decode("utf-8", "surrogateescape"), fields[parents + 1], fields[-2])


def _commit(header: bytes, changes: list[Change], boundary: frozenset[str]) -> Commit:
    name, tree, parents, author, email, date, subject, body = header.decode("utf-8", "replace").split("\n", 7)
    when = EPOCH
    with suppress(ValueError):  # git prints dates of damaged commits that no calendar has
        when = datetime.fromisoformat(date)
    known = () if name in boundary else tuple(changes)
    return Commit(name, tree, tuple(parents.split()), author, email, when, subject, body.rstrip("\n"), known)
