"""Rollouts of Codex: JSON Lines of `{timestamp, type, payload}`, as in `~/.codex/sessions/`."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from tracker.sources.transcripts.transcript import (
    Call,
    FileAction,
    Transcript,
    TranscriptCommand,
    joined_texts,
    patched_files,
)

NAME = "Codex"
KINDS = ("session_meta", "turn_context", "response_item", "event_msg", "compacted")
BARE = ("function_call", "function_call_output", "local_shell_call", "custom_tool_call", "custom_tool_call_output")
"""Items as the first versions wrote them, without an envelope; so are messages."""
PROMPTS = ("user_message", "task_started", "turn_started")
"""Events at the start of a turn."""
SHELLS = ("shell", "shell_command", "exec_command", "local_shell", "container.exec", "unified_exec")
HEADER = re.compile(
    r"(?:(?:Chunk ID|Wall time|Exit code|Process|Original token count|Total output lines)\b[^\n]*(?:\n|\Z))*"
)
"""What Codex says before the output of a command."""
EXIT = re.compile(r"(?:exited with code|exit code:?) (-?\d{1,9})", re.IGNORECASE)
RUNNING = re.compile(r"running with session ID (\d+)")
FAILED = re.compile(r"(?:\w+ )?(?:\w+ )?(?:failed|error|aborted)\b|unsupported call|command timed out", re.IGNORECASE)
"""How the result of a call begins that failed without an exit status."""
REFUSED = re.compile(r"(?:\w+ )?(?:\w+ )?rejected\b|approval\b|failed to parse|exec_command failed", re.IGNORECASE)
"""How the result of a call begins that was never made."""
ENTERED = re.compile(r"\s*cd\s+(\S+)\s*&&\s*apply_patch\b")


def is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has the form of this format."""
    kind = record.get("type")
    if isinstance(record.get("payload"), dict):
        return kind in KINDS
    if kind == "item.completed":  # of `codex exec --json`
        return isinstance(record.get("item"), dict)
    is_message = kind == "message" and isinstance(record.get("role"), str)
    return is_message or kind in BARE or (kind is None and {"id", "timestamp", "instructions"} <= record.keys())


def add(record: Mapping[str, Any], found: Transcript) -> None:
    """Add what a record says."""
    kind, payload = record.get("type"), record.get("payload")
    if not isinstance(payload, dict):
        kind, payload = ("response_item" if kind != "item.completed" else "event_msg"), record
    is_context = kind in ("session_meta", "turn_context")
    is_prompt = is_context or payload.get("type") in PROMPTS or payload.get("role") == "user"
    found.add_time(record.get("timestamp"), is_prompt=is_prompt)
    if is_context:
        folder = payload.get("cwd")
        found.here = folder if isinstance(folder, str) else found.here
        found.folder = found.folder or found.here
        found.add_model(payload.get("model"))
    elif kind == "response_item":
        _add_item(payload, found)
    elif kind == "event_msg":
        _add_event(payload, found)


def _add_item(item: Mapping[str, Any], found: Transcript) -> None:
    kind, name = item.get("type"), item.get("call_id") or item.get("id")
    if kind == "message" and item.get("role") == "assistant":
        text = joined_texts(item.get("content"), ["output_text", "text"])
        found.said += [text] if text.strip() else []
    elif kind == "function_call":
        found.call(name, _call(item.get("name"), _parsed(item.get("arguments")), found.here))
    elif kind == "local_shell_call":
        found.call(name, _call("local_shell", item.get("action"), found.here))
    elif kind == "custom_tool_call" and item.get("name") == "apply_patch":
        found.call(name, _call("apply_patch", {"input": item.get("input")}, found.here))
    elif kind in ("function_call_output", "custom_tool_call_output"):
        _add_result(name, item.get("output"), found)


def _add_result(name: object, result: object, found: Transcript) -> None:
    output, status, process = _result(result)
    refused = status is None and REFUSED.match(output) is not None
    failed = status is None and FAILED.match(output) is not None
    call = found.result(name, status=status, output=output, failed=failed, refused=refused)
    if call and call.command and process:
        found.processes |= {process: call.command, str(name): call.command}
    if call and call.process and status is not None:
        found.end_process(call.process, status, output)


