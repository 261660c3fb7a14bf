"""The quick look of the stop hook: it never passes a session that the judgement blocks, and needs no models."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.agents.project import make_project
from tests.gitrepo import GitRepo
from tracker.commands.hooks.claims import judged_claims
from tracker.commands.hooks.plan import read_hook_plan, validated_plan
from tracker.commands.hooks.screen import KEYS, passes
from tracker.commands.project import open_facts
from tracker.model import Session
from tracker.sources.repository import Repository

HEAD = 'session: "2"\ndate: 2026-01-02\nfocus: The ramp\n'
FILE = "sessions/2026-01-02-2.yml"
PATHS = (
    "loop.py",
    "new.py",
    "gone.py",
    "never.py",
    "lop.py",
    "src",
    "src/*.py",
    "a\\b.py",
    "../x",
    "/etc/passwd",
    "~/x",
)
REPORTS = (
    "highlights: [ramp-there is met]",
    "summary: 'Completed ramp-there.'",
    "work: [{title: Boxes, body: '- [x] ramp-there'}]",
    "phases: {1: complete}",
    "phases: {1: done}",
    "commits: [abcdef1]",
    "commits: [{commit: HEAD}]",
    "files: {renamed: [{from: loop.py, to: never.py}]}",
    "files: {renamed: [{from: lop.py, to: new.py}]}",
)
CLAIMS = [*(f"files: {{{kind}: ['{path}']}}" for kind, path in product(("created", "modified", "removed"), PATHS))]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = make_project(tmp_path)
    repo.write("src/a.py", "")
    repo.write("gone.py", "")
    repo.commit("Add more")
    (tmp_path / "gone.py").unlink()
    repo.write("new.py", "")
    return repo


def quick(repo: GitRepo) -> bool:
    with Repository.open(repo.path) as repository:
        return passes(repository, [FILE], (), read_hook_plan(repo.path).criteria)


def blocked(repo: GitRepo) -> bool:
    with open_facts(repo.path, write=False) as (facts, _):
        return bool(judged_claims(facts, None, None)[0].reasons)


@pytest.mark.parametrize("claim", [*CLAIMS, *REPORTS])
def test_what_is_blocked_never_passes_quickly(repo: GitRepo, claim: str) -> None:
    repo.write(FILE, f"{HEAD}{claim}\n")
    assert not (quick(repo) and blocked(repo))


def test_the_claims_are_of_both_kinds(repo: GitRepo) -> None:
    """Otherwise the test above could not fail."""
    found = set()
    for claim in (CLAIMS[0], CLAIMS[3], REPORTS[0]):
        repo.write(FILE, f"{HEAD}{claim}\n")
        found.add((quick(repo), blocked(repo)))
    assert found == {(True, False), (False, True)}


@pytest.mark.parametrize(
    "claim",
    [
        "files: {created: [new.py], modified: [loop.py], removed: [gone.py]}",
        "files: {renamed: [{from: gone.py, to: new.py, note: Better}]}",
        "highlights: [ramp-there is not met yet]",
        "phases: {1: in progress}",
        'tasks: {"1.1": complete}',
    ],
)
def test_usual_claims_pass_quickly(repo: GitRepo, claim: str) -> None:
    repo.write(FILE, f"{HEAD}commits: [{repo.git('rev-parse', 'HEAD')}]\n{claim}\n")
    assert quick(repo)


@pytest.mark.parametrize("text", ["session: [", "", "- a", "session: 2", f"{HEAD}unknown: 1\n", f"{HEAD}files: [a]\n"])
def test_a_file_of_another_form_does_not_pass_quickly(repo: GitRepo, text: str) -> None:
    repo.write(FILE, text)
    assert not quick(repo)


def test_the_keys_are_those_of_sessions() -> None:
    assert frozenset(Session.model_fields) == KEYS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("phases:", "trailer: Work-Session\nmention: 'W(\\d+)'\nphases:"),
        ("phases:", "sessions: log/sessions\nphases:"),
        ("phases:", "sessions: ./sessions/\nphases:"),
        ("title: Control loop", "title: Control loop\n    prerequisites: [{id: kiln-there, text: It is there}]"),
    ],
)
def test_the_plan_is_read_as_the_models_read_it(repo: GitRepo, old: str, new: str) -> None:
    repo.write("tracker.yml", (repo.path / "tracker.yml").read_text("utf-8").replace(old, new))
    assert read_hook_plan(repo.path) == validated_plan(repo.path)


def test_ids_that_repeat_between_chapters(repo: GitRepo) -> None:
    plan = (repo.path / "tracker.yml").read_text("utf-8")
    plan = plan.replace("{id: cool-slow", "{id: loop-there").replace("Cooling", "Cooling\n    chapter: Chapter 2")
    repo.write("tracker.yml", plan.replace("Control loop", "Control loop\n    chapter: Chapter 1"))
    assert read_hook_plan(repo.path).criteria[-1] == "2/loop-there"


def test_a_stop_after_a_change_imports_no_models(repo: GitRepo) -> None:
    repo.write(FILE, f"{HEAD}files: {{created: [new.py]}}\n")
    given = json.dumps({"hook_event_name": "Stop", "stop_hook_active": False, "cwd": str(repo.path)})
    command = [sys.executable, "-X", "importtime", "-m", "tracker", "hook", "stop"]
    done = subprocess.run(command, input=given, capture_output=True, text=True, cwd=repo.path, check=True)
    assert done.stdout == ""
    assert "tracker.commands.hooks.screen" in done.stderr
    assert "pydantic" not in done.stderr
