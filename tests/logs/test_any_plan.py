"""Trackers and check lists of any shape: a plan that is valid, or one message."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs.test_any_input import HOSTILE
from tracker.sources import yaml
from tracker.sources.logs.document import UnreadableLog
from tracker.sources.logs.plans import read_plan_document
from tracker.sources.plan import read_plan

PIECES = [
    "# Chapter 14: Kilns\n",
    "# Chapter 15\n",
    "## Phase 8: Wheel ✅ COMPLETE\n",
    "## Phase 8 success criteria\n",
    "## Phase 9\n**Depends on:** Phases 1-3, 8, 9\n**Owner:** Ada\n**Completed:** 2026-02-15\n",
    "### Prerequisites\n",
    "### Tasks\n",
    "## Shop\n",
    "## Key achievements\n",
    "### Decisions\n",
    "- [x] 8.1 Axle (2h)\n",
    "- [ ] Belt\n  - [-] Buckle\n",
    "* plain\n",
    "+ [ ] Belt\n",
    "| Phase | Status | Notes |\n|---|---|---|\n| 8. Wheel | done | x |\n| Fire | blocked | |\n| | | |\n",
    "| Task | Description | Estimate |\n|---|---|---|\n| 8.1 | Axle | 2h |\n| | | |\n",
    "| # | Item | Status |\n|---|---|---|\n| 1 | Belt | ✅ |\n",
    "| Criterion | Result |\n|---|---|\n| Hot | ✅ |\n",
    "| Session | Deliverable |\n|---|---|\n| S1 | Axle |\n",
    "**Team Clay endorsement:** axle\n",
    "\n",
    "é🎉",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=10)), max_size=15).map("".join)


def assert_valid(content: bytes, folder: Path) -> None:
    try:
        draft = read_plan_document("tracker.md", content)
    except UnreadableLog:
        return
    (folder / "tracker.yml").write_text(yaml.dump({"project": "P", **draft.data}), "utf-8")
    plan, problems = read_plan(folder)
    assert plan is not None, problems
    ids = Counter(phase.id for phase in plan.phases)
    assert set(ids.values()) <= {1}


@settings(deadline=None, max_examples=150)
@given(text=TEXTS)
def test_any_tracker_becomes_a_valid_plan(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_valid(text.encode("utf-8", "replace"), tmp_path_factory.mktemp("plan"))


def test_a_phase_with_the_id_of_a_task_is_left_out() -> None:
    text = "- [x] 8.1 Axle\n# Chapter 14: Kilns\n| Phase | Status |\n|---|---|\n| 8. Wheel | done |\n| 8.1 | Axle |\n"
    draft = read_plan_document("tracker.md", text.encode())
    assert [phase["id"] for phase in draft.phases].count("8.1") == 0
    assert "phase 8.1 left out: a task has this id" in [doubt for _, doubt in draft.doubts]


def test_phases_that_depend_on_each_other() -> None:
    text = "## Phase 8: Wheel\n**Depends on:** Phase 9\n## Phase 9: Kiln\n**Depends on:** Phase 8\n"
    draft = read_plan_document("tracker.md", text.encode())
    assert sorted(len(phase.get("depends_on", ())) for phase in draft.phases) == [0, 1]
    assert any("depend on each other" in doubt for _, doubt in draft.doubts)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trackers(name: str, tmp_path: Path) -> None:
    assert_valid(HOSTILE[name].encode("utf-8", "replace"), tmp_path)


def test_a_task_of_two_phases_is_kept_once() -> None:
    draft = read_plan_document("t.md", b"- [x] 8.1 Axle\n\n## Phase 9: Fire\n\n- [ ] 8.1 Axle\n- [ ] 9.1 Wood\n")
    assert [[task["id"] for task in phase["tasks"]] for phase in draft.phases] == [["8.1"], ["9.1"]]
    assert "task 8.1 of phase 9 left out" in draft.doubts[-1][1]


def test_signs_are_check_boxes_and_headings_are_of_any_language() -> None:
    text = (
        "## 阶段1: 砖窑\n\n- ✅ 砌砖\n- ⬜ 点火\n\n## Этап 2: Глина\n\n"
        "| Задача | Статус | Ответственный |\n|---|---|---|\n"
        "| Копать | выполнено | Ада |\n| Сушить | запланировано | |\n"
    )
    first, second = read_plan_document("t.md", text.encode()).phases
    assert (first["id"], first["title"]) == ("1", "砖窑")
    assert [(one["title"], one.get("status")) for one in first["tasks"]] == [("砌砖", "complete"), ("点火", None)]
    assert (second["id"], second["title"]) == ("2", "Глина")
    assert second["tasks"][0] | {"id": ""} == {"id": "", "title": "Копать", "status": "complete", "owner": "Ада"}
    assert [one["title"] for one in second["tasks"]] == ["Копать", "Сушить"]


def test_a_list_without_a_heading_is_a_phase_named_by_its_file() -> None:
    (phase,) = read_plan_document("glaze.md", b"- [x] mix\n- [ ] fire\n").phases
    assert (phase["id"], len(phase["tasks"])) == ("glaze", 2)
