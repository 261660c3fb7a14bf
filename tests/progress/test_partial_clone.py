"""Evidence in a partial clone with a sparse checkout: what lies outside of it has no content here."""

from __future__ import annotations

from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo

PLAN = """\
project: P
phases:
  - id: p
    title: P
    criteria:
      - {id: text, text: A, evidence: [{file: d/a.py, contains: one}]}
      - {id: symbol, text: A, evidence: [{file: d/a.py, symbol: one}]}
      - {id: there, text: A, evidence: [{file: d/a.py}]}
"""


def test_content_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    repo, sparse = GitRepo(tmp_path / "repo"), tmp_path / "sparse"
    repo.write("d/a.py", "def one(): ...\n")
    repo.write("tracker.yml", PLAN)
    commit = repo.commit("one")
    evidence = f"[{{file: d/a.py, lines: 1-1, at: {commit}}}]"
    repo.write("tracker.yml", f"{PLAN}      - {{id: lines, text: A, evidence: {evidence}}}\n")
    repo.commit("two")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--filter=blob:none", "--sparse", repo.path.as_uri(), str(sparse))
    found = tracker("status", "--format", "json", cwd=sparse).json
    (phase,) = found["phases"]
    assert {one["id"]: one["verdict"] for one in phase["criteria"]} == {
        "text": "missing",
        "symbol": "missing",
        "lines": "missing",
        "there": "met",
    }
    because = tracker("explain", "text", cwd=sparse).out
    assert "unknown: its content is not in this clone; a complete one decides" in because
