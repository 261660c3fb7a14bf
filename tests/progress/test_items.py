"""`tracker items` edits the last session file, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

SESSION = """\
# mine
session: 1e1   # as typed
date: 2026-01-01
focus: x
next:
    immediate: [a, b]   # two
log: |
  text
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/1.yml", SESSION)
    repo.commit("Start")
    return repo


def session(repo: GitRepo) -> str:
    return (repo.path / "sessions/1.yml").read_text("utf-8")


def test_closing_adds_one_field_and_reopening_removes_it(repo: GitRepo) -> None:
    (first, second) = [one["id"] for one in tracker("items", "--format", "json", cwd=repo.path).json["items"]]
    done = tracker("items", "close", "a", cwd=repo.path)
    assert (done.code, done.out) == (0, f"{repo.path}/sessions/1.yml\n")
    closed = SESSION.replace("log: |", f"closes:\n  - {first}\nlog: |")
    assert session(repo).replace("'", "") == closed
    tracker("items", "drop", second, "--reason", "no: never", cwd=repo.path)
    assert f"drops:\n  - item: {second}\n    reason: 'no: never'\n" in session(repo).replace(f"'{second}'", second)
    tracker("items", "reopen", "b", cwd=repo.path)
    assert "drops:" not in session(repo)
    assert f"reopens:\n  - {second}\n" in session(repo).replace(f"'{second}'", second)


def test_closed_steps_are_not_carried_over(repo: GitRepo) -> None:
    tracker("items", "close", "a", cwd=repo.path)
    lines = tracker("new", "--print", cwd=repo.path).out.splitlines()
    assert "    - b" in lines
    assert "    - a" not in lines


def test_ids_do_not_change_when_others_are_added(repo: GitRepo) -> None:
    before = {one["text"]: one["id"] for one in tracker("items", "--format", "json", cwd=repo.path).json["items"]}
    repo.write("sessions/0.yml", "session: s0\ndate: 2025-01-01\nfocus: x\nnext: {immediate: [c, B.]}\n")
    after = {one["text"]: one["id"] for one in tracker("items", "--format", "json", cwd=repo.path).json["items"]}
    assert after["a"] == before["a"]
    assert after["B."] == before["b"]


def test_without_sessions_there_is_nothing(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    assert tracker("items", cwd=tmp_path).out == ""
    assert tracker("items", "close", "x", cwd=tmp_path).message.startswith("x: no such item")
