"""`tracker audit` on real repositories: what is found, how it is told, and what bad input does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

LONG = "A sentence that is long enough to be told from another.\n" * 8


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("README.md", "# App\n\nSee `src/engine.py` and docs/guide.md.\n")
    repo.write("src/engine.py", "from src import helper_functions\n\nprint(helper_functions)\n")
    repo.write("src/helper_functions.py", LONG)
    repo.write("src/old_engine.py", "print('gone soon')\n")
    repo.write("docs/guide.md", "# Guide\n\nThe engine is in `src/engine.py`.\nThe old one is `src/old_engine.py`.\n")
    repo.commit("Start")
    return repo


def report(repo: GitRepo, *arguments: str) -> Any:
    done = tracker("audit", "--format", "json", *arguments, cwd=repo.path)
    assert done.code in (0, 1), done
    return done.json


def signals_of(repo: GitRepo, path: str, *arguments: str) -> set[str]:
    found = [one for one in report(repo, *arguments)["findings"] if one["path"] == path]
    return {signal["signal"] for one in found for signal in one["signals"]}


def detail_of(repo: GitRepo, path: str, signal: str) -> Any:
    found = next(one for one in report(repo)["findings"] if one["path"] == path)
    return next(one["detail"] for one in found["signals"] if one["signal"] == signal)


@pytest.mark.parametrize(
    ("signal", "files", "stale", "kept"),
    [
        ("superseded", {"PLAN_v1_2.md": "one", "PLAN_v1_3.md": "two"}, "PLAN_v1_2.md", "PLAN_v1_3.md"),
        ("superseded", {"NOTES.md": "one", "NOTES_FINAL.md": "two"}, "NOTES.md", "NOTES_FINAL.md"),
        ("superseded", {"log_S101.md": "one", "log_S143.md": "two"}, "log_S101.md", "log_S143.md"),
        ("superseded", {"p_2026-01-02.md": "one", "p_2026-03-04.md": "two"}, "p_2026-01-02.md", "p_2026-03-04.md"),
        ("copy", {"src/engine.py.bak": "x"}, "src/engine.py.bak", "src/engine.py"),
        ("copy", {"src/engine (1).py": "x"}, "src/engine (1).py", "src/engine.py"),
        ("copy", {"src/engine (pre_fix).py": "x"}, "src/engine (pre_fix).py", "src/engine.py"),
        ("copy", {"src/engine_old.py": "x"}, "src/engine_old.py", "src/engine.py"),
        ("copy", {"src/engine.py ": "x"}, "src/engine.py ", "src/engine.py"),
        ("copy", {"src/engine.py~": "x"}, "src/engine.py~", "src/engine.py"),
        ("identical", {"lib/helper_functions.py": LONG}, "lib/helper_functions.py", "src/helper_functions.py"),
        ("archive", {"backup_2025/engine.py": "x"}, "backup_2025/engine.py", "src/engine.py"),
        ("artifact", {"run.log": "x"}, "run.log", "src/engine.py"),
        ("artifact", {".gitignore": "*.local\n", "a.local": "x"}, "a.local", "src/engine.py"),
        ("artifact", {"sub/.gitignore": "/made\n", "sub/made": "x", "made": "x"}, "sub/made", "made"),
        ("one-off", {"scripts/fix_rows.py": "x"}, "scripts/fix_rows.py", "src/engine.py"),
        ("unreferenced", {"src/alone_module.py": "x"}, "src/alone_module.py", "src/helper_functions.py"),
        ("empty", {"src/nothing.py": ""}, "src/nothing.py", "src/engine.py"),
        ("notice", {"docs/a.md": "# A\n\nThis page is deprecated.\n"}, "docs/a.md", "docs/guide.md"),
        ("finished", {"docs/a.md": "# A\n\n**Status:** Complete\n"}, "docs/a.md", "docs/guide.md"),
        ("record", {"docs/SPRINT_REPORT.md": "x"}, "docs/SPRINT_REPORT.md", "docs/guide.md"),
        ("unticked", {"docs/list.md": "- [ ] one\n- [x] two\n"}, "docs/list.md", "docs/guide.md"),
        ("promised", {"TODO.md": "- remove src/engine.py\n"}, "src/engine.py", "src/helper_functions.py"),
    ],
)
def test_signal(repo: GitRepo, signal: str, files: dict[str, str], stale: str, kept: str) -> None:
    for path, content in files.items():
        repo.write(path, content)
    repo.git("add", "--all", "--force")
    repo.commit("More")
    assert signal in signals_of(repo, stale)
    assert signal not in signals_of(repo, kept)


def test_an_original_is_gone_where_it_once_was_there(repo: GitRepo) -> None:
    repo.write("a.py", "x")
    repo.commit("An original")
    repo.remove("a.py")
    repo.write("a_old.py", "x")
    repo.write("b (1).py", "x")
    repo.commit("Copies")
    assert detail_of(repo, "a_old.py", "copy") == "named as a copy; the original is gone"
    assert detail_of(repo, "b (1).py", "copy") == "named as a copy; no original is beside it"


def test_one_file_is_told_as_one(repo: GitRepo) -> None:
    repo.write("zeal/one.csv", "1")
    repo.commit("Data")
    repo.remove("zeal/one.csv")
    repo.write("zeal/two.csv", "2")
    repo.commit("Other data")
    assert detail_of(repo, "zeal/two.csv", "precedent") == "1 file like it (in zeal) was removed before"


def test_a_folder_that_is_a_copy_is_one_finding(repo: GitRepo) -> None:
    for folder in ("lib/parts", "lib/parts2"):
        for number in range(4):
            repo.write(f"{folder}/part_{number}.csv", f"{number}\n{LONG}")
    for folder in ("fixtures/a", "fixtures/b"):
        repo.write(f"{folder}/c.csv", f"fixture\n{LONG}")
    repo.write("lib/parts2/own.csv", LONG[:300])
    repo.write("INDEX.md", "".join(f"lib/parts/part_{number}.csv\n" for number in range(4)))
    repo.commit("A copy")
    detail = "4 of 5 files of lib/parts2/ are the same as in lib/parts/"
    for number in range(4):
        assert detail_of(repo, f"lib/parts2/part_{number}.csv", "identical") == detail
    assert "identical" not in signals_of(repo, "fixtures/b/c.csv")
    only = ("audit", "--only", "identical", "--min-confidence", "0", "--format")
    for form in ("text", "markdown", "github"):
        out = tracker(*only, form, cwd=repo.path).out
        assert out.count(detail) == 1
        assert form == "github" or "lib/parts2/ (4 files)" in out


def test_history_speaks(repo: GitRepo) -> None:
    repo.write("tests/test_old_engine.py", "import src.old_engine\n")
    for name in ("one", "two", "three"):
        repo.write(f"probe/probe_{name}.py", name)
    repo.commit("Probes and a test")
    repo.remove("src/old_engine.py")
    repo.remove("probe/probe_one.py")
    removed = repo.commit("Remove the old engine")
    for number in range(3):
        repo.write("src/engine.py", str(number))
        repo.commit()
    assert "orphaned" in signals_of(repo, "tests/test_old_engine.py")
    assert {"left-behind", "precedent"} <= signals_of(repo, "probe/probe_two.py")
    assert "dormant" in signals_of(repo, "src/helper_functions.py")
    assert {"outdated", "dangling"} <= signals_of(repo, "docs/guide.md")
    assert removed[:9] in detail_of(repo, "docs/guide.md", "dangling")
    assert not {"orphaned", "dormant"} & signals_of(repo, "src/engine.py")


def test_only_what_once_existed_is_dangling(repo: GitRepo) -> None:
    repo.write(
        "docs/setup.md",
        "Run `src/never_was.py` with `src/engine.py`.\nThe helper is `src/old_engine.py`.\n"
        "`src/old_engine.py` has been removed.\n",
    )
    repo.write("CHANGELOG.md", "- `src/old_engine.py` is here\n")
    repo.commit("Set-up")
    repo.git("mv", "src/old_engine.py", "src/motor.py")
    moved = repo.commit("Rename")
    told = [(one["path"], one["line"], one["detail"]) for one in report(repo)["claims"]]
    detail = f"names src/old_engine.py, renamed to src/motor.py by {moved[:9]}"
    assert told == [("docs/guide.md", 4, detail), ("docs/setup.md", 2, detail)]


def test_legitimate_families_and_conventional_names_are_left_alone(repo: GitRepo) -> None:
    for path in ("docs/releases/v1.md", "docs/releases/v2.md", "migrations/001_a.sql", "migrations/002_a.sql"):
        repo.write(path, path)
    repo.write("src/__init__.py", "")
    repo.commit("Families")
    for path in ("docs/releases/v1.md", "migrations/001_a.sql"):
        assert "superseded" not in signals_of(repo, path)
    assert not {"unreferenced", "empty"} & signals_of(repo, "src/__init__.py")


def test_report_is_the_contract(repo: GitRepo) -> None:
    head = repo.git("rev-parse", "HEAD")
    found = report(repo)
    assert set(found) == {"schema", "repository", "commit", "files", "findings", "claims", "problems", "limits"}
    assert (found["commit"], found["files"], found["repository"]) == (head, 5, "repo")
    confidences = [one["confidence"] for one in found["findings"]]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < one < 1 for one in confidences)
    keys = {"path", "confidence", "action", "signals", "last_commit", "last_changed", "references"}
    keys |= {"fingerprint", "state", "excuse"}
    assert all(
        set(one) == keys and one["action"] in ("remove", "archive", "update", "review") for one in found["findings"]
    )
    engine = next(one for one in found["findings"] if one["path"] == "src/old_engine.py")
    assert engine["references"] == ["docs/guide.md"]
    assert engine["last_commit"] == head
    assert engine["last_changed"] == "2026-01-01T01:00:00+00:00"


def test_confidence_bar_signals_and_exit_code(repo: GitRepo) -> None:
    repo.write("backup/engine_old.py", "x")
    repo.commit("A copy")
    every = report(repo)["findings"]
    bar = sorted(one["confidence"] for one in every)[len(every) // 2]
    assert report(repo, "--min-confidence", str(bar))["findings"] == [o for o in every if o["confidence"] >= bar]
    assert {s["signal"] for o in report(repo, "--only", "archive")["findings"] for s in o["signals"]} == {"archive"}
    assert "archive" not in signals_of(repo, "backup/engine_old.py", "--skip", "archive")
    assert tracker("audit", "--min-confidence", "0", cwd=repo.path).code == 1
    assert tracker("audit", "--min-confidence", "1", cwd=repo.path).code == 0
    assert "did you mean 'archive'" in tracker("audit", "--only", "archve", cwd=repo.path).message


def test_a_revision_is_read_without_checking_it_out(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    before = report(repo)
    repo.write("docs/old/x.md", "x")
    repo.remove("src/old_engine.py")
    repo.commit("Later")
    assert report(repo, "--rev", first) == before
    assert report(repo) != before
    assert "no such revision" in tracker("audit", "--rev", "nowhere", cwd=repo.path).message


def test_the_working_tree_is_read_as_it_is_on_disk(repo: GitRepo) -> None:
    repo.write("src/helper_functions.py", "")
    assert "empty" in signals_of(repo, "src/helper_functions.py")
    repo.write("untracked_old.bak", "x")
    assert not signals_of(repo, "untracked_old.bak")


def test_a_folder_of_the_repository_alone(repo: GitRepo) -> None:
    assert {one["path"] for one in report(repo, "src")["findings"]} <= {
        "old_engine.py",
        "engine.py",
        "helper_functions.py",
    }
    assert report(repo, "src")["files"] == 3


def test_formats(repo: GitRepo) -> None:
    repo.write("backup/a|b, c: 100%.py", "x")
    repo.commit("A strange name")
    repo.remove("src/old_engine.py")
    repo.commit("RemovedPath")
    text, markdown, github, sarif = (
        tracker("audit", "--min-confidence", "0", "--format", form, cwd=repo.path).out
        for form in ("text", "markdown", "github", "sarif")
    )
    assert "backup/a|b, c: 100%.py" in text
    assert "docs/guide.md:4  names src/old_engine.py" in text
    assert "`` backup/a\\|b, c: 100%.py ``" in markdown
    assert "::warning file=backup/a|b%2C c%3A 100%25.py,title=stale " in github
    assert "::warning file=docs/guide.md,line=4,title=dangling: update::names src/old_engine.py" in github
    run = json.loads(sarif)["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= rules
    marks = [result["partialFingerprints"]["subject/v1"] for result in run["results"]]
    assert len(marks) == len(set(marks))


def test_not_a_repository_and_no_commits(tmp_path: Path) -> None:
    assert "not in a git repository" in tracker("audit", str(tmp_path), cwd=tmp_path).message
    empty = GitRepo(tmp_path / "empty")
    assert tracker("audit", cwd=empty.path).code == 0
    empty.write("a.bak", "x")
    empty.git("add", "--all")
    found = report(empty)
    assert found["commit"] is None
    assert [one["path"] for one in found["findings"]] == ["a.bak"]
    assert "no commits" in found["limits"][0]


@pytest.mark.parametrize("name", [b"a\nb_old.py", b'say "hi".bak', b"\xff\xfe_old.py", b"d/" * 120 + b"x.bak"])
def test_names(repo: GitRepo, name: bytes) -> None:
    repo.write(name, "x")
    repo.commit("A name")
    for form in ("text", "json", "markdown", "github", "sarif"):
        done = tracker("audit", "--min-confidence", "0", "--format", form, cwd=repo.path)
        assert done.code == 1, done
        assert "\nb_old" not in done.out
    path = name.decode("utf-8", "surrogateescape")
    assert signals_of(repo, path) & {"copy", "archive"}


def test_links_binaries_large_files_and_shallow_clones_are_said_or_left_alone(repo: GitRepo, tmp_path: Path) -> None:
    (repo.path / "loop_a").symlink_to("loop_b")
    (repo.path / "loop_b").symlink_to("loop_a")
    repo.write("image.png", b"\0" * 5000)
    repo.write("big.txt", b"x" * 2_000_001)
    repo.commit("Odd files")
    found = report(repo)
    assert found["limits"] == ["not read, for more than 2 MB: 1"]
    repo.write("big.txt", b"y" * 2_000_002)
    assert report(repo)["limits"] == found["limits"]
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "-q", "--depth=1", f"file://{repo.path}", str(shallow)]
    subprocess.run(clone, check=True, capture_output=True)
    assert "shallow" in json.loads(tracker("audit", "--format", "json", str(shallow), cwd=tmp_path).out)["limits"][0]


def test_a_history_of_renames_merges_and_orphan_branches(repo: GitRepo) -> None:
    for number in range(30):
        repo.git("mv", f"n{number - 1}.py" if number else "src/old_engine.py", f"n{number}.py")
        repo.commit("Rename")
    repo.git("checkout", "-q", "--orphan", "other")
    repo.git("rm", "-rfq", ".")
    repo.write("lone_old.py", "x")
    repo.commit("Orphan")
    repo.git("merge", "-q", "--allow-unrelated-histories", "-m", "Merge", "main")
    told = [one["detail"] for one in report(repo)["claims"]]
    assert len(told) == 1
    assert "renamed to n29.py" in told[0]
    assert signals_of(repo, "lone_old.py")
