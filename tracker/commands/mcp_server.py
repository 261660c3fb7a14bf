"""`tracker mcp`: a read-only server of the Model Context Protocol, with the official Python SDK."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.mcpserver.resources.templates import ResourceSecurity
from mcp_types import ToolAnnotations

from tracker import __version__
from tracker.commands.mcp_resources import WorkspaceResources
from tracker.commands.mcp_tools import TOOLS, Answers
from tracker.errors import TrackerError

P = ParamSpec("P")

INSTRUCTIONS = (
    "Read-only answers about the progress of this repository, checked against git, test reports and measured results. "
    "Start with `brief`. Before you report something as done, call `check`; `explain` says why a verdict is what it is."
)
READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
ANY_ID = ResourceSecurity(exempt_params={"name"})
"""An id is compared with those of the workspace and never becomes a path, so it may look like one."""


def make_server(workspace: Path | None) -> MCPServer:
    """Return the server of a workspace, by default the current one. Nothing is read before the first call."""
    server = MCPServer("session-tracker", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING")
    answers, resources = Answers(workspace), WorkspaceResources(workspace)
    for tool in TOOLS:
        server.add_tool(getattr(answers, tool), annotations=READ_ONLY, structured_output=False)
    for listed in (resources.sessions, resources.phases, resources.results):
        server.resource(f"tracker://{listed.__name__}")(_reported(listed))
    server.resource("tracker://phases/{+name}", security=ANY_ID)(resources.phase)
    for read, kind in ((resources.session, "yaml"), (resources.result, "json")):
        address = f"tracker://{read.__name__}s/{{+name}}"
        server.resource(address, security=ANY_ID, mime_type=f"application/{kind}")(_reported(read))
    return server


def _reported(read: Callable[P, str]) -> Callable[P, str]:
    """Report why the workspace cannot be read, which the client would otherwise not see."""

    @wraps(read)
    def reported(*arguments: P.args, **options: P.kwargs) -> str:
        try:
            return read(*arguments, **options)
        except (TrackerError, OSError) as error:
            raise ResourceError(str(error)) from None

    return reported
