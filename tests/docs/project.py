"""A small project with a history, on which the commands of the documentation are run."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo

PLAN = """\
project: Prediction pipeline
phases:
  - id: "8"
    title: Self-play wiring
    tasks:
      - {id: "8.4", title: Root cause analysis, estimate: 2h}
    criteria:
      - id: gate-fires
        text: The gate fires at least once
        evidence:
          - {result: soak, value: gate_true_rate, above: 0}
        covers: [gate.py]
      - id: unit-tests
        text: The unit tests pass
        evidence:
          - {command: "python3 gate.py"}
  - id: "9"
    title: Long soak
    depends_on: ["8"]
    tasks:
      - {id: "9.1", title: Soak overnight, estimate: 8h}
"""
SESSION = """\
session: "88"
date: 2026-01-01
focus: Root cause of the silent gate
tasks: {"8.4": complete}
files: {created: [gate.py]}
decisions:
  - {decision: Keep the relay, rationale: The loose relay was not the cause}
next:
  immediate: [Soak it overnight]
"""
SITE = """\
site_name: Prediction pipeline
theme: {name: material, font: false}
plugins: [search]
"""
LOG = """\
# Session 87: The gate stays silent

**Date:** 2025-12-30

## Next steps

- Find the root cause
"""


def make_project(folder: Path) -> GitRepo:
    """Create the project: a plan, a session with its commit, a result, a released version and a log to import."""
    repo = GitRepo(folder)
    repo.write("tracker.yml", PLAN)
    repo.write("gate.py", "GATE = True\n")
    repo.write("README.md", "# Prediction pipeline\n")
    repo.write("notes/session-87.md", LOG)
    repo.write("notes/S88.md", LOG.replace("87", "88"))
    repo.write("reports/junit.xml", '<testsuite><testcase classname="gate" name="opens"/></testsuite>')
    repo.write("scripts/fix_rows.py", "print(1)\n")
    commit = repo.commit("Open the gate (S88)")
    repo.write("sessions/2026-01-01-88.yml", SESSION)
    result = {"name": "soak", "started": "2026-01-01T02:00:00Z", "gate_true_rate": 0.12, "source": {"commit": commit}}
    repo.write("diagnostics/results/20260101T020000Z-soak.json", json.dumps(result))
    repo.write(
        "mkdocs.yml", "site_name: Prediction pipeline\ntheme: {name: material, font: false}\nplugins: [search]\n"
    )
    repo.write("docs/index.md", "# Prediction pipeline\n")
    repo.write(".gitignore", "/site/\n/docs/tracker/\n.tracker/\n")
    repo.commit("Session 88")
    repo.git("tag", "v1.0")
    return repo


def make_released_project(folder: Path) -> GitRepo:
    """Create the project with the versions 3.8.0 and 3.9.0, and a change since."""
    repo = make_project(folder)
    for number in ("3.8.0", "3.9.0"):
        assert tracker("release", number, cwd=folder).code == 0
        repo.commit(f"Release {number}")
    repo.write("tracker.yml", PLAN.replace("Long soak", "Longer soak"))
    repo.commit("Rename phase 9")
    for _ in range(20):  # pages show `HEAD~20`
        repo.commit("Keep working")
    return repo
