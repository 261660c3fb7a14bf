"""The history, streamed from one `git log`.

Merges are shown as combined diffs (`-c`): a merge changes only what differs from every parent, so the work of its
branches is counted once, for the commits that did it, and what the merge itself changed or removed is kept. (`-m` would
count that work twice, and `--first-parent` would hide the commits that did it.)
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from tracker.cache import Cache, digest
from tracker.errors import TrackerError
from tracker.model import Change, Commit
from tracker.sources.repository import GitError, Repository

FORMAT = "--format=%H%n%T%n%P%n%an%n%ae%n%aI%n%cI%n%s%n%b"
RAW = ("--raw", "-c", "--no-renames", "--no-abbrev")
EPOCH = datetime.fromtimestamp(0, UTC)
CHUNK = 1 << 16
KIND = "history"
_FORM = digest(Path(__file__).read_bytes())
"""Part of the cache key: other code may have stored another form."""


class PathChange(NamedTuple):
    """What a commit did to a path."""

    status: str
    """A, M, D or T."""
    commit: Commit
    blob: str
    """The content since then; all zeros after a removal."""


@dataclass(frozen=True)
class History:
    """The commits of HEAD, newest first and without their changes, and the changes by path."""

    commits: list[Commit]
    counts: Mapping[str, tuple[int, int, int]]
    """By hash, how many files a commit added, modified and removed."""
    contained: frozenset[str]
    """Hashes of all its ancestors and itself, including commits that touch only folders outside the workspace."""
    changes: Mapping[str, list[PathChange]]
    """By path, for every path that ever existed, what each commit did to it, newest first."""

    @cached_property
    def last_change(self) -> Mapping[str, PathChange]:
        """By path, for every path that ever existed, the last change."""
        return {path: changes[0] for path, changes in self.changes.items()}

    @cached_property
    def age(self) -> Mapping[str, int]:
        """By hash, how many commits are newer."""
        return {commit.hash: index for index, commit in enumerate(self.commits)}


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


def commits_with_line(repository: Repository, start: str) -> list[Commit]:
    """The commits of HEAD whose message has a line that begins with `start`, in any case, without their changes."""
    if repository.head is None:
        return []
    return list(_log(repository, repository.head, "--regexp-ignore-case", f"--grep=^{re.escape(start)}"))


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
    name, tree, parents, author, email, date, committed, subject, body = header.decode("utf-8", "replace").split(
        "\n", 8
    )
    known = () if name in boundary else tuple(changes)
    when = _moment(date)
    later = None if committed == date else _moment(committed)
    return Commit(name, tree, tuple(parents.split()), author, email, when, subject, body.rstrip("\n"), known, later)


def _moment(date: str) -> datetime:
    with suppress(ValueError):  # damaged commits have dates that no calendar knows
        return datetime.fromisoformat(date)
    return EPOCH


def read_commits(repository: Repository, hashes: Iterable[str]) -> dict[str, Commit]:
    """Each of the commits by its full hash, with its changes where the clone has trees; one git process."""
    wanted = list(dict.fromkeys(hashes))
    if not wanted:
        return {}
    feed = (f"{name}\n".encode("ascii") for name in wanted)
    changes = ("--no-patch",) if repository.treeless else (*RAW, f"--relative={repository.prefix}")
    with repository.run("log", "--no-walk=unsorted", "--stdin", "-z", FORMAT, *changes, feed=feed) as output:
        return {commit.hash: commit for commit in _parse(_tokens(output), frozenset())}


def removing_merges(repository: Repository, revision: str, paths: Iterable[str]) -> dict[str, list[PathChange]]:
    """By path, the merges that removed it: a combined diff does not show a file that only one parent has."""
    below = [f"{repository.prefix}{path}" for path in paths]
    options = ("--raw", "-m", "--no-renames", "--no-abbrev", "--diff-filter=D", "--min-parents=2", "--full-history")
    found: dict[str, list[PathChange]] = defaultdict(list)
    if below:
        relative = f"--relative={repository.prefix}"
        with repository.run("log", "-z", FORMAT, *options, relative, revision, "--", *below) as output:
            for commit in _parse(_tokens(output), frozenset()):
                for change in commit.changes:
                    found[change.path].append(PathChange("D", commit, change.new))
    return dict(found)


def read_history(repository: Repository, revision: str, cache: Cache) -> History:
    """The history of a revision, read in one pass and cached until the revision moves."""
    if revision == "HEAD" and repository.head is None:
        return History([], {}, frozenset(), {})
    head = repository.resolve(revision)
    key = digest(_FORM, head, repository.prefix, *sorted(repository.boundary))
    known = cache.get(KIND, [key])
    if key in known:
        with suppress(ValueError, KeyError, IndexError, TypeError):  # a damaged cache is ignored
            return _recall(json.loads(known[key]))
    history = _read(commits(repository, head))
    if repository.prefix:
        with repository.run("rev-list", head, "--") as output:
            history = replace(history, contained=frozenset(output.read().decode("ascii").split()))
    cache.put(KIND, {key: json.dumps(_remember(history), ensure_ascii=True)}, only=[key])
    return history


def _read(found: Iterator[Commit]) -> History:
    bare: list[Commit] = []
    counts: dict[str, tuple[int, int, int]] = {}
    changes: dict[str, list[PathChange]] = defaultdict(list)
    for c in found:
        commit = Commit(c.hash, c.tree, c.parents, c.author, c.email, c.date, c.subject, c.body, (), c.committed)
        bare.append(commit)
        added = modified = removed = 0
        for change in c.changes:
            added += change.status == "A"
            removed += change.status == "D"
            modified += change.status not in "AD"
            changes[change.path].append(PathChange(change.status, commit, change.new))
        counts[commit.hash] = (added, modified, removed)
    return History(bare, counts, frozenset(counts), dict(changes))


def _remember(history: History) -> dict[str, Any]:
    age = history.age
    return {
        "commits": [
            (
                c.hash,
                c.tree,
                c.parents,
                c.author,
                c.email,
                c.date.isoformat(),
                c.subject,
                c.body,
                history.counts[c.hash],
                c.committed and c.committed.isoformat(),
            )
            for c in history.commits
        ],
        "contained": sorted(history.contained - age.keys()) and sorted(history.contained),
        "changes": {
            path: [(change.status, age[change.commit.hash], change.blob) for change in changes]
            for path, changes in history.changes.items()
        },
    }


def _recall(data: dict[str, Any]) -> History:
    commits = [
        Commit(
            *(hash, tree, tuple(parents), author, email, datetime.fromisoformat(date), subject, body, ()),
            datetime.fromisoformat(committed) if committed else None,
        )
        for hash, tree, parents, author, email, date, subject, body, _, committed in data["commits"]
    ]
    return History(
        commits,
        {one[0]: tuple(one[8]) for one in data["commits"]},
        frozenset(data["contained"] or (commit.hash for commit in commits)),
        {
            path: [PathChange(status, commits[index], blob) for status, index, blob in changes]
            for path, changes in data["changes"].items()
        },
    )
