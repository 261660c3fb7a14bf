"""Statements of documents that are no longer true: what is reported, with which proof, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.audit.rules.documents.headings import forms, headings, slug

ENGINE = "class Pump:\n    def prime(self) -> None:\n        pass\n\n    def drain(self) -> None:\n        pass\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/engine.py", ENGINE + "\n\ndef warm_up() -> None:\n    Pump().drain()\n")
    repo.write("src/valve.py", "def open_valve() -> None: ...\n")
    repo.write("tools/check/one.sh", "true\n")
    repo.write("tools/check/two.sh", "false\n")
    repo.write("guide.md", "# Guide\n\nWords.\n\n## Set-up of it\n\nWords.\n\n## Use\n")
    repo.commit("Start")
    return repo


def claims(repo: GitRepo, *arguments: str) -> list[Any]:
    done = tracker("audit", "--format", "json", *arguments, cwd=repo.path)
    assert done.code in (0, 1), done
    found: list[Any] = done.json["documents"]
    return found


def reported(repo: GitRepo, path: str, signal: str) -> list[tuple[int, str, str | None]]:
    found = claims(repo, "--only", signal)
    assert {one["rule"] for one in found} <= {signal}
    return [(one["line"], one["detail"], one["after"]) for one in found if one["path"] == path]


def short(commit: str) -> str:
    return commit[:9]


def test_a_path_that_was_renamed_or_removed(repo: GitRepo) -> None:
    repo.write(
        "docs/use.md",
        "# Use\n\nThe valve is `src/valve.py`.\nOr: ../src/valve.py here.\n`src/never.py` is another.\n\n"
        "```sh\nsh tools/check/one.sh\n```\n\n```python\nopen('src/valve.py')\n```\n\n"
        "The checks are in `tools/check/`.\n",
    )
    repo.commit("Use")
    repo.git("mv", "src/valve.py", "src/tap.py")
    renamed = short(repo.commit("Rename"))
    repo.git("rm", "-rq", "tools")
    removed = short(repo.commit("Remove"))
    assert reported(repo, "docs/use.md", "dangling") == [
        (3, f"names src/valve.py, renamed to src/tap.py by {renamed}", "The valve is `src/tap.py`."),
        (4, f"names src/valve.py, renamed to src/tap.py by {renamed}", "Or: ../src/tap.py here."),
        (8, f"names tools/check/one.sh, removed by {removed}", None),
        (15, f"names tools/check, removed by {removed}", None),
    ]


def test_a_folder_that_was_renamed(repo: GitRepo) -> None:
    repo.write("docs/use.md", "Checks lie in `tools/check/`.\n")
    repo.commit("Use")
    repo.git("mv", "tools/check", "tools/checks")
    by = short(repo.commit("Rename"))
    detail = f"names tools/check, renamed to tools/checks by {by}"
    assert reported(repo, "docs/use.md", "dangling") == [(1, detail, "Checks lie in `tools/checks/`.")]


def test_symbols_that_code_once_defined(repo: GitRepo) -> None:
    repo.write(
        "docs/use.md",
        "Call `Pump.prime()` first, then `warm_up()`.\n`Pump.drain` is fine.\n`frobnicate_all()` never was.\n"
        "`valve.open_valve()` opens.\n",
    )
    repo.commit("Use")
    repo.write("src/engine.py", ENGINE.replace("prime", "fill_slowly") + "\n\ndef heat_up() -> None:\n    pass\n")
    both = short(repo.commit("Two at once"))
    repo.write("src/valve.py", "def turn_valve() -> None: ...\n")
    one = short(repo.commit("One"))
    assert reported(repo, "docs/use.md", "dangling") == [
        (1, f"names Pump.prime(), removed from src/engine.py by {both}", None),
        (1, f"names warm_up(), removed from src/engine.py by {both}", None),
        (4, f"names valve.open_valve(), renamed to turn_valve by {one}", "`valve.turn_valve()` opens."),
    ]


def test_a_class_that_is_gone_takes_its_methods_with_it(repo: GitRepo) -> None:
    repo.write("docs/use.md", "See `Pump.drain` and `Pump`.\n")
    repo.write("src/other.py", "def drain() -> None: ...\n")
    repo.commit("Use")
    repo.remove("src/engine.py")
    by = short(repo.commit("Remove"))
    assert [one[1] for one in reported(repo, "docs/use.md", "dangling")] == [
        f"names Pump.drain, removed from src/engine.py by {by}"
    ]


def test_lines_that_a_file_once_had(repo: GitRepo) -> None:
    repo.write("docs/use.md", "See src/engine.py:5-6 and `src/engine.py#L9`, src/engine.py:2, src/engine.py:400.\n")
    repo.commit("Use")
    repo.write("src/engine.py", ENGINE[:12] + ENGINE[ENGINE.index("    def drain") :])
    by = short(repo.commit("Shorter"))
    detail = "names line {} of src/engine.py, which has 3 since " + by
    text = "See {} and `src/engine.py#L9`, src/engine.py:2, src/engine.py:400."
    assert reported(repo, "docs/use.md", "dangling") == [
        (1, detail.format(6), text.format("src/engine.py:2-3")),
        (1, detail.format(9), None),
    ]


def test_dead_links_to_removed_files_differ_from_those_to_files_that_never_were(repo: GitRepo) -> None:
    repo.write(
        "docs/use.md",
        "[a](../guide.md) [b](../guide.md#set-up-of-it) [c](../guide.md#nowhere) [d](gone.md) [e](never.md)\n"
        "[f]: ../src/valve.py\n`[g](never2.md)` [h](https://example.org/never3.md) [i](#top) [j](/route)\n# Top\n"
        '![k](never4.png "A title") <a href="never5.md">l</a>\n[m](made.html) [n](use) [o](../) [p](%2e%2e/guide.md)\n',
    )
    repo.write("docs/gone.md", "# RemovedPath\n")
    repo.write(".gitignore", "made.html\n")
    repo.commit("Use")
    repo.git("mv", "src/valve.py", "src/tap.py")
    renamed = short(repo.commit("Rename"))
    repo.remove("docs/gone.md")
    removed = short(repo.commit("Remove"))
    repo.write("guide.md", "# Guide\n\nWords.\n\n## Installation\n\nWords.\n\n## Use\n")
    heading = short(repo.commit("Another heading"))
    first = "[a](../guide.md) [b](../guide.md#installation) [c](../guide.md#nowhere) [d](gone.md) [e](never.md)"
    assert reported(repo, "docs/use.md", "broken-link") == [
        (1, "links to #nowhere, a heading that guide.md never had", None),
        (1, f"links to #set-up-of-it, renamed to #installation by {heading}", first),
        (1, f"links to docs/gone.md, removed by {removed}", None),
        (1, "links to docs/never.md, which never existed", None),
        (2, f"links to src/valve.py, renamed to src/tap.py by {renamed}", "[f]: ../src/tap.py"),
        (5, "links to docs/never4.png, which never existed", None),
        (5, "links to docs/never5.md, which never existed", None),
    ]


def test_text_about_the_past_or_another_tree_is_left_alone(repo: GitRepo) -> None:
    line = "The valve is `src/valve.py`.\n"
    for path in ("CHANGELOG.md", "docs/upgrade.md", "docs/plan_2026-01-02.md", "tests/data/a.md", "archive/a.md"):
        repo.write(path, line)
    repo.write(
        "docs/use.md",
        "# Use\n\n~~`src/valve.py`~~\n\nThese were removed:\n\n- `src/valve.py`\n\n"
        "## Removed in 2\n\n- `src/valve.py`\n\n"
        "### More\n\n`src/valve.py`\n\n## Now\n\nWe no longer need `src/valve.py`.\nIn `config.local` put your own.\n",
    )
    repo.write("config.local", "x")
    repo.commit("History")
    repo.remove("src/valve.py")
    repo.remove("config.local")
    repo.write(".gitignore", "*.local\n")
    repo.commit("Remove")
    assert claims(repo, "--only", "dangling") == []


def test_a_project_within_a_repository_speaks_of_itself(repo: GitRepo) -> None:
    repo.write("pump/src/valve.py", "x\n")
    repo.write("pump/src/lever.py", "y\n")
    repo.write("pump/docs/use.md", "The valve is `src/valve.py`, the lever `src/lever.py`, all in `tools/check/`.\n")
    repo.write("pump/tools/check/one.sh", "echo\n")
    repo.commit("Project")
    repo.git("rm", "-rq", "tools", "src/valve.py")
    repo.commit("The same names in the root go")
    assert reported(repo, "pump/docs/use.md", "dangling") == []
    repo.git("mv", "pump/src/lever.py", "pump/src/handle.py")
    by = short(repo.commit("Rename"))
    assert [one[1] for one in reported(repo, "pump/docs/use.md", "dangling")] == [
        f"names pump/src/lever.py, renamed to pump/src/handle.py by {by}"
    ]


def test_data_that_code_still_names_is_made_when_it_runs(repo: GitRepo) -> None:
    repo.write("docs/use.md", "It keeps `state/levels.json` and `state/marks.json`.\n")
    repo.write("state/levels.json", "{}")
    repo.write("state/marks.json", "[]")
    repo.write("src/keeper.py", "PLACE = 'state/levels.json'\n")
    repo.commit("State")
    repo.git("rm", "-rq", "state")
    by = short(repo.commit("No state in git"))
    assert [one[1] for one in reported(repo, "docs/use.md", "dangling")] == [f"names state/marks.json, removed by {by}"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/a.md", "# Valve: task complete\n\n{}"),
        ("docs/a.md", "# Task 7: paint the valve\n\n{}"),
        ("docs/a.md", "# ✅ The valve\n\n{}"),
        ("docs/a.md", "# Valve audit\n\n{}"),
        ("docs/a.md", "# Valve\n\n## Painted (2026-01-02)\n\n{}"),
        ("docs/auditoria_valvula.md", "{}"),
        ("docs/valve_jan12.md", "{}"),
        ("docs/experiments/valve.md", "{}"),
        ("docs/a.md", "- Move `src/valve.py` to the attic\n"),
        ("docs/a.md", "```sh\ngit add src/valve.py\n```\n"),
    ],
)
def test_records_of_work_are_left_alone(repo: GitRepo, path: str, text: str) -> None:
    repo.write(path, text.format("The valve is `src/valve.py`.\n"))
    repo.write("docs/b.md", "# The complete valve\n\nThe valve is `src/valve.py`.\n")
    repo.commit("Record")
    repo.remove("src/valve.py")
    repo.commit("RemovedPath")
    assert {one["path"] for one in claims(repo, "--only", "dangling")} == {"docs/b.md"}


def test_modules_are_no_symbols(repo: GitRepo) -> None:
    repo.write("src/engine.py", "def check_levels() -> None: ...\nVALVES = 1\n")
    repo.write("src/check_levels.py", "x = 1\n")
    repo.write("docs/use.md", "See `src.check_levels` and `Levels.check_levels`, and `engine.lower_levels`.\n")
    repo.write("src/lower.py", "def lower_levels() -> None:\n    engine = 1\n")
    repo.commit("Modules")
    repo.write("src/engine.py", "x = 1\n")
    repo.remove("src/lower.py")
    repo.commit("Less")
    assert ["lower_levels" in one[1] for one in reported(repo, "docs/use.md", "dangling")] == [True]


def test_words_that_the_file_beside_them_has_no_more(repo: GitRepo) -> None:
    repo.write("src/settings.py", 'limit = 7\nmodel = "blue"\n')
    repo.write("src/more.toml", "rate = 7\n")
    repo.write("README.md", "# Pumps\n\nCall `open_valve()`, defined in `src/valve.py`, first.\n")
    repo.write(
        "docs/use.md",
        "`Pump.drain` of `src/engine.py` uses `a tank` and `warm_up(now)`; `class Pump` is in it.\n"
        "Set `limit = 7` in src/settings.py, not `model`, and no `guide.md`.\n"
        "`limit = 7` is in `src/settings.py` or `src/engine.py`.\n"
        "Never set `limit = 7`. All is in `src/settings.py`. For `rate = 7` see your `src/more.toml`.\n"
        "Turn `a_wheel` of `src/wheels.py`.\n",
    )
    repo.write("src/wheels.py", "a_wheel = 1\n")
    repo.commit("Use")
    repo.write("src/engine.py", ENGINE)
    repo.write("src/heater.py", "def warm_up() -> None: ...\n")
    repo.write("src/valve.py", "def turn() -> None: ...\n")
    engine = short(repo.commit("The warm-up is elsewhere"))
    repo.write("src/engine.py", ENGINE + "# more\n")
    repo.write("src/settings.py", 'limit = 9\nmodel = "blue"\n')
    repo.write("src/more.toml", "rate = 9\n")
    repo.write("src/wheels.py", "from src.wheels.front import *\n")
    repo.write("src/wheels/front.py", "a_wheel = 1\n")
    settings = short(repo.commit("Nine"))
    assert reported(repo, "docs/use.md", "outdated") == [
        (1, f"says `warm_up(now)` of src/engine.py, which has it no more since {engine}", None),
        (2, f"says `limit = 7` of src/settings.py, which has it no more since {settings}", None),
    ]
    both = [(one["path"], one["rule"]) for one in claims(repo)]
    assert both.count(("README.md", "dangling")) == 1, "of the same words one thing is said: the surest"
    assert ("README.md", "outdated") not in both
    repo.write("docs/use.md", (repo.path / "docs/use.md").read_text("utf-8") + "More.\n")
    repo.commit("A word more")
    assert reported(repo, "docs/use.md", "outdated") == [], "it was wrong already when the document was last changed"


WORKSPACE = """
project: Pumps
phases:
  - id: "1"
    title: Pumps
    tasks: [{id: "1.1", title: Prime the pump by hand}, {id: "1.2", title: Drain the pump by hand}]
