"""Facts that are found by the meaning of headings and labels; each rule has its own log."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.logs.test_reading import data, reads
from tracker.sources.logs.reader import Read, read_log

HEAD = "# Session 7 — 2026-03-01\n\n**Focus:** kiln\n\n"


def found(text: str) -> dict[str, Any]:
    return data(HEAD + text)


STEPS = {
    "an urgency is what a heading says first": (
        "## Next steps\n### Immediate (this week)\n- a\n### Short term (next session)\n- b\n### Later\n- c\n",
        {"immediate": ["a"], "short_term": ["b"], "deferred": ["c"]},
    ),
    "a column may say the urgency": (
        "## To do\n| # | Item | Priority |\n|---|---|---|\n| 1 | a | P0 |\n| 2 | b | P2 |\n| 3 | c | Low |\n",
        {"immediate": ["a"], "short_term": ["b"], "deferred": ["c"]},
    ),
    "what is settled is no step": (
        "## Next steps\n- a\n- [x] b\n- ~~c~~\n- d ✅ done\n\n### No longer needed\n- e\n",
        {"immediate": ["a"]},
    ),
    "what stands in brackets postpones a step": (
        "## To do\n1. a\n2. b (low priority)\n3. **Backlog: c** — d\n",
        {"immediate": ["a"], "deferred": ["b (low priority)", "**Backlog: c** — d"]},
    ),
    "a numbered heading is a step with all that stands under it": (
        "## Next steps\n### 1. Fire the kiln\nSlowly.\n- at night\n### Priority 3: Clean up\nSoon.\n",
        {"immediate": ["**Fire the kiln**\n\nSlowly.\n- at night"], "deferred": ["**Clean up**\n\nSoon."]},
    ),
    "a heading without a list is a step, one with a list groups steps": (
        "## Next steps\n### Fire the kiln\nSlowly.\n### Glazes\n- a\n- b\n",
        {"immediate": ["**Fire the kiln**\n\nSlowly.", "a", "b"]},
    ),
    "the priorities of a session that is to come": (
        "## Hand-off\nIt is warm.\n\n**Session 8 priorities (in order):**\n\n1. a\n2. b\n",
        {"immediate": ["a", "b"]},
    ),
    "unticked boxes of a handoff": (
        "## Session 8 handoff\n**Checklist:**\n- [ ] a\n- [x] b\n",
        {"immediate": ["a"]},
    ),
    "what not to do is no step": ("## What not to do\n- a\n", None),
    "what is pending in brackets is no step": ("## Gains (Pending)\n- a\n", None),
    "lines in italics close a log": ("## Next\n*End of session 7*\n", None),
}


@pytest.mark.parametrize("rule", STEPS)
def test_next_steps(rule: str) -> None:
    text, steps = STEPS[rule]
    assert found(text).get("next") == steps


INCIDENTS = {
    "headings of its parts, below a heading of any meaning": (
        "## Fix 1: cracks\n### Problem\nPots crack.\n### Root cause\nToo hot.\n### Fix\nLess gas.\n",
        [{"problem": "Fix 1: cracks: Pots crack.", "cause": "Too hot.", "resolution": "Less gas."}],
    ),
    "labels of its parts in a summary": (
        "## Summary\n**Bug discovered:** pots crack\n\n**Root cause:** too hot\n\n**Resolution:** less gas\n",
        [{"problem": "pots crack", "cause": "too hot", "resolution": "less gas"}],
    ),
    "labels that are not bold": (
        "Problem: pots crack\nCause: too hot\nFix: less gas\n",
        [{"problem": "pots crack", "cause": "too hot", "resolution": "less gas"}],
    ),
    "one incident where the heading speaks of one": (
        "## Issue found\n- pots crack\n- and glaze runs\n",
        [{"problem": "- pots crack\n- and glaze runs"}],
    ),
    "one per item where the heading speaks of several": (
        "## Known issues\n- pots crack\n- glaze runs\n",
        [{"problem": "pots crack"}, {"problem": "glaze runs"}],
    ),
    "one per row": (
        "## Known issues\n| Priority | Item | Status |\n|---|---|---|\n| high | pots crack | new |\n",
        [{"problem": "pots crack"}],
    ),
    "a numbered heading with any other text": (
        "## Work\n### Bug B: check of the valve\n**Problem:** stuck\n\n**Fix:** oil\n",
        [{"problem": "Bug B: check of the valve: stuck", "resolution": "oil"}],
    ),
    "a cause alone explains the heading before it": (
        "## 7 empty shelves\nNo pots.\n## Root cause\nPotters were away.\n## Fix applied\nCalled them.\n",
        [{"problem": "7 empty shelves", "cause": "Potters were away.", "resolution": "Called them."}],
    ),
    "one per item, with the labels below it": (
        "## Bugs fixed\n1. **Cracks** — on Monday\n   - **Fix:** less gas\n2. Glaze runs\n   - for days\n",
        [
            {"problem": "**Cracks** — on Monday", "resolution": "less gas"},
            {"problem": "Glaze runs\n- for days"},
        ],
    ),
    "one per label of a problem": (
        "## Issues\n**Issue:** cracks\n**Fix:** less gas\n\n**Issue:** runs\n**Cause:** wet\n",
        [{"problem": "cracks", "resolution": "less gas"}, {"problem": "runs", "cause": "wet"}],
    ),
    "a part with its own causes is one, with any heading": (
        "## Incidents\n### 1. Discovery of cracks\n**What happened:**\n- a bang\n\n**Root cause:** heat\n",
        [{"problem": "Discovery of cracks: - a bang", "cause": "heat"}],
    ),
    "known issues under next steps": ("## Remaining work\n### Known issues\n- cracks\n", [{"problem": "cracks"}]),
    "a problem that a decision solves is none": (
        "## Decisions\n### Gas\n**Problem:** cold\n\n**Solution:** gas\n",
        None,
    ),
}


@pytest.mark.parametrize("rule", INCIDENTS)
def test_incidents(rule: str) -> None:
    text, incidents = INCIDENTS[rule]
    assert found(text).get("incidents") == incidents


FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "a later word says what was done": (
        "**File:** `a.py`\n\n## Files\n| File | Change |\n|---|---|\n| `a.py` | NEW — a script |\n",
        {"created": [{"path": "a.py", "note": "NEW — a script"}]},
    ),
    "what was done to a part of a file changes it": (
        "## Files\n| File | Change |\n|---|---|\n| `a.py` | Added `x` to it |\n| `b.py` | Removed old tests |\n",
        {
            "modified": [
                {"path": "a.py", "note": "Added `x` to it"},
                {"path": "b.py", "note": "Removed old tests"},
            ]
        },
    ),
    "backups are files too": (
        "Backups created:\n- `a.py.bak_s7_20260301_101500`\n",
        {"created": [{"path": "a.py.bak_s7_20260301_101500"}]},
    ),
    "what git prints, wherever it stands": (
        "## Work\n```\nM\ta.py\nA\tb.py\nD\tc.py\n```\n"
        "```\n d.py | 4 ++--\n 1 file changed\n create mode 100644 e.py\n```\n",
        {
            "modified": [{"path": "a.py"}, {"path": "d.py"}],
            "created": [{"path": "b.py"}, {"path": "e.py"}],
            "removed": [{"path": "c.py"}],
        },
    ),
    "headings that name them": (
        "## Files changed\n### 1. `a.py`\nA fix.\n### b.py (NEW)\nAll of it.\n",
        {"modified": [{"path": "a.py"}], "created": [{"path": "b.py", "note": "(NEW)"}]},
    ),
    "a short heading says what it is wherever it stands": (
        "## Statistics\n### Files created\n- `a.py`\n",
        {"created": [{"path": "a.py"}]},
    ),
    "links by their text where that is a path": (
        "## Files created\n- [`docs/a.md`](a.md)\n- [the guide](docs/b.md)\n",
        {"created": [{"path": "docs/a.md"}, {"path": "docs/b.md"}]},
    ),
    "other code is no list of files": ("## Work\n```\nimport a\n```\n", {}),
}


@pytest.mark.parametrize("rule", FILES)
def test_files(rule: str) -> None:
    text, files = FILES[rule]
    assert found(text).get("files", {}) == files


def test_decisions_learnings_and_blockers_of_labels_that_are_not_bold() -> None:
    one = found("Decision: gas\nReason: it is cheap\n\nLesson: read first\n\nBlocked by: the landlord\n")
    assert one["decisions"] == [{"decision": "gas", "rationale": "it is cheap"}]
    assert one["learnings"] == [{"text": "read first"}]
    assert one["handoff"] == {"blockers": ["the landlord"]}


def test_words_before_a_colon_are_no_labels() -> None:
    assert set(found("Note: we went home.\nWarning: hot.\n")) == {"session", "date", "focus", "log"}


def test_open_questions_are_asked_and_no_steps() -> None:
    one = found("## Open questions\n- Who pays?\n- When?\n\n## Question\nWhy?\n\n### Answer\nBecause.\n")
    assert one["assessments"] == [
        {"question": "Who pays?"},
        {"question": "When?"},
        {"question": "Why?", "answer": "Because."},
    ]
    assert "next" not in one


def test_lists_that_a_heading_groups_are_as_many_learnings() -> None:
    one = found("## Lessons\n**What went wrong:**\n- a\n- b\n\n### Read first\nIt was written.\n")
    assert one["learnings"] == [
        {"text": "a", "title": "What went wrong"},
        {"text": "b", "title": "What went wrong"},
        {"text": "It was written.", "title": "Read first"},
    ]


def test_a_handoff_names_its_next_action() -> None:
    one = found("## Handoff\nIt is warm.\n\n**Next action:** fire it\n")
    assert one["handoff"]["next_action"] == "fire it"


def test_a_bold_line_under_decisions_is_one() -> None:
    one = found("## Decisions\n\n**Use gas**\n\nIt is cheap.\n\n**Use clay**\n\nIt is here.\n")
    assert [(each["decision"], each["rationale"]) for each in one["decisions"]] == [
        ("Use gas", "It is cheap."),
        ("Use clay", "It is here."),
    ]


def test_decisions_from_consecutive_labels() -> None:
    one = found(
        "## Decisions\n**Decision:** gas\n**Rationale:** cheap\n**Alternatives:**\n- wood\n\n"
        "**Decision:** clay\n**Rationale:** here\n"
    )
    assert one["decisions"] == [
        {"decision": "gas", "rationale": "cheap", "alternatives": ["- wood"]},
        {"decision": "clay", "rationale": "here"},
    ]


def test_a_handoff_to_the_next_session_is_both() -> None:
    one = found("## Handoff for next session\n- fire it\n")
    assert (one["handoff"], one["next"]) == ({"state": "- fire it"}, {"immediate": ["fire it"]})


def test_what_stands_after_a_claimed_heading_stays_in_the_text() -> None:
    one = found("## Handoff\nWarm.\n### Next steps\n- a\n### Shelves\nFull.\n")
    assert one["handoff"]["state"] == "Warm.\n\n### Shelves\nFull."


def test_what_stands_in_brackets_is_said_by_the_way() -> None:
    assert found("## Remaining (nothing blocked)\n- a\n")["next"] == {"immediate": ["a"]}


def test_commits_that_headings_name() -> None:
    one = found("## Commits\n### Commit 1: `1a2b3c4` - glaze\n```\nglaze\n```\n")
    assert one["commits"] == [{"commit": "1a2b3c4", "note": "glaze"}]


def test_headings_that_say_the_same_go_on_with_a_session() -> None:
    text = (
        "# Log\n\n## 2026-05-01 · note\na\n\n## 2026-05-02 · note\nb\n\n## 2026-05-02 · note\nc\n\n## 2026-05-03\nd\n"
    )
    parts = reads(text)
    assert [str(one.session.date) for one in parts] == ["2026-05-01", "2026-05-02", "2026-05-03"]
    assert "\n".join(str(one.session.log) for one in parts) == text


def test_the_hours_of_one_day_are_one_session() -> None:
    assert len(reads("# Log\n\n## 2026-05-01 10:00 start\na\n\n## 2026-05-01 11:00 end\nb\n")) == 1


def test_ids_made_of_one_day_differ() -> None:
    parts = reads("# Log\n\n## 2026-05-01 note\na\n\n## 2026-05-01: note\nb\n\n## 2026-05-02 note\nc\n")
    assert len({one.session.session for one in parts}) == len(parts) == 3


@pytest.mark.parametrize("title", ["Session handoff 2026-05-01 (session: 9 PRs)", "Session - 2026-05-01 12:57:28"])
def test_numbers_that_are_no_ids(title: str) -> None:
    assert data(f"# {title}\n\nWarm.\n")["session"].startswith("20260501")


def test_commits_in_ranges_and_commands() -> None:
    one = found("Pushed commits 1a2b3c4..5d6e7f8.\n\n```\ngit diff 9c8b7a6..0fedcba -- a.py\n```\n")
    assert [each["commit"] for each in one["commits"]] == ["1a2b3c4", "5d6e7f8", "9c8b7a6", "0fedcba"]


def test_the_first_heading_is_the_title_with_any_text() -> None:
    one = data("# Session summary: the kiln\n\n**Date:** 2026-03-01 10:30\n\n## Overview\n**Duration:** 2 h\n\nWarm.\n")
    assert (one["session"], one["focus"], one["duration"]) == ("20260301", "the kiln", "2 h")


def test_doubts_name_their_lines() -> None:
    (one,) = reads(HEAD + "## Files\n- `a.py`\n\nSee `1a2b3c4`.\n")
    assert [line for line, _ in one.doubts] == [6, 8]


def test_sessions_without_a_day_have_that_of_their_file() -> None:
    parts = reads("# Sessions of 2026-05-01\n\n## Session 4\na\n\n## Session 5 — 2026-05-02\nb\n")
    assert [(one.session.session, str(one.session.date)) for one in parts] == [("4", "2026-05-01"), ("5", "2026-05-02")]


def test_numbers_of_issues_begin_no_session() -> None:
    assert len(reads(HEAD + "## #12 - crash\na\n\n## #13 - smoke\nb\n")) == 1


def test_the_part_of_a_session_is_read_from_its_file_name() -> None:
    assert data("# S47, 2026-05-01\n", "LOG_S47_PART2.md")["session"] == "47-part2"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("## Phase 3: Stoves\n\n### Gas\n\nIt burns well.\n\n### Oil\n\nIt smokes.\n", ["Phase 3: Stoves"]),
        ("## Part 2\n\n### Step 1: Gas\n\nburns well.\n\n### Step 2: Oil\n\nsmokes.\n", ["Step 1: Gas", "Step 2: Oil"]),
        ("## Changes\n\n### Changes of gas\n\n- Gas burns well\n- Oil smokes\n", ["Changes of gas"]),
        (
            "## Done\n\n| Time | What | Status |\n|---|---|---|\n"
            "| 9:00 | Gas burns well, Oil smokes | ✅ |\n| 9:30 | x | Pending |\n",
            ["Gas burns well, Oil smokes"],
        ),
        ("## Part 2: Stoves\n\n- Gas burns well\n- Oil smokes\n", ["Part 2: Stoves"]),
        ("## Work done\n\n- Gas burns well\n- Oil smokes\n", ["Gas burns well", "Oil smokes"]),
    ],
)
def test_work_holds_no_text_twice(text: str, titles: list[str]) -> None:
    work = found(text)["work"]
    assert [one["title"] for one in work] == titles
    for sentence in ("burns well", "smokes"):
        assert sum(sentence in one["title"] + one.get("body", "") for one in work) == 1


STATUSES = {
    "a table of phases, under any heading": (
        "## State of chapter 2\n| Phase | Status |\n|---|---|\n"
        "| 1. Kiln | DONE |\n| **2b. Glaze** | ⬜ Not started |\n",
        ("phases", {"1": "complete", "2b": "planned"}),
    ),
    "a list, where the last status counts": (
        "## Tracker\n- Phase 2: Deferred → **COMPLETE** (S4)\n- Phase 3 (Shelves): in progress\n",
        ("phases", {"2": "complete", "3": "in progress"}),
    ),
    "a range of tasks": (
        "## Tracker\n- All Tasks 8.1-8.3 marked validated\n",
        ("tasks", {"8.1": "complete", "8.2": "complete", "8.3": "complete"}),
    ),
    "the last line": ("Fired.\n\n*Session 7. Phase 7 CLOSED.*\n", ("phases", {"7": "complete"})),
    "a phase of a chapter": (
        "## Tracker\n- Phase 8 of chapter 14: complete\n- Phase 8: planned\n\nPhase 2 of Chapter 15 is CLOSED.\n",
        ("phases", {"14/8": "complete", "8": "planned", "15/2": "complete"}),
    ),
    "not a title": ("## Tracker\n- Phase 3: Complete the migration\n- Phase 4: Next steps\n", ("phases", None)),
    "not a plan": ("## Next steps\n- Phase 7: mark complete\n- Task 2.1: done by Monday\n", ("phases", None)),
}


@pytest.mark.parametrize("rule", STATUSES)
def test_statuses_of_tasks_and_phases(rule: str) -> None:
    text, (field, statuses) = STATUSES[rule]
    assert found(text).get(field) == statuses


NO_FACTS = {
    "criteria for later are no work": ("## Success criteria\n- pots are dry\n", "work"),
    "commands are no tests": ("## Verification commands\n- `make check`\n", "tests"),
    "what was not decided is no decision": ("## Decisions explicitly not taken\n- oil\n", "decisions"),
    "files that were only checked did not change": ("## Files verified\n- `kiln.py` exists\n", "files"),
    "files to change later did not change": ("## Files to modify\n- `kiln.py`\n", "files"),
    "the end of another session is no summary": ("## Recap of the last session\nFired.\n", "summary"),
    "what is planned in brackets is no test": ("## Load tests (planned)\n- all day\n", "tests"),
    "what was not validated is no test": ("## What was not re-validated\n- all day\n", "tests"),
    "an open box is no test that ran": ("## Verification\n### Before launch\n- [ ] all day\n", "tests"),
    "key files need not have changed": ("## Key files\n- `kiln.py`\n", "files"),
    "no blocker, with a remark": ("## Blockers\n- **None** - all is well\n", "handoff"),
    "no issues are no incident": ("## Known issues\nNone currently! All is well.\n", "incidents"),
    "references are no work": ("## Documentation\n### References\n- a book\n", "work"),
    "a branch is no metric": ("**Branch:** main\n", "metrics"),
}


@pytest.mark.parametrize("rule", NO_FACTS)
def test_what_is_no_fact_is_left_out(rule: str) -> None:
    text, field = NO_FACTS[rule]
    assert found(text).get(field) is None


def test_a_drawn_tree_of_files_has_whole_paths() -> None:
    tree = "## Files created\n```\nsrc/kiln/\n├── doors/\n│   ├── left.py\n│   └── right.py\n└── fire.py   # hot\n```\n"
    files = found(tree)["files"]["created"]
    assert [one["path"] for one in files] == ["src/kiln/doors/left.py", "src/kiln/doors/right.py", "src/kiln/fire.py"]


def test_headings_that_only_say_what_their_items_are() -> None:
    facts = found("## Progress\n### Completed: 20%\n- [x] Door\n### In progress: 10%\n- [ ] Wheel\n")
    assert [one["title"] for one in facts["work"]] == ["Door"]
    assert facts["next"] == {"immediate": ["Wheel"]}


def test_labels_that_describe_a_step_are_no_steps() -> None:
    steps = found("## Next steps\n**Estimated time:** 2 h\n\n**Paint:** the door\n")["next"]
    assert steps == {"immediate": ["**Paint:** the door"]}


def test_a_table_is_about_tests_if_it_says_so() -> None:
    (whole,) = found("## Verification\n| Network | Owner |\n|---|---|\n| a | b |\n")["tests"]
    assert whole["name"] == "Verification"
    assert found("## Verification\n| Test | Proves |\n|---|---|\n| T1 | heat |\n")["tests"] == [
        {"name": "T1", "note": "heat"}
    ]


AIDER = """
# aider chat started at 2024-08-05 19:37:22

