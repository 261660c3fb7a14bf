"""`tracker hook`: honest sessions pass, refuted claims are blocked once, and no input is in anyone's way."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.agents.project import make_project
from tests.command import Done, tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker.commands.hooks.input import INPUT_LIMIT, Agent, parse_input
from tracker.commands.hooks.words import reported_criteria, sentences, subject_criteria

# As the public documentation of each agent shows them.
CLAUDE: dict[str, Any] = {
    "session_id": "abc123",
    "transcript_path": "/nowhere/00893aaf.jsonl",
    "cwd": "/nowhere",
    "permission_mode": "default",
}
CLAUDE_START = CLAUDE | {"hook_event_name": "SessionStart", "source": "startup", "model": "claude-sonnet-4-5"}
CLAUDE_STOP = CLAUDE | {"hook_event_name": "Stop", "stop_hook_active": False, "last_assistant_message": "Done."}
CODEX: dict[str, Any] = {
    "session_id": "019a",
    "transcript_path": None,
    "cwd": "/nowhere",
    "model": "gpt-5-codex",
    "permission_mode": "default",
    "turn_id": "turn-1",
}
CODEX_STOP = CODEX | {"hook_event_name": "Stop", "stop_hook_active": False, "last_assistant_message": None}
GEMINI: dict[str, Any] = {
    "session_id": "g1",
    "transcript_path": "/nowhere/t.json",
    "cwd": "/nowhere",
    "timestamp": "2026-01-02T03:04:05Z",
}
GEMINI_START = GEMINI | {"hook_event_name": "SessionStart", "source": "startup"}
GEMINI_STOP = GEMINI | {
    "hook_event_name": "AfterAgent",
    "prompt": "Go on",
    "prompt_response": "Done",
    "stop_hook_active": False,
}
CURSOR: dict[str, Any] = {
    "conversation_id": "c1",
    "generation_id": "g1",
    "model": "m",
    "cursor_version": "2.0.77",
    "workspace_roots": ["/nowhere"],
    "user_email": None,
}
CURSOR_START = CURSOR | {"hook_event_name": "sessionStart"}
CURSOR_STOP = CURSOR | {"hook_event_name": "stop", "status": "completed", "loop_count": 0}
COPILOT: dict[str, Any] = {"sessionId": "p1", "timestamp": 1704614400000, "cwd": "/nowhere"}
VS_CODE: dict[str, Any] = {
    "timestamp": "2026-01-02T10:30:00.000Z",
    "cwd": "/nowhere",
    "sessionId": "v1",
    "transcript_path": "/nowhere/t.json",
}
VS_CODE_START = VS_CODE | {"hookEventName": "SessionStart", "source": "new"}
VS_CODE_STOP = VS_CODE | {"hookEventName": "Stop", "stop_hook_active": False}
HONEST = 'session: "2"\ndate: 2026-01-02\nfocus: The ramp\nsummary: The ramp is not done.\n'
REFUTED = 'session: "2"\ndate: 2026-01-02\nfocus: The ramp\nfiles: {created: [ramp.py]}\n'


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return make_project(tmp_path)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, repo: GitRepo) -> Any:
    """Run a hook with some input; it exits with 0."""

    def run(event: str, content: object, *options: str) -> Done:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        done = tracker("hook", event, *options, cwd=repo.path)
        assert done.code == 0
        assert "Traceback" not in done.err
        return done

    return run


# --- start ----------------------------------------------------------------------------------------------------------


def test_start_gives_the_brief_in_the_form_of_each_agent(hook: Any) -> None:
    said = hook("start", CLAUDE_START).json["hookSpecificOutput"]
    assert said["hookEventName"] == "SessionStart"
    text = said["additionalContext"]
    assert "ramp-there" in text
    assert len(text.split()) <= 300
    for given in (CODEX | {"hook_event_name": "SessionStart", "source": "startup"}, GEMINI_START, VS_CODE_START):
        assert hook("start", given).json["hookSpecificOutput"]["additionalContext"] == text
    assert hook("start", CURSOR_START).json == {"additional_context": text}
    assert hook("start", COPILOT | {"source": "new"}).json == {"additionalContext": text}
    older = {"timestamp": 1704614400000, "cwd": "/nowhere", "source": "new", "initialPrompt": "Go on"}
    assert hook("start", older).json == {"additionalContext": text}


def test_the_brief_is_bounded_in_a_large_project(hook: Any, repo: GitRepo) -> None:
    steps = "".join(f"    - {'word ' * 20}{number}\n" for number in range(80))
    repo.write("sessions/2026-01-02-2.yml", f"{HONEST}next:\n  immediate:\n{steps}")
    assert len(hook("start", CLAUDE_START).json["hookSpecificOutput"]["additionalContext"].split()) <= 300


# --- stop -----------------------------------------------------------------------------------------------------------


STOPS = {"claude": CLAUDE_STOP, "codex": CODEX_STOP, "gemini": GEMINI_STOP, "vs code": VS_CODE_STOP}


@pytest.mark.parametrize("given", STOPS.values(), ids=STOPS)
def test_a_refuted_claim_blocks_with_its_place_and_the_next_command(hook: Any, repo: GitRepo, given: Any) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    answer = hook("stop", given).json
    assert answer["decision"] == "block"
    assert "sessions/2026-01-02-2.yml:4" in answer["reason"]
    assert "ramp.py" in answer["reason"]
    assert "`tracker check`" in answer["reason"]
    assert "never.py" not in answer["reason"]  # another session said so
    repo.commit("Record session 2")
    assert hook("stop", given).json["decision"] == "block"
    again = hook("stop", given | {"stop_hook_active": True})
    assert again.out.strip() in ("", "{}")


def test_cursor_gets_a_message_once(hook: Any, repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    assert "ramp.py" in hook("stop", CURSOR_STOP).json["followup_message"]
    assert hook("stop", CURSOR_STOP | {"loop_count": 1}).json == {}
    assert hook("stop", CURSOR_STOP | {"status": "aborted"}).json == {}


def test_vs_code_gets_the_block_where_it_reads_it(hook: Any, repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    answer = hook("stop", VS_CODE_STOP).json
    assert answer["hookSpecificOutput"] == {
        "hookEventName": "Stop",
        "decision": "block",
        "reason": answer["reason"],
    }


def test_an_agent_that_does_not_say_whether_it_goes_on_is_not_blocked(hook: Any, repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    for given, field in ((CLAUDE_STOP, "stop_hook_active"), (CURSOR_STOP, "loop_count")):
        assert hook("stop", {key: value for key, value in given.items() if key != field}).out.strip() in ("", "{}")


def test_copilot_is_never_blocked(hook: Any, repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    assert hook("stop", COPILOT | {"stopReason": "end_turn"}).json == {}


@pytest.mark.parametrize(
    "written",
    [
        HONEST,
        HONEST + "phases: {1: in progress}\n",
        HONEST + "files: {modified: [loop.py]}\nhighlights: [ramp-there is not met yet]\n",
        HONEST + "highlights: [The test for ramp-there passes in part]\n",
        HONEST + "highlights: [Fixes for ramp-there are under review]\n",
        HONEST + 'tasks: {"1.1": complete}\n',
        HONEST + "files: {created: [new.py]}\n",  # on disk, not added yet
        HONEST + "highlights: [soak-long is met]\n",  # never measured: unknown
        HONEST + "highlights: [loop-there is met]\n",
    ],
)
def test_honest_sessions_pass(hook: Any, repo: GitRepo, written: str) -> None:
    repo.write("loop.py", "def loop():\n    return 1\n")
    repo.write("new.py", "")
    repo.write("sessions/2026-01-02-2.yml", written)
    done = hook("stop", CLAUDE_STOP)
    assert (done.out, done.err) == ("", "")


@pytest.mark.parametrize(
    "claim",
    [
        "phases: {1: complete}",
        "highlights: [ramp-there is met]",
        "status: Criterion ramp-there done",
        "work: [{title: Ramp, body: ramp-there is verified.}]",
    ],
)
def test_a_claimed_criterion_that_is_unmet_blocks(hook: Any, repo: GitRepo, claim: str) -> None:
    repo.write("sessions/2026-01-02-2.yml", f'session: "2"\ndate: 2026-01-02\nfocus: The ramp\n{claim}\n')
    reason = hook("stop", CLAUDE_STOP).json["reason"]
    assert "criterion ramp-there is unmet: it does not define ramp" in reason
    assert "`tracker explain ramp-there`" in reason


def test_a_block_ends_when_its_reason_does(hook: Any, repo: GitRepo) -> None:
    plan = (repo.path / "tracker.yml").read_text("utf-8")
    repo.write("tracker.yml", plan.replace("evidence: [{file: loop.py, symbol: ramp}]", "evidence: [{file: ramp.py}]"))
    repo.write("sessions/2026-01-02-2.yml", HONEST.partition("summary")[0] + "highlights: [ramp-there is met]\n")
    assert hook("stop", CLAUDE_STOP).json["decision"] == "block"
    repo.write("ramp.py", "")  # not added to git: nothing that the cache compares changed
    assert hook("stop", CLAUDE_STOP).out == ""


def test_a_commit_that_reports_an_unmet_criterion_blocks_until_the_session_is_honest(hook: Any, repo: GitRepo) -> None:
    hook("start", CLAUDE_START)
    repo.write("notes.txt", "")
    repo.commit("ramp-there is done")
    assert "ramp-there" in hook("stop", CLAUDE_STOP).json["reason"]
    repo.write("sessions/2026-01-02-2.yml", HONEST + "highlights: [ramp-there is not met yet]\n")
    assert hook("stop", CLAUDE_STOP).out == ""


def test_what_was_there_at_the_start_is_not_of_this_session(hook: Any, repo: GitRepo) -> None:
    hook("start", CLAUDE_START)
    assert hook("stop", CLAUDE_STOP).out == ""
    old = repo.path / "sessions/2026-01-01-1.yml"
    old.write_text(old.read_text("utf-8") + "summary: A typo is corrected.\n", "utf-8")
    assert hook("stop", CLAUDE_STOP).out == ""  # never.py was claimed before
    old.write_text(old.read_text("utf-8").replace("never.py", "never.py, other.py"), "utf-8")
    reason = hook("stop", CLAUDE_STOP).json["reason"]
    assert "other.py" in reason
    assert "created never.py" not in reason
    hook("start", CLAUDE_START | {"source": "resume"})  # a session that is resumed began before
    assert "other.py" in hook("stop", CLAUDE_STOP).json["reason"]


def test_a_session_older_than_the_transcript_is_not_of_this_one(hook: Any, repo: GitRepo, tmp_path: Path) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    transcript = tmp_path.parent / f"{tmp_path.name}.jsonl"
    transcript.write_text('{"type":"user","timestamp":"2199-01-01T00:00:00Z"}\n', "utf-8")
    assert hook("stop", CLAUDE_STOP | {"transcript_path": str(transcript)}).out == ""
    began = datetime(2020, 1, 1, tzinfo=UTC).isoformat()
    transcript.write_text(f'{{"timestamp":"{began}"}}\n{{"file_path":"/x/2026-01-02-2.yml"}}\n', "utf-8")
    assert hook("stop", CLAUDE_STOP | {"transcript_path": str(transcript)}).json["decision"] == "block"


def test_a_broken_session_file_is_named_and_blocks_nothing(hook: Any, repo: GitRepo) -> None:
    hook("start", CLAUDE_START)
    repo.write("sessions/2026-01-02-2.yml", "session: [\n")
    done = hook("stop", CLAUDE_STOP)
    assert done.out == ""
    assert done.err.startswith("tracker hook stop: sessions/2026-01-02-2.yml:")
    assert done.err.count("\n") == 1


def test_a_broken_plan_blocks_nothing(hook: Any, repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: [\n")
    for event, given in (("start", CLAUDE_START), ("stop", CLAUDE_STOP)):
        done = hook(event, given)
        assert done.out == ""
        assert done.err.count("\n") == 1


# --- other input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "got nothing"),
        (b"  \n", "got nothing"),
        (b'{"hook_event_name": "Stop", "stop_', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "expected a JSON object"),
        (b"null", "expected a JSON object"),
        (b"{}", "no hook_event_name"),
        (b'{"hook_event_name": 3}', "no hook_event_name"),
        (b'{"version": 99, "hook_event_name": "Stop"}', "unknown version 99"),
        (b'{"schema_version": "2.0", "hook_event_name": "Stop"}', "unknown version 2.0"),
        (b'{"hook_event_name": "Stop", "x": "' + b"y" * INPUT_LIMIT + b'"}', "more than"),
    ],
    ids=[
        "empty",
        "blank",
        "truncated",
        "binary",
        "deep",
        "list",
        "null",
        "no-event",
        "number",
        "version",
        "form",
        "huge",
    ],
)
def test_input_that_is_not_understood_is_one_line_on_stderr(hook: Any, repo: GitRepo, content: bytes, why: str) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    for event in ("start", "stop"):
        done = hook(event, content)
        assert done.out == ""
        assert why in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["PreToolUse", "SubagentStop", "SessionEnd", "Notification", "SomethingNew"])
def test_other_events_pass(hook: Any, repo: GitRepo, name: str) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    for event in ("start", "stop", name, "session-end"):
        done = hook(event, CLAUDE | {"hook_event_name": name}, "--anything", "else")
        assert (done.out, done.err) == ("", "")


def test_without_standard_input(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    done = tracker("hook", "stop", cwd=repo.path)
    assert (done.code, done.out) == (0, "")
    assert "got nothing" in done.err


def test_a_repository_without_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    GitRepo(tmp_path).write("tracker.yml", "project: P\n")
    for event, given, answer in (("start", CLAUDE_START, "additionalContext"), ("stop", CLAUDE_STOP, "")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
        done = tracker("hook", event, cwd=tmp_path)
        assert (done.code, done.err) == (0, "")
        assert answer in done.out


def test_a_folder_without_a_workspace_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for event, given in (("start", CLAUDE_START), ("stop", CLAUDE_STOP)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
        done = tracker("hook", event, cwd=tmp_path)
        assert (done.code, done.out, done.err) == (0, "", "")
    assert tracker("hook", cwd=tmp_path).code == 0


def test_the_folder_of_the_agent_counts(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    given = CLAUDE_STOP | {"cwd": str(repo.path / "sessions")}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    outside = tmp_path.parent
    assert tracker("hook", "stop", cwd=outside).json["decision"] == "block"


def test_each_agent_is_recognized() -> None:
    inputs = {Agent.CLAUDE: CLAUDE_STOP, Agent.CODEX: CODEX_STOP, Agent.GEMINI: GEMINI_STOP, Agent.CURSOR: CURSOR_STOP}
    for agent, given in {**inputs, Agent.COPILOT: COPILOT, Agent.VS_CODE: VS_CODE_STOP}.items():
        assert parse_input(json.dumps(given).encode()).agent is agent


# --- commit-msg -----------------------------------------------------------------------------------------------------


def message(repo: GitRepo, text: str, *options: str) -> tuple[str, str]:
    """The message after the hook, and what the hook printed."""
    path = repo.path / ".git" / "COMMIT_EDITMSG"
    path.write_text(text, "utf-8")
    done = tracker("hook", "commit-msg", *options, str(path), cwd=repo.path)
    assert (done.code, done.out) == (0, "")
    return path.read_text("utf-8"), done.err


def test_commit_msg_adds_the_trailer_of_the_session_at_work(repo: GitRepo) -> None:
    assert message(repo, "Add it\n") == ("Add it\n", "")  # no session is at work
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    expected = "Add it\n\nBody.\n\nReviewed-by: Ada\nSession: 2\n"
    assert message(repo, "Add it\n\nBody.\n\nReviewed-by: Ada\n")[0] == expected
    assert message(repo, expected)[0] == expected
    assert message(repo, "Add it\n", "--trailer", "Agent-Session")[0] == "Add it\n\nAgent-Session: 2\n"
    commented = message(repo, "Add it\n\n# Please enter a message.\n# More.\n")[0]
    assert commented == "Add it\n\nSession: 2\n\n# Please enter a message.\n# More.\n"


@pytest.mark.parametrize(
    "text",
    ["# Only a comment\n", "\n", "fixup! Add it\n", "Merge branch 'x'\n", "Add it (S1)\n", "Add it\n\nSession: 1\n"],
)
def test_commit_msg_leaves_other_messages_alone(repo: GitRepo, text: str) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    assert message(repo, text) == (text, "")


def test_an_empty_message_stays_empty_with_another_comment_character(repo: GitRepo) -> None:
    repo.git("config", "core.commentChar", ";")
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    assert message(repo, "; Please enter a message\n")[0] == "; Please enter a message\n"


def test_commit_msg_adds_nothing_where_two_sessions_are_at_work(repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    repo.write("sessions/2026-01-02-3.yml", HONEST.replace('"2"', '"3"'))
    assert message(repo, "Add it\n")[0] == "Add it\n"


def test_the_trailer_ties_the_commit_to_the_session(repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    head = repo.commit(message(repo, "Add it\n")[0])
    found = tracker("explain", "session:2", "--format", "json", cwd=repo.path).json
    assert [(one["hash"], one["why"]) for one in found["commits"]] == [(head, "session 2, which its message names")]


def test_the_plan_names_the_trailer(repo: GitRepo) -> None:
    repo.write("tracker.yml", "trailer: Work-Session\n" + (repo.path / "tracker.yml").read_text("utf-8"))
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    written = message(repo, "Add it\n")[0]
    assert written == "Add it\n\nWork-Session: 2\n"
    assert message(repo, written)[0] == written
    heads = [repo.commit(written), repo.commit("Change it\n\nSession: 2\n")]
    repo.commit("Work-Session: 2 in the subject")
    found = tracker("explain", "session:2", "--format", "json", cwd=repo.path).json
    assert {one["hash"] for one in found["commits"]} == set(heads)


def test_a_trailer_that_git_would_not_read_is_a_problem_of_the_plan(repo: GitRepo) -> None:
    repo.write("tracker.yml", "trailer: 'Work session'\n" + (repo.path / "tracker.yml").read_text("utf-8"))
    assert "tracker.yml:1:10: trailer:" in tracker("check", cwd=repo.path).out


def test_commit_msg_adds_nothing_during_a_rebase(repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    (repo.path / ".git/rebase-merge").mkdir()
    assert message(repo, "Add it\n") == ("Add it\n", "")


@pytest.mark.parametrize("name", ["Session", "Agent-Session", "Claude-Session"])
def test_each_trailer_ties_only_in_the_last_block(repo: GitRepo, name: str) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    tied = repo.commit(f"Add it\n\n{name}: 2\n")
    repo.commit(f"Change it\n\n{name}: 2\n\nMore text.\n")
    repo.commit(f"Change it again\n\n{name}: https://example.org/2\n")
    found = tracker("explain", "session:2", "--format", "json", cwd=repo.path).json
    assert [one["hash"] for one in found["commits"]] == [tied]


def test_commit_msg_warns_of_an_unmet_criterion(repo: GitRepo) -> None:
    for subject in ("Fix ramp-there", "ramp-there: done", "Fixes ramp-there and loop-there"):
        err = message(repo, f"{subject}\n")[1]
        assert "criterion ramp-there is unmet" in err
        assert err.count("\n") == 1
    for subject in ("Start on ramp-there", "Fix loop-there", "Fix soak-long", "Fix the kiln", "ramp-there is not done"):
        assert message(repo, f"{subject}\n")[1] == ""


def test_commit_msg_without_a_file_is_one_line(repo: GitRepo) -> None:
    for arguments in ((), ("nowhere",)):
        done = tracker("hook", "commit-msg", *arguments, cwd=repo.path)
        assert done.code == 0
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("kind", ["device", "folder", "huge"])
def test_commit_msg_of_something_that_is_no_message(repo: GitRepo, kind: str, tmp_path: Path) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    path = {"device": Path("/dev/zero"), "folder": tmp_path, "huge": tmp_path / "message"}[kind]
    if kind == "huge":
        path.write_bytes(b"Add it\n" + b"y" * INPUT_LIMIT)
    before = path.stat().st_mtime_ns
    done = tracker("hook", "commit-msg", str(path), cwd=repo.path)
    assert (done.code, done.out, done.err.count("\n")) == (0, "", 1)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "given",
    [
        {"session_id": "\x00\ud800", "cwd": "/proc/self/root\x00", "transcript_path": "/dev/zero"},
        {"session_id": {"a": 1}, "cwd": ["x"], "transcript_path": 7, "workspace_roots": {"a": 1}},
        {"session_id": "x" * 100_000, "cwd": "/" + "y/" * 5_000, "transcript_path": "z" * 100_000},
        {"prompt_id": "p", "effort": {"level": "high"}, "agent_id": None, "scratchpad_dir": "/tmp/s", "new": [1]},
    ],
    ids=["hostile", "types", "long", "newer"],
)
def test_fields_of_another_kind_change_nothing(hook: Any, repo: GitRepo, given: dict[str, Any]) -> None:
    """The claim is found, once; what is not understood is ignored."""
    repo.write("sessions/2026-01-02-2.yml", REFUTED)
    stop = {"hook_event_name": "Stop", "stop_hook_active": False} | given
    assert "ramp.py" in hook("stop", stop).out
    assert hook("stop", stop | {"stop_hook_active": True}).out == ""


def test_it_runs_as_a_hook_of_git(repo: GitRepo) -> None:
    root = Path(__file__).parents[2]
    script = repo.path / ".git/hooks/commit-msg"
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m tracker hook commit-msg "$1"\n', "utf-8"
    )
    script.chmod(0o755)
    repo.write("sessions/2026-01-02-2.yml", HONEST)
    repo.commit("Add the second session\n")
    assert repo.git("log", "-1", "--format=%B") == "Add the second session\n\nSession: 2\n"


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "a-1 is met",
        "Criterion a-1 is now fully met, by the new loop",
        "a-1 and b-2: verified",
        "A-1 DONE",
        "Completed `a-1`.",
        "All is well, and a-1 is met",
        "The ramp is there and a-1 is met",
        "Criteria c-3, a-1 and b-2 are all met",
        "[a-1](tracker.yml) is met",
        "a-1 was completed",
        "We completed a-1 today",
        "a-1 is 100% done",
        "a-1 is met, and nothing remains",
        "| a-1 | met |",
    ],
)
def test_plain_reports(sentence: str) -> None:
    assert "a-1" in reported_criteria(sentence, ["a-1", "b-2"])
    assert "a-1" in subject_criteria(sentence, ["a-1", "b-2"])


@pytest.mark.parametrize(
    "sentence",
    [
        "a-1 isn't met",
        "a-1 will be done next",
        "Is a-1 met?",
        "a-1 is 80% done",
        "3 of 4 parts of a-1 done",
        "a-1 was met in version 1",
        "Work towards a-1 done",
        "a-10 is met",
        "x/a-1 is met",
        "The claim that a-1 is met is refuted",
        "Nothing",
    ],
)
def test_doubtful_reports(sentence: str) -> None:
    assert reported_criteria(sentence, ["a-1"]) == []
    assert subject_criteria(sentence, ["a-1"]) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Completed the parser that a-1 builds on",
        "b-2 is met and a-1 builds on it",
        "a-1 passes through three stages",
        "Done: the benchmark of a-1",
        "Fixed a bug in a-1",
        "The skeleton of a-1 is complete",
        "The code for b-2 and a-1 is done",
        "Tests for the loop and a-1 are done",
        "Drafting a-1 is done",
        "Review of a-1: done",
        "✅ a-1 tests written",
        "I doubt that a-1 is met",
        "A note on a-1 ✅",
        "| a-1 | ✅ | ❌ |",
        "| a-1 | ✅ | |",
    ],
)
def test_reports_about_something_else(sentence: str) -> None:
    assert "a-1" not in reported_criteria(sentence, ["a-1", "b-2"])


@pytest.mark.parametrize("sentence", ["✅ a-1", "a-1 ✅", "a-1: ✔️ done", "| a-1 | ✅ |", "✅ a-1: the loop is there"])
def test_ticks(sentence: str) -> None:
    assert reported_criteria(sentence, ["a-1"]) == ["a-1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-1 is met\nonly on the branch", ["a-1 is met only on the branch"]),
        ("I cannot claim that\na-1 is met.", ["I cannot claim that a-1 is met."]),
        ("The criterion a-1\nis met.", ["The criterion a-1 is met."]),
        ("a-1 is met\nb-2 is met", ["a-1 is met", "b-2 is met"]),
        ("# Report\na-1 is met\n\nThe end", ["# Report", "a-1 is met", "The end"]),
        ("- one\n- a-1 is met\n  on the branch", ["one", "a-1 is met on the branch"]),
    ],
)
def test_lines_that_go_on_are_one_sentence(text: str, expected: list[str]) -> None:
    assert sentences([text]) == expected


def test_a_word_must_be_called_a_criterion() -> None:
    assert reported_criteria("The tests are done", ["tests"]) == []
    assert reported_criteria("Criterion tests is done", ["tests"]) == ["tests"]
    assert reported_criteria("12 done", ["12"]) == []


def test_a_phase_that_is_unknown_is_a_warning(hook: Any, repo: GitRepo) -> None:
    repo.write("sessions/2026-01-02-2.yml", HONEST + "phases: {2: complete}\n")
    done = hook("stop", CLAUDE_STOP)
    assert done.out == ""
    assert "phase 2 is reported as complete, but criterion cool-slow is missing" in done.err
    assert done.err.count("\n") == 1


def test_an_unknown_event_in_a_process(repo: GitRepo) -> None:
    done = tracker_process("hook", "unknown", cwd=repo.path)
    assert (done.code, done.out, done.err) == (0, "", "")
