"""Documents that coding agents read are audited like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

TEXT = "# Rules\n\nThe motor is in `src/engine.py`; call `Engine.start()`.\n"
DOCUMENTS = [
    "AGENTS.md",
    "src/AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".cursorrules",
    ".clinerules",
    ".windsurfrules",
    ".clinerules/motor.md",
    ".cursor/rules/motor.mdc",
    ".cursor/rules/parts/motor.md",
    "web/.cursor/rules/motor.mdc",
    ".windsurf/rules/motor.md",
    ".github/copilot-instructions.md",
    ".github/instructions/python.instructions.md",
    ".claude/CLAUDE.md",
    ".claude/memory/motor.md",
    ".claude/commands/start.md",
    "memory-bank/techContext.md",
]
OTHERS = [
    ".claude/agents/reviewer.md",
    ".claude/skills/motor/SKILL.md",
    ".claude/plugins/motor/README.md",
    ".cursor/notes.md",
    ".github/ISSUE_TEMPLATE.md",
    "memory-bank/progress.md",
    ".claude/plans/motor.md",
]
"""Of a role or a skill, of unknown purpose, or of work that was done or is planned."""


def stale(repo: GitRepo, path: str) -> list[tuple[int, str]]:
    """Line and detail of each statement of a document that is no longer true."""
    documents = json.loads(tracker("audit", "--format", "json", cwd=repo.path).out)["documents"]
    return [(one["line"], one["detail"].partition(" by ")[0]) for one in documents if one["path"] == path]


def make_repository(folder: Path, path: str, text: str = TEXT) -> GitRepo:
    """A repository with a document that names code, which is then removed."""
    repo = GitRepo(folder)
    repo.write("src/engine.py", "class Engine:\n    def start(self):\n        return 'started'\n")
    repo.write("src/valve.py", "OPEN = 1\n")
    repo.write(path, text)
    repo.commit("Start")
    repo.remove("src/engine.py")
    repo.commit("Remove the engine")
    return repo


@pytest.mark.parametrize("path", DOCUMENTS)
def test_paths_and_symbols_that_are_gone(path: str, tmp_path: Path) -> None:
    assert stale(make_repository(tmp_path, path), path) == [
        (3, "names Engine.start(), removed from src/engine.py"),
        (3, "names src/engine.py, removed"),
    ]


@pytest.mark.parametrize("path", OTHERS)
def test_documents_that_may_speak_of_something_else(path: str, tmp_path: Path) -> None:
    assert stale(make_repository(tmp_path, path), path) == []


def test_links_of_cursor(tmp_path: Path) -> None:
    """`mdc:` is a path from the top of the repository; it may be there, be gone, or never have been there."""
    path = ".cursor/rules/motor.mdc"
    text = (
        "See [engine.py](mdc:src/engine.py), [v](mdc:src/valve.py), [n](mdc:src/never.py), [w](mdc:/src/engine.py).\n"
    )
    found = stale(make_repository(tmp_path, path, text), path)
    assert found == [(1, "links to src/engine.py, removed")] * 2


def test_a_renamed_file_is_proposed_in_the_form_of_the_link(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, ".cursor/rules/motor.mdc", "Read [v](mdc:src/valve.py#L1).\n")
    repo.git("mv", "src/valve.py", "src/gate.py")
    repo.commit("Rename")
    (found,) = json.loads(tracker("audit", "--format", "json", cwd=repo.path).out)["documents"]
    assert found["after"] == "Read [v](mdc:src/gate.py#L1)."


@pytest.mark.parametrize(
    "line",
    [
        "Scripts temporaires (ex: `src/engine.py`)",
        "Namen wie z. B. `src/engine.py`",
        "Write the report to `src/engine.py`",
        "There is no `src/engine.py`",
        "`src/engine.py` and no `src/valve.py`",
        "**Fix location:** `src/engine.py`",
        "The workflow produces:\n\n- `src/engine.py`",
        "```python\nfrom src.engine import Engine  # src/engine.py\n```",
    ],
)
def test_examples_are_left_alone(line: str, tmp_path: Path) -> None:
    assert stale(make_repository(tmp_path, "AGENTS.md", f"{line}\n"), "AGENTS.md") == []


def test_links_from_the_top_of_the_repository(tmp_path: Path) -> None:
    """Agents follow them; a document of people has relative links."""
    text = "[a](src/valve.py) [b](src/engine.py) [c](../src/valve.py)\n"
    path = ".claude/memory/motor.md"
    assert [line for line, _ in stale(make_repository(tmp_path / "1", path, text), path)] == [1, 1]
    assert len(stale(make_repository(tmp_path / "2", "docs/motor.md", text), "docs/motor.md")) == 2


def test_a_folder_whose_content_is_ignored_may_be_on_disk(tmp_path: Path) -> None:
    repo = make_repository(tmp_path, "AGENTS.md", "The bundle is in `public/js/`, the rest in `public/css/`.\n")
    repo.write("public/js/app.js", "1")
    repo.write("public/css/app.css", "1")
    repo.commit("Bundle")
    repo.remove("public/js/app.js")
    repo.remove("public/css/app.css")
    repo.write(".gitignore", "public/js/*\n")
    repo.commit("Ignore it")
    assert stale(repo, "AGENTS.md") == [(1, "names public/css, removed")]


def test_a_folder_that_became_a_submodule_is_there(tmp_path: Path) -> None:
    part = GitRepo(tmp_path / "part")
    part.write("pump.py", "1")
    part.commit("Pump")
    repo = make_repository(tmp_path / "repo", "AGENTS.md", "See `src/part/` and `src/part/pump.py`.\n")
    repo.write("src/part/pump.py", "1")
    repo.commit("A part")
    repo.remove("src/part/pump.py")
    repo.commit("No part")
    assert len(stale(repo, "AGENTS.md")) == 2
    (repo.path / "src/part").rmdir()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(part.path), "src/part")
    repo.commit("A submodule")
    assert stale(repo, "AGENTS.md") == []


def test_a_finding_is_ignored_where_it_stands(tmp_path: Path) -> None:
    text = "Read `src/engine.py`. <!-- tracker: ignore dangling, it comes back -->\n"
    path = ".cursor/rules/motor.mdc"
    found = stale(make_repository(tmp_path, path, text), path)
    assert found == []
