"""Story tests: each folder of `tests/cases/` describes one behaviour.

Its `story.yml` is a list of steps, run in order in a new repository. A step either creates history:

    write: {PATH: CONTENT, …}   remove: [PATH, …]
    at: MOMENT                  date and time zone of the commit; default: one hour after the previous commit
    git: [ARGUMENTS, …]         git commands, run before the rest of the step
    commit: MESSAGE             without it, the changes stay uncommitted
    as: NAME                    in later steps `@NAME@` is the hash of this commit, `@NAME:7@` its first 7 digits;
                                without `commit`, the hash of HEAD

or runs the real command and states the expected result:

    run: status --format json
    exit: 0                     the default
    json: {JMESPATH: VALUE, …}  values in the printed JSON
    prints: [LINE, …]           complete lines of stdout
    complains: [TEXT, …]        texts on stderr
    pages: {PAGE: [TEXT, …]}    texts on the page, below docs/tracker
    absent: [PAGE, …]           pages that do not exist

Files in a folder `workspace/` beside it exist from the start.
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
    """Return the step with the names of commits replaced by their hashes."""
    if isinstance(value, dict):
        return {_filled(key, names): _filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    if isinstance(value, str):
        return re.sub(r"@(\w+)(?::(\d+))?@", lambda m: names[m[1]][: int(m[2] or 64)], value)
    return value
