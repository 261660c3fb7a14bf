"""What the next release contains, and what each earlier one contained."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.model import FrozenChange
from tracker.progress.changes import release_changes
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.contributors import contributors
from tracker.progress.progress import Progress
from tracker.progress.release_commits import release_commits
from tracker.progress.versions import ReleaseContent, uncovered_sessions


def release_content(progress: Progress, since: str | None = None) -> ReleaseContent:
    """Return the changes and contributors since the last version; with `since`, without what is older."""
    graph = CommitGraph.of(progress.facts)
    commits = release_commits(progress, graph, since)[None]
    sessions = {one.session.session for one in uncovered_sessions(progress, since)}
    changes = release_changes(progress, graph, commits, sessions)
    return ReleaseContent(changes, contributors(progress.facts.repository, commits), since)


def version_changes(progress: Progress) -> Mapping[str, tuple[FrozenChange, ...]]:
    """Return the changes of each version by number: those of its file, else what its sessions and commits say."""
    versions = progress.facts.versions
    found = {one.version: one.changes for one in versions if one.changes is not None}
    if len(found) == len(versions):
        return found
    graph = CommitGraph.of(progress.facts)
    commits = release_commits(progress, graph)
    for one in versions:
        if one.changes is None:
            sessions = {session.session for session in one.sessions}
            found[one.version] = release_changes(progress, graph, commits[one.version], sessions)
    return found
