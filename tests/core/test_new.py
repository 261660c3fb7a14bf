"""`tracker new --close`: text from people, including comments, stays unchanged; new entries are added once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import contents_in, tracker
from tests.gitrepo import GitRepo
from tracker.sources.yaml import dump, load

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


AS_TYPED = """\
\ufeff%YAML 1.2
---
session:   1e1
date: 2026-01-01
focus: >-
    Zeros: 0777


tasks: {"1.1":complete, '1.2' : +1}
highlights: ~
commits:
- 1e10
# - 2e10
- {note: .inf, commit: 5E05C13AB}
files: {created: [./app.py,
  &old 0x1F], modified: [*old]}   # both
metrics: {a: 1_000, b: .5, c: null}
...
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_closing_adds_lines_and_changes_no_other(tmp_path: Path, newline: str) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    text = AS_TYPED.replace("{\"1.1\":complete, '1.2' : +1}", "{}").replace("\n", newline)
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions/1.yml").write_bytes(text.encode())
    repo.commit("Open")
    repo.write("app.py", "x")
    repo.write("more, and more.py", "x")
    commit = repo.commit("First: 1e10")
    done = tracker("new", "--close", cwd=tmp_path)
    assert done.code == 0, done
    added = f"- commit: {commit[:10]}{newline}  note: 'First: 1e10'{newline}"
    assert load(added).data[0]["commit"] == commit[:10]
    expected = text.replace("AB}" + newline, "AB}" + newline + _quoted(added, commit))
    expected = expected.replace("&old 0x1F]", "&old 0x1F, 'more, and more.py']")
    written = (tmp_path / "sessions/1.yml").read_bytes().decode()
    recorded = re.compile(rf"  patch_id: .*{newline}|(?:combined|changes):{newline}(?:  .*{newline})+")
    assert recorded.search(written), "patch ids are recorded"
    assert recorded.sub("", written) == expected


def _quoted(added: str, commit: str) -> str:
    """A hash that YAML readers parse as a number is written with quotes."""
    return added.replace(commit[:10], dump({"k": commit[:10]})[3:-1])


