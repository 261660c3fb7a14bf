"""What coding agents send to a hook, and what they expect of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from tracker.errors import TrackerError

INPUT_LIMIT = 4 * 1024 * 1024
"""Bytes of the largest input that is parsed."""
LONGEST_PATH = 4000
"""Characters; no system has longer ones."""
DRAINED = 256 * 1024 * 1024
"""Bytes that are read and dropped, so that the agent that writes them gets no broken pipe."""


class UnreadableInput(TrackerError):
    """What an agent sent is not understood."""


class Agent(StrEnum):
    """An agent, recognized by the fields that only it sends."""

    CLAUDE = "claude"
    CODEX = "codex"
    GEMINI = "gemini"
    CURSOR = "cursor"
    COPILOT = "copilot"
    VS_CODE = "vs code"


@dataclass(frozen=True, slots=True)
class HookInput:
    """What an agent says about an event."""

    agent: Agent
    event: str
    session: str = ""
    """Id of the agent's session."""
    folder: Path | None = None
    """The folder that the agent works in."""
    transcript: Path | None = None
    is_continued: bool = False
    """Whether the agent goes on because a stop hook blocked it, or may do so: it is not blocked again."""

    def context(self, text: str) -> str:
        """The answer that gives an agent a text to read when its session starts."""
        if self.agent is Agent.CURSOR:
            return json.dumps({"additional_context": text})
        if self.agent is Agent.COPILOT:
            return json.dumps({"additionalContext": text})
        return json.dumps({"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}})

    def block(self, reason: str) -> str:
        """The answer that makes an agent go on, with the reason."""
        if self.agent is Agent.CURSOR:
            return json.dumps({"followup_message": reason})
        answer = {"decision": "block", "reason": reason}
        if self.agent is Agent.VS_CODE:
            return json.dumps(answer | {"hookSpecificOutput": {"hookEventName": "Stop", **answer}})
        return json.dumps(answer)

    @property
    def passing(self) -> str:
        """The answer that lets an agent go on or stop: Claude Code expects none, the others an object."""
        return "" if self.agent is Agent.CLAUDE else "{}"


def read_input(stream: BinaryIO) -> HookInput:
    """Read what an agent sends. Raises UnreadableInput where it is not a known form."""
    content = stream.read(INPUT_LIMIT + 1)
    if len(content) > INPUT_LIMIT:
        left = DRAINED
        while left > 0 and (more := stream.read(1024 * 1024)):
            left -= len(more)
        raise UnreadableInput(f"the input has more than {INPUT_LIMIT:,} bytes")
    return parse_input(content)


def parse_input(content: bytes) -> HookInput:
    """Return what an agent says. Raises UnreadableInput."""
    if not content.strip():
        raise UnreadableInput("expected the JSON of an agent's hook on standard input; got nothing")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"the input is not JSON ({error})") from None
    if not isinstance(data, dict):
        raise UnreadableInput("expected a JSON object on standard input")
    if version := _unknown_version(data):
        raise UnreadableInput(f"the input has the unknown version {version}")
    agent = _agent(data)
    event = data.get("hook_event_name") or data.get("hookEventName") or ("Stop" if "stop_hook_active" in data else "")
    if agent is not Agent.COPILOT and not (event and isinstance(event, str)):
        raise UnreadableInput("the input names no hook_event_name")
    session = data.get("session_id") or data.get("sessionId") or data.get("conversation_id")
    return HookInput(
        agent,
        event if isinstance(event, str) else "",
        session if isinstance(session, str) else "",
        _folder(data),
        _path(data.get("transcript_path")),
        _is_continued(agent, data),
    )


def _unknown_version(data: Mapping[str, Any]) -> str | None:
    """The version of the form, if it is not 1. A `version` such as 2.0.77 is that of the agent."""
    form, version = str(data.get("schema_version", 1)), str(data.get("version", 1))
    if form.partition(".")[0] != "1":
        return form
    return version if version.isdecimal() and version != "1" else None


def _agent(data: Mapping[str, Any]) -> Agent:
    if "cursor_version" in data or "conversation_id" in data:
        return Agent.CURSOR
    if "hookEventName" in data:
        return Agent.VS_CODE
    is_number = isinstance(data.get("timestamp"), int)
    if "session_id" not in data and ("sessionId" in data or is_number):
        return Agent.COPILOT
    if "turn_id" in data:
        return Agent.CODEX
    is_gemini = data.get("hook_event_name") == "AfterAgent" or "timestamp" in data
    return Agent.GEMINI if is_gemini else Agent.CLAUDE


def _is_continued(agent: Agent, data: Mapping[str, Any]) -> bool:
    """An agent that does not say whether it was blocked before, as Copilot, might never stop."""
    if agent is Agent.CURSOR:
        return data.get("loop_count") != 0 or data.get("status", "completed") != "completed"
    return data.get("stop_hook_active") is not False


def _folder(data: Mapping[str, Any]) -> Path | None:
    roots = data.get("workspace_roots")
    return _path(data.get("cwd")) or (_path(roots[0]) if isinstance(roots, list) and roots else None)


def _path(value: object) -> Path | None:
    is_path = isinstance(value, str) and 0 < len(value) <= LONGEST_PATH and "\0" not in value
    return Path(str(value)) if is_path else None
