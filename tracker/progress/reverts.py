"""Commits of a release that cancel each other: a commit and its revert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tracker.model import Commit
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.commit_message import Revert, merged_request, parse_message, parse_revert


def cancelled_commits(commits: Iterable[Commit], graph: CommitGraph) -> set[str]:
    """Return the hashes of the reverted commits of a release and of their reverts.

    A revert of a commit outside the release cancels nothing. A reverted revert cancels nothing either, and what a
    merge brought in is reverted with it.
    """
    newest_first = sorted(commits, key=lambda commit: graph.age[commit.hash])
    inside = {commit.hash: commit for commit in newest_first}
    cancelled: set[str] = set()
    for index, commit in enumerate(newest_first):
        revert = None if commit.hash in cancelled else parse_revert(commit)
        if revert is None:
            continue
        older = [one for one in newest_first[index + 1 :] if one.hash not in cancelled]
        targets = _targets(revert, older, inside, graph)
        if targets:
            cancelled |= {commit.hash, *targets}
    return cancelled


def _targets(revert: Revert, older: list[Commit], inside: Mapping[str, Commit], graph: CommitGraph) -> set[str]:
    """Return the commits that a revert cancels; none where one of them is not in the release."""
    named = [_find(name, graph) for name in revert.hashes]
    if named and all(named):
        targets = [name for name in named if name]
        return _with_merged(targets, graph) if all(_is_inside(name, inside, graph) for name in targets) else set()
    if revert.request:
        merges = [one.hash for one in older if len(one.parents) > 1 and merged_request(one) == revert.request]
        squashed = [one.hash for one in older if revert.request in _requests(one)]
        if merges or squashed:
            return _with_merged(merges or squashed, graph)
    same = (one.hash for one in older if revert.subject and _is_subject(revert.subject, one))
    return _with_merged([found], graph) if (found := next(same, None)) else set()


def _is_inside(name: str, inside: Mapping[str, Commit], graph: CommitGraph) -> bool:
    """Whether a commit is in the release; of a workspace in a folder, Git lists few merges that touch it."""
    return name in inside or (len(graph.parents[name]) > 1 and not inside.keys().isdisjoint(graph.merged_by(name)))


def _is_subject(reverted: str, commit: Commit) -> bool:
    """Whether a commit has a subject: without its type (`revert(api): a`), or as the title of a pull request."""
    title = commit.body.partition("\n")[0].strip() if len(commit.parents) > 1 else parse_message(commit.subject).text
    return reverted in (commit.subject, title)


def _find(name: str, graph: CommitGraph) -> str | None:
    """Return the only commit whose hash starts with `name`."""
    if name in graph.parents:
        return name
    found = [commit for commit in graph.parents if commit.startswith(name)]
    return found[0] if len(found) == 1 else None


def _requests(commit: Commit) -> list[str]:
    return [f"#{number}" for number in parse_message(commit.subject).pull_requests]


def _with_merged(targets: Iterable[str], graph: CommitGraph) -> set[str]:
    found: set[str] = set()
    for name in targets:
        found |= {name} | (graph.merged_by(name) if len(graph.parents[name]) > 1 else set())
    return found
