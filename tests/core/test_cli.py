"""The command line: help, the workspace it finds, and what it leaves untouched."""

from __future__ import annotations

import hashlib
import os
import pkgutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker import __version__
from tracker.cli import cli
from tracker.cli import commands as cli_commands
from tracker.publish import pages


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_help_shows_an_example(command: str, tmp_path: Path) -> None:
    done = tracker(command, "--help", cwd=tmp_path)
    assert done.code == 0
    assert "Usage: tracker" in done.out
    assert f"tracker {command}" in done.out.split("Example:", 1)[1]


def test_the_help_says_what_each_command_does_in_a_whole_sentence(tmp_path: Path) -> None:
    lines = tracker_process("--help", cwd=tmp_path, COLUMNS="80").out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == sorted(cli.commands)
    assert [line for line in lines if line.endswith("...") or not line.endswith(".")] == []


@pytest.mark.parametrize(
    ("option", "first"), [("--version", f"tracker {__version__}\n"), ("--help", "Usage: tracker ")]
)
def test_what_every_start_needs_is_light(option: str, first: str, tmp_path: Path) -> None:
    code = (
        "import sys, tracker.cli as c\n"
        f"try: c.cli(['{option}'], prog_name='tracker')\n"
        "except SystemExit: print(sorted({'pydantic', 'git', 'rich', 'torch', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(first)
    assert done.stdout.endswith("\n[]\n")


def test_every_command_and_kind_of_page_is_registered() -> None:
    for package, registered in ((cli_commands, cli_commands.MODULES.values()), (pages, page_modules())):
        assert {module.name for module in pkgutil.iter_modules(package.__path__)} == set(registered)


def page_modules() -> set[str]:
    return {function.__module__.rpartition(".")[2] for function in pages.PAGES}


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_can_log(command: str, tmp_path: Path) -> None:
    assert "-v, --verbose" in tracker(command, "--help", cwd=tmp_path).out


def test_the_log_goes_to_stderr_and_only_on_request(repo: GitRepo) -> None:
    repo.write("sessions/9.yml", "session: 9\nfocus: [\n")
    quiet = tracker("check", "--format", "json", cwd=repo.path)
    assert quiet.err == ""
    for arguments in (("check", "-v", "--format", "json"), ("-v", "check", "--format", "json")):
        verbose = tracker(*arguments, cwd=repo.path)
        assert verbose.json == quiet.json
        assert "INFO  tracker.commands.project: skipped: sessions/9.yml:" in verbose.err
    assert tracker("check", "--format", "json", cwd=repo.path).err == "", "logging ends with the command"


def test_a_cached_answer_is_logged(repo: GitRepo) -> None:
    for path in repo.path.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(time.time_ns() - 3600 * 10**9,) * 2)  # answers about new files are not cached
    first, second = (tracker("status", "-v", "--format", "json", cwd=repo.path) for _ in range(2))
    assert "not cached" in first.err
    assert "using the cached answer" in second.err
    assert "INFO  tracker.cache: session: 0 of 3 in the cache" in first.err
    assert "INFO  tracker.cache: answer: 1 of 1 in the cache" in second.err


def test_a_command_is_imported_alone(tmp_path: Path) -> None:
    code = (
        "import sys, tracker.cli as c\n"
        "try: c.cli(['import', '--help'], prog_name='tracker')\n"
        "except SystemExit: print([name for name in sys.modules if name.startswith('tracker.cli.commands.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n['tracker.cli.commands.import_']\n")


def test_no_command_imports_torch(repo: GitRepo) -> None:
    code = (
        "import sys, tracker.cli as c\n"
        "c.cli(['build', '--no-site'], standalone_mode=False)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repo.path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")


