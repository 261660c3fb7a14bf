"""Dialects of logs that other teams write: how a file is split, dated and read."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import tracker
from tests.logs.test_reading import data, reads
from tracker.sources.logs.plans import read_plan_document
from tracker.sources.logs.reader import Unread, read_log

HEAD = "# Session 7 — 2026-03-01\n\n**Focus:** kiln\n\n"


def titles(text: str) -> list[str]:
    return [work["title"] for work in data(HEAD + text).get("work", ())]


def days(text: str) -> list[str]:
    return [str(one.session.date) for one in reads(text)]


@pytest.mark.parametrize(
    "text",
    [
        "# BITACORA\n\n- 2026-07-18: bricks.\n- 2026-07-18: clay.\n- 2026-07-19: glaze.\n",
        "# Diário - 2026-07-18\n\n- bricks\n\n# Notas\n\n# Diário - 2026-07-19\n\n- glaze\n\n# Planos\n\n# Fim\n",
        "# Log\n\n## Bricks (2026-07-18)\n- a\n\n## Glaze (2026-07-19)\n- b\n",
        "# Log\n\n## 🚀 v1.1 (2026-07-18)\n- a\n\n## 🎯 v1.0 (2026-07-19)\n- b\n\n## v0.9\n- c\n\n## Later\n",
    ],
)
def test_sessions_by_day(text: str) -> None:
    assert days(text) == ["2026-07-18", "2026-07-19"]


def test_a_list_of_days_is_the_work_of_each_day() -> None:
    first, second = reads("# Log\n\n- 2026-07-18: bricks\n- 2026-07-18: clay\n- [2026-07-19] - glaze\n")
    assert [one["title"] for one in first.data["work"]] == ["bricks", "clay"]
    assert [one["title"] for one in second.data["work"]] == ["glaze"]


def test_titles_of_one_day_are_sessions() -> None:
    assert len(reads("# Log\n\n## 2026-05-01: Kiln\n- a\n\n## 2026-05-01: Glaze\n- b\n")) == 2


def test_sessions_below_a_heading_beside_instructions() -> None:
    text = "# Log\n\n## Sessions\n\n### #session-4 (2026-03-01)\n\n- a\n\n## Usage\n\n### Adding\n\n### Searching\n"
    assert [one.session.session for one in reads(text)] == ["4"]


def test_the_text_above_the_first_session_has_no_facts() -> None:
    first, _ = reads("# Log\n\n## To do\n- a\n\n## Session 1 — 2026-03-01\n- b\n\n## Session 2 — 2026-03-02\n- c\n")
    assert "next" not in first.data
    assert "## To do" in first.data["log"]


def test_every_heading_of_a_release_lists_changes() -> None:
    newer = "## [1.1.0] - 2026-03-02\n### Design\n- a\n### Upgrade notes\n- b\n\n"
    first, second = reads(f"# Changelog\n\n{newer}## [1.0.0] - 2026-03-01\n- c\n\n## 0.9.0\n- d\n")
    assert [one["title"] for one in first.data["work"]] == ["a"]
    assert [one["title"] for one in second.data["work"]] == ["c"]


def test_a_changelog_without_a_release_is_no_session() -> None:
    (one,) = read_log("CHANGELOG.md", b"# Changelog\n\n## [Unreleased]\n\n- a\n")
    assert isinstance(one, Unread)
    assert "unreleased" in one.message


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("# Acta\n\n**Fecha:** 10/05/2026\n\n## Resumen\nSe hizo la prueba de la arcilla y el horno.\n", "2026-05-10"),
        ("# Minutes\n\n**Date:** 10/05/2026\n\n## Summary\nThe kiln was lit and the glaze was tried.\n", "2026-10-05"),
        ("# Minutes\n\n**Date:** 2/21/21\n\n- a\n", "2021-02-21"),
        (f"# Handoff\n\n{'Warm. ' * 500}\n\n*Written on 2026-03-24.*\n", "2026-03-24"),
    ],
)
def test_dates(text: str, day: str) -> None:
    assert days(text) == [day]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("## Known issues\n### High priority\n🐛 **a**: b\n🐛 **c**: d\n", "incidents", 2),
        ("## Recent achievements\n✅ a\n✅ b\n", "highlights", 2),
        ("## Decisions\n* No decisions were made\n", "decisions", 0),
        ("## Known issues\nNo issues from last meeting were discussed\n", "incidents", 0),
        ("## Troubleshooting\n- Does it not fire? Push harder.\n", "incidents", 0),
        ("## Verification\n```sh\nmake test\n```\n", "tests", 0),
        ("## Open questions\nNone for this session.\n", "assessments", 0),
    ],
)
def test_lists_and_empty_sections(text: str, field: str, value: int) -> None:
    assert len(data(HEAD + text).get(field, ())) == value


def test_steps_in_lines_with_signs() -> None:
    left = "## What's left to build\n⬜ **a**: b\n⬜ c\n\n"
    said = data(f"{HEAD}{left}## Next steps\n**Reference:**\n- d\n### Usage\n```sh\nmake\n```\n")
    assert said["next"] == {"immediate": ["⬜ **a**: b", "⬜ c"]}


def test_labels_of_a_step_are_no_steps() -> None:
    said = data(HEAD + "## Next priority task\n- **Task**: a\n- **Description**: b\n- **Estimated Effort**: 2 h\n")
    assert said["next"] == {"immediate": ["**Task**: a"]}


def test_work_that_is_still_to_come_is_no_work() -> None:
    text = "## Progress\n### Phase 1: Kiln ✅\nLit.\n### Phase 2: Glaze\n- **Status**: Pending\n"
    said = data(f"{HEAD}{text}### Phase 3: Ash (REMAINING)\nSoon.\n")
    assert [work["title"] for work in said["work"]] == ["Phase 1: Kiln"]
    assert said["phases"] == {"1": "complete", "2": "planned", "3": "planned"}


@pytest.mark.parametrize(
    "text",
    [
        "## Attendees\n- [x] Ann\n",
        "## Release checklist\n- [x] a\n",
        "## Activity\n| Agent | Tasks completed |\n|---|---|\n| Ann | 2 |\n",
        "## Work done\n- **Status**: ready\n- **Problem**: cold\n",
    ],
)
def test_what_is_no_work(text: str) -> None:
    assert titles(text) == []


def test_generic_headings_of_work_are_no_work() -> None:
    assert titles("## Work\n### Completed steps\n1. a\n2. b\n") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("**Created:**\n- `a.py` — kiln\n- `b.py`\n", {"created": ["a.py", "b.py"]}),
        ("## Files created\n- `a.md` — a section (58 lines added)\n", {"modified": ["a.md"]}),
        ("## Files to fix\n- `a.py`\n", {}),
        ("## Files not modified\n- `a.py`\n", {}),
        ("## Files\n- `a.py` — exists\n- `README` — new\n- `path/to/file.py`\n", {}),
        ("## Working on the correct file\n`a.py` is it.\n", {}),
        ("## Files\n```\nsrc/\n├── a.py\n└── b.py\n```\n", {}),
        ("## Changes\n- Scripts: add a linter; fix `a.sh` quoting\n", {}),
    ],
)
def test_files(text: str, files: dict[str, list[str]]) -> None:
    said: dict[str, Any] = data(HEAD + text).get("files", {})
    assert {kind: [one["path"] for one in entries] for kind, entries in said.items()} == files


def test_a_footer_states_the_status_and_no_time_of_day_is_a_duration() -> None:
    head = "# Log\n\n**Date**: 2026-03-01\n**Time**: Starting session\n\n"
    said = data(f"{head}## Notes\nWarm.\n\n**Session Status**: ✅ Productive\n")
    assert said["status"] == "✅ Productive"
    assert "duration" not in said


def test_logs_with_one_id_of_different_times_are_two_sessions(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "tracker.yml").write_text("project: Kiln\n", "utf-8")
    (tmp_path / "a.md").write_text("# Session 1 — 2026-01-05\n\n## Work\n- a\n", "utf-8")
    (tmp_path / "SPRINT_1.md").write_text("# Sprint 1 — 2026-04-05\n\n## Work\n- b\n", "utf-8")
    for _ in range(2):
        assert tracker("import", "a.md", "SPRINT_1.md", cwd=tmp_path).code == 0
        assert sorted(file.name for file in (tmp_path / "sessions").iterdir()) == [
            "2026-01-05-1.yml",
            "2026-04-05-20260405-sprint-1.yml",
        ]


def plan(text: str) -> list[dict[str, Any]]:
    return read_plan_document("PLAN.md", text.encode()).phases


def test_a_share_done_is_no_completion() -> None:
    assert plan("# Plan\n\n## Phase 1: Kiln\n**Status**: 60% Complete\n")[0]["status"] == "in progress"


def test_the_list_below_a_phase_holds_its_tasks() -> None:
    phase = plan("# Plan\n\n## Faz 1 - Fırın\nAmaç: sıcak.\n- tuğla\n- kil\n\n**Exit criterion:** It is hot.\n")[0]
    assert [task["title"] for task in phase["tasks"]] == ["tuğla", "kil"]
    assert [one["text"] for one in phase["criteria"]] == ["It is hot."]


def test_check_boxes_of_phases_are_phases() -> None:
    phases = plan(
        "# Plan\n\n## Phase 1: Kiln\n- [ ] bricks\n\n## Others\n- [x] Phase 2: Glaze\n- [x] None\n- [x] [DONE] ash\n"
    )
    assert [(phase["id"], phase.get("status")) for phase in phases[:2]] == [("1", None), ("2", "complete")]
    assert [task["title"] for task in phases[-1]["tasks"]] == ["ash"]
