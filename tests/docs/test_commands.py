"""Every tracker command that the documentation shows is run, and its output is the one that is shown.

`TRACKER_UPDATE_DOCS=1 pytest tests/docs` writes today's output into the pages.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks, commands, matches, run, tracker_lines, updated, write
from tests.docs.project import make_project, make_released_project

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
UPDATE = bool(os.environ.get("TRACKER_UPDATE_DOCS"))
SKIPPED = (
    *("tracker diagnose", "tracker audit --review", "tracker audit --undo"),
    *("tracker items ", "tracker mcp", "tracker serve"),
)
"""Commands that need torch, mcp or a terminal, serve until they are stopped, or name something of the reader's own."""


def shown(language: str) -> list[object]:
    return [
        pytest.param(page, id=page.name)
        for page in PAGES
        if any(block.language == language for block in blocks(page.read_text("utf-8")))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("page", shown("console"))
def test_consoles_show_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pipeline"
    if page.name == "tutorial.md":
        folder.mkdir()
    else:
        make_project(folder)
    text = page.read_text("utf-8")
    for block in blocks(text):
        if block.title:
            write(folder / block.title, block.body)
        elif block.language == "console":
            text = _check(page, text, block, folder)
    if UPDATE:
        page.write_text(text, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", shown("sh"))
def test_commands_are_understood(page: Path, tmp_path: Path) -> None:
    make_released_project(tmp_path / "pipeline")
    for block in blocks(page.read_text("utf-8")):
        for line in tracker_lines(block) if block.language == "sh" else ():
            if line.strip().startswith(SKIPPED):
                continue
            code, printed = run(f"{line} < /dev/null", tmp_path / "pipeline")
            assert code in (0, 1), f"{page.name}: {line}\n{printed}"
            assert "Traceback" not in printed


def _check(page: Path, text: str, block: Block, folder: Path) -> str:
    outputs = []
    for one in commands(block):
        _, printed = run(one.line, folder)
        outputs.append(one.output if matches(one.output, printed) else printed)
        assert UPDATE or matches(one.output, printed), f"{page.name}: $ {one.line}\n{printed}"
    return updated(text, block, outputs) if UPDATE else text
