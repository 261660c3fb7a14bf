"""The command `tracker mcp`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.errors import TrackerError


@click.command()
@click.pass_obj
def command(workspace: Path | None) -> None:
    """Serve answers to coding agents over the Model Context Protocol.

    A read-only server on standard input and output, which the agent starts. It needs the extra `mcp`. Tools: brief,
    status, ready, items, find, check, audit and explain. Resources: sessions, phases and results.

    \b
    Example:
      tracker mcp
      tracker --workspace docs mcp
    """
    try:
        from tracker.commands.mcp_server import make_server
    except ImportError as error:
        raise TrackerError(_missing(error)) from None
    make_server(workspace).run("stdio")


def _missing(error: ImportError) -> str:
    """How to install what is missing."""
    if not (error.name or "").startswith(("mcp", "anyio")):
        raise error
    return f"`tracker mcp` needs version 2 of mcp, the extra `mcp` ({error}): pip install 'mcp>=2,<3'"
