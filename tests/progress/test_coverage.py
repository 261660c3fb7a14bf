"""Undocumented commits: which of them came after the last session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

SESSIONS = {
    "before": "2025-12-01",
    "the same day": "2026-01-01",
    "until then": "2025-12-01\nuntil: 2026-01-01",
    "later": "2026-02-01",
}


@pytest.mark.parametrize(
    ("when", "shown"), [("before", True), ("the same day", True), ("until then", True), ("later", False)]
)
def test_commits_since_the_last_session(tmp_path: Path, when: str, shown: bool) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    for number in (1, 2):  # two sessions of a day: neither has its commits
        repo.write(f"sessions/{number}.yml", f"session: '{number}'\nfocus: f\ndate: {SESSIONS[when]}\n")
    repo.commit("Nobody's work")
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    home = (repo.path / "docs/tracker/index.md").read_text("utf-8")
    assert ("1 commit belongs to no session since then" in home) is shown
