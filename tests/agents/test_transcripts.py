"""`tracker new --from-transcript`: what tools did is filled in, what prose says is marked, secrets never arrive."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agents.project import make_project
from tests.command import contents_in, tracker
from tests.gitrepo import GitRepo
from tracker.sources import yaml
from tracker.sources.transcripts import Redactor, read_transcript, reader
from tracker.sources.transcripts.shell import runs_tests, status_of_tests

SECRETS = [
    "ghp_1234567890abcdefghijklmnopqrstuvwxyzAB",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-ant-api03-abcdefghijklmnop1234567890abcdefghijklmnop",
    "xoxb-1234567890-abcdefghijkl",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "glpat-abcdefghij1234567890",
]


REFUSED = "The user doesn't want to proceed with this tool use."


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A project while an agent works in it from 12:00: `ramp.py` is new, and `loop.py` changed."""
    repo = make_project(tmp_path / "kiln")
    repo.write("other.py", "")
    repo.commit("Add another file")
    repo.at("2026-01-01T12:30:00+00:00")
    repo.write("ramp.py", "")
    repo.write("loop.py", "changed")
    return repo


def claude(repo: GitRepo, commit: str, secret: str = "") -> list[dict[str, Any]]:
    """A session of Claude Code: edits, commands that pass and fail, a refused edit and a report."""
    calls = iter(range(100))
    records: list[dict[str, Any]] = [{"type": "summary", "summary": "Ramp", "leafUuid": "x"}]

    def tool(name: str, given: dict[str, Any], output: str = "", **result: Any) -> None:
        number = next(calls)
        use = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": given}
        records.append(
            {
                "type": "assistant",
                "timestamp": f"2026-01-01T12:{number:02}:00.000Z",
                "cwd": str(repo.path),
                "message": {"role": "assistant", "model": "claude-sonnet-4-5", "content": [use]},
            }
        )
        answer = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": output}
        answer |= {"is_error": result.pop("is_error", False)}
        records.append(
            {"type": "user", "message": {"role": "user", "content": [answer]}, "toolUseResult": result, "new": {"x": 1}}
        )

    tool("Write", {"file_path": str(repo.path / "ramp.py"), "content": secret}, "ok", type="create")
    tool("Write", {"file_path": str(repo.path / "scratch.py"), "content": ""}, "ok", type="create")
    tool("Edit", {"file_path": str(repo.path / "loop.py"), "old_string": "a", "new_string": "b"}, "ok")
    tool("Edit", {"file_path": str(repo.path / "refused.py")}, REFUSED, is_error=True)
    tool("Edit", {"file_path": "/etc/passwd"}, "ok")
    tool("Bash", {"command": f"API_KEY={secret or 'x1'} pytest -q"}, "Exit code 1\n1 failed", is_error=True)
    tool("Bash", {"command": "pytest -q tests"}, "2 passed")
    tool("Bash", {"command": "rm -rf /"}, f"{REFUSED} The tool use was rejected", is_error=True)
    tool("Bash", {"command": "sleep 99"}, "", interrupted=True)
    tool("Bash", {"command": "git commit -m Ramp"}, f"[main {commit[:7]}] Ramp\n 1 file changed")
    tool("Bash", {"command": "git commit -m Lost"}, "[main 0123abc] Lost\n")
    said = {"type": "text", "text": f"Everything is done: ramp-there is met. {secret}\n# Not a heading"}
    notice = {"type": "text", "text": "API Error: 500"}
    for model, part in (("claude-sonnet-4-5", said), ("<synthetic>", notice)):
        message = {"role": "assistant", "model": model, "content": [part]}
        records.append({"type": "assistant", "timestamp": "2026-01-01T14:05:00Z", "message": message})
    return records


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")
    return path


