"""The generated pages of the documentation are what the code says today."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracker.cli import cli
from tracker.cli.reference import commands_reference
from tracker.publish.schema import reference

DOCS = Path(__file__).parents[2] / "docs"
GENERATED = {"commands.md": lambda: commands_reference(cli), "reference.md": reference}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_pages_are_current(name: str) -> None:
    made = GENERATED[name]()
    if os.environ.get("TRACKER_UPDATE_DOCS"):
        (DOCS / name).write_text(made, "utf-8")
    assert (DOCS / name).read_text("utf-8") == made, "run `TRACKER_UPDATE_DOCS=1 pytest tests/docs`"
