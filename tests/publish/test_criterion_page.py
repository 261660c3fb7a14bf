"""The page of a criterion: its verdict, its evidence with the code that it names, and its neighbours."""

from __future__ import annotations

from pathlib import Path

import markdown

from tests.command import tracker
from tests.gitrepo import GitRepo

PLAN = """\
project: P
phases:
  - id: pump
    title: Build the pump
    criteria:
      - id: rotor
        text: The rotor turns
        evidence: [{file: rotor.py, symbol: turn}, {file: rotor.py, symbol: stop}]
      - {id: seal, text: The seal holds, evidence: [{file: seal.py}]}
"""
CODE = 'def turn():\n    """Turn.\n\n    Twice.\n    """\n    return 1\n\n\ndef stop():\n    return 0\n'


def test_the_code_of_each_evidence_is_below_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", PLAN)
    repo.write("rotor.py", CODE)
    repo.commit("Start")
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    text = (repo.path / "docs/tracker/criteria/rotor.md").read_text("utf-8")
    assert "[seal](seal.md)" in text
    assert "](../tags/status-met.md) The rotor turns" in text
    evidence = text.partition("## Evidence")[2].partition("## ")[0]
    html = markdown.markdown(evidence, extensions=["pymdownx.superfences", "sane_lists"])
    first, second = html.split("<li>")[1:]
    assert first.count("<pre") == second.count("<pre") == 1
    assert "Twice." in first.partition("<pre")[2]
    assert "`" not in html