def session_of(repo: GitRepo, transcript: Path) -> Any:
    """The session file made from a transcript."""
    done = tracker("new", "--from-transcript", str(transcript), cwd=repo.path)
    assert done.code == 0, done
    return yaml.load(Path(done.out.strip()).read_bytes()).data


def test_claude_code(repo: GitRepo, tmp_path: Path) -> None:
    head = repo.commit("Ramp")
    found = session_of(repo, write(tmp_path / "t.jsonl", claude(repo, head)))
    assert (found["session"], found["date"]) == ("2", "2026-01-01")
    assert found["team"] == "Claude Code: claude-sonnet-4-5"
    assert found["duration"] == "2 h 5 min"
    assert found["files"] == {"created": ["ramp.py"], "modified": ["loop.py"]}
    assert found["commits"] == [head[:7]]
    assert found["tests"] == [
        {"name": "API_KEY=[redacted] pytest -q", "outcome": "exit 1", "note": "run by a tool of the agent"},
        {"name": "pytest -q tests", "outcome": "exit 0", "note": "run by a tool of the agent"},
    ]
    assert "- exit 1: `API_KEY=[redacted] pytest -q`" in found["summary"]
    assert "- exit status unknown: `sleep 99`" in found["summary"]
    assert "rm -rf" not in found["summary"]
    assert found["work"] == [
        {
            "title": "Reported by the agent, not checked",
            "body": "> Everything is done: ramp-there is met.\n> # Not a heading\n",
        }
    ]
    refuted = tracker("check", "--format", "json", cwd=repo.path).json["refuted"]
    assert [one["subject"] for one in refuted] == ["never.py"]  # of session 1


