"""Where decisions about an audit are stored: beside tracker.yml, else at the top of the repository."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tracker.model import Plan
from tracker.sources.plan import read_plan
from tracker.sources.repository import Repository
from tracker.sources.trees import CommitTree, Tree, WorkingTree
from tracker.workspace import BASELINE_FILE, PLAN_FILE, NoWorkspace, find_root

DECISIONS_FILE = "audit-decisions.yml"
"""Beside the baseline: what a review decided to keep."""


@dataclass(frozen=True)
class Scope:
    """The folder of a workspace or a repository, seen from the audited folder, which is it or lies below it."""

    root: Path
    below: str
    """The way to the audited folder: "" or "src/"."""
    plan: Plan | None = None
    """What tracker.yml says; None where there is none, or one that cannot be understood."""
    broken: bool = False
    """Whether there is a tracker.yml that cannot be understood."""

    @property
    def baseline(self) -> Path:
        """The file of known findings."""
        return self.root / BASELINE_FILE

    @property
    def decisions(self) -> Path:
        """The file of findings that a review decided to keep."""
        return self.root / DECISIONS_FILE

    def reads(self, path: str) -> bool:
        """Whether the tracker itself reads a file, so that it is no finding."""
        if self.plan is None:
            return False
        places = (self.plan.sessions, self.plan.results, self.plan.versions)
        return self.below + path == PLAN_FILE or self._lies_in(path, *places)

    def without_own(self, tree: Tree) -> Tree:
        """A tree without the files that list findings, which are no use of the files they name."""
        own = {path for path in tree.files if self._lies_in(path, self.plan.docs)} if self.plan else set()
        own |= set() if self.below else {BASELINE_FILE, DECISIONS_FILE}
        files = {path: blob for path, blob in tree.files.items() if path not in own}
        assert isinstance(tree, CommitTree | WorkingTree)
        return replace(tree, files=files)

    def _lies_in(self, path: str, *folders: str) -> bool:
        return (self.below + path).startswith(tuple(f"{folder.rstrip('/')}/" for folder in folders))


def scope_of(repository: Repository) -> Scope:
    """The scope of the folder from which a repository is seen."""
    try:
        root = find_root(repository.folder)
    except NoWorkspace:
        return Scope(repository.root, repository.prefix)
    if not root.is_relative_to(repository.root):  # a workspace around this repository is not its own
        return Scope(repository.root, repository.prefix)
    below = "".join(f"{part}/" for part in repository.folder.relative_to(root).parts)
    plan, _ = read_plan(root)
    return Scope(root, below, plan, broken=plan is None)
