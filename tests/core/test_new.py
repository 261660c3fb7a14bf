"""`tracker new --close`: what people wrote stays as it is, comments included; what is new is added once."""

from __future__ import annotations

from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.sources.yaml import load

WRITTEN = """\
# my own comment
session: S1   # the first
date: 2026-01-01
focus: 'Quoted: as it was'
tasks: {"1.1": complete}
commits:
  - {commit: HASH, note: my own words}   # kept
files:
  created:
    - {path: app.py, note: the app}
"""


def test_closing_keeps_what_people_wrote(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", 'project: P\nphases: [{id: "1", title: T, tasks: [{id: "1.1", title: T}]}]\n')
    repo.commit("Start")
    repo.write("sessions/1.yml", WRITTEN.replace("commits:\n  - {commit: HASH, note: my own words}   # kept\n", ""))
    repo.commit("Open")
    repo.write("app.py", "x")
    first = repo.commit("First 1.1")
    repo.write("sessions/1.yml", WRITTEN.replace("HASH", first[:7]))
    repo.write("more.py", "x")
    second = repo.commit("Second")

    done = tracker("new", "--close", "--range", f"{first}~1..", cwd=tmp_path)
    assert done.out == f"{tmp_path}/sessions/1.yml\n"
    text = (tmp_path / "sessions/1.yml").read_text("utf-8")
    for line in WRITTEN.replace("HASH", first[:7]).splitlines():
        assert line in text
    data = load(text).data
    assert [one["commit"] for one in data["commits"]] == [first[:7], second[:10]]
    assert data["files"]["created"] == [{"path": "app.py", "note": "the app"}, "more.py"]
    assert data["tasks"] == {"1.1": "complete"}

    tracker("new", "--close", "--range", f"{first}~1..", cwd=tmp_path)
    assert (tmp_path / "sessions/1.yml").read_text("utf-8") == text


def test_there_is_nothing_to_close(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    assert tracker("new", "--close", cwd=tmp_path).message == "there is no session to close; `tracker new` opens one"


def test_no_session_is_written_over(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    path = Path(tracker("new", cwd=tmp_path).out.strip())
    text = path.read_text("utf-8").replace("session: '1'", "session: 'none'")
    path.write_text(text, encoding="utf-8")
    done = tracker("new", cwd=tmp_path)
    assert done.message == f"{path}: exists already; close it with `tracker new --close`, or give it another date"
    assert path.read_text("utf-8") == text
