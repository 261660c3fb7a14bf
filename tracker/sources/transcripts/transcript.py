"""What a transcript says, in the same form for every agent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

BREAK = timedelta(minutes=30)
"""Longest time before a prompt of the user that counts as work."""
PATCHED = re.compile(r"^\*\*\* (Add File|Update File|Delete File|Move to): (.+)$", re.MULTILINE)


class FileAction(StrEnum):
    """What a tool did to a file."""

    CREATED = "created"
    MODIFIED = "modified"
    REMOVED = "removed"


_PATCH_ACTIONS = {
    "Add File": FileAction.CREATED,
    "Update File": FileAction.MODIFIED,
    "Delete File": FileAction.REMOVED,
    "Move to": FileAction.CREATED,
}


@dataclass(slots=True)
class TranscriptCommand:
    """A command that a tool ran."""

    text: str
    exit: int | None = None
    """Exit status; None where the transcript does not say it."""
    output: str = ""
    has_run: bool = True
    """Whether it certainly ran: a call that failed without an exit status may have been refused."""


@dataclass(slots=True)
class Call:
    """A tool call whose result is not known yet."""

    command: TranscriptCommand | None = None
    edits: Mapping[str, FileAction] = field(default_factory=dict)
    process: str | None = None
    """The process in the background that it asks about."""


@dataclass
class Transcript:
    """What one session of an agent did and said."""

    format: str = ""
    folder: str | None = None
    """The folder that the agent worked in."""
    here: str | None = None
    """The folder to which its last relative paths refer."""
    models: list[str] = field(default_factory=list)
    started: datetime | None = None
    ended: datetime | None = None
    breaks: timedelta = timedelta()
    """Time that passed between the end of a turn and the next prompt of the user, where it is long."""
    commands: list[TranscriptCommand] = field(default_factory=list)
    edits: dict[str, FileAction] = field(default_factory=dict)
    """By path as written: the first thing that was done to it, or that it was removed last."""
    said: list[str] = field(default_factory=list)
    """What the agent wrote to the user, the last at the end."""
    lines: int = 0
    broken: int = 0
    """Lines that are not JSON objects."""
    too_long: int = 0
    """Lines that are longer than what is read."""
    calls: dict[str, Call] = field(default_factory=dict, repr=False)
    """Tool calls without a result, by id."""
    answered: set[str] = field(default_factory=set, repr=False)
    """Ids of the tool calls whose result is known: some agents report it twice."""
    processes: dict[str, TranscriptCommand] = field(default_factory=dict, repr=False)
    """Commands that run in the background, by the id of their process."""

    def add_model(self, name: object) -> None:
        """Note a model, once."""
        if isinstance(name, str) and name and not name.startswith("<") and name not in self.models:
            self.models.append(name)

    def add_time(self, value: object, *, is_prompt: bool = False) -> None:
        """Extend the time of the session to a moment in ISO 8601; the time before a prompt may be a break."""
        moment = parse_time(value)
        if moment:
            gap = moment - (self.ended or moment)
            self.breaks += gap if is_prompt and gap > BREAK else timedelta()
            self.started = min(self.started or moment, moment)
            self.ended = max(self.ended or moment, moment)

    def add_edits(self, edits: Mapping[str, FileAction]) -> None:
        """Note what was done to files."""
        for path, action in edits.items():
            before = self.edits.get(path)
            self.edits[path] = action if before is None or FileAction.REMOVED in (before, action) else before

    def call(self, name: object, call: Call) -> None:
        """Note a tool call; what it did counts when its result arrives."""
        if isinstance(name, str):
            self.calls[name] = call
            self.answered.discard(name)

    def is_answered(self, name: object) -> bool:
        """Whether the result of a tool call is known, or cannot be attributed to one."""
        return not isinstance(name, str) or name in self.answered

    def result(
        self, name: object, *, status: int | None, output: str = "", failed: bool = False, refused: bool = False
    ) -> Call | None:
        """Note the result of a tool call, and return the call. A call that was refused did nothing."""
        call = self.calls.pop(name, None) if isinstance(name, str) else None
        if call is None:
            return None
        self.answered.add(str(name))
        if call.command and not refused:
            call.command.exit, call.command.output = status, output
            call.command.has_run = status is not None or not failed
            self.commands.append(call.command)
        if not failed and not refused and not status:
            self.add_edits(call.edits)
        return call

    def end_process(self, process: object, status: int, output: str = "") -> None:
        """Note the exit status of a command that ran in the background."""
        command = self.processes.pop(str(process), None)
        if command:
            command.exit, command.output = status, f"{command.output}\n{output}"


def parse_time(value: object) -> datetime | None:
    """A moment in ISO 8601, with its zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment and 1970 < moment.year < 2200 else None


def patched_files(patch: str) -> dict[str, FileAction]:
    """The files of a patch in the form of `apply_patch`, and what it does to each."""
    found: dict[str, FileAction] = {}
    last = None
    for kind, path in PATCHED.findall(patch):
        if kind == "Move to" and last:
            found[last] = FileAction.REMOVED
        last = path.strip()
        found[last] = _PATCH_ACTIONS[kind]
    return found


def joined_texts(content: object, kinds: Iterable[str]) -> str:
    """The texts of a message: a text itself, or its parts of some kinds."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") in tuple(kinds)]
    return "\n".join(text for text in texts if isinstance(text, str))