def _add_event(event: Mapping[str, Any], found: Transcript) -> None:
    """Add what is reported as done: also by a script, whose calls have no records of their own."""
    item = event.get("item")
    if event.get("type") == "exec_command_end":
        item = {**event, "type": "CommandExecution", "id": event.get("call_id")}
    elif event.get("type") == "patch_apply_end":
        status = "completed" if event.get("success") is True else "failed"
        item = {**event, "type": "FileChange", "id": event.get("call_id"), "status": status}
    if not isinstance(item, dict):
        return
    kind = str(item.get("type")).replace("_", "").lower()
    if kind == "agentmessage":
        _add_message(item, found)
    elif kind == "commandexecution":
        _add_command(item, found)
    elif kind == "filechange" and not found.is_answered(item.get("id")):
        found.call(item.get("id"), Call(edits=_changed_files(item.get("changes"))))
        found.result(item.get("id"), status=None, failed=item.get("status") != "completed")


def _add_message(item: Mapping[str, Any], found: Transcript) -> None:
    text = item.get("text") or joined_texts(item.get("content"), ["Text", "text"])
    is_new = isinstance(text, str) and text.strip() and found.said[-1:] != [text]
    found.said += [str(text)] if is_new else []


def _add_command(item: Mapping[str, Any], found: Transcript) -> None:
    """Add a command that ended; its result may be known, or that it went on."""
    name, status = item.get("id"), item.get("exit_code")
    if str(name) in found.processes and isinstance(status, int):
        found.end_process(name, status)
    if found.is_answered(name):
        return
    if str(name) not in found.calls:
        found.call(name, _call("shell", item, found.here))
    output = item.get("aggregated_output") or item.get("stdout")
    found.result(
        name,
        status=status if isinstance(status, int) else None,
        output=output if isinstance(output, str) else "",
        failed=item.get("status") not in (None, "completed"),
        refused=item.get("status") == "declined",
    )


def _changed_files(changes: object) -> dict[str, FileAction]:
    """What a patch did to each file, from `{path: {"type": "add"}}`, `{path: {"add": …}}` or a list with the paths."""
    if isinstance(changes, list):
        changes = {str(one.get("path")): {"type": one.get("kind")} for one in changes if isinstance(one, dict)}
    actions = {"add": FileAction.CREATED, "update": FileAction.MODIFIED, "delete": FileAction.REMOVED}
    found = {}
    for path, change in changes.items() if isinstance(changes, dict) else ():
        kinds = [change.get("type"), *change] if isinstance(change, dict) else []
        action = next((actions[kind] for kind in kinds if isinstance(kind, str) and kind in actions), None)
        if action:
            found[path] = action
    return found


def _call(name: object, given: object, here: str | None) -> Call:
    given = given if isinstance(given, dict) else {}
    if name == "write_stdin":
        return Call(process=str(given.get("session_id")))
    if name == "apply_patch":
        return _patch(given.get("input") or given.get("patch"), here)
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list):  # such as ["bash", "-lc", "…"]
        command = (
            str(command[-1]) if len(command) == 3 and str(command[1]).startswith("-") else " ".join(map(str, command))
        )
    if name not in SHELLS or not isinstance(command, str):
        return Call()
    folder = given.get("workdir", given.get("working_directory", given.get("cwd")))
    here = _joined(here, folder) if isinstance(folder, str) else here
    return _patch(command, here) if "*** Begin Patch" in command else Call(TranscriptCommand(command))


def _patch(text: object, here: str | None) -> Call:
    """A call of `apply_patch`; a shell may call it in another folder."""
    if not isinstance(text, str):
        return Call()
    entered = ENTERED.match(text)
    folder = _joined(here, entered[1]) if entered else here
    return Call(edits={_joined(folder, path): action for path, action in patched_files(text).items()})


def _joined(folder: str | None, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)) if folder else path


def _result(output: object) -> tuple[str, int | None, str | None]:
    """The text of a result, its exit status, and the process that goes on, where it names them."""
    data = _parsed(output)
    if isinstance(data, dict):
        details = data.get("metadata")
        status = details.get("exit_code") if isinstance(details, dict) else data.get("exit_code")
        text = data.get("output", data.get("content", data.get("text", "")))
        return (text if isinstance(text, str) else ""), status if isinstance(status, int) else None, None
    text = joined_texts(output, ["output_text", "input_text", "text"])
    found = HEADER.match(text)
    header = found[0] if found else ""
    named, running = EXIT.search(header), RUNNING.search(header)
    return text, int(named[1]) if named else None, running[1] if running else None


def _parsed(value: object) -> object:
    """A value, or what it says where it is the text of a JSON object."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
