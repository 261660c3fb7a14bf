"""A workspace in a repository, with a commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.hostile import HOSTILE, build
from tests.gitrepo import GitRepo

PLAN = """\
project: P
phases:
  - id: "1"
    title: First
    tasks: [{id: "1.1", title: Begin}]
    criteria: [{id: plan, text: There is a plan, evidence: [{file: tracker.yml}]}]
"""
SESSION = "session: {0}\ndate: 2025-01-{0:02}\nfocus: Work of day {0}\ntasks: {{'1.1': complete}}\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Return a repository with tracker.yml, three sessions and a result."""
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", PLAN)
    for number in (1, 2, 3):
        repo.write(f"sessions/{number}.yml", SESSION.format(number))
    repo.write("diagnostics/results/soak.json", '{"rate": 0.5}')
    repo.write(".gitignore", "/docs/tracker/\n/site/\n/.tracker/\n")
    repo.commit("Start")
    return repo


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with hostile text in every field, and its site; tests must not change it."""
    return build(tmp_path_factory.mktemp("hostile") / "repository", HOSTILE)