def test_closing_says_what_it_cannot_edit(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    text = "session: S1\ndate: 2026-01-01\nfocus: x\nfiles: {created: &y [a.py], modified: *y}\n"
    repo.write("sessions/1.yml", text)
    repo.commit("Open")
    repo.write("app.py", "x")
    repo.commit("First")
    done = tracker("new", "--close", cwd=tmp_path)
    assert done.code == 2
    assert done.message.startswith("sessions/1.yml:4:8: files: cannot be edited without changing other values")
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
    text = path.read_text("utf-8").replace("session: '1'", "session: '0'")
    path.write_text(text, encoding="utf-8")
    done = tracker("new", cwd=tmp_path)
    assert done.message == f"{path}: already exists; close it with `tracker new --close`, or choose another date"
    assert path.read_text("utf-8") == text


PLAN = """\
project: P
phases: [{id: "1", title: T, criteria: [{id: gate, text: It is there, evidence: [{file: gate.py}]}]}]
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", PLAN)
    repo.commit("Start")
    repo.write("sessions/1.yml", "session: S1\ndate: 2025-12-01\nfocus: x\n")
    repo.commit("Open S1")
    return repo


def test_commits_that_no_session_documents_are_listed(repo: GitRepo) -> None:
    for number in range(7):
        repo.write("a.py", str(number))
        repo.commit(f"Lost \x01 {number}")
    repo.write("sessions/2.yml", "session: S2\ndate: 2026-01-09\nfocus: x\n")
    repo.commit("S2")
    lines = tracker("new", "--print", cwd=repo.path).out.splitlines()
    begin = lines.index("# No session documents these, the newest first; add the ones that belong here:")
    subjects = [line.split(maxsplit=2)[2] for line in lines[begin + 1 : begin + 6]]
    assert subjects == [f"Lost \ufffd {number}" for number in (6, 5, 4, 3, 2)]
    assert lines[begin + 6] == "#   and 4 more"
    assert load("\n".join(lines)).data["session"] == "S3"


def test_print_writes_nothing(repo: GitRepo) -> None:
    before = contents_in(repo.path / "sessions")
    assert "session: S2" in tracker("new", "--print", cwd=repo.path).out
    assert "session: S1" in tracker("new", "--close", "--print", cwd=repo.path).out
    assert contents_in(repo.path / "sessions") == before


def test_each_field_is_explained_once(repo: GitRepo) -> None:
    repo.write("gate.py", "")
    repo.commit("Gate")
    lines = tracker("new", "--print", cwd=repo.path).out.splitlines()
    keys = [number for number, line in enumerate(lines) if line[:1].isalpha()]
    assert len(keys) >= 8
    assert all(lines[number - 1].startswith("# ") for number in keys)
    comments = [line for line in lines if line.startswith("# ") and line.endswith(".")]
    assert len(comments) == len(set(comments))


def test_editor(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/What.this/Mine:/")
    monkeypatch.delenv("VISUAL", raising=False)
    path = Path(tracker("new", "--edit", cwd=repo.path).out.strip())
    assert "focus: Mine: session is about" in path.read_text("utf-8")


def test_the_file_stays_when_the_editor_fails(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.delenv("VISUAL", raising=False)
    done = tracker("new", "--edit", cwd=repo.path)
    path = Path(done.out.strip())
    assert done.message.startswith(f"{path} is written, but not edited: ")
    assert load(path.read_text("utf-8")).data["session"] == "S2"


def test_closing_finds_all_that_came_after_the_session_was_opened(repo: GitRepo) -> None:
    repo.write("gate.py", "")
    first = repo.commit("Gate")
    repo.write("sessions/1.yml", "session: S1\ndate: 2025-12-01\nfocus: x, half way\n")
    middle = repo.commit("Half way")
    repo.write("more.py", "")
    last = repo.commit("More")
    assert tracker("new", "--close", cwd=repo.path).code == 0
    data = load((repo.path / "sessions/1.yml").read_text("utf-8")).data
    assert [one["commit"] for one in data["commits"]] == [first[:10], middle[:10], last[:10]]
    assert data["files"]["created"] == ["gate.py", "more.py"]
    assert "criterion gate: missing → met" in data["highlights"]
    assert "next" not in data


@pytest.mark.parametrize("revisions", ["HEAD", "..HEAD", "HEAD~1...HEAD", "nowhere..HEAD", "--all..HEAD"])
def test_an_invalid_range_is_reported(repo: GitRepo, revisions: str) -> None:
    assert revisions.split("..")[0] in tracker("new", f"--range={revisions}", cwd=repo.path).message


def test_closing_a_first_session_leaves_older_commits_out(tmp_path: Path) -> None:
    """A session file that is not committed yet gives no commit to start from; its day does."""
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.at("2025-06-01T12:00:00+00:00")
    repo.commit("Long before")
    repo.at("2026-01-05T12:00:00+00:00")
    repo.write("pump.py", "x")
    commit = repo.commit("Add the pump")
    repo.write("sessions/1.yml", 'session: "1"\ndate: 2026-01-05\nfocus: The pump\n')
    assert tracker("new", "--close", cwd=tmp_path).code == 0
    text = (tmp_path / "sessions/1.yml").read_text("utf-8")
    assert commit[:10] in text
    assert "Long before" not in text
    assert tracker("check", "--strict", cwd=tmp_path).code == 0


def test_files_of_a_range_are_judged_by_its_own_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    for name in ("changed.py", "dropped.py", "moved.py"):
        repo.write(name, f"# {name}\n")
    start = repo.commit("Start")
    repo.write("changed.py", "x")
    repo.write("fresh.py", "x")
    repo.write("brief.py", "x")
    repo.remove("dropped.py")
    repo.remove("moved.py")
    repo.write("there.py", "# moved.py\n")
    repo.commit("Work")
    repo.remove("brief.py")
    end = repo.commit("More work")
    for name in ("changed.py", "fresh.py", "there.py"):
        repo.remove(name)
    repo.write("dropped.py", "back again")
    repo.commit("Later work")

    printed = tracker("new", "--print", "--range", f"{start}..{end}", cwd=tmp_path)
    assert load(printed.out).data["files"] == {
        "created": ["fresh.py"],
        "modified": ["changed.py"],
        "removed": ["dropped.py"],
        "renamed": [{"from": "moved.py", "to": "there.py"}],
    }


def test_a_range_before_the_last_session_is_a_session_in_the_past(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("app.py", "1")
    repo.at("2026-01-02T10:00:00+00:00")
    start = repo.commit("Start")
    repo.write("app.py", "2")
    repo.at("2026-01-03T10:00:00+00:00")
    repo.commit("Change the app")
    repo.write("more.py", "1")
    repo.at("2026-01-05T10:00:00+00:00")
    end = repo.commit("Add more")
    repo.write("tracker.yml", "project: P\n")
    step = "next: {immediate: [Later step]}\nitems: [Later item]\n"
    repo.write("sessions/1.yml", f"session: '1'\ndate: 2026-03-01\nfocus: x\n{step}")
    repo.at("2026-03-01T10:00:00+00:00")
    repo.commit("Track")

    path = Path(tracker("new", "--range", f"{start}..{end}", cwd=tmp_path).out.strip())
    assert path.name == "2026-01-03-2.yml"
    text = path.read_text("utf-8")
    assert "Later" not in text
    made = load(text).data
    assert [made["date"], made["until"]] == ["2026-01-03", "2026-01-05"]
    assert tracker("check", "--strict", cwd=tmp_path).out.count("disputed") == 0


def test_a_range_without_a_session_before_it_ends_with_its_last_commit(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    start = repo.commit("Start")
    repo.at("2026-01-03T10:00:00+00:00")
    repo.write("app.py", "1")
    repo.commit("Add the app")
    repo.at("2026-01-05T10:00:00+00:00")
    repo.write("app.py", "2")
    end = repo.commit("Change the app")
    repo.at("2026-02-05T10:00:00+00:00")
    repo.write("app.py", "3")
    repo.commit("Later work")
    path = Path(tracker("new", "--range", f"{start}..{end}", cwd=tmp_path).out.strip())
    made = load(path.read_text("utf-8")).data
    assert (path.name, made["date"], made["until"]) == ("2026-01-03-1.yml", "2026-01-03", "2026-01-05")


def test_a_first_session_begins_with_the_plan(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("app.py", "1")
    repo.commit("Long ago")
    repo.write("tracker.yml", "project: P\n")
    assert "commits" not in load(tracker("new", "--print", cwd=tmp_path).out).data
    added = repo.commit("Track")
    after = repo.commit("Work")
    made = load(tracker("new", "--print", cwd=tmp_path).out).data
    assert [one["commit"] for one in made["commits"]] == [added[:10], after[:10]]
