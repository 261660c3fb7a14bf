"""`tracker init --agents`: missing files are written, others are kept, with the lines to add."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.agents.project import make_project
from tests.command import contents_in, tracker
from tests.gitrepo import GitRepo
from tracker.commands.agents import agent_files

FILES = [one.path for one in agent_files("tracker")]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return make_project(tmp_path)


def outside_git(folder: Path) -> dict[str, bytes]:
    return {path: content for path, content in contents_in(folder).items() if not path.startswith(".git/")}


def commands(data: Any) -> list[str]:
    """Every command in a configuration."""
    if isinstance(data, dict):
        own = [value for key, value in data.items() if key in ("command", "bash") and isinstance(value, str)]
        return own + [found for value in data.values() for found in commands(value)]
    return [found for value in data for found in commands(value)] if isinstance(data, list) else []


def test_missing_files_are_written_and_a_second_run_changes_nothing(repo: GitRepo) -> None:
    first = tracker("init", "--agents", cwd=repo.path)
    assert first.code == 0
    assert [f"wrote {path} for" in first.out for path in FILES] == [True] * len(FILES)
    written = outside_git(repo.path)
    for path in (path for path in FILES if path.endswith(".json")):
        assert "tracker hook start" in commands(json.loads(written[path]))
    second = tracker("init", "--agents", cwd=repo.path)
    assert [f"kept {path}: set up already" in second.out for path in FILES] == [True] * len(FILES)
    assert outside_git(repo.path) == written


def test_a_dry_run_prints_the_files_and_writes_nothing(repo: GitRepo) -> None:
    before = outside_git(repo.path)
    out = tracker("init", "--agents", "--dry-run", cwd=repo.path).out
    assert outside_git(repo.path) == before
    for one in agent_files("tracker"):
        assert f"would write {one.path} for {one.agent}:" in out
        assert all(line in out for line in one.content.splitlines())


def test_existing_files_are_kept_and_the_lines_to_add_are_shown(repo: GitRepo) -> None:
    for path in FILES:
        repo.write(path, "{}" if path.endswith(".json") else "# Mine\n")
    before = outside_git(repo.path)
    out = tracker("init", "--agents", cwd=repo.path).out
    assert outside_git(repo.path) == before
    for one in agent_files("tracker"):
        assert f"kept {one.path}; for {one.agent}, add to it:" in out
        assert all(line in out for line in one.content.splitlines())


def test_links_are_kept(repo: GitRepo, tmp_path: Path) -> None:
    (repo.path / "CLAUDE.md").symlink_to("AGENTS.md")  # a link that the first file makes whole
    (repo.path / ".claude").mkdir()
    (repo.path / ".claude/settings.json").symlink_to("/nowhere/settings.json")
    (repo.path / ".codex").mkdir()
    (repo.path / ".codex/hooks.json").symlink_to(tmp_path.parent / "outside.json")
    (tmp_path.parent / "outside.json").write_text("{}")
    done = tracker("init", "--agents", cwd=repo.path)
    assert done.code == 0, done
    assert "kept .codex/hooks.json" in done.out
    assert "kept .claude/settings.json" in done.out
    assert (tmp_path.parent / "outside.json").read_text() == "{}"
    assert (repo.path / "CLAUDE.md").is_symlink()


def test_a_repository_without_a_workspace_gets_one(tmp_path: Path) -> None:
    GitRepo(tmp_path)
    done = tracker("init", "--agents", cwd=tmp_path)
    assert (tmp_path / "tracker.yml").is_file(), done
    assert (tmp_path / "AGENTS.md").is_file()


def test_a_workspace_in_a_folder_is_named_in_the_hooks(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("my work/tracker.yml", "project: P\n")
    assert tracker("init", "--agents", "my work", cwd=tmp_path).code == 0
    data = json.loads((tmp_path / ".claude/settings.json").read_text("utf-8"))
    command = "tracker --workspace 'my work' hook stop"
    assert command in commands(data)
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True)
    assert words.stdout.splitlines()[2] == "my work"


def test_dry_run_goes_with_agents(repo: GitRepo) -> None:
    assert "--dry-run goes with --agents" in tracker("init", "--dry-run", cwd=repo.path).err


def test_a_link_from_claude_to_agents_needs_nothing(repo: GitRepo) -> None:
    (repo.path / "CLAUDE.md").symlink_to("AGENTS.md")
    assert (
        "kept CLAUDE.md: a link that leads nowhere yet" in tracker("init", "--agents", "--dry-run", cwd=repo.path).out
    )
    assert "kept CLAUDE.md: set up already" in tracker("init", "--agents", cwd=repo.path).out


def test_a_dry_run_names_the_workspace_that_is_missing(tmp_path: Path) -> None:
    GitRepo(tmp_path)
    done = tracker("init", "--agents", "--dry-run", cwd=tmp_path)
    assert done.out.startswith("would create a workspace")
    assert not (tmp_path / "tracker.yml").exists()
