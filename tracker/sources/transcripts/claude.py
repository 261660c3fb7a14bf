"""Transcripts of Claude Code: JSON Lines of messages, as in `~/.claude/projects/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tracker.sources.transcripts.transcript import Call, FileAction, Transcript, TranscriptCommand, joined_texts

NAME = "Claude Code"
EDITING = {"Edit": "file_path", "MultiEdit": "file_path", "Write": "file_path", "NotebookEdit": "notebook_path"}
"""The tools that edit files, and where each names the file."""
EXIT = re.compile(r"\bexit code:? (\d+)", re.IGNORECASE)


def is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has the form of this format."""
    return record.get("type") in ("user", "assistant") and isinstance(record.get("message"), dict)


def add(record: Mapping[str, Any], found: Transcript) -> None:
    """Add what a record says."""
    message = record["message"]
    found.add_time(record.get("timestamp"))
    found.folder = found.folder or _text(record.get("cwd"))
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    if record["type"] == "assistant":
        found.add_model(message.get("model"))
        text = joined_texts(content, ["text"])
        is_notice = record.get("isApiErrorMessage") or message.get("model") == "<synthetic>"
        if text.strip() and not record.get("isSidechain") and not is_notice:
            found.said.append(text)
        for part in parts:
            if part.get("type") == "tool_use":
                found.call(part.get("id"), _call(part))
    else:
        for part in parts:
            if part.get("type") == "tool_result":
                _add_result(part, record.get("toolUseResult"), found)


def _call(part: Mapping[str, Any]) -> Call:
    given = part.get("input")
    given = given if isinstance(given, dict) else {}
    if part.get("name") == "Bash" and isinstance(given.get("command"), str):
        return Call(TranscriptCommand(given["command"]))
    path = given.get(EDITING.get(str(part.get("name")), ""))
    return Call(edits={path: FileAction.MODIFIED} if isinstance(path, str) else {})


def _add_result(part: Mapping[str, Any], result: object, found: Transcript) -> None:
    details = result if isinstance(result, dict) else {}
    output = joined_texts(part.get("content"), ["text"])
    failed = bool(part.get("is_error"))
    named = EXIT.search(output) if failed else None
    unknown = details.get("interrupted") or details.get("backgroundTaskId")
    status = int(named[1][:9]) if named else None if failed or unknown else 0
    call = found.calls.get(str(part.get("tool_use_id")))
    if call and details.get("type") == "create":
        call.edits = dict.fromkeys(call.edits, FileAction.CREATED)
    found.result(part.get("tool_use_id"), status=status, output=output, failed=failed)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
