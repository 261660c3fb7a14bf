"""A small project with a history, for the tests of hooks and explanations."""

from __future__ import annotations

from pathlib import Path

from tests.gitrepo import GitRepo

PLAN = """\
project: Kiln
phases:
  - id: "1"
    title: Control loop
    tasks:
      - {id: "1.1", title: Write the loop}
    criteria:
      - id: loop-there
        text: The loop exists
        evidence: [{file: loop.py}]
      - id: ramp-there
        text: The ramp is defined
        evidence: [{file: loop.py, symbol: ramp}]
      - id: soak-long
        text: It soaks for ten hours
        evidence: [{result: soak, value: hours, at_least: 10}]
  - id: "2"
    title: Cooling
    depends_on: ["1"]
    criteria:
      - {id: cool-slow, text: It cools slowly}
"""
OLD = """\
session: "1"
date: 2026-01-01
focus: The loop
tasks: {"1.1": complete}
files: {created: [loop.py, never.py]}
"""


def make_project(folder: Path) -> GitRepo:
    """A repository with a plan and one session, of which one claim is refuted."""
    repo = GitRepo(folder)
    repo.write("tracker.yml", PLAN)
    repo.write("loop.py", "def loop():\n    pass\n")
    repo.write("sessions/2026-01-01-1.yml", OLD)
    repo.commit("Add the loop (Session 1)")
    return repo
