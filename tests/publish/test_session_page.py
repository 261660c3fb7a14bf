"""The page of a session stays short, also for a long imported log."""

from __future__ import annotations

from pathlib import Path

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.sources import yaml


def test_a_long_session_shows_its_beginning_and_names_the_file(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "pump")
    log = "\n\n".join(f"```\nline {number}\n\nend of block {number}\n```" for number in range(2_000))
    session: dict[str, object] = {"session": "1", "date": "2026-01-01", "focus": "Much", "log": log}
    session |= {"highlights": [f"Highlight {number}" for number in range(60)]}
    repo.write("tracker.yml", "project: Pump\n")
    repo.write("sessions/1.yml", yaml.dump(session))
    repo.commit()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    text = (repo.path / "docs/tracker/sessions/2026-01-01-1.md").read_text("utf-8")
    assert "Highlight 49\n" in text
    assert "Highlight 50\n" not in text
    assert "And 10 more in `sessions/1.yml`." in text
    assert len(text) < 50_000
    assert text.count("\n```") % 2 == 0, "no block of code is left open"
    assert "The rest of the log is in `sessions/1.yml`." in text


def test_the_page_of_a_month_shows_the_first_learnings(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    learnings = [f"Lesson {number}" for number in range(70)]
    session = {"session": "1", "date": "2026-01-01", "focus": "f", "learnings": learnings}
    repo.write("sessions/1.yml", yaml.dump(session))
    repo.commit()
    assert tracker("build", "--no-site", cwd=tmp_path).code == 0
    page = (tmp_path / "docs/tracker/sessions/2026-01.md").read_text("utf-8")
    assert page.count("- Lesson ") == 60
    assert "And 10 more on the pages of the sessions." in page
