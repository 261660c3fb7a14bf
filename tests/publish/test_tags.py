"""Topics, phases and statuses have a row in the index of tags, and topics and statuses a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

PLAN = """\
project: P
phases:
  - id: pump
    title: Build the pump
    tags: [metal]
    tasks: [{id: t1, title: Turn the rotor}]
    criteria:
      - {id: rotor, text: There is a rotor, evidence: [{file: rotor.py}]}
      - {id: seal, text: There is a seal, evidence: [{file: seal.py}]}
  - {id: hose, title: Build the hose, tags: [rubber]}
"""
SESSIONS = {
    "1": "tasks: {t1: complete}",
    "2": "tags: [leaks, metal]",
    "3": "tags: ['| <b>x</b>']",
}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", PLAN)
    repo.write("rotor.py", "x = 1\n")
    for name, line in SESSIONS.items():
        repo.write(f"sessions/{name}.yml", f"session: {name}\ndate: 2025-01-0{name}\nfocus: Day {name}\n{line}\n")
    repo.commit("Start")
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    return repo.path / "docs/tracker"


def test_the_index_counts_what_has_a_tag(pages: Path) -> None:
    rows = [line for line in (pages / "tags.md").read_text("utf-8").splitlines() if line.startswith("| [")]
    cells = {row.split("](")[0].removeprefix("| ["): [cell.strip() for cell in row.split("|")[2:-1]] for row in rows}
    assert cells["metal"] == ["topic", "1", "–", "2"], "session 1 worked on the phase, session 2 names the topic"
    assert cells["leaks"] == ["topic", "–", "–", "1"]
    assert cells["rubber"] == ["topic", "1", "–", "–"]
    assert cells["Build the pump"] == ["phase", "1", "2", "1"]
    assert cells['<span class="tracker-chip tracker-missing">missing</span>'] == ["status", "–", "1", "–"]


def test_a_topic_and_a_status_have_a_page(pages: Path) -> None:
    metal = (pages / "tags/topic-metal.md").read_text("utf-8")
    assert "Build the pump" in metal
    assert metal.index("2025-01-02") < metal.index("2025-01-01"), "the newest first"
    assert "2025-01-03" not in metal
    missing = (pages / "tags/status-missing.md").read_text("utf-8")
    assert "[There is a seal](../criteria/seal.md)" in missing
    assert "rotor" not in missing


def test_the_pages_of_a_session_and_a_phase_link_to_their_tags(pages: Path) -> None:
    session = (pages / "sessions/2025-01-01-1.md").read_text("utf-8")
    assert "[metal](../tags/topic-metal.md)" in session
    phase = (pages / "phases/pump.md").read_text("utf-8")
    assert "[metal](../tags/topic-metal.md)" in phase
    assert "](../tags/status-" in phase


def test_a_tag_is_text(pages: Path) -> None:
    hostile = [path for path in (pages / "tags").iterdir() if path.name.startswith("topic-b") or "x" in path.name]
    assert len(hostile) == 1
    assert "<b>" not in hostile[0].read_text("utf-8") + (pages / "tags.md").read_text("utf-8")
