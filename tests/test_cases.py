"""Behaviours, each a folder of `tests/cases/`: a new behaviour is a new folder.

Its `story.yml` is a list of steps, done in order in a fresh repository. A step either makes history:

    write: {PATH: CONTENT, …}   remove: [PATH, …]
    at: MOMENT                  when the commit is made, and in which zone; without it an hour after the last one
    git: [ARGUMENTS, …]         git commands, before the rest of the step
    commit: MESSAGE             without it what was written stays uncommitted
    as: NAME                    from here on `@NAME@` is the hash of this commit, `@NAME:7@` its first 7 digits;
                                without a commit, the one that is checked out

or runs the real command and says what must come of it:

    run: status --format json
    exit: 0                     the default
    json: {JMESPATH: VALUE, …}  of what it printed
    prints: [LINE, …]           each of them a whole line of what it printed
    complains: [TEXT, …]        each stands on stderr
    pages: {PAGE: [TEXT, …]}    each stands on the page, below docs/tracker
    absent: [PAGE, …]           these pages are not there

A file beside it named `workspace/…` is there from the start.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jmespath
import pytest
from ruamel.yaml import YAML

from tests.command import Done, tracker
from tests.gitrepo import GitRepo

CASES = Path(__file__).parent / "cases"
KEYS = (
    {"write", "remove", "commit", "as", "at", "git"},
    {"run", "exit", "json", "prints", "complains", "pages", "absent"},
)


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_case(case: str, tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    if (CASES / case / "workspace").is_dir():
        shutil.copytree(CASES / case / "workspace", repo.path, dirs_exist_ok=True)
    names: dict[str, str] = {}
    for number, step in enumerate(YAML(typ="safe").load((CASES / case / "story.yml").read_text("utf-8")), 1):
        assert any(step.keys() <= keys for keys in KEYS), f"step {number}: unknown keys {list(step)}"
        if "run" in step:
            _run(repo.path, _filled(step, names), f"{case}, step {number}: tracker {step['run']}")
        else:
            _make(repo, _filled(step, names), names)


def _make(repo: GitRepo, step: Mapping[str, Any], names: dict[str, str]) -> None:
    if "at" in step:
        repo.at(step["at"])
    for arguments in step.get("git", []):
        repo.git(*shlex.split(arguments))
    for path, content in step.get("write", {}).items():
        repo.write(path, content)
    for path in step.get("remove", []):
        repo.remove(path)
    if "commit" in step:
        names[step.get("as", "")] = repo.commit(step["commit"])
    elif "as" in step:
        names[step["as"]] = repo.git("rev-parse", "HEAD")


def _run(folder: Path, step: Mapping[str, Any], where: str) -> None:
    done = tracker(*shlex.split(step["run"]), cwd=folder)
    assert done.code == step.get("exit", 0), f"{where}: {done}"
    if "json" in step:
        assert {path: jmespath.search(path, done.json) for path in step["json"]} == step["json"], where
    _assert_said(done, step, where)
    for page, texts in step.get("pages", {}).items():
        content = (folder / "docs/tracker" / page).read_text("utf-8")
        for text in texts:
            assert text in content, f"{where}: {page}\n{content}"
    assert [page for page in step.get("absent", []) if (folder / "docs/tracker" / page).exists()] == [], where


def _assert_said(done: Done, step: Mapping[str, Any], where: str) -> None:
    lines = done.out.splitlines()
    assert [line for line in step.get("prints", []) if line not in lines] == [], f"{where}: {done.out}"
    assert [text for text in step.get("complains", []) if text not in done.err] == [], f"{where}: {done.err}"


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """The step with the hashes of the commits that it names."""
    if isinstance(value, dict):
        return {_filled(key, names): _filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    if isinstance(value, str):
        return re.sub(r"@(\w+)(?::(\d+))?@", lambda m: names[m[1]][: int(m[2] or 64)], value)
    return value
