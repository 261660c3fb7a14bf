"""Kinds of records in the transcripts of Claude Code and Codex: what ran, with which status, and what was edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agents.project import make_project
from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.sources import yaml
from tracker.sources.transcripts import Transcript, read_transcript
from tracker.sources.transcripts.runners import ran_no_tests
from tracker.sources.transcripts.shell import runs_tests

Record = dict[str, Any]


def read(folder: Path, records: list[Record]) -> Transcript:
    path = folder / "t.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    return read_transcript(path)


def commands(found: Transcript) -> list[tuple[str, int | None, bool]]:
    return [(one.text, one.exit, one.has_run) for one in found.commands]


# --- Claude Code ----------------------------------------------------------------------------------------------------


def called(name: str, number: int = 1, **given: Any) -> Record:
    part = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": given}
    return {"type": "assistant", "message": {"role": "assistant", "content": [part]}}


def answered(output: str, number: int = 1, *, is_error: bool = False, **details: Any) -> Record:
    part = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": output, "is_error": is_error}
    return {"type": "user", "message": {"role": "user", "content": [part]}, "toolUseResult": details or output}


def prompt(text: str, time: str | None = None) -> Record:
    return {"type": "user", "timestamp": time, "message": {"role": "user", "content": text}}


@pytest.mark.parametrize(
    ("output", "is_error", "details", "expected"),
    [
        ("ok", False, {"stdout": "ok", "interrupted": False}, [(0, True)]),
        ("ok", False, {}, [(0, True)]),
        ("Exit code 2\nno such option", True, {}, [(2, True)]),
        ("Error: Exit code 1\nfailed", True, {}, [(1, True)]),
        ("Exit code 143\nCommand timed out after 2m 0s", True, {}, [(143, True)]),
        ("", False, {"interrupted": True}, [(None, True)]),
        ("", False, {"returnCodeInterpretation": "No matches found"}, [(None, True)]),
        ("Command running in background with ID: b12. Output: /tmp/b12", False, {}, [(None, True)]),
        ("Command was manually backgrounded by user with ID: b12.", False, {}, [(None, True)]),
        ("FAILED tests/test_a.py - exit code 1", True, {}, [(None, False)]),
        ("Blocked by a hook: the last exit code 1 is not fixed", True, {}, [(None, False)]),
        ("The user doesn't want to proceed with this tool use.", True, {}, []),
        ("<tool_use_error>Sibling tool call errored</tool_use_error>", True, {}, []),
        ("Permission to use Bash has been denied.", True, {}, []),
        ("PreToolUse:Bash hook error: [x]: exit code 2", True, {}, []),
    ],
)
def test_the_status_of_a_command(
    tmp_path: Path, output: str, is_error: bool, details: Record, expected: list[tuple[int | None, bool]]
) -> None:
    found = read(tmp_path, [called("Bash", command="pytest"), answered(output, is_error=is_error, **details)])
    assert commands(found) == [("pytest", *one) for one in expected]


ENDINGS = {
    "asked for": [
        called("TaskOutput", 2, task_id="b12", block=True),
        answered(
            "<task_id>b12</task_id>\n\n<status>failed</status>\n\n<exit_code>3</exit_code>\n\n<output>x</output>", 2
        ),
    ],
    "asked for as in old versions": [
        called("BashOutput", 2, bash_id="b12"),
        answered("<status>failed</status>\n\n<exit_code>3</exit_code>\n\n<stdout>x</stdout>", 2),
    ],
    "reported": [
        prompt(
            "<task-notification>\n<task-id>b12</task-id>\n<status>failed</status>\n"
            '<summary>Background command "Test" failed (exit code 3)</summary>\n</task-notification>'
        )
    ],
}


@pytest.mark.parametrize("records", ENDINGS.values(), ids=ENDINGS)
def test_a_command_in_the_background_has_the_status_of_its_end(tmp_path: Path, records: list[Record]) -> None:
    started: list[Record] = [
        called("Bash", command="pytest"),
        answered("Command running in background with ID: b12. Output: x"),
    ]
    assert commands(read(tmp_path, [*started, *records])) == [("pytest", 3, True)]


@pytest.mark.parametrize(
    "output",
    [
        "<task_id>b12</task_id>\n\n<status>running</status>\n\n<output>\n<exit_code>0</exit_code></output>",
        "<retrieval_status>timeout</retrieval_status>\n\n<output>all passed</output>",
    ],
)
def test_a_command_that_still_runs_has_none(tmp_path: Path, output: str) -> None:
    started: list[Record] = [
        called("Bash", command="pytest"),
        answered("Command running in background with ID: b12. Output: x"),
    ]
    found = read(tmp_path, [*started, called("TaskOutput", 2, task_id="b12"), answered(output, 2)])
    assert commands(found) == [("pytest", None, True)]


def test_parallel_calls_are_answered_in_any_order(tmp_path: Path) -> None:
    calls = [called("Bash", number, command=f"c{number}") for number in (1, 2, 3)]
    results = [answered("Exit code 2", 3, is_error=True), answered("", 1), answered("", 2)]
    assert commands(read(tmp_path, [*calls, *results])) == [("c3", 2, True), ("c1", 0, True), ("c2", 0, True)]


def test_a_resumed_session_repeats_its_records(tmp_path: Path) -> None:
    once = [called("Bash", command="pytest"), answered("ok")]
    assert commands(read(tmp_path, [*once, *once])) == [("pytest", 0, True)]


@pytest.mark.parametrize(
    ("tool", "given", "is_error", "expected"),
    [
        ("Write", {"file_path": "/p/a.py"}, False, ["/p/a.py"]),
        ("MultiEdit", {"file_path": "/p/a.py", "edits": []}, False, ["/p/a.py"]),
        ("NotebookEdit", {"notebook_path": "/p/a.ipynb"}, False, ["/p/a.ipynb"]),
        ("Edit", {"file_path": "/p/a.py"}, True, []),
        ("Read", {"file_path": "/p/a.py"}, False, []),
        ("mcp__files__write", {"path": "/p/a.py"}, False, []),
    ],
)
def test_edits(tmp_path: Path, tool: str, given: Record, is_error: bool, expected: list[str]) -> None:
    found = read(tmp_path, [called(tool, **given), answered("x", is_error=is_error)])
    assert list(found.edits) == expected


def test_only_the_time_before_a_prompt_is_a_break(tmp_path: Path) -> None:
    command = called("Bash", command="train") | {"timestamp": "2026-01-01T10:00:00Z"}
    done = answered("ok") | {"timestamp": "2026-01-01T14:00:00Z"}
    found = read(
        tmp_path, [command, done, prompt("go on", "2026-01-02T08:00:00Z"), prompt("x", "2026-01-02T08:20:00Z")]
    )
    assert found.breaks.total_seconds() / 3600 == 18


# --- Codex ----------------------------------------------------------------------------------------------------------


def line(kind: str, time: str = "2026-01-01T12:00:00Z", **payload: Any) -> Record:
    return {"timestamp": time, "type": kind, "payload": payload}


def function(name: str, number: int = 1, **given: Any) -> Record:
    arguments = json.dumps(given)
    return line("response_item", type="function_call", name=name, arguments=arguments, call_id=f"c{number}")


def output(text: Any, number: int = 1) -> Record:
    return line("response_item", type="function_call_output", call_id=f"c{number}", output=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"output":"1 failed","metadata":{"exit_code":1,"duration_seconds":0.1}}', [(1, True)]),
        ("Exit code: 0\nWall time: 1.2 seconds\nOutput:\nok", [(0, True)]),
        ("Chunk ID: a1\nWall time: 1.0 seconds\nProcess exited with code 5\nOutput:\nno tests", [(5, True)]),
        ([{"type": "input_text", "text": "Exit code: 3\nOutput:\n"}], [(3, True)]),
        ("Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\nexit code 1", [(None, True)]),
        ("the last run had exit code 1", [(None, True)]),
        ("aborted by user after 3.1s", [(None, False)]),
        ("exec command rejected by user", []),
        ("failed to parse function arguments: missing field", []),
        ("approval policy is Never; reject command", []),
    ],
)
def test_the_status_of_a_command_of_codex(tmp_path: Path, text: Any, expected: list[tuple[int | None, bool]]) -> None:
    found = read(tmp_path, [function("exec_command", cmd="pytest"), output(text)])
    assert commands(found) == [("pytest", *one) for one in expected]


RUNNING = [function("exec_command", cmd="pytest"), output("Process running with session ID 7\nOutput:\n")]
ENDED = {
    "by a poll": [function("write_stdin", 2, session_id=7), output("Process exited with code 4\nOutput:\n", 2)],
    "by an event": [line("event_msg", type="exec_command_end", call_id="c1", exit_code=4, aggregated_output="")],
}


@pytest.mark.parametrize("records", ENDED.values(), ids=ENDED)
def test_a_long_command_of_codex_has_the_status_of_its_end(tmp_path: Path, records: list[Record]) -> None:
    assert commands(read(tmp_path, [*RUNNING, *records, *records])) == [("pytest", 4, True)]


def test_the_first_versions_of_codex_wrote_bare_items(tmp_path: Path) -> None:
    records: list[Record] = [
        {"id": "x", "timestamp": "2025-06-01T12:00:00Z", "instructions": None},
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
        {"type": "function_call", "name": "shell", "arguments": '{"command":["bash","-lc","pytest"]}', "call_id": "c1"},
        {"type": "function_call_output", "call_id": "c1", "output": '{"output":"","metadata":{"exit_code":1}}'},
        {
            "type": "local_shell_call",
            "id": "l1",
            "call_id": None,
            "action": {"type": "exec", "command": ["make", "test"]},
        },
        {"type": "function_call_output", "call_id": "l1", "output": '{"output":"","metadata":{"exit_code":0}}'},
    ]
    found = read(tmp_path, records)
    assert (found.format, commands(found)) == ("Codex", [("pytest", 1, True), ("make test", 0, True)])


PATCH = "*** Begin Patch\n*** Update File: src/a.py\n*** End Patch"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (line("response_item", type="custom_tool_call", name="apply_patch", input=PATCH, call_id="c1"), "/p/src/a.py"),
        (function("apply_patch", input=PATCH), "/p/src/a.py"),
        (function("shell", command=["apply_patch", PATCH]), "/p/src/a.py"),
        (function("exec_command", cmd=f"apply_patch <<'E'\n{PATCH}\nE", workdir="/p/app"), "/p/app/src/a.py"),
        (function("shell", command=["bash", "-lc", f"cd app && apply_patch <<'E'\n{PATCH}\nE"]), "/p/app/src/a.py"),
    ],
)
def test_patches_are_relative_to_the_folder_of_the_turn(tmp_path: Path, call: Record, expected: str) -> None:
    start: list[Record] = [line("session_meta", cwd="/old"), line("turn_context", cwd="/p")]
    assert list(read(tmp_path, [*start, call, output("Success. Updated the following files:")]).edits) == [expected]
    refused = output("patch rejected by user")
    assert not read(tmp_path, [*start, call, refused]).edits


def completed(**item: Any) -> Record:
    return line("event_msg", type="item_completed", turn_id="t", item=item)


def test_newer_versions_of_codex_report_completed_items(tmp_path: Path) -> None:
    shell = ["/bin/zsh", "-lc", "cargo test"]
    records = [
        line("session_meta", cwd="/p"),
        completed(type="UserMessage", id="u1", content=[{"type": "text", "text": "go"}]),
        completed(type="CommandExecution", id="e1", command=shell, status="failed", exit_code=101, stdout="failed"),
        completed(type="CommandExecution", id="e2", command=["ls"], status="declined", exit_code=None),
        completed(type="FileChange", id="f1", status="completed", changes={"/p/a.py": {"type": "add"}}),
        completed(type="FileChange", id="f2", status="failed", changes={"/p/b.py": {"type": "update"}}),
        completed(type="AgentMessage", id="m1", content=[{"type": "Text", "text": "Done."}]),
        *(
            function("exec_command", cmd="pytest"),
            completed(type="CommandExecution", id="c1", command=shell, exit_code=2),
        ),
        output("Process exited with code 2\nOutput:\n"),
        *(*RUNNING, completed(type="CommandExecution", id="c1", command=shell, exit_code=4)),
    ]
    found = read(tmp_path, records)
    assert commands(found) == [("cargo test", 101, True), ("pytest", 2, True), ("pytest", 4, True)]
    assert (list(found.edits), found.said) == (["/p/a.py"], ["Done."])


def test_the_output_of_codex_exec(tmp_path: Path) -> None:
    items: list[Record] = [
        {"id": "item_0", "type": "command_execution", "command": "bash -lc pytest", "exit_code": 1, "status": "failed"},
        {"id": "item_1", "type": "file_change", "changes": [{"path": "a.py", "kind": "update"}], "status": "completed"},
        {"id": "item_2", "type": "agent_message", "text": "Done."},
    ]
    records: list[Record] = [{"type": "item.completed", "item": one} for one in items]
    found = read(tmp_path, [{"type": "thread.started", "thread_id": "x"}, *records])
    assert commands(found) == [("bash -lc pytest", 1, True)]
    assert (list(found.edits), found.said) == (["a.py"], ["Done."])


def test_breaks_of_codex(tmp_path: Path) -> None:
    records = [
        line("session_meta", "2026-01-01T10:00:00Z", cwd="/p"),
        line("response_item", "2026-01-01T10:10:00Z", type="message", role="assistant", content=[]),
        line("event_msg", "2026-01-01T12:10:00Z", type="task_started"),
        line("event_msg", "2026-01-01T12:10:01Z", type="user_message", message="go on"),
    ]
    assert read(tmp_path, records).breaks.total_seconds() == 7200


# --- what git says about the edits ----------------------------------------------------------------------------------


def edits(repo: GitRepo, folder: Path, *paths: str) -> tuple[Any, str]:
    """The files of the session that is drafted from edits between 12:00 and 13:00, and the remarks."""
    records: list[Record] = [
        {"event": "session", "cwd": str(repo.path), "time": "2026-01-01T12:00:00Z"},
        *({"event": "edit", "path": path} for path in paths),
        {"event": "say", "text": "Done.", "time": "2026-01-01T13:00:00Z"},
    ]
    path = folder / "t.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    done = tracker("new", "--from-transcript", str(path), "--print", cwd=repo.path)
    return yaml.load(done.out.encode()).data.get("files"), done.err


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = make_project(tmp_path / "kiln")
    for name in ("kept.py", "reverted.py", "moved.py", "gone.py"):
        repo.write(name, name)
    repo.commit("Add files")
    repo.at("2026-01-01T12:30:00+00:00")
    return repo


def test_edits_that_were_reverted_or_committed(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("kept.py", "changed")
    repo.write("new.py", "new")
    repo.remove("gone.py")
    repo.commit("Work")
    repo.at("2026-02-01T12:00:00+00:00")
    repo.remove("moved.py")
    repo.write("later.py", "")
    repo.commit("Later work of others")
    repo.write("loop.py", "not committed")
    found, remarks = edits(
        repo, tmp_path, "kept.py", "reverted.py", "new.py", "gone.py", "loop.py", "moved.py", "later.py", "never.py"
    )
    assert found == {"created": ["new.py"], "modified": ["kept.py", "loop.py"], "removed": ["gone.py"]}
    assert "4 edited files are left out" in remarks


def test_a_session_in_another_folder_is_pointed_out(repo: GitRepo, tmp_path: Path) -> None:
    records = [called("Edit", file_path="/other/project/kept.py") | {"cwd": "/other/project"}, answered("ok")]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    done = tracker("new", "--from-transcript", str(path), "--print", cwd=repo.path)
    assert "the agent worked in /other/project, not in this workspace" in done.err


def test_commits_that_the_history_lacks_are_counted(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("a.py", "")
    made = repo.commit("Add a")
    records = [
        called("Bash", 1, command="git commit -m A && pytest"),
        answered(f"Exit code 1\n[main {made[:7]}] Add a\n 1 file changed\n1 failed", 1, is_error=True),
        called("Bash", 2, command="git -C ../other commit -m B"),
        answered("[main 0123abc] B\n", 2),
    ]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    done = tracker("new", "--from-transcript", str(path), "--print", cwd=repo.path)
    found = yaml.load(done.out.encode()).data
    assert [one["commit"] if not isinstance(one, str) else one for one in found["commits"]] == [made[:7]]
    assert "1 commit is left out" in done.err


# --- which commands run tests ---------------------------------------------------------------------------------------

RUN = """
python -m pytest -q|tox -e py311|nox -s tests|npx jest --ci|npx -y vitest run|yarn test|pnpm --filter app test
npm run test:unit -- --watch=false|bun test|go test ./...|cargo +nightly test|cargo nextest run|mvn clean test
./mvnw verify|gradle check|dotnet test|vendor/bin/phpunit|php vendor/bin/phpunit|php artisan test|bundle exec rspec
rake spec|ctest --output-on-failure|make -C build check|bazel test //...|mix test|node --test|hatch run test:cov
uv run --extra dev pytest -q|FOO='a b' pytest|coverage run -m pytest|python manage.py test|sbt test|(cd a; pytest)
"""
DO_NOT_RUN = """
uv pip install pytest|poetry add pytest|npm install test|npm i jest|pytest --version|pytest --collect-only -q|ctest -N
command -v pytest|which pytest|cargo test --no-run|make -n test|go test -c ./x|go vet ./test|node build.js|test -f x
cargo check|npm run check|go get test|npx jest --listTests|mvn -DskipTests package|coverage report
docker build -t pytest .
"""


@pytest.mark.parametrize("command", RUN.strip().replace("\n", "|").split("|"))
def test_a_command_runs_tests(command: str) -> None:
    assert runs_tests(command)


@pytest.mark.parametrize("command", DO_NOT_RUN.strip().replace("\n", "|").split("|"))
def test_a_command_runs_no_tests(command: str) -> None:
    assert not runs_tests(command)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("collected 0 items\n\n==== no tests ran in 0.1s ===", True),
        ("Ran 0 tests in 0.000s\n\nOK", True),
        ("?   \tx\t[no test files]\n", True),
        ("ok  \tx\t0.2s [no tests to run]\ntesting: warning: no tests to run", True),
        ("running 0 tests\n\ntest result: ok. 0 passed", True),
        ("No tests found, exiting with code 0", True),
        ("  0 passing (2ms)", True),
        ("0 examples, 0 failures", True),
        ("?   \tx\t[no test files]\nok  \tx/b\t0.2s", False),
        ("running 3 tests\n...\nrunning 0 tests", False),
        ("Ran 10 tests in 0.1s", False),
        ("  10 passing (2ms)", False),
        ("10 examples, 0 failures", False),
        ("1 xfailed in 0.1s", False),
    ],
)
def test_whether_any_test_ran(text: str, expected: bool) -> None:
    assert ran_no_tests(text) is expected
