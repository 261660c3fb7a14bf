"""`tracker init --agents`: instructions and hooks for coding agents, in the files that they document."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.files import create_file, read_file
from tracker.sources.repository import Repository
from tracker.workspace import NoWorkspace, find_root

SECONDS = 30
"""How long an agent waits for a hook."""
HEADING = "## Session Tracker"
INSTRUCTIONS = f"""\
{HEADING}

The plan is in `tracker.yml`; each session records its work in a file of its own. Claims about commits, files and
criteria are checked against Git, test reports and measured results.

- Start: read `{{tracker}} brief --words 300`. `{{tracker}} items` lists what is open.
- Record: `{{tracker}} new` opens the file of the session. Write what was done and what was not.
  `{{tracker}} new --close` adds the commits and files.
- Commit: name the session in a trailer, such as `Session: 88`.
- Before you report something as done: run `{{tracker}} verify`, then `{{tracker}} check`.
  `{{tracker}} explain ID` says why a criterion is not met. If it is not done, say so.
"""


@dataclass(frozen=True, slots=True)
class AgentFile:
    """A file that an agent reads."""

    path: str
    """Relative to the repository."""
    agent: str
    content: str
    marks: tuple[str, ...]
    """What a file contains that is set up already."""

    def is_set_up(self, text: str) -> bool:
        """Whether a file with this text needs nothing more. CLAUDE.md may also be a link to AGENTS.md."""
        return HEADING in text or all(mark in text for mark in self.marks)


def agent_files(tracker: str) -> tuple[AgentFile, ...]:
    """The files of every agent whose format is public; `tracker` is the command as the hooks call it."""
    start, stop = f"{tracker} hook start", f"{tracker} hook stop"
    both = ("hook start", "hook stop")
    return (
        AgentFile("AGENTS.md", "all agents", INSTRUCTIONS.format(tracker=tracker), (HEADING,)),
        AgentFile("CLAUDE.md", "Claude Code", "@AGENTS.md\n", ("AGENTS.md",)),
        AgentFile(".claude/settings.json", "Claude Code", _json(_nested("SessionStart", start, "Stop", stop)), both),
        AgentFile(".codex/hooks.json", "Codex", _json(_nested("SessionStart", start, "Stop", stop)), both),
        AgentFile(".cursor/hooks.json", "Cursor", _json(_cursor(start, stop)), both),
        AgentFile(".gemini/settings.json", "Gemini CLI", _json(_gemini(start, stop)), (*both, "AGENTS.md")),
        AgentFile(".github/hooks/session-tracker.json", "GitHub Copilot", _json(_copilot(start)), ("hook start",)),
    )


def _nested(starting: str, start: str, stopping: str, stop: str, timeout: int = SECONDS) -> dict[str, Any]:
    def hooks(command: str) -> list[dict[str, Any]]:
        return [{"hooks": [{"type": "command", "command": command, "timeout": timeout}]}]

    return {"hooks": {starting: hooks(start), stopping: hooks(stop)}}


def _cursor(start: str, stop: str) -> dict[str, Any]:
    hooks = {"sessionStart": [{"command": start}], "stop": [{"command": stop, "loop_limit": 1}]}
    return {"version": 1, "hooks": hooks}


def _gemini(start: str, stop: str) -> dict[str, Any]:
    """Timeouts in milliseconds; without the names of the files, Gemini CLI reads GEMINI.md only."""
    names = {"context": {"fileName": ["AGENTS.md", "GEMINI.md"]}}
    return names | _nested("SessionStart", start, "AfterAgent", stop, SECONDS * 1000)


def _copilot(start: str) -> dict[str, Any]:
    hook = {"type": "command", "bash": start, "powershell": start, "timeoutSec": SECONDS}
    return {"version": 1, "hooks": {"sessionStart": [hook]}}


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=2) + "\n"


def set_up(folder: Path, *, dry_run: bool = False) -> Iterator[str]:
    """Write the files that are missing, and report for each what was done or which lines to add to it.

    A file that exists is never changed. With `dry_run` nothing is written. Raises NotARepository.
    """
    with Repository.open(_workspace(folder)) as repository:
        root, prefix = repository.root, repository.prefix.rstrip("/")
    tracker = f"tracker --workspace {shlex.quote(prefix)}" if prefix else "tracker"
    for one in agent_files(tracker):
        yield _set_up(root, one, dry_run=dry_run)
    if not dry_run:
        yield "next: commit these files; agents ask once whether they may run the hooks"


def _set_up(root: Path, one: AgentFile, *, dry_run: bool) -> str:
    path = root / one.path
    try:
        text = read_file(path, within=root).decode("utf-8", "replace")
    except FileNotFoundError:
        if dry_run and path.is_symlink():
            return f"kept {one.path}: a link that leads nowhere yet"
        if dry_run:
            return f"would write {one.path} for {one.agent}:\n\n{_indented(one.content)}"
        try:
            create_file(path, one.content.encode(), within=root)
        except FileExistsError:
            return f"kept {one.path}: a link that leads nowhere"
        return f"wrote {one.path} for {one.agent}"
    except (TrackerError, OSError) as error:
        return f"kept {one.path}: it cannot be read ({error})"
    if one.is_set_up(text):
        return f"kept {one.path}: set up already"
    return f"kept {one.path}; for {one.agent}, add to it:\n\n{_indented(one.content)}"


def _indented(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _workspace(folder: Path) -> Path:
    """The workspace that a folder is in, if it is in the same repository; else the folder."""
    try:
        root = find_root(folder)
    except NoWorkspace:
        return folder
    with Repository.open(folder) as repository:
        return root if root.is_relative_to(repository.root) else folder