@pytest.mark.parametrize("command", [("status",), ("check",), ("status", "--format", "json")])
def test_the_workspace_is_found_from_any_folder_inside_it(repo: GitRepo, command: tuple[str, ...]) -> None:
    inner = repo.path / "sessions" / "deep" / "er"
    inner.mkdir(parents=True)
    outside = repo.path.parent
    here = tracker(*command, cwd=repo.path)
    assert tracker(*command, cwd=inner) == here
    assert tracker("--workspace", str(repo.path), *command, cwd=outside) == here
    assert tracker("-w", repo.path.name, *command, cwd=outside) == here


def test_a_workspace_below_the_root_of_its_repository(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("other/file.txt", "x")
    elsewhere = repo.commit("S1 elsewhere")
    repo.write("work/app.py", "x")
    repo.write("work/.gitignore", "/docs/tracker/\n/.tracker/\n")
    repo.write(
        "work/tracker.yml",
        "project: P\nrepository: https://example.org/team/app\nphases:\n  - id: a\n    title: A\n    criteria:\n"
        f"      - {{id: file, text: t, evidence: [{{file: app.py}}]}}\n"
        f"      - {{id: commit, text: t, evidence: [{{commit: {elsewhere}}}]}}\n",
    )
    repo.write(
        "work/sessions/1.yml",
        f"{{session: S1, date: 2026-01-01, focus: x, files: {{created: [app.py]}}, commits: [{elsewhere}], "
        "summary: 'see [the app](app.py)'}\n",
    )
    inside = repo.commit("S1 inside")
    done = tracker("status", "--format", "json", cwd=tmp_path / "work")
    assert [one["verdict"] for one in done.json["phases"][0]["criteria"]] == ["met", "met"]
    assert done.json["commits"] == {"count": 1, "undocumented": 0}
    assert done.json["claims"] == {"confirmed": 2, "disputed": 0, "refuted": 0, "unknown": 0}
    assert tracker("build", "--no-site", cwd=tmp_path / "work").code == 0
    page = (tmp_path / "work/docs/tracker/sessions/2026-01-01-s1.md").read_text("utf-8")
    assert "(https://example.org/team/app/blob/HEAD/work/app.py)" in page
    assert f"(https://example.org/team/app/commit/{inside})" in page


def snapshot(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return content, mode and time of every file, including those in .git."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else os.fspath(path)
        found[str(path.relative_to(folder))] = (content, stat.st_mode, stat.st_mtime_ns)
    return found


@pytest.mark.parametrize("command", [("check",), ("check", "--format", "json"), ("diff", "HEAD"), ("--help",)])
def test_what_only_looks_writes_nothing(repo: GitRepo, command: tuple[str, ...]) -> None:
    repo.write("sessions/4.yml", "session: 4\nfocus: [\n")
    repo.write("sessions/5.yml", "{session: '5', date: 2026-01-05, focus: x, files: {created: [nowhere.py]}}\n")
    repo.git("status")  # git itself may refresh its index once
    before = snapshot(repo.path)
    tracker_process(*command, cwd=repo.path)
    assert snapshot(repo.path) == before


def test_an_unknown_command_is_wrong_use(repo: GitRepo) -> None:
    done = tracker("statos", cwd=repo.path)
    assert done.code == 2
    assert "statos" in done.err


def test_output_into_a_pipe_that_is_closed(repo: GitRepo) -> None:
    command = f"{sys.executable} -m tracker status --format json | head -c 1"
    done = subprocess.run(command, shell=True, cwd=repo.path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{", "")


def test_a_table_that_goes_to_a_file_is_not_wrapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # the test runner may have set it
    repo = GitRepo(tmp_path / "repository")
    title = "A phase with so long a title that no terminal of eighty columns has room for all of it"
    repo.write("tracker.yml", f"project: P\nphases: [{{id: '1', title: {title}}}]\n")
    repo.commit()
    lines = tracker("status", cwd=repo.path).out.splitlines()
    assert f"1 · {title}  planned  0/0    0/0" in [line.rstrip() for line in lines]
    narrow = tracker_process("status", cwd=repo.path, COLUMNS="60").out.splitlines()
    assert not any(title in line for line in narrow)
