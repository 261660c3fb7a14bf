"""An audit that is asked again: answered from memory while nothing changed, else looked up anew."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from tests.audit.test_statements import SESSION, WORKSPACE
from tests.command import Done, files_in, tracker
from tests.gitrepo import GitRepo
from tracker.audit import answer_cache
from tracker.audit import audit as auditing
from tracker.audit.context import gather_context
from tracker.result_cache import YOUNG


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/valve.py", "def open_valve() -> None: ...\n")
    repo.write("docs/use.md", "The valve is `src/valve.py`.\n")
    repo.commit("Start")
    return repo


def looked(repo: GitRepo, *arguments: str) -> tuple[bool, Done]:
    """Whether an audit had to look, and what it said."""
    with mock.patch.object(auditing, "gather_context", wraps=gather_context) as look:
        done = tracker("audit", *arguments, cwd=repo.path)
    assert done.code in (0, 1), done
    return look.called, done


def test_the_same_question_is_answered_from_memory(repo: GitRepo, cache_home: Path) -> None:
    before = files_in(repo.path)
    first, answer = looked(repo)
    again, same = looked(repo)
    assert (first, again) == (True, False)
    assert same == answer
    assert files_in(repo.path) == before
    assert {path.name for path in cache_home.rglob("*.sqlite3")} == {"cache.sqlite3"}
    assert looked(repo, "--min-confidence", "0")[0]
    assert looked(repo, "--format", "json")[0]
    assert looked(repo, "--rev", "HEAD")[0]
    assert not looked(repo, "--rev", "HEAD")[0]


def test_every_input_of_an_answer_is_noticed(repo: GitRepo) -> None:
    looked(repo)
    changes: list[Callable[[], object]] = [
        lambda: (repo.path / "src/valve.py").write_text("changed", encoding="utf-8"),
        lambda: repo.commit("Commit"),
        lambda: repo.commit("Nothing changed"),
        lambda: (repo.path / "new.md").write_text("x", encoding="utf-8") and repo.git("add", "new.md"),
        lambda: (repo.path / "audit-decisions.yml").write_text("keep: []\n", encoding="utf-8"),
        lambda: (repo.path / "new.md").rename(repo.path / "untracked"),
        lambda: repo.git("remote", "add", "origin", "https://example.org/a/b"),
    ]
    for change in changes:
        change()
        time.sleep(2 * YOUNG / 1e9)  # what changed just now may change again unseen, and nothing is kept
        assert looked(repo)[0]
        assert not looked(repo)[0]


def test_what_changed_just_now_is_looked_up_again(repo: GitRepo) -> None:
    with mock.patch.object(time, "time_ns", return_value=0):
        repo.write("src/valve.py", "changed")
        assert looked(repo)[0]
        assert looked(repo)[0]


def test_a_cache_that_cannot_be_used_is_none(repo: GitRepo, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, answer = looked(repo)
    (file,) = cache_home.rglob("*.sqlite3")
    for value in ("{", "[1]", "null", "7"):
        with sqlite3.connect(file) as database:
            database.execute("UPDATE texts SET value = ?", (value,))
        database.close()
        assert looked(repo) == (True, answer)
    file.write_bytes(b"broken")
    assert looked(repo) == (True, answer)
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert looked(repo) == (True, answer)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    with mock.patch.object(Path, "home", side_effect=RuntimeError):
        assert looked(repo) == (True, answer)
    assert not (repo.path / "relative").exists()


def test_a_workspace_holds_no_cache_and_what_sessions_say_counts(repo: GitRepo) -> None:
    repo.write("tracker.yml", WORKSPACE.lstrip())
    repo.commit("Workspace")
    (repo.path / ".tracker").mkdir()
    assert looked(repo)[0]
    assert not looked(repo)[0]
    assert not any((repo.path / ".tracker").iterdir()), "a folder in the repository is not trusted as a cache"
    repo.write("sessions/2026-01-02-7.yml", SESSION.lstrip())
    assert looked(repo)[0]
    assert looked(repo)[0], "a refuted claim may come true anywhere: it is looked up every time"


def test_the_answers_that_are_kept_have_a_bound(repo: GitRepo, cache_home: Path) -> None:
    bars = ("empty", "backup", "ignored", "archive")
    assert all(looked(repo, "--only", bar)[0] for bar in bars)
    (file,) = cache_home.rglob("*.sqlite3")
    with sqlite3.connect(file) as database:
        entries = database.execute("SELECT value FROM texts WHERE kind = 'audit' AND key <> 'order'").fetchall()
    database.close()
    kept = [len(value) for (value,) in entries]
    assert len(kept) == len(bars)
    with mock.patch.object(answer_cache, "LARGEST", sum(kept)):
        assert looked(repo, "--only", "applied")[0]
        assert not looked(repo, "--only", "archive")[0], "the newest are kept"
        assert looked(repo, "--only", "empty")[0]
    with mock.patch.object(answer_cache, "LARGEST", 1):
        assert looked(repo, "--only", "one-off")[0]
        assert looked(repo, "--only", "one-off")[0], "too long"
        assert not looked(repo, "--only", "empty")[0]
