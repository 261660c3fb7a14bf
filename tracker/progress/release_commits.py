"""The commits of each release: what its commit contains and no earlier release does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Date

from tracker.model import Commit, Version
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.progress import Progress


def release_commits(
    progress: Progress, graph: CommitGraph, since: str | None = None
) -> Mapping[str | None, list[Commit]]:
    """Return the commits of each version by number, and the unreleased ones by None, the newest first.

    `since` is the first session whose commits count as unreleased; older ones are left out.
    """
    found: dict[str | None, list[Commit]] = {}
    released: set[str] = set()
    for version in progress.facts.versions:
        names = _names(progress, graph, version, released)
        found[version.version] = _listed(progress, names, version.since)
        released |= names
    head = [progress.facts.commit] if progress.facts.commit else []
    found[None] = _listed(progress, graph.ancestors(head, released), since)
    return found


def _names(progress: Progress, graph: CommitGraph, version: Version, released: set[str]) -> set[str]:
    point = _released_at(progress, graph, version)
    if point:
        return graph.ancestors([point], released)
    return {commit.commit for commit in version.commits} & graph.parents.keys() - released


def _released_at(progress: Progress, graph: CommitGraph, version: Version) -> str | None:
    """Return the commit that a version was made at; where history was rewritten, the one that added its file."""
    if version.commit in graph.parents:
        return version.commit
    file = f"{progress.plan.versions.rstrip('/')}/{version.version}.yml"
    changes = progress.facts.history.changes.get(file, ())
    return changes[-1].commit.hash if changes else None


def _listed(progress: Progress, names: set[str], since: str | None) -> list[Commit]:
    commits = [commit for commit in progress.facts.history.commits if commit.hash in names]
    if since is None:
        return commits
    days = {one.session.session: one.session.date for one in progress.sessions}
    session_of = progress.attribution.session_of_commit
    first = days.get(since, Date.min)
    return [one for one in commits if days.get(session_of.get(one.hash, ""), one.date.date()) >= first]
