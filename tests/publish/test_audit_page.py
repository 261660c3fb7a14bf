"""The page of stale files: bounded, escaped, and rebuilt when anything that it depends on changes."""

from __future__ import annotations

import html
import time
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.publish.pages import audit

HOSTILE = "a | b <img src=x> `c` [d](e) {{ f }}.bak"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("tracker.yml", "project: P\naudit: {page: true}\n")
    repo.write("archive/one.txt", "x = 1\n")
    repo.commit("Start")
    return repo


def page(repo: GitRepo) -> str:
    done = tracker("build", "--no-site", cwd=repo.path)
    assert done.code == 0, done
    return (repo.path / "docs/tracker/audit.md").read_text("utf-8", "surrogateescape")


def test_rows_are_bounded(repo: GitRepo) -> None:
    for number in range(audit.PATHS + 5):
        repo.write(f"archive/part_{number}.txt", f"x = {number}\n")
    repo.commit("Many")
    text = page(repo)
    rows = sum("/part_" in line for line in text.splitlines() if line.startswith("| "))
    assert rows in (audit.PATHS - 1, audit.PATHS), "one row is for another file of the folder"
    assert f"### archive/, a folder of old things ({audit.PATHS + 6} files)" in text
    assert "And 6 more: `tracker audit` lists all." in text


def test_hostile_names_are_shown_unchanged(repo: GitRepo) -> None:
    repo.write(f"archive/{HOSTILE}", "x")
    repo.write(b"archive/\xff\n.bak", "x")
    repo.commit("Names")
    text = page(repo)
    assert "<img" not in text
    assert f"| <code>archive/{HOSTILE}</code> | " in html.unescape(text)
    assert all(line.count(" | ") == 1 for line in text.splitlines() if line.startswith("| <code>"))


def test_an_unchanged_repository_is_not_audited_again(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = page(repo)
    time.sleep(0.15)
    tracker("build", "--no-site", cwd=repo.path)
    monkeypatch.setattr("tracker.audit.audit.audit", None)
    assert page(repo) == first
    monkeypatch.undo()
    tracker("audit", "--baseline", cwd=repo.path)
    assert page(repo).count("tracker-known") > 1, "the baseline counts"


def test_without_the_setting_there_is_no_audit(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.audit.audit.audit", None)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Plan")
    assert "| Proof |" not in page(repo)
