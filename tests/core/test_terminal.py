"""Untrusted text in a terminal or CI log sends no control sequences and no workflow commands."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import tracker, tracker_process
from tests.core.conftest import SESSION
from tests.gitrepo import GitRepo
from tracker.cli.output import visible

EVIL = "\x1b[31m\x1b]0;title\x07 \x9b31m \u202e \r \x08 ##[error]x\n::error::pwned\n  ::stop-commands::x\n```\n<b>"
COMMANDS = [
    *[("check", "--format", form) for form in ("text", "json", "github")],
    *[("status", "--format", form) for form in ("text", "json")],
    *[("audit", "--format", form) for form in ("text", "json", "github", "markdown", "sarif")],
    *[("ready", "p", "--format", form) for form in ("text", "json")],
    ("brief",),
    ("brief", "--format", "json"),
    ("find", "pwned"),
    ("new", "--print"),
    ("changelog", "--print"),
    ("build", "--no-site"),
    ("verify",),
]


@pytest.fixture
def evil(tmp_path: Path) -> GitRepo:
    """Return a repository with control characters and workflow commands in every name."""
    repo = GitRepo(tmp_path / "repository")
    text = json.dumps(EVIL)
    name = EVIL.replace("/", "_")[:200]
    repo.write(f"{name}.py", "")
    repo.write(f"{name}_old.bak", "")
    repo.write("reports/x.xml", f"<testsuite><testcase name={text}><failure>x</failure></testcase></testsuite>")
    plan = (
        f"project: {text}\nphases:\n- id: p\n  title: {text}\n  status: complete\n"
        f"  tasks: [{{id: {text}, title: {text}}}]\n"
        f"  criteria: [{{id: c, text: {text}, evidence: [{{file: {json.dumps(name)}}}]}}]\n"
    )
    repo.write("tracker.yml", plan)
    session = f"session: {text}\ndate: 2025-01-01\nfocus: {text}\ncommits: [01234567]\nfiles: {{created: [{text}]}}\n"
    repo.write(
        "sessions/1.yml", session + f"tasks: {{{text}: complete}}\nnext: {{immediate: [{text}], blockers: [{text}]}}\n"
    )
    repo.write(f"sessions/{name}.yml", f"{text}: 1\n")
    repo.write("diagnostics/results/x.json", json.dumps({"name": EVIL, EVIL: EVIL}))
    repo.commit(EVIL)
    return repo


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_controls_and_workflow_commands_are_shown(command: tuple[str, ...], evil: GitRepo) -> None:
    done = tracker(*command, cwd=evil.path)
    assert "Traceback" not in done.err
    printed = done.out + done.err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", printed)
    annotations = [line for line in printed.splitlines() if line.lstrip().startswith("::")]
    assert all(re.match("::(error|warning|notice)( [^\n]*?)?::", line) for line in annotations)
    assert not [line for line in annotations if line.lstrip().startswith(("::error::pwned", "::stop"))]
    if "github" not in command:
        assert annotations == []
        assert "##[" not in printed
    if "json" in command or "sarif" in command:
        assert "\x1b" in json.dumps(done.json, ensure_ascii=False) or done.json


def test_what_is_visible_stays_json() -> None:
    text = json.dumps({"a": EVIL}, ensure_ascii=False)
    assert json.loads(visible(text)) == {"a": EVIL}


def test_colours_of_the_tracker_are_sent_and_those_of_others_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from rich.text import Text

    from tracker.cli import output

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output.VisibleStream(stream))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    output.console().print(Text("a \x1b[31m", "green"))
    assert "\x1b[32ma \\u001b[31m\x1b[0m" in stream.getvalue()


# --- one clean line for any error -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [ValueError("x\ny"), RecursionError("deep"), MemoryError(), KeyError("k"), UnicodeError()]
)
def test_an_error_that_was_not_foreseen_is_one_message(
    error: Exception, repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("tracker.sources.facts.gather", broken)
    done = tracker("check", cwd=repo.path)
    assert done.code == 2
    first, second = done.err.splitlines()
    assert first.startswith("tracker: this is a bug: ")
    assert second == "tracker: please report it, with what TRACKER_DEBUG=1 adds to this message"


def test_sigterm_ends_what_verify_started(repo: GitRepo) -> None:
    command = "echo $$ > started; exec sleep 300"
    plan = f"{{id: c, text: t, evidence: [{{command: '{command}'}}]}}"
    repo.write("tracker.yml", f"project: P\nphases: [{{id: a, title: A, criteria: [{plan}]}}]\n")
    repo.commit()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-m", "tracker", "verify"], cwd=repo.path, env=environment)
    started = repo.path / "started"
    while not (started.exists() and started.read_text().strip()):
        assert process.poll() is None
        time.sleep(0.05)
    child = int(started.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


# --- the environment ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_variables_of_git_name_no_other_repository(repo: GitRepo, tmp_path: Path) -> None:
    other = GitRepo(tmp_path / "other")
    other.write("x", "1")
    other.commit("Elsewhere")
    folder = str(other.path / ".git")
    names = {
        "GIT_DIR": folder,
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": f"{folder}/index",
        "GIT_OBJECT_DIRECTORY": f"{folder}/objects",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{folder}/objects",
        "GIT_COMMON_DIR": folder,
        "GIT_NAMESPACE": "x",
        "GIT_CEILING_DIRECTORIES": str(repo.path),
        "GIT_SHALLOW_FILE": f"{folder}/none",
        "GIT_LITERAL_PATHSPECS": "0",
        "GIT_GRAFT_FILE": f"{folder}/none",
        "GIT_REPLACE_REF_BASE": "refs/x",
    }
    plain = tracker_process("status", "--format", "json", cwd=repo.path)
    assert plain.code == 0
    for name, value in names.items():
        assert tracker_process("status", "--format", "json", cwd=repo.path, **{name: value}) == plain, name
    assert tracker_process("status", "--format", "json", cwd=repo.path, **names) == plain


def test_a_hook_sees_what_is_about_to_be_committed(repo: GitRepo) -> None:
    checkout = Path(__file__).parents[2]
    repo.write(".git/hooks/pre-commit", f"#!/bin/sh\nPYTHONPATH={checkout} {sys.executable} -m tracker check\n")
    (repo.path / ".git/hooks/pre-commit").chmod(0o755)
    repo.write("new.py", "1")
    repo.write("sessions/4.yml", SESSION.format(4) + "files: {created: [new.py]}\n")
    repo.commit("All is well")  # raises when the hook fails


def test_settings_that_the_caller_gives_to_git_are_kept(repo: GitRepo) -> None:
    """In a container that runs as another user, safe.directory is set through the environment."""
    given = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "remote.origin.url",
        "GIT_CONFIG_VALUE_0": "https://a.example/b",
    }
    assert tracker_process("build", "--no-site", cwd=repo.path, **given).code == 0
    assert "https://a.example/b" in (repo.path / "docs/tracker/sessions/2025-01-01-1.md").read_text("utf-8")
