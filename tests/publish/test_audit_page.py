"""The page of stale files: bounded, literal, and made again when anything that it rests on changes."""

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
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    monkeypatch.setattr(audit, "BAR", 0.0)
    repo = GitRepo(tmp_path / "repo")
    repo.write("tracker.yml", "project: P\naudit: {page: true}\n")
    repo.write("legacy/one.py", "x = 1\n")
    repo.commit("Start")
    return repo


def page(repo: GitRepo) -> str:
    done = tracker("build", "--no-site", cwd=repo.path)
    assert done.code == 0, done
    return (repo.path / "docs/tracker/audit.md").read_text("utf-8", "surrogateescape")


def test_rows_are_bounded_and_the_surest_come_first(repo: GitRepo) -> None:
    for number in range(audit.MOST + 20):
        repo.write(f"legacy/part_{number}.py", f"x = {number}\n")
    repo.commit("Many")
    rows = [line for line in page(repo).splitlines() if line.startswith("| 0.")]
    removed = rows[: audit.MOST]
    assert [float(line.split(" | ")[0][2:]) for line in removed] == sorted(
        (float(line.split(" | ")[0][2:]) for line in removed), reverse=True
    )
    assert sum("legacy/part_" in line for line in rows) == audit.MOST
    assert "more: `tracker audit` lists all." in page(repo)


def test_hostile_names_are_shown_as_they_are(repo: GitRepo) -> None:
    repo.write(f"legacy/{HOSTILE}", "x")
    repo.write(b"legacy/\xff\n.bak", "x")
    repo.commit("Names")
    text = page(repo)
    assert "<img" not in text
    assert f"| <code>legacy/{HOSTILE}</code> | " in html.unescape(text)
    assert all(line.count(" | ") == 3 for line in text.splitlines() if line.startswith("| 0."))


def test_an_unchanged_repository_is_not_audited_again(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = page(repo)
    time.sleep(0.15)
    tracker("build", "--no-site", cwd=repo.path)
    monkeypatch.setattr(audit, "audit", None)
    assert page(repo) == first
    monkeypatch.undo()
    monkeypatch.setattr(audit, "BAR", 0.0)
    tracker("audit", "--baseline", "--min-confidence", "0", cwd=repo.path)
    assert page(repo).count("tracker-known") > 1, "the baseline counts"


def test_without_the_setting_there_is_no_audit(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "audit", None)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Plan")
    assert "| Sure |" not in page(repo)
