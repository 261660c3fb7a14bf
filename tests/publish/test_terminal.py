"""What `tracker ready` prints: long lists are bounded, and say how to see the rest."""

from __future__ import annotations

from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo


def test_a_phase_of_many_files_fits_a_screen(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    for number in range(40):
        repo.write(f"src/part{number:02}.py", "x = 1\n")
    repo.write(
        "tracker.yml",
        "project: P\nphases: [{id: '1', title: T, tasks: [{id: a, title: A}], criteria: "
        "[{id: c, text: C, evidence: [{file: src/part00.py}], covers: [src/**]}]}]\n",
    )
    repo.commit("Start")
    short, long = tracker("ready", "1", cwd=repo.path), tracker("ready", "1", "-v", cwd=repo.path)
    assert short.out.count("- src/part") == 12
    assert "  and 28 more (-v lists them)\n" in short.out
    assert "Scope: 1 task without an estimate that can be read\n" in short.out
    assert long.out.count("- src/part") == 40
