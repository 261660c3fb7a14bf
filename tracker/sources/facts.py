"""Everything that the world says, gathered once: the files of the workspace, and git."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.model import Commit, Plan, Problem, Result
from tracker.sources.history import commits
from tracker.sources.plan import read_plan, usual_places
from tracker.sources.reports import TestCase, read_reports
from tracker.sources.repository import Repository
from tracker.sources.results import read_results
from tracker.sources.sessions import SessionFile, read_sessions
from tracker.sources.trees import Tree, working_tree
from tracker.workspace import Workspace


class BrokenPlan(TrackerError):
    """tracker.yml cannot be understood; the message lists everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class LastChange(NamedTuple):
    """What history last did to a path."""

    status: str
    """A, M, D or T."""
    commit: Commit


@dataclass(frozen=True)
class History:
    """The commits of HEAD, the newest first, each less its changes, and what they add up to."""

    commits: list[Commit]
    counts: Mapping[str, tuple[int, int, int]]
    """By hash, how many files a commit added, modified and removed."""
    last_change: Mapping[str, LastChange]
    """By path, for every path that ever was."""


@dataclass(frozen=True)
class Facts:
    """What the world says."""

    workspace: Workspace
    plan: Plan
    sessions: list[SessionFile]
    results: list[Result]
    tests: list[TestCase]
    repository: Repository
    history: History
    tree: Tree
    hashes: Mapping[str, str | None]
    """Full hash of every commit that a session or the plan names; None where git does not know it."""
    problems: list[Problem]


def open_workspace(root: Path) -> Workspace:
    """The workspace of a folder with tracker.yml. Raises BrokenPlan, which also knows what is wrong elsewhere."""
    plan, problems = read_plan(root)
    if plan is None:
        with Cache(None) as cache:
            raise BrokenPlan(problems + _read_files(Workspace(root, usual_places(root)), cache).problems)
    return Workspace(root, plan)


def gather(workspace: Workspace, repository: Repository, cache: Cache) -> Facts:
    """Read everything, once. A file that cannot be read is a problem; the others count."""
    plan = workspace.plan
    files = _read_files(workspace, cache)
    return Facts(
        workspace=workspace,
        plan=plan,
        sessions=files.sessions,
        results=files.results,
        tests=files.tests,
        repository=repository,
        history=read_history(repository),
        tree=working_tree(repository),
        hashes=repository.existing(_named_hashes(plan, files.sessions, files.results)),
        problems=files.problems,
    )


class _Files(NamedTuple):
    sessions: list[SessionFile]
    results: list[Result]
    tests: list[TestCase]
    problems: list[Problem]


def _read_files(workspace: Workspace, cache: Cache) -> _Files:
    sessions, problems = read_sessions(workspace.sessions, workspace.root, cache)
    results, unreadable = read_results(workspace.results, workspace.root)
    tests, no_reports = read_reports(workspace.root, workspace.plan.reports)
    return _Files(sessions, results, tests, problems + unreadable + no_reports)


def read_history(repository: Repository) -> History:
    """One pass over the history of HEAD."""
    found: list[Commit] = []
    counts: dict[str, tuple[int, int, int]] = {}
    last_change: dict[str, LastChange] = {}
    for commit in commits(repository):
        bare = Commit(
            commit.hash,
            commit.tree,
            commit.parents,
            commit.author,
            commit.email,
            commit.date,
            commit.subject,
            commit.body,
        )
        found.append(bare)
        added = modified = removed = 0
        for change in commit.changes:
            added += change.status == "A"
            removed += change.status == "D"
            modified += change.status not in "AD"
            if change.path not in last_change:
                last_change[change.path] = LastChange(change.status, bare)
        counts[commit.hash] = (added, modified, removed)
    return History(found, counts, last_change)


def _named_hashes(plan: Plan, sessions: list[SessionFile], results: list[Result]) -> list[str]:
    named = [commit.commit for one in sessions for commit in one.session.commits]
    for phase in plan.phases:
        for criterion in (*phase.prerequisites, *phase.criteria):
            named += [evidence.commit for evidence in criterion.evidence if evidence.commit]
    return named + [result.commit for result in results if result.commit]
