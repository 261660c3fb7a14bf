"""`tracker find`: the best match first, with the session and the line that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

FIRST = """\
session: "1"
date: 2031-01-05
focus: Valves of the kiln
decisions:
  - decision: Two thermocouples a kiln
    rationale: |
      One drifted.
      A second shows the drift of a thermocouple at once.
  - Fire at night
learnings:
  - Glaze runs when the kiln cools slowly
"""
SECOND = """\
session: "2"
date: 2031-01-06
focus: Shelves
incidents:
  - problem: The kiln stopped
    cause: A thermocouple came loose, so the kiln thought it was cold
next:
  immediate:
    - Order shelves
log: |
  # Log

  - Nothing of a kiln
  - A wandering cat was fed
  - The loose thermocouple again
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: Pottery\n")
    repo.write("sessions/1.yml", FIRST)
    repo.write("sessions/2.yml", SECOND)
    repo.commit("Pots")
    return repo


def found(repo: GitRepo, *words: str) -> list[tuple[str, int, str]]:
    done = tracker("find", *words, "--format", "json", cwd=repo.path)
    return [(one["file"], one["line"], one["field"]) for one in done.json["matches"]]


def test_entry_with_all_words_comes_first(repo: GitRepo) -> None:
    assert found(repo, "loose", "thermocouple")[:2] == [
        ("sessions/2.yml", 6, "incidents[0]"),
        ("sessions/1.yml", 8, "decisions[0]"),
    ]


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("GLAZE", ("sessions/1.yml", 11, "learnings[0]")),
        ("night", ("sessions/1.yml", 9, "decisions[1]")),
        ("order", ("sessions/2.yml", 9, "next.immediate[0]")),
        ("valve", ("sessions/1.yml", 3, "focus")),
        ("cat", ("sessions/2.yml", 14, "log")),
    ],
)
def test_line_of_the_words(repo: GitRepo, word: str, place: tuple[str, int, str]) -> None:
    assert found(repo, word) == [place]


def test_log_counts_only_where_nothing_else_does(repo: GitRepo) -> None:
    assert "log" not in {field for _, _, field in found(repo, "thermocouple")}


def test_text_for_people(repo: GitRepo) -> None:
    done = tracker("find", "night", cwd=repo.path)
    assert (done.code, done.out) == (0, "sessions/1.yml:9: session 1, decisions[1]: Fire at night\n")


def test_nothing_found_is_exit_1(repo: GitRepo) -> None:
    none = tracker("find", "porcelain", cwd=repo.path)
    assert (none.code, none.out, none.err) == (1, "", "no session matches 'porcelain'\n")
    assert found(repo, "?") == []


def test_words_that_are_written_with_escapes(repo: GitRepo) -> None:
    repo.write("sessions/3.yml", 'session: "3"\ndate: 2031-01-07\nfocus: "Caf\\u00e9"\n')
    assert found(repo, "café") == [("sessions/3.yml", 3, "focus")]


def test_it_needs_no_git_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "tracker.yml").write_text("project: P\n", "utf-8")
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions/1.yml").write_text(FIRST, "utf-8")
    done = tracker("find", "night", cwd=tmp_path)
    assert (done.code, done.out) == (0, "sessions/1.yml:9: session 1, decisions[1]: Fire at night\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sessions", "tracker.yml"]


def test_a_rare_word_counts_more(tmp_path: Path) -> None:
    (tmp_path / "tracker.yml").write_text("project: P\n", "utf-8")
    for number in range(1, 10):
        (tmp_path / "sessions").mkdir(exist_ok=True)
        text = f"session: '{number}'\ndate: 2031-01-0{number}\nfocus: kiln {'anvil' if number == 4 else ''}\n"
        (tmp_path / f"sessions/{number}.yml").write_text(text, "utf-8")
    done = tracker("find", "anvil", "kiln", "--limit", "2", "--format", "json", cwd=tmp_path)
    assert [one["session"] for one in done.json["matches"]] == ["4", "9"]
    done = tracker("find", "anv", "--format", "json", cwd=tmp_path)
    assert [one["session"] for one in done.json["matches"]] == ["4"]


