"""What made evidence stale, and runs of `tracker verify` that are of the present code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.progress.freshness import MOST_COMMITS


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repository")


def plan(evidence: str, covers: str) -> str:
    criterion = f"{{id: c, text: t, evidence: [{evidence}], covers: [{covers}]}}"
    return f'project: P\nphases: [{{id: "1", title: One, criteria: [{criterion}]}}]\n'


def criterion(repo: GitRepo) -> dict[str, Any]:
    found: dict[str, Any] = tracker("status", "--format", "json", cwd=repo.path).json["phases"][0]["criteria"][0]
    return found


def verdict(repo: GitRepo) -> str:
    return str(criterion(repo)["verdict"])


def test_the_newest_commits_are_named_first_and_older_ones_left_out(repo: GitRepo) -> None:
    repo.write("app.py", "0\n")
    start = repo.commit("Start")
    repo.write("tracker.yml", plan("{result: run}", "app.py"))
    repo.write("diagnostics/results/run.json", json.dumps({"source": {"commit": start}}))
    repo.commit("Plan")
    commits = []
    for number in range(1, MOST_COMMITS + 6):
        repo.write("app.py", f"{number}\n")
        commits.append(repo.commit(f"Change {number}"))
    assert criterion(repo)["evidence"][0]["changed_by"] == commits[: -MOST_COMMITS - 1 : -1]


def test_the_commit_at_which_it_was_measured_did_not_change_it(repo: GitRepo) -> None:
    repo.write("app.py", "0\n")
    repo.write("tracker.yml", plan("{result: run}", "app.py"))
    repo.commit("Start")
    repo.write("app.py", "1\n")
    measured = repo.commit("Measured")
    repo.write("diagnostics/results/run.json", json.dumps({"source": {"commit": measured}}))
    repo.write("app.py", "2\n")
    later = repo.commit("Later")
    assert criterion(repo)["evidence"][0]["changed_by"] == [later]


def test_commits_that_changed_only_the_comments_of_a_symbol_are_not_named(repo: GitRepo) -> None:
    repo.write("app.py", "def fire(): return 1\n")
    start = repo.commit("Start")
    repo.write("tracker.yml", plan("{result: run}", '"app.py::fire"'))
    repo.write("diagnostics/results/run.json", json.dumps({"source": {"commit": start}}))
    repo.commit("Plan")
    repo.write("app.py", "# why\ndef fire(): return 1\n")
    repo.commit("Comment")
    repo.write("app.py", "# why\ndef fire(): return 2\n")
    changed = repo.commit("Change")
    repo.write("app.py", "# why not\ndef fire(): return 2\n")
    repo.commit("Comment again")
    assert criterion(repo)["verdict"] == "stale"
    assert criterion(repo)["evidence"][0]["changed_by"] == [changed]


def test_a_revert_to_verified_code_is_fresh_again(repo: GitRepo) -> None:
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan('{command: "grep -q 1 app.py"}', "app.py"))
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 0
    assert verdict(repo) == "met"
    repo.write("app.py", "2\n")
    repo.commit("Break")
    assert verdict(repo) == "stale"
    assert tracker("verify", cwd=repo.path).code == 1
    assert verdict(repo) == "unmet"
    repo.write("app.py", "1\n")
    repo.commit("Revert")
    assert verdict(repo) == "met"
    repo.write("app.py", "2\n")
    assert verdict(repo) == "unmet"
    repo.write("app.py", "3\n")
    assert verdict(repo) == "unmet"


def test_of_two_runs_of_the_same_code_the_newer_one_counts(repo: GitRepo) -> None:
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan('{command: "test -e ../flag"}', "app.py"))
    repo.write("../flag")
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 0
    (repo.path.parent / "flag").unlink()
    _age_results(repo)
    assert tracker("verify", cwd=repo.path).code == 1
    assert verdict(repo) == "unmet"


def _age_results(repo: GitRepo) -> None:
    """Move the recorded runs a minute into the past: two runs within a second have the same time."""
    for path in (repo.path / "diagnostics/results").glob("*.json"):
        data = json.loads(path.read_text())
        data["started"] = "2026-01-01T00:00:00Z"
        path.write_text(json.dumps(data))


def test_a_run_on_an_uncommitted_tree_is_fresh_once_that_tree_is_committed(repo: GitRepo) -> None:
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan("{command: exit 0}", "app.py"))
    repo.commit("Start")
    repo.write("app.py", "2\n")
    assert tracker("verify", cwd=repo.path).code == 0
    assert verdict(repo) == "met"
    repo.commit("What was verified")
    assert verdict(repo) == "met"
    repo.write("app.py", "1\n")
    assert verdict(repo) == "stale"  # never verified, whichever commit the run had


def test_before_the_first_commit_the_recorded_content_counts(repo: GitRepo) -> None:
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan("{command: exit 0}", "app.py"))
    repo.git("add", "--all")
    assert tracker("verify", cwd=repo.path).code == 0
    assert verdict(repo) == "met"
    repo.write("app.py", "2\n")
    assert verdict(repo) == "stale"


def test_a_file_that_covers_matches_only_now_makes_a_run_stale(repo: GitRepo) -> None:
    repo.write("src/a.py", "1\n")
    repo.write("tracker.yml", plan("{command: exit 0}", "src/"))
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 0
    repo.write("src/b.py", "1\n")
    repo.commit("Add")
    assert criterion(repo)["verdict"] == "stale"
    assert criterion(repo)["evidence"][0]["changed"] == ["src/b.py"]


def test_a_recorded_symbol_counts_by_its_code(repo: GitRepo) -> None:
    repo.write("app.py", "def fire(): return 1\n")
    repo.write("tracker.yml", plan("{command: exit 0}", '"app.py::fire"'))
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 0
    repo.write("app.py", "import os\n\n\ndef fire():\n    return 1  # once\n")
    assert verdict(repo) == "met"
    repo.write("app.py", "def fire(): return 2\n")
    assert verdict(repo) == "stale"


def test_a_revert_to_code_whose_report_was_dated_is_fresh_again(repo: GitRepo) -> None:
    report = '<testsuite><testcase classname="tests.test_a" name="test_it">{}</testcase></testsuite>'
    repo.write(".gitignore", "reports/\n")
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan('{test: "tests/test_a.py::test_it"}', "app.py"))
    repo.commit("Start")
    repo.write("reports/junit.xml", report.format(""))
    assert tracker("verify", "--report", "reports/junit.xml", cwd=repo.path).code == 0
    repo.write("app.py", "2\n")
    repo.commit("Break")
    repo.write("reports/junit.xml", report.format("<failure/>"))
    assert tracker("verify", "--report", "reports/junit.xml", cwd=repo.path).code == 0
    assert verdict(repo) == "unmet"
    repo.write("app.py", "1\n")
    assert verdict(repo) == "met"


def test_a_name_that_no_encoding_has_does_not_stop_verify(repo: GitRepo) -> None:
    try:
        repo.write(b"src/\xff.py", "1\n")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")
    repo.write("tracker.yml", plan("{command: exit 0}", "src/"))
    repo.commit("Start")
    assert tracker("verify", cwd=repo.path).code == 0
    assert verdict(repo) == "met"


def test_what_a_run_found_in_words(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{command: make}", ""))
    repo.commit("Start")

    def found(status: str = "complete", **metrics: object) -> tuple[str, str]:
        run = {
            "kind": "command",
            "name": "make",
            "status": status,
            "metrics": metrics,
            "started": "2026-01-02T00:00:00Z",
        }
        repo.write("diagnostics/results/make.json", json.dumps(run))
        one = criterion(repo)["evidence"][0]
        assert (one["when"], one["where"]) == ("2026-01-02", "diagnostics/results/make.json")
        return one["verdict"], one["found"]

    assert found(exit=0, seconds=1.26) == ("met", "exit 0 after 1.3 s")
    assert found(exit=0) == ("met", "exit 0")
    assert found(exit=False) == ("unmet", "exit False")
    assert found(exit=-9, seconds=2) == ("unmet", "signal 9 after 2.0 s")
    assert found("partial", seconds=60) == ("unmet", "timed out after 60.0 s")


def test_a_word_is_of_the_day_of_its_session(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{attested: {by: Ada, session: '1'}}", ""))
    repo.write("sessions/1.yml", "session: 1\ndate: 2026-01-01\nfocus: F\n")
    repo.commit("Start")
    one = criterion(repo)["evidence"][0]
    assert (one["verdict"], one["when"], one["where"]) == ("attested", "2026-01-01", "sessions/1.yml")


def test_near_to_a_version_that_there_is_not(repo: GitRepo) -> None:
    repo.write("tracker.yml", plan("{result: run, value: v, within: 5%}", ""))
    repo.write("diagnostics/results/run.json", '{"v": 1}')
    repo.commit("Start")
    one = criterion(repo)["evidence"][0]
    wanted = "v = 1, wanted within 5% of the value that a version holds: there is none yet"
    assert (one["verdict"], one["found"]) == ("missing", wanted)


@pytest.mark.parametrize(("dirty", "expected"), [(False, "met"), (True, "unmet")])
def test_only_a_run_of_a_clean_tree_is_of_its_commit(repo: GitRepo, dirty: bool, expected: str) -> None:
    repo.write("app.py", "1\n")
    repo.write("tracker.yml", plan("{command: make}", "app.py"))
    first = repo.commit("Start")
    repo.write("app.py", "2\n")
    second = repo.commit("Change")
    for number, (commit, status, is_dirty) in enumerate(((first, 0, dirty), (second, 1, False))):
        run = {
            "kind": "command",
            "name": "make",
            "metrics": {"exit": status},
            "started": f"2026-01-0{number + 1}T00:00:00Z",
        }
        run["source"] = {"commit": commit, "dirty": is_dirty}
        repo.write(f"diagnostics/results/{number}.json", json.dumps(run))
    repo.write("app.py", "1\n")
    repo.commit("Revert")
    assert verdict(repo) == expected
