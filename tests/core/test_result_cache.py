"""A cached answer is used until anything that it depends on changes; every kind of change is detected."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker import result_cache
from tracker.cache import Cache
from tracker.user_folders import cache_folder

PLAN = """\
project: P
phases:
  - id: "1"
    title: One
    criteria:
      - {id: fast, text: t, evidence: [{result: soak, value: rate, above: 0}], covers: [app.py]}
      - {id: there, text: t, evidence: [{file: app.py, contains: one}]}
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repository")
    repo.write("app.py", "one\n")
    repo.write("other.py", "one\n")
    repo.write(".gitignore", ".tracker/\ndiagnostics/\nreports/\n")
    repo.write("sessions/1.yml", "{session: '1', date: 2026-01-01, focus: x}\n")
    commit = repo.commit("Start")
    repo.write("tracker.yml", PLAN)
    repo.write("diagnostics/results/soak.json", f'{{"rate": 1, "source": {{"commit": "{commit}"}}}}')
    repo.commit("Plan")
    age(repo.path)
    return repo


def age(folder: Path) -> None:
    """Make every file an hour older, because answers that depend on new files are not cached."""
    for path in [folder / ".git/index", folder / ".git/config", *folder.rglob("*")]:
        if path.is_file() and (path.name in ("index", "config") or ".git" not in path.parts):
            os.utime(path, ns=(time.time_ns() - 3600 * 10**9,) * 2)


def status(repo: GitRepo) -> str:
    return tracker("status", "--format", "json", cwd=repo.path).out


def remembered(repo: GitRepo) -> bool:
    with Cache(cache_folder(repo.path)) as cache:
        return bool(cache.get(result_cache.KIND, ["status utf-8"]))