> Aider v0.48.1
#### fix the tests of the kiln

I will fix them in `other.py`. See commit 0123abc.

> Applied edit to kiln/test_fire.py
> Commit 1a2b3c4 fix: repair the tests
#### thanks

# aider chat started at 2024-08-05 20:01:00

> Aider v0.48.1
"""


def test_an_aider_history_holds_one_session_a_chat() -> None:
    first, second = (dict(one.data) for one in reads(AIDER))
    assert (first["session"], str(first["date"]), first["focus"]) == (
        "20240805-193722",
        "2024-08-05",
        "fix the tests of the kiln",
    )
    assert first["commits"] == [{"commit": "1a2b3c4", "note": "fix: repair the tests"}]
    assert first["files"] == {"modified": [{"path": "kiln/test_fire.py"}]}
    assert [work["title"] for work in first["work"]] == ["fix the tests of the kiln", "thanks"]
    assert (second["session"], second["focus"], "work" in second) == ("20240805-200100", "Aider chat", False)


def test_what_is_unreleased_belongs_to_no_release() -> None:
    text = "# Changelog\n\n## [Unreleased]\n### Removed\n- `kiln.py`\n\n## [1.1.0] - 2026-02-15 [YANKED]\n"
    text += "### Added\n* A door\n"
    (release,) = (dict(one.data) for one in reads(text, "CHANGELOG.md"))
    assert (release["session"], release["focus"], release["status"]) == ("1.1.0", "Release 1.1.0", "yanked")
    assert [work["title"] for work in release["work"]] == ["A door"]
    assert "files" not in release


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年11月22日", "2025-11-22"),
        ("14 Octobre 2025", "2025-10-14"),
        ("3. März 2025", "2025-03-03"),
        ("5 de agosto de 2025", "2025-08-05"),
        ("12 juillet 2025", "2025-07-12"),
        ("1 juin 2025", "2025-06-01"),
    ],
)
def test_dates_in_other_languages(text: str, day: str) -> None:
    assert str(data(f"# Log\n\n**Date:** {text}\n\n**Focus:** kiln\n")["date"]) == day


def test_boxes_of_task_plugins() -> None:
    steps = found("## To do\n- [/] a\n- [>] b\n- [x] c\n- [-] d\n* [ ] e\n+ [!] f\n")["next"]
    assert steps == {"immediate": ["a", "b", "e", "f"]}


def test_fields_of_obsidian() -> None:
    assert data("---\ntags: [daily]\naliases: [x]\n---\n# Kiln\n\ndate:: 2026-03-01\n")["date"] == "2026-03-01"


def test_the_files_of_a_memory_bank() -> None:
    text = "# Active Context\n**Date:** 2026-03-01\n## Current Work Focus\n- Glazes\n"
    text += "## Recent Changes\n* A door\n## Next Steps\n- [ ] Fire\n"
    bank = data(text, "activeContext.md")
    assert (bank["focus"], [one["title"] for one in bank["work"]], bank["next"]) == (
        "Glazes",
        ["A door"],
        {"immediate": ["Fire"]},
    )


def test_the_last_line_may_name_the_team() -> None:
    assert (
        data("# Session 7 — 2026-03-01\n\nFired.\n\n*Session S7 — 2026-03-01 — Team Clay (Ada)*\n")["team"]
        == "Team Clay (Ada)"
    )


def test_a_cancelled_box_is_neither_work_nor_a_next_step() -> None:
    work = found("## Work done\n\n- [x] 8.1 Gas\n- [-] 8.2 Oil\n- [ ] 8.3 Wood\n")
    assert work["tasks"] == {"8.1": "complete", "8.2": "cancelled", "8.3": "planned"}
    assert [one["title"] for one in work["work"]] == ["8.1 Gas"]
    steps = found("## Next steps\n\n- [-] Order oil\n- [ ] Order gas\n")
    assert [text for texts in steps["next"].values() for text in texts] == ["Order gas"]


def decisions(text: str) -> list[str]:
    return [one["decision"] if isinstance(one, dict) else one for one in found(text).get("decisions", [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Option A: gas\n- Option B: wood\n- Burn oil\n", ["Burn oil"]),
        ("### Option A: gas\n\nWarm.\n\n### Option B: wood (chosen)\n\nCheap.\n", ["Option B: wood (chosen)"]),
        ("| Option | Why |\n|---|---|\n| Option 1 | warm |\n| Option 2 | cheap |\n", []),
        ("### 1. Option D: layers\n\nBecause.\n\n### 2. Schema\n\nBecause.\n", ["Option D: layers", "Schema"]),
        ("- Approved by the harbour\n- Burn oil\n- Sign-off: pending\n", ["Burn oil"]),
        ("**Decision:** Option E (hybrid) approved by the harbour\n", ["Option E (hybrid) approved by the harbour"]),
    ],
)
def test_options_and_approvals_are_no_decisions(text: str, expected: list[str]) -> None:
    assert decisions(f"## Decisions\n\n{text}") == expected


def test_options_with_a_recommendation() -> None:
    one = found("## Next steps\n**Option A: gas** (Recommended)\n- buy it\n\n**Option B: wood_fire**\n- cut it\n")
    assert one["next"]["options"] == [
        {"title": "Option A: gas", "steps": ["buy it"], "recommended": True},
        {"title": "Option B: wood_fire", "steps": ["cut it"]},
    ]


def test_a_log_that_is_a_handoff_begins_with_the_state() -> None:
    text = "# Session 8 handoff — 2026-03-02\n\nTeam: two\nFocus: kiln\n\nIt is warm.\n\n- and full\n\n## Work\n- a\n"
    assert data(text)["handoff"] == {"state": "It is warm.\n\n- and full"}
    assert "handoff" not in found("It is warm.\n")


def test_releases_of_several_heading_levels() -> None:
    text = "## [1.1.1](https://x.test/a) (2026-03-02)\n\n### Bug Fixes\n\n- **io:** glaze ([1a2b3c4](https://x.test/commit/1a2b3c4))\n\n# [1.1.0](https://x.test/b) (2026-03-01)\n\n### Features\n\n- kiln\n"  # noqa: E501
    assert [(one.session.session, str(one.session.date)) for one in reads(text)] == [
        ("1.1.1", "2026-03-02"),
        ("1.1.0", "2026-03-01"),
    ]


def test_headings_with_their_date_below_begin_sessions() -> None:
    text = "# Work log\n\n## [Sprint 2] Kiln\nDate: 2026-03-01\nStatus: completed\n\nWhat was done:\n- bricks\n\n## Wheel\nDate: 2026-03-02\n\n- axle\n"  # noqa: E501
    first, second = (one.data for one in reads(text))
    assert (first["date"], first["status"], first["work"]) == ("2026-03-01", "completed", [{"title": "bricks"}])
    assert (second["date"], second["focus"], second["work"]) == ("2026-03-02", "Wheel", [{"title": "axle"}])


def test_a_list_below_the_heading_of_a_session_is_its_work() -> None:
    text = "# Sessions\n\n## 2026-03-02\n- Bricks laid\n- Next: fire it\n\n## 2026-03-01\n- Clay dug\n"
    first, second = (one.data for one in reads(text))
    assert (first["work"], first["next"]) == ([{"title": "Bricks laid"}], {"immediate": ["fire it"]})
    assert second["work"] == [{"title": "Clay dug"}]


def test_an_example_to_copy_is_no_session() -> None:
    text = "# Kiln — Session Log\n\nNewest first.\n\n## 2026-03-02 — Bricks\n\n### Changes\n\n- laid\n\n## Entry template\n\n## YYYY-MM-DD — Title\n\n### Changes\n"  # noqa: E501
    (one,) = reads(text)
    assert (one.data["focus"], one.data["work"]) == ("Bricks", [{"title": "laid"}])


def test_a_prompt_of_aider_is_one_piece_of_work_and_a_command_none() -> None:
    text = (
        "\n# aider chat started at 2026-03-01 10:00:00\n\n> Aider v1\n\n#### /model x\n\n#### /ask how hot?\n\n"
        "#### Build  \n####   \n#### - bricks  \n#### - clay  \n\nDone.\n\n> a.py\n"
        "> Create new file? (Y)es/(N)o [Yes]: y\n"
        "> Applied edit to a.py\n> Applied edit to b.py\n"
    )
    one = reads(text)[0].data
    assert [each["title"] for each in one["work"]] == ["how hot?", "Build"]
    assert "- clay" in one["work"][1]["body"]
    assert {kind: [each["path"] for each in files] for kind, files in one["files"].items()} == {
        "created": ["a.py"],
        "modified": ["b.py"],
    }


@pytest.mark.parametrize(
    "text",
    ["No tasks remaining.", "残タスクはなし。", "暂无", "Keine", "нет", "없음", "We'll record items as they arise."],
)
def test_what_says_that_there_is_nothing(text: str) -> None:
    assert "next" not in found(f"## Next steps\n\n- {text}\n")


def test_milestones_that_are_not_ticked_are_no_highlights() -> None:
    one = found("## Milestones\n\n- [ ] M1: kiln\n- [x] M2: wheel\n")
    assert one["highlights"] == ["M2: wheel"]


def test_decisions_under_consideration_are_questions() -> None:
    one = found("## Active decisions\n\n### Decisions under consideration\n\n1. Oak?\n2. Ash?\n")
    assert "decisions" not in one
    assert [each["question"] for each in one["assessments"]] == ["Oak?", "Ash?"]


def test_ticked_items_under_any_heading_are_work() -> None:
    assert found("## Paths of the flue\n\n- [x] sealed\n- [ ] painted\n")["work"] == [{"title": "sealed"}]


def test_a_time_of_day_is_no_duration() -> None:
    assert "duration" not in data('---\ndate: 2026-03-01\ntime: "19:40"\n---\n# Kiln\n\nWarm.\n')


def test_paths_with_spaces_and_sections() -> None:
    one = found(
        "## Files modified\n\n- `docs/kiln notes.txt`\n- `docs/math.md §7`\n- `python tools/x.py`\n"
        "- `a.py` — new flag\n"
    )
    assert [each["path"] for each in one["files"]["modified"]] == ["docs/kiln notes.txt", "docs/math.md", "a.py"]


def test_a_bold_line_over_its_text_is_a_heading() -> None:
    one = found("## Hotfixes\n\n**Round 1 — ash**\nThe grate stuck.\n\n**Round 2 — soot**\nThe flue did.\n")
    assert [each["problem"].split("\n")[0] for each in one["incidents"]] == ["Round 1 — ash", "Round 2 — soot"]


def test_two_files_are_a_rename_only_with_an_arrow_between_them() -> None:
    one = found("## Deliverables\n\n- `a.h` + `b.c` — grew from 3 to 12\n- `c.h` → `d.h`\n")
    assert [(each["from"], each["to"]) for each in one["files"]["renamed"]] == [("c.h", "d.h")]
    assert [each["path"] for each in one["files"]["modified"]] == ["a.h", "b.c"]


def test_something_new_in_a_file_is_no_new_file() -> None:
    one = found("## Deliverables\n\n- `a.h` — new `--hot` flag\n- `b.h` — new module for kilns\n- `c.h` — NEW: stove\n")
    assert {kind: [each["path"] for each in files] for kind, files in one["files"].items()} == {
        "modified": ["a.h"],
        "created": ["b.h", "c.h"],
    }


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "what is not done yet is a next step": (
        "## Potential fixes (not yet implemented)\n- a\n",
        {"next": {"immediate": ["a"]}},
    ),
    "what a heading denies or wishes is no fact": (
        "## What doesn't work yet\n- a\n\n## Target metrics\n- **Speed**: 5 s\n\n## Implementation details\n- b\n",
        {"work": None, "metrics": None, "highlights": None},
    ),
    "a heading may only group numbered entries": (
        "## Known issues\n### Kiln\n1. **Cracks** — too hot\n2. **Soot** — too slow\n",
        {"incidents": [{"problem": "**Cracks** — too hot"}, {"problem": "**Soot** — too slow"}]},
    ),
    "blockers below a heading about more than blockers": (
        "## Blockers & dependencies\n### Current blockers\n1. a\n2. b\n\n### External dependencies\n1. c\n",
        {"handoff": {"blockers": ["a", "b"]}},
    ),
    "commits in any list of hashes": (
        "## Notes\n- 1a2b3c4: Fire\n- 5d6e7f8: Cool\n",
        {"commits": [{"commit": "1a2b3c4", "note": "Fire"}, {"commit": "5d6e7f8", "note": "Cool"}]},
    ),
    "a phase that says what is done and what is not": (
        "## Progress\n### Phase 1: Kiln (current)\n#### Completed\n- [x] a\n\n#### Pending\n- [ ] b\n",
        {"work": [{"title": "a"}], "next": {"immediate": ["b"]}},
    ),
    "check boxes of a milestone": (
        "## Progress\n### Gate 1: Kiln\n- [x] a\n- [ ] b\n",
        {"work": [{"title": "a"}], "next": {"immediate": ["b"]}},
    ),
    "check boxes of a step": (
        "## Next steps\n### Priority 1: Kiln\n- [ ] a\n- [ ] b\n",
        {"next": {"immediate": ["a", "b"]}},
    ),
    "goals beside what was completed": ("## Tasks\n- a\n\n## Completed tasks\n- b\n", {"work": [{"title": "b"}]}),
    "what was repaired among other work": (
        "## What we did\n### 1. Fixed all build errors\n- x\n\n### 2. New kiln\n- y\n",
        {
            "work": [{"title": "Fixed all build errors", "body": "- x"}, {"title": "New kiln", "body": "- y"}],
            "incidents": None,
        },
    ),
    "names of code say nothing about a heading": (
        "## Done\n### Merged error-log-search, bug-stats\n- x\n",
        {"incidents": None},
    ),
    "a new part of a file is no new file": (
        "## Files changed\n| File | Change |\n|---|---|\n| `a.py` | New layout |\n",
        {"files": {"modified": [{"path": "a.py", "note": "New layout"}]}},
    ),
    "a list of files below a label": (
        "## Done\n- **Files modified**:\n  - `a.py` - x\n  - `b.py` - y\n",
        {"files": {"modified": [{"path": "a.py", "note": "x"}, {"path": "b.py", "note": "y"}]}},
    ),
    "a sentence with a list": (
        "## Done\nRewrote the kiln in two steps:\n\n- a\n- b\n",
        {"work": [{"title": "Rewrote the kiln in two steps", "body": "- a\n- b"}]},
    ),
    "no blockers, in other languages": ("## Bloqueos\n- No hubo bloqueos técnicos.\n", {"handoff": None}),
    "an incident keeps how it was solved": (
        "## Cracks fixed, complete\n**Problem**: pots crack\n\n**Cause**: too hot\n\n**Solution**: less gas\n- a\n",
        {"work": [{"title": "Cracks fixed, complete"}]},
    ),
}


@pytest.mark.parametrize("rule", KINDS)
def test_a_heading_counts_in_its_context(rule: str) -> None:
    text, facts = KINDS[rule]
    read = found(text)
    assert {name: read.get(name) for name in facts} == facts


SPLITS = {
    "days without a year": ("# Log\n\n## Nov 22\n- a\n\n## Nov 9th\n- b\n", ["2025-11-22", "2025-11-09"]),
    "months": ("# Log\n\n## 2026-02-XX\n- a\n\n## 2026-01-XX\n- b\n", ["2026-02-01", "2026-01-01"]),
    "a table of days": (
        "# Log\n\n| Date | What |\n|---|---|\n| 2026-01-03 | a |\n| 2026-01-03 | b |\n| 2026-01-02 | c |\n",
        ["2026-01-03", "2026-01-02"],
    ),
    "a day at a higher level": (
        "# Log\n\n## May 11, 2025\n- a\n\n## May 16, 2025\n- b\n\n# June 6, 2025\n- c\n",
        ["2025-05-11", "2025-05-16", "2025-06-06"],
    ),
}


@pytest.mark.parametrize("kind", SPLITS)
def test_a_log_of_several_sessions(kind: str) -> None:
    text, days = SPLITS[kind]
    read = read_log("log.md", text.encode(), added=lambda: date(2026, 1, 1))
    assert [one.data["date"] for one in read if isinstance(one, Read)] == days
    titles = [work["title"] for one in read if isinstance(one, Read) for work in one.data.get("work", ())]
    assert titles == list("abc")[: max(len(days), len(titles))]
