"""Transcripts of Claude Code: JSON Lines of messages, as in `~/.claude/projects/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tracker.sources.transcripts.transcript import Call, FileAction, Transcript, TranscriptCommand, joined_texts

NAME = "Claude Code"
EDITING = {"Edit": "file_path", "MultiEdit": "file_path", "Write": "file_path", "NotebookEdit": "notebook_path"}
"""The tools that edit files, and where each names the file."""
SHELLS = ("Bash", "PowerShell")
EXIT = re.compile(r"(?:Error: )?Exit code:? (\d{1,9})\b", re.IGNORECASE)
"""How the result of a command begins that failed."""
REFUSED = re.compile(
    r"<tool_use_error>|The user doesn't want|User rejected|Permission\b|PreToolUse\b|Sibling tool call|Cancelled\b"
    r"|This command requires approval|Claude requested permissions"
)
"""How the result of a call begins that was never made."""
BACKGROUND = re.compile(r"Command\b[^\n]*\bbackground(?:ed)?\b[^\n]*?\bID: ([\w-]+)")
"""How the result of a command begins that goes on in the background."""
ENDED = re.compile(r"\s*(?:<(?!output|stdout|exit_code)\w+>[^<]*</\w+>\s*)*<exit_code>(-?\d{1,9})</exit_code>")
"""How the result of a call begins that asks about such a command, once it has ended."""
NOTICE = re.compile(
    r"\s*<task-notification>\s*<task-id>([^<]+)</task-id>.*\(exit code (\d{1,9})\)</summary>", re.DOTALL
)
"""How Claude Code reports the end of such a command by itself."""


def is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has the form of this format."""
    return record.get("type") in ("user", "assistant") and isinstance(record.get("message"), dict)


def add(record: Mapping[str, Any], found: Transcript) -> None:
    """Add what a record says."""
    message = record["message"]
    found.folder = found.folder or _text(record.get("cwd"))
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    is_result = any(part.get("type") == "tool_result" for part in parts)
    found.add_time(record.get("timestamp"), is_prompt=record["type"] == "user" and not is_result)
    if record["type"] == "assistant":
        found.add_model(message.get("model"))
        text = joined_texts(content, ["text"])
        is_notice = record.get("isApiErrorMessage") or message.get("model") == "<synthetic>"
        if text.strip() and not record.get("isSidechain") and not is_notice:
            found.said.append(text)
        for part in parts:
            if part.get("type") == "tool_use" and not found.is_answered(part.get("id")):  # a resumed session repeats it
                found.call(part.get("id"), _call(part))
    else:
        if notice := NOTICE.match(content) if isinstance(content, str) else None:
            found.end_process(notice[1], int(notice[2]))
        for part in parts:
            if part.get("type") == "tool_result":
                _add_result(part, record.get("toolUseResult"), found)


def _call(part: Mapping[str, Any]) -> Call:
    given = part.get("input")
    given = given if isinstance(given, dict) else {}
    if part.get("name") in SHELLS and isinstance(given.get("command"), str):
        return Call(TranscriptCommand(given["command"]))
    path = given.get(EDITING.get(str(part.get("name")), ""))
    process = given.get("task_id", given.get("bash_id")) if part.get("name") in ("TaskOutput", "BashOutput") else None
    return Call(edits={path: FileAction.MODIFIED} if isinstance(path, str) else {}, process=_text(process))


def _add_result(part: Mapping[str, Any], result: object, found: Transcript) -> None:
    details = result if isinstance(result, dict) else {}
    output = joined_texts(part.get("content"), ["text"])
    failed = bool(part.get("is_error"))
    call = found.calls.get(str(part.get("tool_use_id")))
    if call and details.get("type") == "create":
        call.edits = dict.fromkeys(call.edits, FileAction.CREATED)
    refused = failed and REFUSED.match(output) is not None
    status = _status(output, details, failed=failed)
    found.result(part.get("tool_use_id"), status=status, output=output, failed=failed, refused=refused)
    if call and call.command and not failed and (process := _process(output, details)):
        found.processes[process] = call.command
    if call and call.process and (ended := ENDED.match(output)):
        found.end_process(call.process, int(ended[1]), output)


def _status(output: str, details: Mapping[str, Any], *, failed: bool) -> int | None:
    """The exit status. Some that are not 0 are no failure to Claude Code, such as that of a `grep` without a match."""
    if failed:
        named = EXIT.match(output)
        return int(named[1]) if named else None
    is_open = details.get("interrupted") or details.get("returnCodeInterpretation") or _process(output, details)
    return None if is_open else 0


def _process(output: str, details: Mapping[str, Any]) -> str | None:
    """The id under which a command goes on in the background."""
    named = BACKGROUND.match(output)
    return _text(details.get("backgroundTaskId")) or (named[1] if named else None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
