"""Claims that git cannot judge: what lies in a submodule, or behind the boundary of a shallow clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

SESSION = "session: 1\ndate: 2026-01-01\nfocus: F\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A repository with a plan, and nothing said yet."""
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    return repo


def test_a_submodule_is_tracked_and_what_it_holds_is_unknown(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("pump.c", "int pump;")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "lib/my module")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [lib/my module, lib/my module/pump.c, lib/my]}}\n")
    repo.commit()
    done = tracker("check", cwd=repo.path)
    assert done.out.splitlines() == [
        "sessions/1.yml:4:56: files.created[2]: session 1 says created lib/my; refuted: git has never had it",
        "1 session and 3 claims checked: 1 wrong, 2 that git cannot judge",
    ]
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    page = (repo.path / "docs/tracker/sessions/2026-01-01-1.md").read_text("utf-8")
    assert "in the submodule lib/my module, whose history is not read" in page


def test_a_check_of_a_shallow_clone_says_what_it_could_not_check(repo: GitRepo, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write("sessions/1.yml", f"{SESSION}commits: [{first}, {'ab' * 20}]\n")
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", repo.path.as_uri(), str(tmp_path / "shallow"))
    done = tracker("check", cwd=tmp_path / "shallow")
    assert (done.code, done.out) == (
        0,
        "1 session and 2 claims checked: nothing wrong, 2 that git cannot judge "
        "(this clone is shallow: `git fetch --unshallow`)\n",
    )
