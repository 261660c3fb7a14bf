"""Which result belongs to which session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Session 1 on a day of its own, sessions 2 and 3 on one day, session 4 over three days."""
    repo = GitRepo(tmp_path / "repository")
    repo.at("2026-01-01T10:00:00+00:00")
    repo.write("tracker.yml", "project: P\n")
    for name, day in ((1, "2026-01-01"), (2, "2026-01-05"), (3, "2026-01-05"), (4, "2026-01-10\nuntil: 2026-01-12")):
        repo.write(f"sessions/{name}.yml", f"session: {name}\ndate: {day}\nfocus: F\nruns: [shared]\n")
    repo.commit("Start")
    return repo


def session_of(repo: GitRepo, **result: object) -> str | None:
    repo.write("diagnostics/results/run.json", json.dumps(result))
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    exported = json.loads((repo.path / "docs/tracker/tracker.json").read_text("utf-8"))
    (session,) = (one["session"] for one in exported["runs"])
    assert session is None or isinstance(session, str)
    return session


@pytest.mark.parametrize(
    ("started", "session"),
    [
        ("2026-01-01T23:00:00Z", "1"),
        ("2026-01-02T00:00:00Z", None),
        ("2026-01-05T12:00:00Z", None),
        ("2026-01-09T23:59:59Z", None),
        ("2026-01-10T00:00:00Z", "4"),
        ("2026-01-12T23:59:59Z", "4"),
        ("2026-01-13T00:00:00Z", None),
        ("2026-01-13T01:00:00+05:00", None),
        ("2026-01-12T23:00:00-08:00", "4"),
    ],
)
def test_a_result_belongs_to_the_one_session_of_its_day(repo: GitRepo, started: str, session: str | None) -> None:
    assert session_of(repo, started=started) == session


def test_a_session_that_there_is_not_is_no_maker(repo: GitRepo) -> None:
    assert session_of(repo, session="99") is None
    assert session_of(repo, session="99", started="2026-01-01T12:00:00Z") == "1"
    assert session_of(repo, session="3", started="2026-01-01T12:00:00Z") == "3"


def test_a_commit_decides_before_the_day(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    assert session_of(repo, source={"commit": first}, started="2026-01-10T12:00:00Z") == "1"
    assert session_of(repo, source={"commit": first[:9]}) == "1"
    assert session_of(repo, source={"commit": "ab" * 20}, started="2026-01-10T12:00:00Z") == "4"


@pytest.mark.parametrize(
    ("started", "session"),
    [
        (None, "4"),
        ("2025-12-01T00:00:00Z", "1"),
        ("2026-01-04T23:00:00Z", "1"),
        ("2026-01-05T00:00:00Z", "3"),
        ("2026-01-10T00:00:00Z", "4"),
        ("2026-03-01T00:00:00Z", "4"),
    ],
)
def test_of_sessions_that_name_a_result_the_last_one_before_it(
    repo: GitRepo, started: str | None, session: str
) -> None:
    assert session_of(repo, name="shared", **({"started": started} if started else {})) == session


def test_of_sessions_of_one_day_that_name_a_result_the_one_that_made_its_commit(repo: GitRepo) -> None:
    repo.at("2026-01-05T10:00:00+00:00")
    repo.write("a", "1")
    commit = repo.commit("S2: work of the morning")
    named = {"name": "shared", "source": {"commit": commit}}
    assert session_of(repo, **named, started="2026-01-05T12:00:00Z") == "2"
    assert session_of(repo, **named, started="2026-01-10T12:00:00Z") == "4"


def test_a_day_with_two_sessions_attributes_no_commit(repo: GitRepo) -> None:
    repo.at("2026-01-05T10:00:00+00:00")
    repo.write("a", "1")
    repo.commit("Work of the fifth")
    repo.at("2026-01-11T10:00:00+00:00")
    repo.write("a", "2")
    repo.commit("Work of the eleventh")
    assert tracker("status", "--format", "json", cwd=repo.path).json["commits"] == {"count": 3, "undocumented": 1}
