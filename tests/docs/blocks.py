"""The fenced blocks of a documentation page: files to write and commands to run."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

FENCE = re.compile(r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"\b\d+(\.\d+)? (?:s|ms|seconds)\b|\b[0-9a-f]{7,40}\b")
"""Durations and hashes differ from run to run."""
DAY = "2026-03-02"
"""Placeholder in the pages for today's date."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title (the file that it shows) and its text."""

    language: str
    title: str | None
    body: str


@dataclass(frozen=True)
class Command:
    """A command of a `console` block and the output that the page shows."""

    line: str
    output: str


def blocks(page: str) -> list[Block]:
    """Return every fenced block of a page, in order."""
    return [Block(found["language"], found["title"], found["body"]) for found in FENCE.finditer(page)]


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a `console` block; a command begins with `$ `."""
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield Command(line, output.strip("\n"))


def tracker_lines(block: Block) -> list[str]:
    """Return the tracker commands of an `sh` block, without comments and without the commands that follow them."""
    lines = (re.sub(r"\s+#.*", "", line) for line in block.body.splitlines())
    return [re.split(r" (?:&&|\|) ", line)[0] for line in lines if line.startswith("tracker ")]


def run(line: str, folder: Path) -> tuple[int, str]:
    """Run a shell command in `folder`; return its exit status and what it printed on both streams.

    Today is shown as DAY.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "TRACKER_"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "XDG_CACHE_HOME": str(folder.parent / "cache"),
        "XDG_STATE_HOME": str(folder.parent / "state"),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_EMAIL": "ada@example.org" for role in ("AUTHOR", "COMMITTER")},
        "COLUMNS": "100",
        "EDITOR": "true",
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    printed = done.stdout.decode("utf-8", "replace").replace(f"{folder}/", "").replace(Date.today().isoformat(), DAY)
    return done.returncode, "\n".join(row.rstrip() for row in printed.splitlines()).strip("\n")


def write(path: Path, text: str) -> None:
    """Write a file that a page shows, with today in place of DAY."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(DAY, Date.today().isoformat()), "utf-8")


def matches(shown: str, printed: str) -> bool:
    """Whether a command printed what a page shows; `...` stands for anything."""
    want, got = (VARIABLE.sub("VARIABLE", text) + "\n" for text in (shown, printed))
    return doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS)


def updated(page: str, block: Block, outputs: list[str]) -> str:
    """Return the page with the outputs of a block replaced."""
    parts = [f"$ {one.line}\n" + (f"{out}\n" if out else "") for one, out in zip(commands(block), outputs, strict=True)]
    return page.replace(f"```console\n{block.body}```", f"```console\n{''.join(parts)}```", 1)