def test_the_answer_is_the_one_that_was_given(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = status(repo)
    assert remembered(repo)

    def never(*_: object) -> None:
        raise AssertionError("looked up again")

    monkeypatch.setattr("tracker.progress.progress.look_up", never)
    assert status(repo) == first


def rewrite(path: str, content: str) -> Callable[[GitRepo], None]:
    return lambda repo: repo.write(path, content)


def committed(repo: GitRepo, path: str, content: str) -> None:
    repo.write(path, content)
    repo.commit("Change")


CHANGES: dict[str, Callable[[GitRepo], object]] = {
    "a covered file": rewrite("app.py", "two\n"),
    "a covered file, committed": lambda repo: committed(repo, "app.py", "two\n"),
    "a file that is removed": lambda repo: repo.remove("app.py"),
    "the plan": lambda repo: repo.write("tracker.yml", PLAN.replace("above: 0", "above: 5")),
    "a session": rewrite("sessions/1.yml", "{session: '1', date: 2026-01-01, focus: y}\n"),
    "a session more": rewrite("sessions/2.yml", "{session: '2', date: 2026-01-02, focus: y}\n"),
    "a result": rewrite("diagnostics/results/soak.json", '{"rate": 0}'),
    "a result more": rewrite("diagnostics/results/more.json", "{}"),
    "a report": rewrite("reports/junit.xml", "no report"),
    "a version": rewrite("versions/1.0.0.yml", "no version"),
    "a commit": lambda repo: repo.commit("Nothing but a commit"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(repo: GitRepo, change: str) -> None:
    before = status(repo)
    assert remembered(repo)
    CHANGES[change](repo)
    after = status(repo)
    assert after != before
    with Cache(cache_folder(repo.path)) as cache:
        cache.put(result_cache.KIND, {}, only=())
    assert status(repo) == after


def test_an_immediate_change_of_the_same_size(repo: GitRepo) -> None:
    before = status(repo)
    repo.write("sessions/1.yml", "{session: '1', date: 2026-01-01, focus: z}\n")
    assert status(repo) != before
    repo.write("sessions/1.yml", "{session: '1', date: 2026-01-01, focus: w}\n")
    assert '"focus": "w"' in status(repo)


@pytest.mark.parametrize("seconds", [60, 0])
def test_an_answer_that_depends_on_a_new_file_is_not_cached(
    repo: GitRepo, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    monkeypatch.setattr("tracker.result_cache.time.time_ns", lambda: now)
    os.utime(repo.path / "sessions/1.yml", ns=(now + seconds * 10**9,) * 2)
    status(repo)
    assert not remembered(repo)
    os.utime(repo.path / "sessions/1.yml", ns=(now - result_cache.YOUNG,) * 2)
    status(repo)
    assert remembered(repo)


def test_a_commit_that_git_did_not_know_is_looked_for_again(repo: GitRepo, tmp_path: Path) -> None:
    other = GitRepo(tmp_path / "other")
    commit = other.commit("Made elsewhere")
    repo.write("sessions/1.yml", f"{{session: '1', date: 2026-01-01, focus: x, commits: [{commit}]}}\n")
    age(repo.path)
    before = status(repo)
    assert remembered(repo)
    assert status(repo) == before
    repo.git("fetch", "--quiet", str(other.path), "main")
    assert status(repo) != before


def test_an_untracked_file_that_comes_or_goes_is_seen(repo: GitRepo) -> None:
    files = "files: {created: [loose.py], modified: [sub/app.py]}"
    repo.write("sessions/1.yml", f"{{session: '1', date: 2026-01-01, focus: x, {files}}}\n")
    repo.commit("Say so")
    age(repo.path)

    def claims() -> list[int]:
        counts = json.loads(status(repo))["claims"]
        return [counts[verdict] for verdict in ("disputed", "refuted", "unknown")]

    assert claims() == [0, 1, 1]
    for _ in range(2):
        repo.write("loose.py", "1")
        assert claims() == [1, 0, 1]
        repo.write("sub/app.py", "1")
        assert claims() == [2, 0, 0]
        repo.remove("loose.py")
        assert claims() == [1, 1, 0]
        repo.remove("sub/app.py")
        assert claims() == [0, 1, 1]


def test_a_file_that_git_never_had_is_looked_for_again(repo: GitRepo) -> None:
    text = "{session: '1', date: 2026-01-01, focus: x, files: {created: [new.py], renamed: [{from: a, to: b.py}]}}\n"
    repo.write("sessions/1.yml", text)
    age(repo.path)

    def said() -> str:
        return tracker("brief", cwd=repo.path).out

    assert "2 claims are refuted" in said()
    assert "2 claims are refuted" in said()
    repo.write("new.py", "")
    assert "1 claim is refuted" in said()
    repo.write("b.py", "")
    assert "refuted" not in said()
    repo.remove("new.py")
    assert "1 claim is refuted" in said()


def build(repo: GitRepo) -> str:
    return tracker("build", "--no-site", cwd=repo.path).out


def test_pages_are_rebuilt_when_anything_they_depend_on_changed(repo: GitRepo) -> None:
    repo.write("templates/decisions.md.j2", "# Decisions\n")
    repo.write("tracker.yml", PLAN.replace("phases:", "templates: templates\nphases:"))
    repo.commit("Templates")
    age(repo.path)
    assert build(repo).startswith("pages: 0 written") is False
    page = repo.path / "docs/tracker/decisions.md"
    whole = page.read_text("utf-8")
    assert build(repo).startswith("pages: 0 written")

    page.write_text("edited", encoding="utf-8")
    assert build(repo).startswith("pages: 1 written")
    assert page.read_text("utf-8") == whole

    age(repo.path)
    repo.write("templates/decisions.md.j2", "# Own decisions\n")
    build(repo)
    assert "# Own decisions" in page.read_text("utf-8")

    repo.git("remote", "add", "origin", "https://example.org/team/app.git")
    build(repo)
    assert "https://example.org/team/app" in (repo.path / "docs/tracker/phases/1.md").read_text("utf-8")
