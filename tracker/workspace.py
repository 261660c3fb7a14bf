"""The workspace: the folder that holds tracker.yml, and where everything in it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import TrackerError
from tracker.user_folders import cache_folder, state_folder

if TYPE_CHECKING:  # finding a workspace is quick; its models are not
    from tracker.model import Plan

PLAN_FILE = "tracker.yml"
OLD_STATE = ".tracker"
"""Where earlier versions kept caches; nothing in it is read."""
BASELINE_FILE = "audit-baseline.json"


class NoWorkspace(TrackerError):
    """There is no tracker.yml in the folder or any above it."""


@dataclass(frozen=True)
class Workspace:
    """Every path of a workspace."""

    root: Path
    plan: Plan

    @property
    def sessions(self) -> Path:
        """The folder of the session files."""
        return self.root / self.plan.sessions

    @property
    def results(self) -> Path:
        """The folder of the result files."""
        return self.root / self.plan.results

    @property
    def versions(self) -> Path:
        """The folder of the frozen versions."""
        return self.root / self.plan.versions

    @property
    def docs(self) -> Path:
        """The folder of the generated pages: owned by the tool."""
        return self.root / self.plan.docs

    @property
    def templates(self) -> Path | None:
        """The folder of templates that override the tool's own."""
        return self.root / self.plan.templates if self.plan.templates else None

    @property
    def cache(self) -> Path | None:
        """The folder of caches, in the user's cache folder: safe to delete."""
        return cache_folder(self.root)

    @property
    def state(self) -> Path:
        """The folder of what the tracker knows of its own files, in the user's state folder."""
        return state_folder(self.root)

    def relative(self, path: Path) -> str:
        """A path for display: relative to the workspace, with forward slashes."""
        return path.relative_to(self.root).as_posix()


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds tracker.yml.

    Raises NoWorkspace where there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if os.path.lexists(folder / PLAN_FILE):
            return folder
    raise NoWorkspace(
        f"no {PLAN_FILE} in {start} or any folder above it: run `tracker init` in your repository, "
        "or name the folder with --workspace"
    )
