"""Output of a check for a workflow."""

from __future__ import annotations

from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo


def test_a_file_name_is_escaped_in_an_annotation(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/a,b 100%.yml", "session: 1\ndate: 2026-01-01\nfocus: F\nfiles: {created: ['x,y:z']}\n")
    repo.commit("Start")
    done = tracker("check", "--format", "github", cwd=repo.path)
    assert done.out.splitlines()[0] == (
        "::error file=sessions/a%2Cb 100%25.yml,line=4,col=19,title=Refuted::"
        "files.created[0]: session 1 says created x,y:z; refuted: git has never had it"
    )
