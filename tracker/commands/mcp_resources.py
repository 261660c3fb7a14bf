"""The resources of `tracker mcp`: lists of sessions, phases and results, and each of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError

from tracker.cache import Cache
from tracker.commands.mcp_tools import Answers, within
from tracker.commands.project import open_sessions
from tracker.files import read_file
from tracker.model import MeasuredResult
from tracker.sources.facts import open_workspace
from tracker.sources.results import read_results
from tracker.workspace import find_root

BUDGET = 10_000
"""Tokens of a resource."""


class WorkspaceResources:
    """The resources: the docstring of a method is what the client reads.

    They raise TrackerError where the workspace cannot be read, and ResourceNotFoundError for an unknown id.
    """

    def __init__(self, workspace: Path | None) -> None:
        self._folder = workspace or Path()
        self._answers = Answers(workspace)

    def sessions(self) -> str:
        """The sessions, the newest first, each with its address, date and focus."""
        with open_sessions(self._folder) as found:
            sessions = [one.session for one in reversed(found)]
        return _listed("sessions", ((one.session, f"{one.date} {one.focus}") for one in sessions))

    def phases(self) -> str:
        """The phases of the plan, each with its address and title."""
        phases = open_workspace(find_root(self._folder)).plan.phases
        return _listed("phases", ((one.id, one.title) for one in phases))

    def results(self) -> str:
        """The measured results, the newest first, each with its address and name."""
        newest = sorted(self._results(), key=lambda one: one.path, reverse=True)
        return _listed("results", ((_id(one), one.name) for one in newest))

    def session(self, name: str) -> str:
        """The file of a session, as YAML."""
        with open_sessions(self._folder) as found:
            contents = {one.session.session: one.source.content for one in found}
        if name not in contents:
            raise ResourceNotFoundError(f"{name}: no such session; tracker://sessions lists them")
        return within(contents[name].decode("utf-8", "replace"), BUDGET)

    async def phase(self, name: str) -> str:
        """The status of a phase, of its tasks and criteria, and what would change it."""
        try:
            return await self._answers.explain(f"phase:{name}", BUDGET)
        except ToolError as error:
            raise ResourceNotFoundError(str(error)) from None

    def result(self, name: str) -> str:
        """The file of a measured result, as JSON."""
        root = find_root(self._folder)
        path = next((one.path for one in self._results() if _id(one) == name), None)
        if path is None:
            raise ResourceNotFoundError(f"{name}: no such result; tracker://results lists them")
        return within(read_file(root / path, within=root).decode("utf-8", "replace"), BUDGET)

    def _results(self) -> list[MeasuredResult]:
        root = find_root(self._folder)
        return read_results(open_workspace(root).results, root, Cache(None))[0]


def _id(result: MeasuredResult) -> str:
    return Path(result.path).stem


def _listed(kind: str, entries: Iterable[tuple[str, str]]) -> str:
    """The addresses and titles of some entries, one a line."""
    lines = [f"tracker://{kind}/{quote(name, safe='')}  {' '.join(title.split())}" for name, title in entries]
    return within("\n".join(lines) or "none yet", BUDGET)
