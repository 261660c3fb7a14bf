"""A minimal format for other agents: JSON Lines of `{event, …}`, described in docs/agents.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.sources.transcripts.transcript import FileAction, Transcript, TranscriptCommand

NAME = "minimal"
EVENTS = ("session", "command", "edit", "say")


def is_record(record: Mapping[str, Any]) -> bool:
    """Whether a record has the form of this format."""
    return record.get("event") in EVENTS


def add(record: Mapping[str, Any], found: Transcript) -> None:
    """Add what a record says."""
    found.add_time(record.get("time"))
    found.add_model(record.get("model"))
    event, folder, text = record["event"], record.get("cwd"), record.get("text")
    found.folder = found.folder or (folder if isinstance(folder, str) else None)
    if event == "command" and isinstance(record.get("command"), str):
        status, output = record.get("exit"), record.get("output")
        known = status if isinstance(status, int) and not isinstance(status, bool) else None
        found.commands.append(TranscriptCommand(record["command"], known, output if isinstance(output, str) else ""))
    elif event == "edit" and isinstance(record.get("path"), str):
        action = record.get("action", FileAction.MODIFIED)
        found.add_edits({record["path"]: FileAction(action)} if action in set(FileAction) else {})
    elif event == "say" and isinstance(text, str) and text.strip():
        found.said.append(text)
