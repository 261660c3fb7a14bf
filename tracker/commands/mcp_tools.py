"""The tools of `tracker mcp`.

Each tool runs a command of the tracker in a process of its own, so that an answer is the one that people get, nothing
is remembered between calls, and a call that the client cancels ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import anyio
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

BUDGET = 1500
"""Tokens of an answer, unless the client asks for another number."""
BYTES_OF_TOKEN = 3
"""Counted as one token. An estimate: tokenizers differ."""
WORDS_OF_TOKEN = 0.5
"""Words of a brief per token; hashes and paths take several tokens each."""
LONGEST = 10_000
"""Bytes of an argument."""
SECONDS = 300
"""How long one answer may take."""

Tokens = Annotated[int, Field(ge=50, le=50_000, description="Most tokens of the answer; the rest is counted.")]


def within(text: str, tokens: int) -> str:
    """Return a text in a budget of tokens: its first lines, and how many were left out.

    >>> within("one line", 50)
    'one line'
    """
    lines = text.splitlines()
    if _tokens(text) <= tokens:
        return text
    kept = list(_first(lines, tokens - 20))
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"[cut here; {left} more lines: ask for less, or raise `tokens`]"])


def _first(lines: list[str], tokens: int) -> Iterator[str]:
    """Yield the first lines of a budget; where not even one fits, the start of it."""
    left = tokens * BYTES_OF_TOKEN
    if len(lines[0].encode()) >= left:
        yield lines[0].encode()[:left].decode(errors="ignore")
        return
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            return
        yield line


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_OF_TOKEN)


class Answers:
    """The tools: the docstring of a method is what the client reads."""

    def __init__(self, workspace: Path | None) -> None:
        self._workspace = workspace

    async def brief(self, tokens: Tokens = BUDGET) -> str:
        """Summarize the project for a new session: trust, next steps, blockers, changes, decisions, what to read."""
        return await self._ask(tokens, "brief", f"--words={max(1, int(tokens * WORDS_OF_TOKEN))}")

    async def status(self, tokens: Tokens = BUDGET) -> str:
        """Show phases with their status and verified criteria, why they are not complete, and next steps."""
        return await self._ask(tokens, "status")

    async def ready(self, phase: Annotated[str, Field(description="Id of a phase.")], tokens: Tokens = BUDGET) -> str:
        """Check whether a phase is ready to start: the evidence, and what is missing."""
        return await self._ask(tokens, "ready", "--", phase)

    async def items(
        self,
        kind: Annotated[str, Field(description="Only items of this kind, such as blocker.")] = "",
        owner: Annotated[str, Field(description="Only items of this owner.")] = "",
        task: Annotated[str, Field(description="Only items of this task.")] = "",
        tokens: Tokens = BUDGET,
    ) -> str:
        """List next steps, blockers, questions and risks that are open, the longest neglected first."""
        chosen = {"kind": kind, "owner": owner, "task": task}
        return await self._ask(tokens, "items", *(f"--{name}={value}" for name, value in chosen.items() if value))

    async def find(
        self,
        words: Annotated[str, Field(min_length=1, description="Words to search for.")],
        limit: Annotated[int, Field(ge=1, le=200, description="Most matches.")] = 20,
        tokens: Tokens = BUDGET,
    ) -> str:
        """Search the sessions, best match first; each match has its file and line."""
        return await self._ask(tokens, "find", f"--limit={limit}", "--", words)

    async def check(
        self,
        strict: Annotated[bool, Field(description="Also fail on disputed claims and conflicts about phases.")] = False,
        tokens: Tokens = BUDGET,
    ) -> str:
        """Check every file and every claim of the sessions: what is refuted, disputed or broken, with file and line."""
        return await self._ask(tokens, "check", *(["--strict"] if strict else []))

    async def audit(
        self,
        since: Annotated[str, Field(description="Only what changed since this commit; HEAD: uncommitted work.")] = "",
        maybe: Annotated[bool, Field(description="Also report what is less certain.")] = False,
        tokens: Tokens = BUDGET,
    ) -> str:
        """Find stale files and outdated statements of documents. Works without a workspace. Changes nothing."""
        options = [*([f"--since={since}"] if since else []), *(["--maybe"] if maybe else [])]
        return await self._ask(tokens, "audit", *options, "--", str(self._workspace or "."))

    async def explain(
        self,
        name: Annotated[
            str, Field(description="Id of a criterion, phase, task, session, claim, item, run or audit family.")
        ],
        tokens: Tokens = BUDGET,
    ) -> str:
        """Explain why something has its verdict: the evidence, the commits, and what would change it."""
        return await self._ask(tokens, "explain", "--", name)

    async def _ask(self, tokens: int, command: str, *arguments: str) -> str:
        """Return what a command prints. Raises ToolError with its message where it cannot answer."""
        if not all(map(_is_argument, arguments)):
            raise ToolError(
                f"{command}: an argument contains a NUL character, is no text or longer than {LONGEST} bytes"
            )
        try:
            with anyio.fail_after(SECONDS):
                done = await _run(self._workspace, command, *arguments)
        except TimeoutError:
            raise ToolError(f"tracker {command}: no answer after {SECONDS} s") from None
        out, err = (text.decode("utf-8", "replace").strip() for text in (done.stdout, done.stderr))
        if done.returncode not in (0, 1):
            raise ToolError(within(err or f"tracker {command} ended with status {done.returncode}", tokens))
        return within("\n".join(filter(None, (out, err))) or "nothing", tokens)


TOOLS = ("brief", "status", "ready", "items", "find", "check", "audit", "explain")
"""Methods of Answers."""


def _is_argument(text: str) -> bool:
    """Whether a program can be given a text."""
    try:
        return "\0" not in text and len(text.encode()) <= LONGEST
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False


async def _run(workspace: Path | None, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command of this tracker. With -P no module in the repository is imported."""
    place = ["--workspace", str(workspace)] if workspace else []
    return await anyio.run_process(
        [sys.executable, "-P", "-m", "tracker", *place, *arguments],
        stdin=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "COLUMNS": "160", "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )
