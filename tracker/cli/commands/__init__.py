"""The commands, one module each, which defines `command`. A new command is a new line in `MODULES`.

A command is imported when it runs, and all of them for `tracker --help`, so the modules import anything heavy inside
their functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

import click

from tracker.cli.options import VERBOSE

MODULES = {
    "audit": "audit",
    "brief": "brief",
    "build": "build",
    "changelog": "changelog",
    "check": "check",
    "diagnose": "diagnose",
    "diff": "diff",
    "explain": "explain",
    "find": "find",
    "hook": "hook",
    "import": "import_",
    "init": "init",
    "items": "items",
    "mcp": "mcp",
    "new": "new",
    "ready": "ready",
    "release": "release",
    "schema": "schema",
    "serve": "serve",
    "status": "status",
    "verify": "verify",
}
"""Module of each command, by the name of the command."""


class Commands(Mapping[str, click.Command]):
    """The commands by name, each imported on first use."""

    def __getitem__(self, name: str) -> click.Command:
        command: click.Command = import_module(f"{__name__}.{MODULES[name]}").command
        command.name = name
        if VERBOSE not in command.params:
            command.params.append(VERBOSE)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)
