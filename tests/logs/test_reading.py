"""What the import reads from a log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.logs import samples
from tracker.sources.logs.identity import find_days, find_id, own_id
from tracker.sources.logs.meanings import meaning_of
from tracker.sources.logs.named import hashes, paths, quoted_hashes
from tracker.sources.logs.reader import Read, Unread, read_log


def reads(text: str, name: str = "log.md") -> list[Read]:
    found = read_log(name, text.encode())
    assert not [one for one in found if isinstance(one, Unread)]
    return [one for one in found if isinstance(one, Read)]


def data(text: str, name: str = "log.md") -> dict[str, Any]:
    (one,) = reads(text, name)
    return dict(one.data)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02-15", "2026-02-15", None),
        ("LOG_20260215_S88", "2026-02-15", None),
        ("2026_02_15", "2026-02-15", None),
        ("February 7, 2026", "2026-02-07", None),
        ("Feb 7th 2026", "2026-02-07", None),
        ("7 February 2026", "2026-02-07", None),
        ("07-Feb-2026", "2026-02-07", None),
        ("15.02.2026", "2026-02-15", None),
        ("02/15/2026", "2026-02-15", None),
        ("15/02/2026", "2026-02-15", None),
        ("February 25-26, 2026", "2026-02-25", "2026-02-26"),
        ("Feb 28 – Mar 1, 2026", "2026-02-28", "2026-03-01"),
        ("2026-02-25 23:10 → 2026-02-26 01:30", "2026-02-25", "2026-02-26"),
        ("2026-02-25/26", "2026-02-25", "2026-02-26"),
        ("December 31, 2025 - January 1, 2026", "2025-12-31", "2026-01-01"),
        ("2026-02-15T10:30:00Z", "2026-02-15", None),
    ],
)
def test_dates_in_every_form(text: str, first: str, last: str | None) -> None:
    days = find_days(text)
    assert days
    assert (str(days.first), days.last and str(days.last)) == (first, last)


@pytest.mark.parametrize("text", ["v1.2.3", "99999999", "2026-13-40", "20261399", "chapter 2026", ""])
def test_what_is_no_date(text: str) -> None:
    assert find_days(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S88", "88"),
        ("Session 96A", "96A"),
        ("S138 / S139", "138-139"),
        ("February 8, 2026 (S63)", "63"),
        ("Session #12", "12"),
        ("SESSION_LOG_20260214_S31.md", "31"),
        ("2026-02-15-session-007.md", "7"),
        ("Session: 4", "4"),
        ("Sessions 4 and 5", "4-5"),
        ("Devlog #9", "9"),
        ("NOTES_20260221_S47_PART2.md", "47-part2"),
        ("Session 4 – Part III: the parser", "4-partiii"),
        ("S5 partly done", "5"),
        ("S12/13", "12-13"),
        ("S52 - S50 shipped", "52"),
        ("Session 12, 3 hours", "12"),
    ],
)
def test_ids_in_every_form(text: str, name: str) -> None:
    assert find_id(text) == name


@pytest.mark.parametrize("text", ["Notes", "AWS3 bucket", "2026-02-15", "USB3", "Summary of the week"])
def test_what_is_no_id(text: str) -> None:
    assert find_id(text) is None


def test_the_value_of_a_session_line_is_an_id() -> None:
    assert [own_id(value) for value in ("88 (Extended)", "S96A", "#5", "retro", "the long one")] == [
        "88", "96A", "5", "retro", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("🔧 3. FILES MODIFIED:", "files modified"),
        ("Created Files", "files created"),
        ("Files Created / Modified", "files"),
        ("Commit log", "commits"),
        ("**Next Steps**", "next"),
        ("TODO", "next"),
        ("Carry-forward", "next"),
        ("What we learned", "learnings"),
        ("Root Cause", "cause"),
        ("Bugs Fixed", "incidents"),
        ("Key Decisions", "decisions"),
        ("TL;DR", "summary"),
        ("Test Results", "tests"),
        ("Session Handoff", "handoff"),
        ("By the numbers", "metrics"),
        ("Part 2: the parser", "work"),
        ("The weather", None),
    ],
)
def test_headings_by_meaning(title: str, meaning: str | None) -> None:
    assert meaning_of(title) == meaning


def test_hashes() -> None:
    assert hashes("1a2b3c4 `5d6e7f8`, 20260215, deadbee, `abcdefa` and 5000000") == ["1a2b3c4", "5d6e7f8", "abcdefa"]
    assert quoted_hashes("`1a2b3c4..5d6e7f8` and `1a2b3c4 → 9c8b7a6`, 1111aaa") == ["1a2b3c4", "5d6e7f8", "9c8b7a6"]


def test_paths() -> None:
    text = "`a/b.py`, **c.md**, d.tar.gz and Makefile; not e.g. v1.2, https://x.org/a.html or 3/4"
    assert paths(text) == ["a/b.py", "c.md", "d.tar.gz", "Makefile"]


def test_a_log_of_tables() -> None:
    found = data(samples.TABLES)
    assert found.pop("log") == samples.TABLES
    assert found == {
        "session": "41",
        "date": "2026-03-03",
        "focus": "Cache of the tile server",
        "team": "Harbour",
        "status": "✅ Done",
        "duration": "2 hours",
        "summary": "Tiles are cached now.",
        "commits": [
            {"commit": "1a2b3c4", "note": "cache"},
            {"commit": "5d6e7f8"},
            {"commit": "9c8b7a6", "note": "Tests of the cache"},
        ],
        "files": {
            "modified": [{"path": "src/tiles.py", "note": "cache"}],
            "created": [{"path": "src/cache.py", "note": "the cache"}],
            "removed": [{"path": "old/disk.py", "note": "not used"}],
        },
        "tests": [{"name": "Unit tests", "outcome": "12 passed"}],
        "decisions": [
            {"decision": "Keep tiles in memory", "rationale": "disks are slow", "alternatives": ["Redis"]},
        ],
        "incidents": [{"problem": "Blank tiles", "cause": "wrong key", "resolution": "hash the layer"}],
        "next": {
            "immediate": ["**Measure** the hit rate\n- at noon"],
            "short_term": ["Warm the cache"],
            "deferred": ["Shards"],
        },
    }


def test_a_log_of_lists() -> None:
    found = data(samples.LISTS)
    assert (found["session"], found["date"], found["status"]) == ("12B", "2026-04-07", "open")
    assert [work["title"] for work in found["work"]] == ["Moved the parser", "Wrote its tests"]
    assert [file["path"] for file in found["files"]["created"]] == [
        "parser/lexer.py",
        "parser/tokens.py",
        "parser/ast.py",
    ]
    assert [one.get("title") for one in found["learnings"]] == ["Read first", None]
    assert found["commits"] == [{"commit": "0fedcba"}]
    assert found["handoff"]["blockers"] == ["the build machine is down"]
    assert found["handoff"]["state"].startswith("The lexer works.")
    assert found["next"] == {"immediate": ["write the parser"]}


def test_headings_without_a_rule_are_reported() -> None:
    (one,) = reads(samples.TABLES)
    assert one.unclaimed == [(55, "Something Else Entirely")]


def test_one_log_with_many_sessions_is_split_and_keeps_every_line() -> None:
    found = reads(samples.MANY)
    assert [(one.session.session, str(one.session.date), one.line) for one in found] == [
        ("2", "2026-05-02", 1), ("1", "2026-05-01", 10),
    ]  # fmt: skip
    assert "\n".join(str(one.session.log) for one in found) == samples.MANY
    assert [one.session.decisions[0].decision for one in found if one.session.decisions] == ["Use steel"]
    assert found[1].session.next.immediate == ("Buy steel",)


@pytest.mark.parametrize(
    "days", [("Monday, March 2, 2026", "Tue, March 3, 2026"), ("Mon 2026-03-02", "Tue 2026-03-03")]
)
def test_a_journal_of_weekdays_is_a_session_a_day(days: tuple[str, str]) -> None:
    found = reads("# Week 10\n\n" + "".join(f"## {day}\n\n- primed on {day[0]}\n\n" for day in days))
    assert [str(one.session.date) for one in found] == ["2026-03-02", "2026-03-03"]
    assert [one.session.focus for one in found] == ["primed on M", "primed on T"]


def test_a_changelog_is_a_session_a_release() -> None:
    found = reads(samples.RELEASES)
    assert [one.session.session for one in found] == ["1.1.0", "1.0.0"]
    assert "\n".join(str(one.session.log) for one in found) == samples.RELEASES
    assert [work.title for work in found[0].session.work] == ["A button", "A crash"]


def test_front_matter() -> None:
    found = data(samples.FRONT)
    assert (found["session"], found["date"], found["focus"]) == ("7", "2026-06-01", "Front matter")
    assert found["log"] == samples.FRONT


def test_broken_front_matter_is_doubtful_and_kept() -> None:
    text = "---\nfocus: [\n---\n# Session 7 — 2026-06-01\n"
    (one,) = reads(text)
    assert one.session.log == text
    assert any("front matter cannot be read" in doubt for _, doubt in one.doubts)


def test_a_log_without_an_id_gets_a_stable_one_of_its_day() -> None:
    (one,) = reads("# Notes\n\nWe talked.\n", "2026-01-22-parser.md")
    assert one.session.session == "20260122-parser"
    assert any("no session id" in doubt for _, doubt in one.doubts)


def test_a_log_without_a_day_cannot_be_imported() -> None:
    (one,) = read_log("a.md", b"# Session 4\n\nWe talked.\n")
    assert isinstance(one, Unread)
    assert one.message.startswith("no date in")


def test_quoted_hashes_count_where_git_knows_them() -> None:
    text = b"# Session 4, 2026-02-15\n\nSee `1a2b3c4` and `5d6e7f8`.\n"
    (one,) = read_log("a.md", text, lambda names: {name: name * 5 if name == "1a2b3c4" else None for name in names})
    assert isinstance(one, Read)
    assert [named.commit for named in one.session.commits] == ["1a2b3c4"]
    assert any("5d6e7f8" in doubt for _, doubt in one.doubts)


def test_what_was_done_to_files_is_said_by_the_words_before_them() -> None:
    head = "# Log #4, Tue 10 March 2026\n\n## Files\n"
    found = data(f"{head}- Added: `a.go`, `b.go`\n- Deleted: `c.go`\n- Renamed: `d.go` → `e.go`\n")
    assert found["files"] == {
        "created": [{"path": "a.go"}, {"path": "b.go"}],
        "removed": [{"path": "c.go"}],
        "renamed": [{"from": "d.go", "to": "e.go"}],
    }


def test_a_word_that_heads_a_list_is_a_heading_and_ends_with_the_list() -> None:
    text = "# 2026-03-04 pump\n\nPrimed it.\n\nTODO\n- [ ] soak it\n- [x] order oil\n\nDecided: no second pump.\n"
    found = data(f"{text}\nLessons\n* oil first\n\nTea.\n")
    assert found["next"] == {"immediate": ["soak it"]}
    assert found["decisions"] == [{"decision": "no second pump."}]
    assert found["learnings"] == [{"text": "oil first"}]


def test_a_sentence_over_a_list_is_no_heading() -> None:
    assert "next" not in data("# 2026-03-04 pump\n\nTODO is what we call it\n- not a step\n")
    found = data("# 2026-03-04 pump\n\n## Commits\n\nLatest commits (2026-03-04):\n- 1a2b3c4 prime it\n")
    assert [one["commit"] for one in found["commits"]] == ["1a2b3c4"]


def test_the_focus_is_what_was_done_and_no_heading_that_every_log_has() -> None:
    text = "2026-03-05\n==========\n* moved the ramp\n\nLessons\n-------\n* oil first\n"
    assert data(text)["focus"] == "moved the ramp"
    releases = reads(
        "# Log\n\n## v2 (2026-03-05)\n\n### Fixes\n\n- a leak\n\n## v1 (2026-03-04)\n\n---\n", "CHANGELOG.md"
    )
    assert [one.session.focus for one in releases] == ["a leak", "v1 (2026-03-04)"]
