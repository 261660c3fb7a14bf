"""`tracker schema`: the JSON Schemas of the workspace's files."""

from __future__ import annotations

from pathlib import Path

from tracker.publish.schema import FOLDER, write_schemas
from tracker.workspace import find_root


def write_schema_files(folder: Path | None, workspace: Path | None) -> list[Path]:
    """Write the schemas to a folder, by default `schemas/` of the workspace, and return their paths."""
    return write_schemas(folder or find_root(workspace or Path()) / FOLDER)
