"""Bad input: one clear message each, the right exit code, nothing half-written, never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.command import contents_in, tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker.sources import yaml
from tracker.user_folders import cache_folder

COMMANDS = [("status",), ("check",), ("build", "--no-site")]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_tracker_yml(command: tuple[str, ...], tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    done = tracker_process(*command, cwd=repo.path)
    assert done.message == (
        f"no tracker.yml in {repo.path} or any folder above it: run `tracker init` in your repository, "
        "or name the folder with --workspace"
    )
    assert list(repo.path.iterdir()) == [repo.path / ".git"]


@pytest.mark.parametrize("command", COMMANDS)
def test_not_a_git_repository(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "tracker.yml").write_text("project: P\n", encoding="utf-8")
    done = tracker_process(*command, cwd=tmp_path)
    assert done.message == (
        f"{tmp_path}: not in a git repository; run `git init` there, or name a folder that is in one"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["tracker.yml"]


@pytest.mark.parametrize("command", COMMANDS)
def test_git_is_not_installed(command: tuple[str, ...], repo: GitRepo, tmp_path: Path) -> None:
    done = tracker_process(*command, cwd=repo.path, PATH=str(tmp_path))
    assert "Install git and put it on the PATH." in done.message


def test_wrong_use() -> None:
    for arguments in (["stattus"], ["status", "--format", "xml"], ["--workspace"], ["check", "sessions"]):
        done = tracker_process(*arguments, cwd=Path.cwd())
        assert (done.code, done.out) == (2, ""), arguments
        assert "Error: " in done.err
        assert "Traceback" not in done.err


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert tracker("--workspace", "none", "status", cwd=tmp_path).message.startswith("no tracker.yml in ")
    assert tracker("init", "none", cwd=tmp_path).message == f"{tmp_path / 'none'}: no such folder"


def test_a_repository_without_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\nphases: [{id: a, title: A, criteria: [{id: c, text: t, "
               "evidence: [{commit: 0123abcd}, {file: tracker.yml}]}]}]\n")  # fmt: skip
    repo.write("sessions/1.yml", "session: 1\ndate: 2025-01-01\nfocus: f\ncommits: [0123abcd]\n")
    done = tracker("status", "--format", "json", cwd=repo.path)
    assert (done.code, done.json["commit"], done.json["commits"]) == (0, None, {"count": 0, "undocumented": 0})
    assert done.json["phases"][0]["criteria"][0]["verdict"] == "unmet"
    assert tracker("status", cwd=repo.path).code == 0
    assert tracker("check", cwd=repo.path).code == 1
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    assert (repo.path / "docs/tracker/index.md").is_file()


def test_a_shallow_clone_says_what_is_unknown(repo: GitRepo, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write("gone.py", "1")
    repo.commit("Add gone.py")
    repo.remove("gone.py")
    repo.write(
        "sessions/4.yml",
        f"session: 4\ndate: 2026-01-01\nfocus: f\ncommits: [{first}, 0123abcd]\n"
        "files: {created: [gone.py, tracker.yml], removed: [gone.py, tracker.yml]}\n",
    )
    repo.write("tracker.yml", f"project: P\nphases: [{{id: a, title: A, criteria: [{{id: c, text: t, "
               f"evidence: [{{commit: {first}}}]}}]}}]\n")  # fmt: skip
    repo.commit("S4")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{repo.path}", str(clone)], check=True)

    whole, shallow = (tracker("status", "--format", "json", cwd=folder).json for folder in (repo.path, clone))
    assert (whole["shallow"], whole["claims"]) == (
        False,
        {"confirmed": 4, "disputed": 0, "refuted": 2, "unknown": 0},
    )
    assert (shallow["shallow"], shallow["claims"]) == (
        True,
        {"confirmed": 0, "disputed": 0, "refuted": 0, "unknown": 6},
    )
    (criterion,) = shallow["phases"][0]["criteria"]
    assert (criterion["verdict"], criterion["evidence"][0]["found"]) == (
        "missing",
        "not in this shallow clone: its history was cut off",
    )
    assert "(a shallow clone: older ones are unknown)" in tracker("status", cwd=clone).out
    assert tracker("build", "--no-site", cwd=clone).code == 0
    pages = contents_in(clone / "docs/tracker")
    assert b"This clone is shallow" in pages["index.md"]
    assert b"This clone is shallow" in pages["sessions/index.md"]
    assert b"not in this shallow clone: its history was cut off" in pages["sessions/2026-01-01-4.md"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"project: \xff\n", "tracker.yml:1:10: not UTF-8 (byte 0xff); expected a text file saved as UTF-8"),
        (b"", "tracker.yml:1:1: expected a mapping with project; got nothing"),
        (b"- a\n", "tracker.yml:1:1: expected a mapping with project; got a list"),
        (b"project: [\n", "tracker.yml:2:1: expected the node content, but found the end of the file"),
        (b"project: P\nphases: {a: b}\n", "tracker.yml:2:9: phases: expected a list; got a mapping"),
        (b"project: P\nphases: [a]\n", "tracker.yml:2:10: phases[0]: expected a mapping (key: value); got 'a'"),
        (b"a: &a [b, b]\nc: &c [*a, *a]\nproject: *a\n", "tracker.yml:1:1: a: unknown key"),
    ],
)
def test_a_plan_that_cannot_be_understood(content: bytes, message: str, repo: GitRepo) -> None:
    repo.write("tracker.yml", content)
    before = contents_in(repo.path)
    checked = tracker("check", cwd=repo.path)
    assert (checked.code, checked.err) == (1, "")
    assert checked.out.startswith(message)
    assert tracker("check", "--format", "json", cwd=repo.path).json["problems"][0]["file"] == "tracker.yml"
    for command in (("status",), ("build",)):
        assert tracker(*command, cwd=repo.path).message.startswith(message)
    assert contents_in(repo.path) == before


def test_a_bomb_among_the_sessions(repo: GitRepo) -> None:
    lines = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    repo.write("sessions/4.yml", "\n".join(lines))
    repo.write("sessions/5.yml", "- " * 50_000)
    done = tracker("check", cwd=repo.path)
    assert done.code == 1
    assert [line.partition(" ")[2] for line in done.out.splitlines()[:2]] == [
        "its aliases stand for more than 100,000 values; write them out or leave them out",
        "nested too deeply",
    ]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b'{"a": ' * 100_000, b"[" * 100_000, b'{"n": 1' + b"0" * 5000 + b"}", b"\x00", b'{"a": 1}}'],
)
def test_a_result_that_is_none(content: bytes, repo: GitRepo) -> None:
    repo.write("diagnostics/results/bad.json", content)
    done = tracker("check", cwd=repo.path)
    assert done.code == 1
    assert done.out.startswith("diagnostics/results/bad.json:1:")
    assert len(done.out.splitlines()) == 2
    assert tracker("build", "--no-site", cwd=repo.path).code == 0


@pytest.mark.parametrize(
    "result",
    [
        f'{{"n": 1{"0" * 400}, "m": -1{"0" * 400}}}',
        '{"n": NaN, "m": Infinity}',
        '{"n": "NaN", "m": {"": {"": []}}, "": null}',
        '{"started": "0001-01-01T00:00:00+23:59"}',
        '{"started": "9999-12-31T23:59:59-23:59"}',
        '{"source": {"commit": "--all\\n\\u0000HEAD"}}',
        '{"source": {"commit": "%s"}}' % ("a" * 5000),
        '{"diagnosis": {"findings": [3], "severity": []}}',
        '{"diagnosis": {"findings": [{"rule": {}}], "severity": "\\n|"}}',
    ],
)
def test_a_result_that_is_strange(result: str, repo: GitRepo) -> None:
    repo.write("diagnostics/results/strange.json", result)
    evidence = "[{result: strange, value: n, above: 0}, {result: strange, value: m, below: 0}]"
    repo.write("tracker.yml", "project: P\nphases: [{id: a, title: A, criteria: [{id: c, text: t, "
               f"evidence: {evidence}, covers: '*'}}]}}]\n")  # fmt: skip
    for command in (*COMMANDS, ("status", "--format", "json")):
        done = tracker(*command, cwd=repo.path)
        assert (done.code, done.err) == (0, ""), done


@pytest.mark.slow
def test_names_that_no_encoding_has(repo: GitRepo) -> None:
    for name in (b"sessions/\xff.yml", b"diagnostics/results/\xfe.json", b"src/\xfd.py"):
        repo.write(name, b"[]")
    repo.write("diagnostics/results/ok.json", f'{{"source": {{"commit": "{repo.commit("Add")}"}}}}')
    repo.write("tracker.yml", "project: P\nphases: [{id: a, title: A, status: active, criteria: [{id: c, text: t, "
               "evidence: [{result: ok}], covers: src}]}]\n")  # fmt: skip
    repo.write(b"src/\xfd.py", b"changed")
    repo.commit(b"Change \xff")
    for command in (*COMMANDS, ("status", "--format", "json"), ("check", "--format", "json")):
        done = tracker_process(*command, cwd=repo.path)
        assert done.code == (1 if "check" in command else 0), done
        assert "Traceback" not in done.err
    assert done.json["problems"][0]["file"] == "sessions/\udcff.yml"


def test_a_terminal_that_knows_ascii_alone(repo: GitRepo) -> None:
    for command in (("status",), ("check",), ("status", "--format", "json")):
        done = tracker_process(*command, cwd=repo.path, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
        assert (done.code, done.err) == (0, ""), done


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(repo: GitRepo) -> None:
    (repo.path / "sessions/1.yml").chmod(0)
    assert "Permission denied" in tracker("check", cwd=repo.path).message


def test_a_glob_that_is_only_a_strange_name(repo: GitRepo) -> None:
    names = ["[z-a].py", "a\\", "!", "[", "{{ x }}", "-rf", ":(glob)*", "a\nb", "<b>|`"]
    session = {"session": "4", "date": "2025-01-04", "focus": "f", "files": {"created": names}}
    repo.write("sessions/4.yml", yaml.dump(session))
    done = tracker("check", "--format", "json", cwd=repo.path)
    assert [claim["subject"] for claim in done.json["refuted"]] == names


def test_covers_that_is_no_glob(repo: GitRepo) -> None:
    for covers in ("!", "[z-a]", "a\\", "!src"):
        repo.write("tracker.yml", "project: P\nphases: [{id: a, title: A, criteria: [{id: c, text: t, "
                   f"covers: '{covers}'}}]}}]\n")  # fmt: skip
        message = f"covers[0]: expected a path, or a glob in the syntax of .gitignore; got {covers!r}"
        assert message in tracker("check", cwd=repo.path).out


@pytest.mark.parametrize("folder", ["docs", "docs/tracker", "docs/tracker/sessions"])
def test_a_link_that_leads_out_of_the_workspace(folder: str, repo: GitRepo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.txt").write_text("mine", encoding="utf-8")
    link = repo.path / folder
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    assert "leads out of the " in tracker("build", "--no-site", cwd=repo.path).message
    assert contents_in(outside) == {"keep.txt": b"mine"}


def test_a_file_where_the_pages_should_be(repo: GitRepo) -> None:
    repo.write("docs/tracker", "mine")
    assert "docs/tracker: not a folder" in tracker("build", "--no-site", cwd=repo.path).message
    assert (repo.path / "docs/tracker").read_text("utf-8") == "mine"


def test_a_folder_where_a_page_should_be(repo: GitRepo) -> None:
    repo.write("docs/tracker/index.md/x", "mine")
    assert "index.md: cannot be replaced by a page" in tracker("build", "--no-site", cwd=repo.path).message
    assert contents_in(repo.path / "docs/tracker") == {"index.md/x": b"mine"}


@pytest.mark.parametrize("broken", [b"not a database" * 100, b""])
def test_a_broken_cache_is_an_empty_one(broken: bytes, repo: GitRepo) -> None:
    folder = cache_folder(repo.path)
    assert folder
    folder.mkdir(parents=True)
    (folder / "cache.sqlite3").write_bytes(broken)
    done = tracker("build", "--no-site", cwd=repo.path)
    assert (done.code, done.err) == (0, "")


def test_a_cache_that_lies_about_a_session(repo: GitRepo) -> None:
    import sqlite3

    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    with sqlite3.connect(f"{cache_folder(repo.path)}/cache.sqlite3") as database:
        database.execute("UPDATE texts SET value = '{' WHERE kind = 'session'")
    database.close()
    done = tracker("status", "--format", "json", cwd=repo.path)
    assert (done.code, done.json["sessions"]["count"]) == (0, 3)