"""
SESSION = """
session: "7"
date: 2026-01-02
focus: Pumps
work: [Rinse the valve twice]
tasks: {"1.1": complete, "1.2": in progress}
commits: [deadbeef]
files:
  created: [src/engine.py, src/nowhere.py]
  removed: [src/valve.py]
"""


def workspace(repo: GitRepo) -> None:
    repo.write("tracker.yml", WORKSPACE.lstrip())
    repo.write("sessions/2026-01-02-7.yml", SESSION.lstrip())


def test_what_sessions_claim_is_judged_as_by_the_check(repo: GitRepo) -> None:
    workspace(repo)
    repo.commit("Workspace")
    found = claims(repo, "--only", "claimed")
    assert [(one["path"], one["line"], one["written"]) for one in found] == [
        ("sessions/2026-01-02-7.yml", 6, "deadbeef"),
        ("sessions/2026-01-02-7.yml", 8, "src/nowhere.py"),
        ("sessions/2026-01-02-7.yml", 9, "src/valve.py"),
    ]
    checked = json.loads(tracker("check", "--format", "json", cwd=repo.path).out)
    assert {one["reason"] for one in checked["refuted"]} == {one["detail"].split("refuted: ")[1] for one in found}
    assert claims(repo, "--only", "claimed", "--rev", "HEAD") == found
    assert claims(repo, "--only", "claimed", "--rev", "HEAD~1") == []


def test_a_plan_that_cannot_be_used_is_said(repo: GitRepo) -> None:
    repo.write("tracker.yml", "phases: 7\n")
    repo.commit("Broken")
    done = tracker("audit", "--format", "json", cwd=repo.path)
    assert done.json["limits"] == [
        "tracker.yml cannot be used: ignores do not count and claims are unchecked; `tracker check` lists the problems"
    ]


def test_boxes_left_open_though_the_work_is_done(repo: GitRepo) -> None:
    workspace(repo)
    repo.write(
        "TODO.md",
        "- [ ] **1.1** by Monday\n- [ ] Prime the pump by hand.\n- [ ] 1.2\n- [ ] Rinse the valve twice\n"
        "- [x] Create `src/engine.py`\n- [ ] Create `src/engine.py`\n- [ ] Create `src/never.py`\n"
        "- [ ] Remove `src/valve.py`\n- [ ] Remove `src/never.py`\n- [ ] Create `src/engine.py` tests\n"
        "- [ ] Write `guide.md`\n",
    )
    repo.remove("src/engine.py")
    repo.commit("To do")
    repo.write("src/engine.py", ENGINE)
    repo.remove("src/valve.py")
    by = short(repo.commit("Remove"))
    found = reported(repo, "TODO.md", "unticked")
    assert [(line, after) for line, _, after in found] == [
        (1, "- [x] **1.1** by Monday"),
        (2, "- [x] Prime the pump by hand."),
        (4, "- [x] Rinse the valve twice"),
        (6, "- [x] Create `src/engine.py`"),
        (8, "- [x] Remove `src/valve.py`"),
    ]
    assert found[0][1] == "open, though session 7 says that task 1.1 is done"
    assert found[4][1] == f"open, though src/valve.py was removed by {by}"


def test_removals_that_did_not_happen(repo: GitRepo) -> None:
    repo.write("src/again.py", "x")
    repo.commit("Again")
    repo.remove("src/again.py")
    repo.commit("RemovedPath")
    repo.write("src/again.py", "x")
    repo.write(
        "LOG.md",
        "- Removed `src/valve.py`\n- [x] Delete src/engine.py (it was slow)\n- Removed `src/again.py`\n"
        "- Removed the import from `src/valve.py`\n- Removed `src/valve.py` imports\n- [ ] Delete src/engine.py\n"
        "- Removed `src/valve.py` (lines 3-5)\n- Removed `src/valve.py(2)`\n",
    )
    repo.write("docs/plan.md", "- Removed: `src/valve.py`\n")
    repo.commit("Log")
    assert [(line, detail) for line, detail, _ in reported(repo, "LOG.md", "promised")] == [
        (1, "says that src/valve.py is removed; git has it still, and never removed it"),
        (2, "says that src/engine.py is removed; git has it still, and never removed it"),
    ]


def test_every_format_shows_the_line_to_write_and_the_exit_code_is_1(repo: GitRepo) -> None:
    repo.write("docs/use.md", "The valve is `src/valve.py`.\n")
    repo.commit("Use")
    repo.git("mv", "src/valve.py", "src/tap.py")
    repo.commit("Rename")
    only = ("audit", "--only", "dangling", "--format")
    text, markdown, github, sarif = (
        tracker(*only, form, cwd=repo.path).out for form in ("text", "markdown", "github", "sarif")
    )
    assert "    - The valve is `src/valve.py`.\n    + The valve is `src/tap.py`.\n" in text
    assert "| The valve is \\`src/tap.py\\`. |" in markdown
    assert "; write: The valve is `src/tap.py`." in github
    (result,) = [one for one in json.loads(sarif)["runs"][0]["results"] if one["ruleId"] == "dangling"]
    (change,) = result["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 1, "startColumn": 1, "endColumn": 29}
    assert replacement["insertedContent"]["text"] == "The valve is `src/tap.py`."
    rules = {rule["id"] for rule in json.loads(sarif)["runs"][0]["tool"]["driver"]["rules"]}
    assert {"broken-link", "claimed", "dangling"} <= rules
    assert tracker("audit", "--skip", "dangling", cwd=repo.path).code == 0
    assert tracker("audit", "--only", "dangling", cwd=repo.path).code == 1


def test_headings() -> None:
    text = "# The *plan*: `a` & b\n\n```\n# no heading\n```\n\nBelow\n=====\n\n## [Link](x.md) ##\n"
    assert headings(text) == ["the-plan-a--b", "below", "link"]
    assert forms("use-1") & forms("Use")


@given(st.text(max_size=40))
def test_every_heading_is_found_by_its_own_slug(text: str) -> None:
    if slug(text).strip("-_"):
        assert forms(slug(text)) & forms(slug(text).upper())
