"""Rollouts of Codex: JSON Lines of `{timestamp, type, payload}`, as in `~/.codex/sessions/`."""

from __future__ import annotations

import json
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
SHELLS = ("shell", "shell_command", "exec_command", "local_shell", "container.exec", "unified_exec")
EXIT = re.compile(r"(?:exited with code|exit code:?) (-?\d{1,9})", re.IGNORECASE)


FAILED = re.compile(r"(?:\w+ )?(?:verification )?(?:failed|error|rejected|aborted)\b", re.IGNORECASE)
"""How the result of a patch begins that was not applied."""


def is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has the form of this format."""
    return record.get("type") in KINDS and isinstance(record.get("payload"), dict)


def add(record: Mapping[str, Any], found: Transcript) -> None:
    """Add what a record says."""
    payload = record["payload"]
    found.add_time(record.get("timestamp"))
    if record["type"] in ("session_meta", "turn_context"):
        folder = payload.get("cwd")
        found.folder = found.folder or (folder if isinstance(folder, str) else None)
        found.add_model(payload.get("model"))
    elif record["type"] == "response_item":
        _add_item(payload, found)
    elif record["type"] == "event_msg":
        _add_event(payload, found)


def _add_item(item: Mapping[str, Any], found: Transcript) -> None:
    kind = item.get("type")
    if kind == "message" and item.get("role") == "assistant":
        text = joined_texts(item.get("content"), ["output_text", "text"])
        found.said += [text] if text.strip() else []
    elif kind == "function_call":
        found.call(item.get("call_id"), _call(item.get("name"), _parsed(item.get("arguments"))))
    elif kind == "local_shell_call":
        found.call(item.get("call_id"), _call("local_shell", item.get("action")))
    elif kind == "custom_tool_call" and item.get("name") == "apply_patch" and isinstance(item.get("input"), str):
        found.call(item.get("call_id"), Call(edits=patched_files(item["input"])))
    elif kind in ("function_call_output", "custom_tool_call_output"):
        output, status = _result(item.get("output"))
        call = found.calls.get(str(item.get("call_id")))
        failed = status is None and bool(call and call.edits and FAILED.match(output))
        found.result(item.get("call_id"), status=status, output=output, failed=failed)


def _add_event(event: Mapping[str, Any], found: Transcript) -> None:
    """Add a result that is reported as an event: also of a call that a script made, which has no record of its own."""
    kind, name = event.get("type"), event.get("call_id")
    if kind not in ("exec_command_end", "patch_apply_end") or found.is_answered(name):
        return
    if kind == "patch_apply_end":
        found.call(name, Call(edits=_changed_files(event.get("changes"))))
        found.result(name, status=None, failed=event.get("success") is not True)
        return
    if str(name) not in found.calls:
        found.call(name, _call("shell", event))
    status, output = event.get("exit_code"), event.get("aggregated_output")
    found.result(
        name,
        status=status if isinstance(status, int) else None,
        output=output if isinstance(output, str) else "",
    )


def _changed_files(changes: object) -> dict[str, FileAction]:
    """What a patch did to each file, from `{path: {"type": "add"}}` or `{path: {"add": …}}`."""
    actions = {"add": FileAction.CREATED, "update": FileAction.MODIFIED, "delete": FileAction.REMOVED}
    found = {}
    for path, change in changes.items() if isinstance(changes, dict) else ():
        kinds = [change.get("type"), *change] if isinstance(change, dict) else []
        action = next((actions[kind] for kind in kinds if isinstance(kind, str) and kind in actions), None)
        if action:
            found[path] = action
    return found


def _call(name: object, given: object) -> Call:
    given = given if isinstance(given, dict) else {}
    if name == "apply_patch":
        patch = given.get("input") or given.get("patch")
        return Call(edits=patched_files(patch) if isinstance(patch, str) else {})
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list):  # such as ["bash", "-lc", "…"]
        command = (
            str(command[-1]) if len(command) == 3 and str(command[1]).startswith("-") else " ".join(map(str, command))
        )
    if name not in SHELLS or not isinstance(command, str):
        return Call()
    is_patch = "*** Begin Patch" in command
    return Call(edits=patched_files(command)) if is_patch else Call(TranscriptCommand(command))


def _result(output: object) -> tuple[str, int | None]:
    """The text of a result, and its exit status where it names one."""
    data = _parsed(output)
    if isinstance(data, dict):
        details = data.get("metadata")
        status = details.get("exit_code") if isinstance(details, dict) else data.get("exit_code")
        text = data.get("output", data.get("content", ""))
        return (text if isinstance(text, str) else ""), status if isinstance(status, int) else None
    text = joined_texts(output, ["output_text", "input_text", "text"])
    named = EXIT.search(text[:2000])
    return text, int(named[1]) if named else None


def _parsed(value: object) -> object:
    """A value, or what it says where it is the text of a JSON object."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
