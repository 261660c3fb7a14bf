"""The changes of a release: what sessions describe, and the commits of the other sessions by type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tracker.model import ChangeKind, Commit, FrozenChange, Session
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.commit_message import (
    CommitMessage,
    is_correction,
    merged_request,
    parse_message,
    parse_revert,
    reapplied_subject,
    without_numbers,
)
from tracker.progress.progress import Progress
from tracker.progress.reverts import cancelled_commits

CHANGELOG = "CHANGELOG.md"
LONGEST = 200
"""Letters of the longest subject that is shown whole: Git joins all lines before the first blank one."""

INTERNAL = re.compile(
    r"""
      (?:^|/)(?:tests?|__tests__|docs?|documentation|\.github|\.gitlab|\.circleci|\.ci|\.vscode|\.idea)/
    | (?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|spec)|conftest)\.\w+$
    | \.(?:md|markdown|rst|adoc)$
    | (?:^|/)(?:readme|licen[cs]e|changelog|changes|contributing|authors|notice)(?:\.[^/]*)?$
    | (?:^|/)(?:\.git(?:ignore|attributes|-blame-ignore-revs)|\.editorconfig|\.mailmap|\.pre-commit-config\.yaml)$
    | (?:^|/)(?:\.gitlab-ci\.yml|\.travis\.yml|azure-pipelines\.yml|appveyor\.yml|Jenkinsfile)$
    | (?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|[^/]*\.lock)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Tests, documentation, CI and lock files: users do not notice a commit that changes nothing else."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A commit that may be listed, with what its message says."""

    commit: Commit
    message: CommitMessage


def session_changes(session: Session) -> list[FrozenChange]:
    """Return the changes that people described in a session; none while they are only proposed."""
    if session.changes.proposed:
        return []
    return [
        FrozenChange(
            kind=kind,
            text=note.text,
            breaking=note.breaking,
            scope=note.scope,
            commits=note.commits,
            pull_requests=note.pull_requests,
            session=session.session,
        )
        for kind, notes in session.changes.by_kind().items()
        for note in notes
    ]


def release_changes(
    progress: Progress, graph: CommitGraph, commits: Iterable[Commit], sessions: Collection[str]
) -> tuple[FrozenChange, ...]:
    """Return the changes of a release with these commits and sessions, in the order of a changelog.

    Commits of a session that describes its changes are left out.
    """
    described = [one.session for one in reversed(progress.sessions) if one.session.session in sessions]
    curated = {session.session: found for session in described if (found := session_changes(session))}
    session_of = progress.attribution.session_of_commit
    candidates = list(_candidates(progress, graph, commits))
    listed = [one for one in candidates if session_of.get(one.commit.hash) not in curated]
    changes = [one for each in curated.values() for one in each]
    changes += _without_duplicates(_generated(one, session_of.get(one.commit.hash)) for one in listed)
    order = list(ChangeKind)
    return tuple(sorted(changes, key=lambda one: (order.index(one.kind), not one.breaking)))


def commit_changes(progress: Progress, graph: CommitGraph, commits: Iterable[Commit]) -> list[FrozenChange]:
    """Return what the messages of commits describe as changes, without sessions."""
    return _without_duplicates(_generated(one, None) for one in _candidates(progress, graph, commits))


def _candidates(progress: Progress, graph: CommitGraph, commits: Iterable[Commit]) -> Iterator[_Candidate]:
    """Yield the commits whose change users notice, the newest first.

    Left out are merges (recognised by their parents), corrections of other commits, reverted commits with their
    reverts, and commits of a type or of files that users do not notice.
    """
    commits = list(commits)
    cancelled = cancelled_commits(commits, graph)
    requests = _merged_requests(commits, graph)
    internal = _internal_commits(progress)
    unknown = progress.facts.repository.boundary  # of a shallow clone: they may be merges
    for commit in commits:
        is_merge = len(graph.parents[commit.hash]) > 1 or commit.hash in unknown
        if is_merge or commit.hash in cancelled or is_correction(commit):
            continue
        message = _message(commit)
        is_internal = commit.hash in internal and not message.typed and not message.breaking
        if message.kind is None or is_internal or not message.text:
            continue
        if not message.pull_requests and commit.hash in requests:
            message = replace(message, pull_requests=(requests[commit.hash],))
        yield _Candidate(commit, message)


def _message(commit: Commit) -> CommitMessage:
    message = parse_message(commit.subject, commit.body)
    if subject := reapplied_subject(commit):
        return replace(parse_message(subject, commit.body), pull_requests=message.pull_requests)
    if revert := parse_revert(commit):
        reverted = parse_message(revert.subject or "")
        text, kind = without_numbers(commit.subject), reverted.kind and ChangeKind.CHANGED
        return replace(message, kind=kind, typed=reverted.typed, scope=reverted.scope, text=text)
    return message


def _generated(candidate: _Candidate, session: str | None) -> FrozenChange:
    message = candidate.message
    assert message.kind is not None
    return FrozenChange(
        kind=message.kind,
        text=message.text if len(message.text) <= LONGEST else f"{message.text[: LONGEST - 1].rstrip()}…",
        breaking=message.breaking,
        scope=message.scope,
        commits=(candidate.commit.hash,),
        pull_requests=message.pull_requests,
        session=session,
        generated=True,
    )


def _without_duplicates(changes: Iterable[FrozenChange]) -> list[FrozenChange]:
    """Join the changes with the same text, such as a commit and its cherry-pick."""
    found: dict[tuple[object, ...], FrozenChange] = {}
    for one in changes:
        key = one.kind, one.scope, one.text, one.breaking
        if known := found.get(key):
            commits = (*known.commits, *one.commits)
            requests = tuple(dict.fromkeys((*known.pull_requests, *one.pull_requests)))
            one = known.model_copy(update={"commits": commits, "pull_requests": requests})
        found[key] = one
    return list(found.values())


def _merged_requests(commits: Iterable[Commit], graph: CommitGraph) -> Mapping[str, int]:
    """Return the pull request that brought in each commit, by hash: of nested merges the inner one."""
    merges = [commit for commit in commits if len(graph.parents[commit.hash]) > 1]
    found: dict[str, int] = {}
    for merge in sorted(merges, key=lambda one: graph.age[one.hash], reverse=True):
        request = merged_request(merge)
        if request and request.startswith("#"):
            for commit in graph.merged_by(merge.hash):
                found.setdefault(commit, int(request[1:]))
    return found


def _internal_commits(progress: Progress) -> set[str]:
    """Return the commits that change only internal files, or only the records of the tracker.

    Where documentation is the product, most commits change nothing else; then internal files count like others.
    """
    plan = progress.plan
    folders = tuple(f"{name.rstrip('/')}/" for name in (plan.sessions, plan.versions, plan.docs, plan.results))
    records: set[str] = set()
    internal: set[str] = set()
    other: set[str] = set()
    for path, changes in progress.facts.history.changes.items():
        is_record = path.startswith(folders) or path in (CHANGELOG, "tracker.yml")
        kind = records if is_record else internal if INTERNAL.search(path) else other
        kind.update(change.commit.hash for change in changes)
    records -= other | internal
    internal -= other
    return records | internal if len(internal) <= len(other) else records
