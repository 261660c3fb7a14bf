"""`tracker verify`: commands that end, hang, print too much or kill themselves; dated reports; squashed commits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import jmespath
import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.commands.verify import OUTPUT_KEPT, run


def plan(*evidence: str, covers: str = "") -> str:
    criteria = "".join(
        f"      - {{id: c{number}, text: t, evidence: [{one}]{covers}}}\n" for number, one in enumerate(evidence)
    )
    return f'project: P\nphases:\n  - id: "1"\n    title: One\n    criteria:\n{criteria}'


def criteria(folder: Path) -> list[tuple[str, str]]:
    found = tracker("status", "--format", "json", cwd=folder).json["phases"][0]["criteria"]
    return [(one["verdict"], one["evidence"][0]["found"]) for one in found]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repository")


def test_commands_are_run_by_verify_alone_and_recorded(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan('{command: "echo hello; echo ran >> ../ran"}', "{command: exit 3}"))
    commit = repo.commit("Start")
    assert criteria(repo.path) == [("missing", "never run: run `tracker verify`")] * 2
    tracker("build", "--no-site", cwd=repo.path)
    assert not (repo.path.parent / "ran").exists()

    done = tracker("verify", cwd=repo.path)
    assert done.code == 1
    assert [line.split()[0] for line in done.out.splitlines()] == ["ok", "FAILED"]
    assert (repo.path.parent / "ran").read_text() == "ran\n"
    results = [json.loads(path.read_text()) for path in sorted((repo.path / "diagnostics/results").glob("*.json"))]
    hello = next(one for one in results if one["metrics"]["exit"] == 0)
    assert hello["output"] == "hello\n"
    assert hello["source"] == {"commit": commit, "tree": repo.git("rev-parse", "HEAD^{tree}"), "dirty": False}
    verdicts = criteria(repo.path)
    assert [verdict for verdict, _ in verdicts] == ["met", "unmet"]
    assert verdicts[0][1].startswith("exit 0 after ")
    assert verdicts[1][1].startswith("exit 3 after ")


def test_one_criterion_alone(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{command: exit 0}", "{command: exit 3}"))
    repo.commit("Start")
    assert tracker("verify", "c0", cwd=repo.path).code == 0
    assert tracker("verify", "c00", cwd=repo.path).message == "no criterion has the id 'c00'; did you mean 'c0'?"


def test_a_command_that_hangs_is_ended_with_all_that_it_started(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan('{command: "(sleep 60; echo late >> late) & sleep 60", timeout: 0.5}'))
    repo.commit("Start")
    started = time.monotonic()
    assert tracker("verify", cwd=repo.path).code == 1
    assert time.monotonic() - started < 30  # not a speed: it did not wait for either sleep
    assert criteria(repo.path)[0][0] == "unmet"
    assert "timed out after" in criteria(repo.path)[0][1]


def test_a_flood_is_kept_to_its_end(tmp_path: Path) -> None:
    done = run("yes flood | head -c 19999998; echo the end", tmp_path, 60)
    assert done.exit == 0
    assert done.output.endswith("flood\nthe end\n")
    assert len(done.output) == OUTPUT_KEPT


def test_a_command_that_kills_itself(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan('{command: "kill -9 $$"}'))
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 1
    assert criteria(repo.path)[0][0] == "unmet"
    assert criteria(repo.path)[0][1].startswith("signal 9 after ")


def test_output_of_any_bytes(tmp_path: Path) -> None:
    assert run(r"printf '\377\000x'", tmp_path, 60).output == "�\0x"


REPORT = '<testsuite><testcase classname="tests.test_a" name="test_it"/></testsuite>'


def test_a_report_proves_something_about_covered_files_once_it_is_dated(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan('{test: "tests/test_a.py::test_it"}', covers=", covers: [src/*.py]"))
    repo.write("src/app.py", "one\n")
    repo.write("reports/junit.xml", REPORT)
    repo.write(".gitignore", "reports/\ndiagnostics/\n")
    repo.commit("Start")
    assert criteria(repo.path) == [("stale", "1 passed; no commit recorded")]

    assert tracker("verify", "--report", "reports/junit.xml", cwd=repo.path).code == 0
    assert criteria(repo.path) == [("met", "1 passed")]

    repo.write("src/app.py", "two\n")
    assert criteria(repo.path) == [("stale", "1 passed")]
    repo.write("src/app.py", "one\n")
    assert criteria(repo.path) == [("met", "1 passed")]

    repo.write("reports/junit.xml", REPORT.replace("<testcase", "<testcase time='1'"))
    assert criteria(repo.path) == [("stale", "1 passed; no commit recorded")]


def test_a_report_that_a_command_writes_is_dated(repo: GitRepo) -> None:
    command = "mkdir -p reports && cp junit reports/junit.xml"
    repo.write("junit", REPORT)
    repo.write(
        "tracker.yml", plan('{test: "tests/test_a.py::*"}', f'{{command: "{command}"}}', covers=", covers: [junit]")
    )
    repo.commit("Start")
    assert [verdict for verdict, _ in criteria(repo.path)] == ["missing", "missing"]
    assert tracker("verify", cwd=repo.path).code == 0
    assert [verdict for verdict, _ in criteria(repo.path)] == ["met", "met"]


def test_a_failed_test_is_reported_with_its_last_pass(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan('{test: "tests/test_a.py::test_it"}'))
    repo.write("reports/junit.xml", REPORT.replace("/></", "><failure/></testcase></"))
    repo.write(".gitignore", "reports/\ndiagnostics/\n")
    repo.commit("Start")

    def reported() -> str:
        assert tracker("verify", "--report", "reports/junit.xml", cwd=repo.path).code == 0
        found = tracker("ready", "1", "--format", "json", cwd=repo.path).json
        (check,) = [one for one in found["missing"] + found["evidence"] if one["kind"] == "test"]
        return str(check["text"])

    today = datetime.now(UTC).date()
    assert reported() == f"0 passed, 1 failed, 0 skipped, on {today}; not seen to pass before"
    repo.write("reports/junit.xml", REPORT)
    assert reported() == f"1 passed, 0 failed, 0 skipped, on {today}"
    passed_at = repo.git("rev-parse", "HEAD")[:7]
    repo.write("app.py", "two\n")
    repo.commit("Break it")
    repo.write("reports/junit.xml", REPORT.replace("/></", "><failure/></testcase></"))
    assert reported() == f"0 passed, 1 failed, 0 skipped, on {today}; all passed last on {today} at {passed_at}"


def test_a_report_outside_the_workspace_is_refused(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{command: exit 0}"))
    repo.write("../junit.xml", REPORT)
    repo.commit("Start")
    message = tracker("verify", "--report", "../junit.xml", cwd=repo.path).message
    assert message == f"../junit.xml: expected a test report inside {repo.path}"


def test_a_squash_orphans_no_evidence(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{result: run, value: ok}", covers=", covers: [app.py]"))
    repo.write("app.py", "one\n")
    repo.write(".gitignore", "diagnostics/\n")
    base = repo.commit("Start")
    repo.write("app.py", "two\n")
    measured = repo.commit("Step")
    source = {"commit": measured, "tree": repo.git("rev-parse", "HEAD^{tree}")}
    repo.write("diagnostics/results/run.json", json.dumps({"ok": True, "source": source}))
    repo.git("reset", "--soft", base)
    repo.commit("Squashed, with another message")
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("gc", "--quiet", "--prune=now")
    assert tracker("status", "--format", "json", cwd=repo.path).json["phases"][0]["criteria"][0]["verdict"] == "met"
    repo.write("app.py", "three\n")
    later = repo.commit("Change")
    found = tracker("status", "--format", "json", cwd=repo.path).json["phases"][0]["criteria"][0]
    assert found["verdict"] == "stale"
    assert found["evidence"][0]["changed_by"] == [later]


def test_a_file_that_proves_nothing_is_not_dated(repo: GitRepo) -> None:
    repo.write("reports/bad.xml", "<html/>")
    repo.write("out/junit.xml", REPORT)
    repo.write("tracker.yml", "project: P\n")
    repo.commit()
    bad, elsewhere = (
        tracker("verify", "--report", path, cwd=repo.path) for path in ("reports/bad.xml", "out/junit.xml")
    )
    assert (bad.code, elsewhere.code) == (2, 2)
    assert bad.message.startswith("reports/bad.xml: not a JUnit report: ")
    assert elsewhere.message == "out/junit.xml: not among the reports that tracker.yml names (reports: reports/*.xml)"


def test_where_there_is_nothing_to_run_that_is_said(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: P\n")
    repo.commit()
    done = tracker("verify", cwd=repo.path)
    assert (done.code, done.out, done.err) == (0, "", "nothing to run: no criterion rests on a command\n")


def _ends(group: int) -> bool:
    """Wait until no process of a group is left; a killed process stays until its parent has reaped it."""
    for _ in range(400):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_what_was_started(repo: GitRepo, number: signal.Signals) -> None:
    command = "echo $$ > ../pid.tmp; mv ../pid.tmp ../pid; sleep 300 & wait"
    repo.write("tracker.yml", plan(f'{{command: "{command}"}}'))
    repo.commit("Start")
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "verify"],
        cwd=repo.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a shell's background jobs ignore SIGINT
    )
    pid = repo.path.parent / "pid"
    while not pid.exists() and process.poll() is None:
        time.sleep(0.05)
    group = int(pid.read_text())
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"Traceback" not in errors
    assert _ends(group)
    assert not list((repo.path / "diagnostics").rglob("*.json"))


def test_a_recorded_run_is_intact_until_it_is_edited(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{command: exit 0}"))
    repo.commit("Start")
    tracker("verify", cwd=repo.path)
    origin = "phases[0].criteria[0].evidence[0].origin"
    assert jmespath.search(origin, tracker("status", "--format", "json", cwd=repo.path).json) == "measured"
    (path,) = (repo.path / "diagnostics/results").glob("*.json")
    path.write_text(path.read_text().replace('"seconds": ', '"seconds": 1'))
    assert jmespath.search(origin, tracker("status", "--format", "json", cwd=repo.path).json) == "edited"