def test_limit(repo: GitRepo) -> None:
    done = tracker("find", "kiln", "--limit", "1", cwd=repo.path)
    assert len(done.out.splitlines()) == 1


SCRIPTS = """\
session: "3"
date: 2031-01-07
focus: 修复了日志页面的崩溃问题
highlights:
  - 회귀 테스트를 추가했다
  - แก้ไขข้อผิดพลาดในการบันทึก
  - Строка ОШИБКИ исправлена
  - "Cafe\u0301 and ＡＢＣ"
  - हिन्दी में लॉग
  - The function read_plan of tracker/sources/plan.py
  - エラーログを修正
"""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("崩溃", "focus"),
        ("页面", "focus"),
        ("页面崩溃", "focus"),
        ("테스트", "highlights[0]"),
        ("바꾸기 회귀", "highlights[0]"),
        ("ข้อผิดพลาด", "highlights[1]"),
        ("ошибки", "highlights[2]"),
        ("café", "highlights[3]"),
        ("CAFE\u0301", "highlights[3]"),
        ("abc", "highlights[3]"),
        ("लॉग", "highlights[4]"),
        ("read_plan", "highlights[5]"),
        ("sources/plan.py", "highlights[5]"),
        ("ログ", "highlights[6]"),
        ("エラー", "highlights[6]"),
    ],
)
def test_words_of_any_script(repo: GitRepo, query: str, field: str) -> None:
    repo.write("sessions/3.yml", SCRIPTS)
    places = found(repo, query)
    assert places[0][0] == "sessions/3.yml"
    assert places[0][2] == field
    assert places[0][1] == 3 if field == "focus" else 5 + int(field[11:-1])


@pytest.mark.parametrize("query", ["溃崩", "スト", "plan_read", '"', "*", 'a"b', "NEAR(", "kiln OR", "^", "text:x"])
def test_nothing_but_words_is_looked_for(repo: GitRepo, query: str) -> None:
    repo.write("sessions/3.yml", SCRIPTS)
    assert "focus" not in {field for file, _, field in found(repo, query) if file == "sessions/3.yml"}


@pytest.mark.parametrize("query", ["phase 8 of chapter 14", "Chapter 14, Phase 8", "chapter 14 phase 8", "14/8"])
def test_a_phase_of_a_chapter_is_found_in_every_form(repo: GitRepo, query: str) -> None:
    plan = """\
project: Pottery
phases:
  - {id: "8", title: Kiln, chapter: "Chapter 13: Shop"}
  - {id: "8", title: Wheel, chapter: Chapter 14, tasks: [{id: "8.1", title: Axle}]}
  - {id: "9", title: Fire, chapter: Chapter 14}
"""
    session = """\
session: "7"
date: 2031-01-09
focus: Wheel
phases: {"14/8": complete, "13/8": in progress, "9": planned}
tasks: {"8.1": complete}
learnings:
  - Phase 8 of Chapter 14 needs oak
  - In chapter 13 phase 8 is next
  - 14 of 8 wheels
  - Phase 8 of chapter 140 is another
"""
    repo.write("tracker.yml", plan)
    repo.write("sessions/7.yml", session)
    places = {(line, field) for _, line, field in found(repo, query)}
    assert places == {(4, "phases.14/8"), (5, "tasks.8.1"), (7, "learnings[0]")}


def test_a_phase_whose_chapter_only_the_plan_knows(repo: GitRepo) -> None:
    repo.write("tracker.yml", 'project: P\nphases: [{id: "9", title: Fire, chapter: Chapter 14}]\n')
    repo.write("sessions/7.yml", 'session: "7"\ndate: 2031-01-09\nfocus: Fire\nphases: {"9": complete}\n')
    assert found(repo, "phase 9 of chapter 14") == [("sessions/7.yml", 4, "phases.9")]
