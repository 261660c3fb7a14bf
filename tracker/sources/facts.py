"""Everything that the world says, gathered once: the files of the workspace, and git."""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.model import MeasuredResult, Plan, Problem, Version
from tracker.sources.history import History, read_history
from tracker.sources.landings import Landing, find_landings, records
from tracker.sources.plan import read_plan, usual_places
from tracker.sources.reading import files_among
from tracker.sources.reports import Reports, TestCase, read_reports
from tracker.sources.repository import LEFT_OUT, Repository
from tracker.sources.results import read_results
from tracker.sources.sessions import SessionFile, read_sessions
from tracker.sources.trees import Tree, commit_tree, working_tree
from tracker.sources.versions import read_versions
from tracker.workspace import OLD_STATE, PLAN_FILE, NoWorkspace, Workspace


class BrokenPlan(TrackerError):
    """tracker.yml cannot be understood; the message lists everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Facts:
    """What the world says."""

    workspace: Workspace
    plan: Plan
    sessions: list[SessionFile]
    results: list[MeasuredResult]
    tests: list[TestCase]
    report_dates: Mapping[str, MeasuredResult]
    """By the path of a test report, the record of `tracker verify` that dates this very content."""
    versions: list[Version]
    repository: Repository
    commit: str | None
    """The commit whose history counts: HEAD, or the one that is looked back at."""
    history: History
    tree: Tree
    hashes: Mapping[str, str | None]
    """Full hash of every commit that a session or the plan names; None where git does not know it."""
    problems: list[Problem]
    landings: Mapping[str, Landing]
    """Where each commit landed that a session or the plan names, by the hash as written."""
    reconstructed: bool = False
    """Whether this is an earlier day, seen with the plan and the sessions of another one."""

    @property
    def web_address(self) -> str | None:
        """Of the repository, for links: the plan's, else the remote's."""
        address = self.plan.repository or self.repository.remote
        return address.rstrip("/").removesuffix(".git") if address else None


def open_workspace(root: Path) -> Workspace:
    """The workspace of a folder with tracker.yml. Raises BrokenPlan, which also knows what is wrong elsewhere."""
    plan, problems = read_plan(root)
    if plan is None:
        with Cache(None) as cache:
            raise BrokenPlan(problems + _read_files(Workspace(root, usual_places(root)), cache).problems)
    return Workspace(root, plan)


@contextmanager
def looking_back(repository: Repository, revision: str) -> Iterator[Facts]:
    """The facts as they were at a commit. Nothing is checked out: its files are read from git, into a temporary folder.

    Raises TrackerError for an unknown revision, and where it has no tracker.yml; BrokenPlan.
    """
    tree = commit_tree(repository, revision)
    if PLAN_FILE not in tree.files:
        raise NoWorkspace(f"{revision}: there is no {PLAN_FILE} at that commit")
    with tempfile.TemporaryDirectory(prefix="tracker-") as name:
        folder = Path(name).resolve()
        _extract(tree, [PLAN_FILE], folder)
        if not (folder / PLAN_FILE).exists():
            raise TrackerError(f"{revision}: {LEFT_OUT}")
        plan_files = [path for path in tree.files if path.endswith((".yml", ".yaml"))]
        _extract(tree, plan_files, folder)  # of a plan with its phases in files of their own
        workspace = open_workspace(folder)
        plan = workspace.plan
        folders = tuple(f"{name.rstrip('/')}/" for name in (plan.sessions, plan.results, plan.versions))
        reports = set(fnmatch.filter(tree.files, plan.reports))
        _extract(tree, [path for path in tree.files if path.startswith(folders) or path in reports], folder)
        with Cache(None) as cache:
            yield gather(workspace, repository, cache, tree.commit)


def _extract(tree: Tree, paths: Iterable[str], folder: Path) -> None:
    for path, content in tree.read(paths):
        target = folder / path
        if target.resolve().is_relative_to(folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def gather(workspace: Workspace, repository: Repository, cache: Cache, revision: str | None = None) -> Facts:
    """Read everything, once. A file that cannot be read is a problem; the others count.

    With a revision the files are of its tree and its history counts, not HEAD's.
    """
    plan = workspace.plan
    files = _read_files(workspace, cache)
    tree = commit_tree(repository, revision) if revision else working_tree(repository)
    head = revision or repository.head
    history = read_history(repository, revision or "HEAD", cache)
    hashes = repository.existing(_named_hashes(plan, files.sessions, files.results))
    named = records(plan, [one.session for one in files.sessions])
    return Facts(
        workspace=workspace,
        plan=plan,
        sessions=files.sessions,
        results=files.results,
        tests=files.reports.cases,
        report_dates=_report_dates(files.reports, files.results),
        versions=files.versions,
        repository=repository,
        commit=head,
        history=history,
        tree=tree,
        hashes=hashes,
        problems=[*files.problems, *_tracked_caches(tree)],
        landings=find_landings(repository, history, head, named, hashes, plan.sessions, cache),
    )


def _tracked_caches(tree: Tree) -> Iterator[Problem]:
    """Earlier versions kept caches in the workspace; a repository that has some may want them to be believed."""
    tracked = next((path for path in tree.files if path.startswith(f"{OLD_STATE}/")), None)
    if tracked:
        message = f"git tracks files in {OLD_STATE}, which the tracker ignores; remove them: git rm -r {OLD_STATE}"
        yield Problem(tracked, 1, 1, "", message)


class _Files(NamedTuple):
    sessions: list[SessionFile]
    results: list[MeasuredResult]
    reports: Reports
    versions: list[Version]
    problems: list[Problem]


def _read_files(workspace: Workspace, cache: Cache) -> _Files:
    sessions, problems = read_sessions(workspace.sessions, workspace.root, cache)
    results, unreadable = read_results(workspace.results, workspace.root, cache)
    reports = read_reports(workspace.root, files_among(workspace.root.glob(workspace.plan.reports)))
    versions, edited = read_versions(workspace.versions, workspace.root, cache)
    return _Files(sessions, results, reports, versions, problems + unreadable + reports.problems + edited)


def _report_dates(reports: Reports, results: list[MeasuredResult]) -> dict[str, MeasuredResult]:
    """The last record of `tracker verify` of each report that is still the one it saw."""
    records = {one.data.get("digest"): one for one in results if one.data.get("kind") == "report"}
    return {path: records[digest] for path, digest in reports.digests.items() if digest in records}


def _named_hashes(plan: Plan, sessions: list[SessionFile], results: list[MeasuredResult]) -> list[str]:
    named = [commit.commit for one in sessions for commit in one.session.commits]
    for phase in plan.phases:
        for criterion in (*phase.prerequisites, *phase.criteria):
            named += [commit for evidence in criterion.evidence for commit in evidence.commits]
    return named + [result.commit for result in results if result.commit]