def test_what_the_agent_says_is_no_claim_of_the_session(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = repo.commit("Ramp")
    session_of(repo, write(tmp_path / "t.jsonl", claude(repo, head)))
    given = {"session_id": "x", "hook_event_name": "Stop", "stop_hook_active": False}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    assert tracker("hook", "stop", cwd=repo.path).out == ""


def codex(repo: GitRepo) -> list[dict[str, Any]]:
    """A rollout of Codex, with results in each of the forms that it has had."""

    def item(second: int, **payload: Any) -> dict[str, Any]:
        return {"timestamp": f"2026-01-01T12:00:{second:02}Z", "type": "response_item", "payload": payload}

    patch = "*** Begin Patch\n*** Add File: ramp.py\n+x\n*** Update File: loop.py\n@@\n*** End Patch"
    failed = "*** Begin Patch\n*** Update File: other.py\n*** End Patch"
    shell = json.dumps({"command": ["bash", "-lc", "pytest -q"]})
    return [
        {"timestamp": "2026-01-01T12:00:00Z", "type": "session_meta", "payload": {"id": "x", "cwd": str(repo.path)}},
        {"timestamp": "2026-01-01T12:00:00Z", "type": "turn_context", "payload": {"model": "gpt-5-codex"}},
        item(1, type="function_call", name="shell", arguments=shell, call_id="a"),
        item(2, type="function_call_output", call_id="a", output='{"output":"1 failed","metadata":{"exit_code":1}}'),
        item(3, type="custom_tool_call", name="apply_patch", input=patch, call_id="b"),
        item(4, type="custom_tool_call_output", call_id="b", output='{"output":"Success","metadata":{"exit_code":0}}'),
        item(5, type="custom_tool_call", name="apply_patch", input=failed, call_id="c"),
        item(6, type="custom_tool_call_output", call_id="c", output='{"output":"no","metadata":{"exit_code":1}}'),
        item(6, type="custom_tool_call", name="apply_patch", input=failed, call_id="f"),
        item(6, type="custom_tool_call_output", call_id="f", output="apply_patch verification failed: no such line"),
        item(7, type="function_call", name="exec_command", arguments='{"cmd":"cargo test"}', call_id="d"),
        item(8, type="function_call_output", call_id="d", output="Process exited with code 0\nOutput:\nok"),
        item(9, type="reasoning", summary=[], encrypted_content="zzz"),
        {"timestamp": "2026-01-01T12:00:09Z", "type": "event_msg", "payload": {"type": "token_count"}},
        item(9, type="message", role="assistant", content=[{"type": "output_text", "text": "All done."}]),
        item(9, type="function_call", name="shell", arguments='{"command":["ls"]}', call_id="e"),
    ]


def test_codex(repo: GitRepo, tmp_path: Path) -> None:
    found = session_of(repo, write(tmp_path / "rollout.jsonl", codex(repo)))
    assert found["team"] == "Codex: gpt-5-codex"
    assert found["files"] == {"created": ["ramp.py"], "modified": ["loop.py"]}
    assert [(one["name"], one["outcome"]) for one in found["tests"]] == [
        ("pytest -q", "exit 1"),
        ("cargo test", "exit 0"),
    ]
    assert "`ls`" not in found["summary"]  # it has no result
    assert found["work"][0]["body"] == "> All done.\n"


def test_results_that_codex_reports_as_events(repo: GitRepo, tmp_path: Path) -> None:
    """A result may come twice, in either order; what a script calls is known from its event alone."""
    head = repo.commit("Ramp")

    def line(kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": "2026-01-01T12:00:01Z", "type": kind, "payload": payload}

    def ended(name: str, command: str, status: int, output: str = "") -> dict[str, Any]:
        given = {"type": "exec_command_end", "call_id": name, "command": ["bash", "-lc", command]}
        return line("event_msg", **given, exit_code=status, aggregated_output=output)

    def called(name: str, command: str) -> dict[str, Any]:
        arguments = json.dumps({"cmd": command})
        return line("response_item", type="function_call", name="exec_command", arguments=arguments, call_id=name)

    def answered(name: str, status: int) -> dict[str, Any]:
        output = f"Process exited with code {status}"
        return line("response_item", type="function_call_output", call_id=name, output=output)

    def patched(name: str, success: bool, changes: Any) -> dict[str, Any]:
        return line("event_msg", type="patch_apply_end", call_id=name, success=success, changes=changes)

    script = "await tools.apply_patch(`*** Begin Patch\n*** Update File: other.py\n*** End Patch`)"
    records = [
        line("session_meta", id="x", cwd=str(repo.path)),
        *(called("a", "pytest -q a"), ended("a", "pytest -q a", 1), answered("a", 1)),
        *(called("b", "pytest -q b"), answered("b", 0), ended("b", "pytest -q b", 0)),
        line("response_item", type="custom_tool_call", name="exec", input=script, call_id="c"),
        line("response_item", type="custom_tool_call_output", call_id="c", output="ok"),
        ended("d", "pytest -q d", 2),
        ended("e", "git commit -m Ramp", 0, f"[main {head[:7]}] Ramp\n"),
        patched(
            "f", True, {"ramp.py": {"type": "add", "content": ""}, "loop.py": {"update": {}}, "x": 1, "y": {"z": 1}}
        ),
        patched("g", False, {"other.py": {"type": "update"}}),
        patched("h", True, ["other.py"]),
        line("event_msg", type="exec_command_end", call_id=["i"], command=3, exit_code="0"),
    ]
    found = session_of(repo, write(tmp_path / "rollout.jsonl", records))
    assert found["files"] == {"created": ["ramp.py"], "modified": ["loop.py"]}
    assert [(one["name"], one["outcome"]) for one in found["tests"]] == [
        ("pytest -q a", "exit 1"),
        ("pytest -q b", "exit 0"),
        ("pytest -q d", "exit 2"),
    ]
    assert found["summary"].count("pytest -q") == 3
    assert [one["commit"] if isinstance(one, dict) else one for one in found["commits"]] == [head[:7]]


def test_the_minimal_format(repo: GitRepo, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [
        {"event": "session", "model": "m-1", "cwd": str(repo.path), "time": "2026-01-01T12:00:00Z"},
        {"event": "command", "command": "make test", "exit": 0, "time": "2026-01-01T12:10:00Z"},
        {"event": "edit", "path": "ramp.py", "action": "created"},
        {"event": "edit", "path": "loop.py"},
        {"event": "edit", "path": "../outside.py"},
        {"event": "say", "text": "Done."},
        {"event": "something else"},
    ]
    found = session_of(repo, write(tmp_path / "own.jsonl", records))
    assert found["files"] == {"created": ["ramp.py"], "modified": ["loop.py"]}
    assert found["tests"][0]["name"] == "make test"
    assert (found["duration"], found["team"]) == ("10 min", "minimal: m-1")


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_written_anywhere(
    repo: GitRepo, tmp_path: Path, secret: str, cache_home: Path, state_home: Path
) -> None:
    head = repo.commit("Ramp")
    done = tracker(
        "new", "--from-transcript", str(write(tmp_path / "t.jsonl", claude(repo, head, secret))), cwd=repo.path
    )
    assert "removed" in done.err
    for folder in (repo.path, cache_home, state_home):
        assert [path for path, content in contents_in(folder).items() if secret.encode() in content] == []
    assert secret not in done.out + done.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pytest -q tests/test_a.py::test_b", None),
        ("git show 3f786850e387550fdab836ed7e6dc881de23001b", None),
        ("I fixed the token parser", None),
        ("echo $API_TOKEN", None),
        ("export DB_PASSWORD='a b' x", "export DB_PASSWORD=[redacted] x"),
        ("git clone https://ada:pa55@example.org/x", "git clone https://ada:[redacted]@example.org/x"),
        ('curl -H "Authorization: Bearer abc"', 'curl -H "Authorization: Bearer [redacted]"'),
        ("curl -u ada:pw https://example.org", "curl -u [redacted] https://example.org"),
        ("mysql -u root -pgeheim db", "mysql -u root -p[redacted] db"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n", "[redacted]"),
        ("a Zm9vYmFy1QuxQuuxCorge2GraultGarply3Waldo z", "a [redacted] z"),
    ],
)
def test_redaction(text: str, expected: str | None) -> None:
    assert Redactor().redact(text) == (text if expected is None else expected)


@settings(max_examples=50)
@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_a_token_is_removed_from_any_text(before: str, secret: str, after: str) -> None:
    assert secret not in Redactor().redact(f"{before} {secret} {after}")


def test_broken_and_overlong_lines_are_counted(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LINE_LIMIT", 1000)
    path = tmp_path / "t.jsonl"
    good = json.dumps({"event": "say", "text": "Done."}).encode()
    path.write_bytes(
        b"\n".join([b"{", b"\xff\xfe", b"[1]", b'{"event": "say", "text": "' + b"y" * 10_000, good, good[:9]])
    )
    found = read_transcript(path)
    assert (found.lines, found.broken, found.too_long, found.said) == (6, 4, 1, ["Done."])
    done = tracker("new", "--from-transcript", str(path), "--print", cwd=repo.path)
    assert "6 lines read, 4 broken lines skipped, 1 overlong line skipped" in done.err


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{}\n[]\n", b'{"type": "user"}\n', b"[" * 100_000])
def test_what_is_no_transcript_is_one_message(repo: GitRepo, tmp_path: Path, content: bytes) -> None:
    before = contents_in(repo.path)
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)
    assert "not a transcript" in tracker("new", "--from-transcript", str(path), cwd=repo.path).message
    assert "no such file" in tracker("new", "--from-transcript", str(tmp_path / "no"), cwd=repo.path).message
    assert "not a regular file" in tracker("new", "--from-transcript", str(tmp_path), cwd=repo.path).message
    assert contents_in(repo.path) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "content", "input", "id", "command", "text", "output"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=100)
@given(
    records=st.lists(
        st.tuples(st.sampled_from(["user", "assistant", "response_item", "session_meta"]), JSON), max_size=5
    )
)
def test_unexpected_values_are_ignored(
    records: list[tuple[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.jsonl"
    lines = [{"type": kind, "message": value, "payload": value, "timestamp": value} for kind, value in records]
    write(path, [*lines, {"type": "user", "message": {}}, {"event": "say"}])
    assert read_transcript(path).broken == 0


def test_it_does_not_go_with_other_sources(repo: GitRepo) -> None:
    assert tracker("new", "--from-transcript", "x", "--close", cwd=repo.path).code == 2


# --- which commands ran tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "pytest",
        "FOO=1 timeout 60 uv run pytest -q",
        "python3.11 -m unittest discover",
        "cd app && npm run test:unit",
        "./gradlew :app:testDebug",
        "bash -lc 'cd x && pytest -q'",
        "make -C x test > log 2>&1",
        "cat <<EOF > x\ntext\nEOF\npytest -x",
        "cat > a.cpp <<'EOF'\n" + "std::cout << x << end;\n" * 700 + "EOF\npytest -x",
        "set -o pipefail; pytest | tee log",
    ],
)
def test_the_status_of_a_line_is_that_of_its_tests(line: str) -> None:
    assert runs_tests(line)
    assert (status_of_tests(line, 0), status_of_tests(line, 1)) == (0, 1)


@pytest.mark.parametrize(
    "line",
    [
        "cd a && pytest -q | tail -5",
        "pytest 2>&1 | tee log",
        "pytest || true",
        "true || pytest",
        "pytest; echo $?",
        "pytest &",
        "! pytest",
        "for i in 1 2; do pytest; done",
        "bash -c 'pytest | tail' && ls",
        "if pytest; then ls; fi",
        "echo $(pytest)",
    ],
)
def test_the_status_of_a_line_hides_that_of_its_tests(line: str) -> None:
    assert status_of_tests(line, 0) is None


def test_what_follows_the_tests_may_have_failed() -> None:
    assert status_of_tests("pytest && deploy", 0) == 0
    assert status_of_tests("pytest && deploy", 1) is None


@pytest.mark.parametrize("line", ["npm ci && npm test", "set -e\npip install .\npytest"])
def test_what_precedes_the_tests_may_have_failed(line: str) -> None:
    assert (status_of_tests(line, 0), status_of_tests(line, 1)) == (0, None)


@pytest.mark.parametrize(
    "line",
    [
        "pip install pytest",
        "grep -rn pytest .",
        "git commit -m 'run pytest; pytest'",
        "cat > x <<'EOF'\nrun pytest\npytest\nEOF",
        "echo \"don't",
        "ls tests",
        "",
    ],
)
def test_lines_that_run_no_tests(line: str) -> None:
    assert not runs_tests(line)


@pytest.mark.parametrize(
    "line",
    [
        "docker login -u bob -p correcthorse reg.io",
        "mysql -u root -pcorrecthorse db",
        "tool --password correcthorse",
        "tool --db-password=correcthorse",
        "tool --api-key correcthorse",
        "redis-cli -a correcthorse get x",
        "http -a bob:correcthorse example.org",
        "curl --user bob:correcthorse https://example.org",
        "PGPASSWORD=correcthorse psql",
        "curl -H 'Authorization: Basic correcthorse' https://example.org",
        "git clone https://bob:correcthorse@example.org/x",
        "echo correcthorse | docker login --password-stdin",
        "curl 'https://example.org/?access_token=correcthorse'",
    ],
)
def test_secrets_of_people_are_removed(line: str) -> None:
    assert "correcthorse" not in Redactor().redact(line)


@pytest.mark.parametrize("line", ["tool --password-file x", "tool --tokens", "pytest -p no:randomly", "mkdir -p a"])
def test_what_is_no_secret_is_kept(line: str) -> None:
    assert Redactor().redact(line) == line
