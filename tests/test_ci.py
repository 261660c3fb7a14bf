"""The GitHub Action and the pre-commit hooks: their steps are run locally."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.cli import cli

ROOT = Path(__file__).parent.parent
PLAN = """\
project: P
phases:
  - {id: "1", title: One, status: complete, criteria: [{id: c, text: t, evidence: [{file: a}]}]}
"""


def load(name: str) -> Any:
    return YAML(typ="safe").load((ROOT / name).read_text("utf-8"))


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Return a repository with the workspace in a folder whose name needs quotes; its only criterion is met."""
    repo = GitRepo(tmp_path / "repository")
    repo.write("the docs/tracker.yml", PLAN)
    repo.write("the docs/a", "1")
    repo.commit("Start")
    return repo


def run_action(
    repo: GitRepo, folder: Path, environ: Mapping[str, str] | None = None, /, **given: str
) -> tuple[dict[str, int], str, str]:
    """Exit status of each step of the action by its name, all they printed, and the summary of the job."""
    action = load("action.yml")
    values = {f"inputs.{name}": given.get(name, one["default"]) for name, one in action["inputs"].items()}
    values["github.action_path"] = str(ROOT)
    values["github.event.pull_request.base.sha"] = given.get("base", "")
    values["github.event.before"] = given.get("before", "")
    values["github.token"] = "secret"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "tracker").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tracker "$@"\n', "utf-8")
    (folder / "bin" / "tracker").chmod(0o755)
    summary, outputs = folder / "summary.md", folder / "outputs"
    codes, printed = {}, ""
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"], "an expression in a script is an injection"
        if not all(map(partial(holds, values), step.get("if", "always()").split(" && "))):
            continue
        environment = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)
            for name, text in step.get("env", {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=repo.path,
            env={
                **os.environ,
                "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PIP_NO_INDEX": "1",
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_OUTPUT": str(outputs),
                "RUNNER_TEMP": str(folder),
                **(environ or {}),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        codes[step["name"]] = done.returncode
        printed += done.stdout + done.stderr
        for line in outputs.read_text("utf-8").splitlines() if outputs.exists() else ():
            name, _, value = line.partition("=")
            values[f"steps.{step.get('id')}.outputs.{name}"] = value
    return codes, printed, summary.read_text("utf-8") if summary.exists() else ""


def holds(values: dict[str, str], condition: str) -> bool:
    """Whether a part of the condition of a step holds."""
    if condition == "always()":
        return True
    name, wanted = re.fullmatch(r"(\S+) == '(\w+)'", condition).groups()  # type: ignore[union-attr]
    return values[name] == wanted


def test_an_action_that_finds_nothing(repo: GitRepo, tmp_path: Path) -> None:
    codes, printed, summary = run_action(repo, tmp_path, workspace="the docs")
    assert codes == {"Install": 0, "Workspace": 0, "Check": 0, "Summary": 0}, printed
    assert "P: complete, 1 of 1 criteria verified by evidence" in summary
    assert "::" not in printed


@pytest.mark.parametrize(("strict", "code", "level"), [("true", 1, "error"), ("false", 0, "warning")])
def test_an_action_that_finds_something(repo: GitRepo, tmp_path: Path, strict: str, code: int, level: str) -> None:
    repo.remove("the docs/a")
    codes, printed, summary = run_action(repo, tmp_path, workspace="the docs", strict=strict)
    assert (codes["Check"], codes["Summary"]) == (code, 0), printed
    assert f"::{level} file=the docs/tracker.yml,line=3,col=56,title=Not complete::" in printed
    assert "P: in progress, 0 of 1 criteria verified by evidence" in summary


def test_an_action_in_a_shallow_clone_says_so(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("More")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "clone"))
    _, printed, _ = run_action(GitRepo(tmp_path / "clone"), tmp_path, workspace="the docs")
    assert "::warning title=Shallow clone::" in printed


@pytest.mark.parametrize("event", ["base", pytest.param("before", marks=pytest.mark.slow)])
def test_an_action_that_audits_what_changed(repo: GitRepo, tmp_path: Path, event: str) -> None:
    repo.write("the docs/old.md", "Start `lib/engine.py`.\n")
    repo.write("the docs/lib/engine.py", "1")
    start = repo.commit("An engine")
    repo.remove("the docs/lib/engine.py")
    gone = repo.commit("No engine")
    detail = f"names lib/engine.py, removed by {gone[:9]} (new)"
    expected = f"::warning file=the docs/old.md,line=1,title=dangling: update::{detail}"
    codes, printed, _ = run_action(repo, tmp_path, workspace="the docs", audit="true", **{event: start})
    assert (codes["Check"], codes["Audit"]) == (0, 1), printed
    assert expected in printed
    codes, printed, _ = run_action(repo, tmp_path / "2", workspace="the docs", audit="true", **{event: gone})
    assert (codes["Audit"], "::" in printed) == (0, False), printed
    codes, printed, _ = run_action(repo, tmp_path / "3", workspace="the docs", audit="true", **{event: "0" * 40})
    assert codes["Audit"] == 1
    assert expected in printed, "everything is reported when there is no previous commit"


@pytest.mark.slow
def test_an_action_says_what_a_pull_request_changes(repo: GitRepo, tmp_path: Path) -> None:
    start = repo.commit("Start of the pull request")
    repo.remove("the docs/a")
    repo.commit("Remove it")
    codes, printed, summary = run_action(repo, tmp_path, workspace="the docs", strict="false", base=start)
    assert codes == {"Install": 0, "Workspace": 0, "Check": 0, "Summary": 0}, printed
    assert "| Criterion `c` t | met | unmet |" in summary


def test_an_action_without_a_workspace(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("README.md", "Start `engine.py`.\n")
    repo.write("engine.py", "1")
    start = repo.commit("An engine")
    repo.remove("engine.py")
    repo.commit("No engine")
    codes, printed, summary = run_action(repo, tmp_path, base=start)
    assert codes == {"Install": 0, "Workspace": 0, "Summary": 0}, printed
    assert "names engine.py, removed by" in summary
    codes, printed, summary = run_action(repo, tmp_path / "2")
    assert (codes, summary) == ({"Install": 0, "Workspace": 0, "Summary": 0}, ""), printed


def a_link(repo: GitRepo) -> None:
    """The folder of the workspace becomes a link out of the repository."""
    repo.git("rm", "-rq", "the docs")
    shutil.rmtree(repo.path / "the docs", ignore_errors=True)
    (repo.path / "the docs").symlink_to("/tmp")


def a_repository(repo: GitRepo) -> None:
    """The folder looks like a bare repository."""
    for name, text in (("HEAD", "ref: refs/heads/main\n"), ("objects/x", ""), ("refs/x", ""), ("config", "")):
        repo.write(f"the docs/{name}", text)


@pytest.mark.slow
@pytest.mark.parametrize("change", [a_link, a_repository, None])
def test_an_action_fails_where_the_pull_request_removes_the_workspace(
    repo: GitRepo, tmp_path: Path, change: Callable[[GitRepo], None] | None
) -> None:
    start = repo.commit("Start of the pull request")
    repo.remove("the docs/tracker.yml")
    if change:
        change(repo)
    repo.commit("No workspace")
    codes, printed, _ = run_action(repo, tmp_path, workspace="the docs", base=start)
    assert codes["Check"] == 2, printed
    assert "no tracker.yml" in printed or change


@pytest.mark.slow
def test_an_action_comments_only_where_it_is_asked_to(repo: GitRepo, tmp_path: Path) -> None:
    """Without a server the comment fails, and the job does not."""
    start = repo.commit("Start of the pull request")
    repo.remove("the docs/a")
    repo.commit("Remove it")
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7}}', "utf-8")
    environ = {
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_EVENT_PATH": str(event),
    }
    given = {"workspace": "the docs", "strict": "false", "base": start, "comment": "true"}
    codes, printed, _ = run_action(repo, tmp_path / "1", environ, **given)
    assert codes["Comment"] == 0, printed
    assert "::notice title=Session Tracker::no comment was written" in printed
    assert "secret" not in printed


def test_the_action_is_safe_with_untrusted_pull_requests() -> None:
    action = load("action.yml")
    assert "github.event.pull_request.head" not in (ROOT / "action.yml").read_text("utf-8")
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an expression in a script is an injection"
        assert re.search(r"@[0-9a-f]{40}$", step.get("uses", f"@{'0' * 40}")), "an action is pinned by its commit"
        assert ("github.token" in str(step)) == (step["name"] == "Comment"), "only the comment needs the token"
        for expression in re.findall(r"\$\{\{ *(\S+) *\}\}", str(step.get("env", {}))):
            assert re.fullmatch(
                r"inputs\.\w+|steps\.workspace\.outputs\.\w+|github\.(action_path|token)"
                r"|github\.event\.(before|pull_request\.base\.sha)",
                expression,
            ), expression
    assert action["inputs"]["comment"]["default"] == "false"


@pytest.mark.slow
def test_an_action_that_builds(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("the docs/mkdocs.yml", "site_name: S\nnav: [{Progress: tracker/index.md}]\n")
    codes, printed, _ = run_action(repo, tmp_path, workspace="the docs", build="true")
    assert codes["Build"] == 0, printed
    assert (repo.path / "the docs/site/tracker/index.html").is_file()


def run_step(name: str, folder: Path, **environment: str) -> tuple[int, list[str], str]:
    """Exit status of one step, the calls of `python3` and `tracker` (which do nothing), and what it printed."""
    (folder / "bin").mkdir(parents=True)
    calls = folder / "calls"
    calls.touch()
    programs = ["python3"] if name == "Install" else ["python3", "tracker"]
    for program in programs:
        script = (
            f'#!/bin/sh\necho "{program} $* [$PIP_CONSTRAINT] [$PIP_BUILD_CONSTRAINT]" >>{shlex.quote(str(calls))}\n'
        )
        (folder / "bin" / program).write_text(script, "utf-8")
        (folder / "bin" / program).chmod(0o755)
    step = next(one for one in load("action.yml")["runs"]["steps"] if one["name"] == name)
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        env={"PATH": str(folder / "bin"), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, calls.read_text("utf-8").splitlines(), done.stdout + done.stderr


def test_the_action_installs_pinned_versions(tmp_path: Path) -> None:
    code, calls, _ = run_step("Install", tmp_path, ACTION="/the action")
    pins = "[/the action/constraints.txt]"
    assert (code, calls) == (0, [f"python3 -I -m pip install --quiet /the action {pins} {pins}"])


BUILDS = {
    ("auto", "pull_request"): True,
    ("auto", "pull_request_target"): True,
    ("auto", "merge_group"): True,
    ("auto", "workflow_run"): True,
    ("auto", "issue_comment"): True,
    ("auto", "push"): False,
    ("auto", "schedule"): False,
    ("auto", ""): True,
    ("false", "push"): True,
    ("true", "pull_request"): False,
}


@pytest.mark.parametrize(("trust", "event"), BUILDS)
def test_the_action_builds_pull_requests_untrusted(trust: str, event: str, tmp_path: Path) -> None:
    code, calls, _ = run_step("Build", tmp_path, WORKSPACE="-x y", TRUST=trust, GITHUB_EVENT_NAME=event)
    options = " --untrusted" if BUILDS[trust, event] else ""
    assert code == 0
    assert calls[-1].startswith(f"tracker --workspace -x y build{options} [")


def test_the_action_refuses_an_unknown_trust(tmp_path: Path) -> None:
    code, calls, printed = run_step("Build", tmp_path, WORKSPACE=".", TRUST="yes", GITHUB_EVENT_NAME="push")
    assert (code, calls, printed) == (2, [], "trust: expected true, false or auto\n")


def run_hook(name: str, repo: GitRepo) -> tuple[int, str]:
    """Run a hook in a repository as pre-commit does."""
    entry = next(hook["entry"] for hook in load(".pre-commit-hooks.yaml") if hook["id"] == name)
    done = tracker(*shlex.split(entry)[1:], cwd=repo.path)
    return done.code, done.out


def test_the_audit_looks_at_what_is_about_to_be_committed(repo: GitRepo) -> None:
    repo.write("old.md", "Start `lib/engine.py`.\n")
    repo.write("lib/engine.py", "1")
    repo.commit("An engine")
    repo.remove("lib/engine.py")
    repo.commit("No engine")
    assert run_hook("tracker-audit", repo)[0] == 0, "what is committed already is no concern of this commit"
    repo.write("new.md", "Start `lib/engine.py` twice.\n")
    repo.git("add", "new.md")
    before = repo.git("status", "--porcelain")
    code, printed = run_hook("tracker-audit", repo)
    assert (code, "new.md:1  names lib/engine.py" in printed, "old.md" in printed) == (1, True, False), printed
    assert repo.git("status", "--porcelain") == before
    repo.remove("new.md")
    repo.git("rm", "-q", "-f", "--cached", "new.md")
    repo.write("lib/motor.py", "a motor")
    repo.write("kept.md", "Start `lib/motor.py`.\n")
    repo.commit("A motor")
    repo.git("rm", "-q", "lib/motor.py")
    code, printed = run_hook("tracker-audit", repo)
    assert (code, "kept.md:1  names lib/motor.py, removed by your work" in printed) == (1, True), printed


def test_the_hooks_are_commands_that_exist() -> None:
    for hook in load(".pre-commit-hooks.yaml"):
        program, *arguments = shlex.split(hook["entry"])
        assert program == "tracker"
        assert not hook["pass_filenames"], "a check takes no file names"
        name, command, rest = cli.resolve_command(
            cli.make_context("tracker", arguments, resilient_parsing=True), arguments
        )
        assert command is not None, name
        command.make_context(name, rest)
