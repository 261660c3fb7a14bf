"""The reference log: a real session log can be expressed, and its page shows all of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tracker.sources.yaml import load

pytestmark = pytest.mark.xdist_group("reference")
REFERENCE = Path(__file__).parent.parent / "examples" / "reference"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reference as its own repository, with its site built."""
    folder = tmp_path_factory.mktemp("reference")
    shutil.copytree(REFERENCE, folder, dirs_exist_ok=True)
    repo = GitRepo(folder)
    run = [sys.executable, "-m", "tracker"]
    subprocess.run([*run, "init"], cwd=folder, check=True)
    repo.commit("Reference")
    subprocess.run([*run, "build", "--strict"], cwd=folder, check=True)
    return folder


class Text(HTMLParser):
    """Return the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words(text: str) -> str:
    """Return only letters and digits, without Markdown markup and spaces."""
    return re.sub(r"[\W_]+", "", text)


def text_of(page: Path) -> str:
    parser = Text()
    parser.feed(page.read_text("utf-8"))
    return words("".join(parser.parts))


def scalars(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every scalar of the session file with its path."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from scalars(item, f"{path}[{index}]")
    else:
        yield path, str(value)


def statements(text: str) -> Iterator[str]:
    """Yield the lines of prose and the cells of tables, without the languages of fences."""
    for line in text.split("\n"):
        yield from (cell for cell in re.sub(r"^\s*(?:```\w*|\d+\.)", "", line).split("|") if words(cell))


SAID_OTHERWISE = re.compile(r"\.recommended$")
"""A flag is shown as a word, not as `true`."""


def test_the_page_says_all_of_it(workspace: Path) -> None:
    session = load((workspace / "sessions" / "2026-02-15-88.yml").read_bytes()).data
    page = text_of(workspace / "site" / "tracker" / "sessions" / "2026-02-15-88.html")
    missing = [
        f"{path}: {statement}"
        for path, text in scalars(session)
        if not SAID_OTHERWISE.search(path)
        for statement in statements(text)
        if words(statement) not in page
    ]
    assert missing == []
    assert "recommended" in page


def test_the_plan_is_shown_whole(workspace: Path) -> None:
    plan = load((workspace / "tracker.yml").read_bytes()).data
    for phase in plan["phases"]:
        page = text_of(workspace / "site" / "tracker" / "phases" / f"{phase['id']}.html")
        for part in ("title", "chapter", "goal", "owner"):
            assert all(words(line) in page for line in statements(phase.get(part, "")))
        for kind, text in (("tasks", "title"), ("criteria", "text"), ("prerequisites", "text")):
            for item in phase.get(kind, []):
                assert words(item[text]) in page
                assert words(item.get("estimate", "")) in page


def test_what_git_does_not_know_is_refuted(workspace: Path) -> None:
    run = [sys.executable, "-m", "tracker", "check", "--format", "json"]
    done = subprocess.run(run, cwd=workspace, capture_output=True, check=False)
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["problems"] == []
    assert [claim["subject"] for claim in found["refuted"] if claim["kind"] == "commit"] == [
        "79898d9",
        "0cb6703",
        "c468d3f",
        "e704e35",
        "fec5e93",
    ]
