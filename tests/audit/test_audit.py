"""`tracker audit` on real repositories: what is found, how it is reported, and what bad input does."""

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


def findings(repo: GitRepo, *arguments: str) -> dict[str, dict[str, Any]]:
    """Every finding about a file by its path, with what its family says."""
    return {
        one["path"]: one | {key: family[key] for key in ("rule", "action", "default", "title")}
        for family in report(repo, *arguments)["families"]
        for one in family["paths"]
    }


def lines(name: str, count: int = 40) -> str:
    return "".join(f"{name} = {number}\n" for number in range(count))


UNMEASURED = ("condemned", "superseded")
"""Rules that only `--maybe` reports."""


@pytest.mark.parametrize(
    ("rule", "action", "files", "stale", "kept"),
    [
        ("ignored", "untrack", {".gitignore": "*.local\n", "a.local": "x"}, "a.local", ".gitignore"),
        ("ignored", "untrack", {"sub/.gitignore": "/made\n", "sub/made": "x", "made": "x"}, None, "made"),
        (
            "ignored",
            "untrack",
            {".gitignore": "tests/shots/\n", "tests/shots/a.png": "x"},
            "tests/shots/a.png",
            ".gitignore",
        ),
        (
            "artifact",
            "untrack",
            {"src/__pycache__/a.cpython-311.pyc": b"\0x"},
            "src/__pycache__/a.cpython-311.pyc",
            None,
        ),
        ("artifact", "untrack", {"run.log": "x"}, "run.log", "src/engine.py"),
        ("artifact", "untrack", {"app.db": b"SQLite format 3\0"}, "app.db", None),
        ("artifact", "untrack", {"report.json": '{"lighthouseVersion": "12"}'}, "report.json", None),
        ("artifact", "untrack", {"a.json.gz": b"\x1f\0", "a.json": "{}"}, "a.json.gz", "a.json"),
        (
            "artifact",
            "untrack",
            {"row_report.json": "{}", "src/dump.py": "with open('row_report.json', 'w') as f:\n    f.write('1')\n"},
            "row_report.json",
            None,
        ),
        ("backup", "remove", {"src/engine.py.bak": LONG, "src/engine.py": LONG}, "src/engine.py.bak", "src/engine.py"),
        ("backup", "remove", {"src/engine (1).py": lines("a"), "src/engine.py": lines("a")}, "src/engine (1).py", None),
        (
            "backup",
            "remove",
            {"other/engine-backup.py": lines("a"), "src/engine.py": lines("a")},
            None,
            "src/engine.py",
        ),
        ("empty", "remove", {"src/nothing.py": ""}, "src/nothing.py", "src/engine.py"),
        (
            "deprecated",
            "review",
            {"src/gone/README.md": "This folder contains only deprecated code.\n", "src/gone/a.py": "x = 1\n"},
            "src/gone/a.py",
            None,
        ),
        (
            "deprecated",
            "remove",
            {".github/workflows/a.yml.disabled": "on: push\n"},
            ".github/workflows/a.yml.disabled",
            None,
        ),
        (
            "finished",
            "archive",
            {"docs/FIX_SUMMARY.md": "# Fix\n\n**Status:** ✅ Complete\n"},
            "docs/FIX_SUMMARY.md",
            None,
        ),
        ("finished", "archive", {"docs/fix.md": "# A fix\n" + "- [x] a\n" * 5}, "docs/fix.md", "docs/guide.md"),
        ("archive", "remove", {"docs/archive/a.md": "x"}, "docs/archive/a.md", "docs/guide.md"),
        (
            "condemned",
            "review",
            {"plan.md": "# P\n\n## Files to delete\n\n- `src/spare.css`\n", "src/spare.css": "a"},
            "src/spare.css",
            None,
        ),
    ],
)
def test_a_rule_proves_its_finding(
    repo: GitRepo, rule: str, action: str, files: dict[str, str | bytes], stale: str | None, kept: str | None
) -> None:
    for path, content in files.items():
        repo.write(path, content)
    repo.git("add", "--all", "--force")
    repo.commit("More")
    found = findings(repo)
    if stale:
        one = found[stale]
        assert (one["rule"], one["action"], one["default"]) == (rule, action, rule not in UNMEASURED), one
    assert kept not in found


def test_a_script_for_one_occasion(repo: GitRepo) -> None:
    repo.write("scripts/fix_rows.py", "import sqlite3\nprint(sqlite3.connect('rows.db'))\n")
    repo.write("scripts/fix_named.py", "print('rows')\n")
    repo.write("scripts/fix_with_arguments.py", "import sys\nprint(sys.argv[1])\n")
    repo.write("scripts/test_pump.py", "def test_pump():\n    assert True\n")
    repo.write("README.md", "Run `python scripts/fix_named.py`. See `src/engine.py`.\n")
    repo.commit("Scripts")
    assert not findings(repo)["scripts/fix_rows.py"]["default"], "nothing came after it"
    repo.write("src/engine.py", "print('changed')\n")
    repo.commit("More")
    found = findings(repo, "--only", "one-off")
    assert set(found) == {"scripts/fix_rows.py"}
    assert found["scripts/fix_rows.py"]["default"]
    assert "unchanged since" in found["scripts/fix_rows.py"]["proof"]


def test_what_is_meant_to_be_used_again_is_left_alone(repo: GitRepo) -> None:
    steps = {f"step-{number}": f"node scripts/step{number}.mjs" for number in range(50)}
    files = {
        "package.json": json.dumps({"scripts": steps | {"check": "node scripts/check-rows.mjs"}}),
        "scripts/check-rows.mjs": "console.log('rows')\n",
        "scripts/add-facet.js": "// Usage: FACET=0x1 node scripts/add-facet.js\nconsole.log(process.env.FACET)\n",
        "scripts/publish.sh": "#!/bin/sh\ngit init\necho $1\n",
        "app/api/trash/route.ts": "export const GET = () => 1\n",
        "docs/SETUP-GUIDE-COMPLETE-STEPS.md": "# Set-up\n\nThree steps.\n\n## Root cause\n\nNone.\n",
        "docs/balloon-task.md": "---\nid: balloon\nstatus: done\n---\n# Balloon\n",
        "docs/import_not_implemented.md": "# Import is not implemented\n\nStatus: open\n",
        "openspec/changes/archive/one/tasks.md": "x",
        "docs/MILESTONE-4.md": "# Milestone 4: access\n\n> **Status:** Completed\n",
        "CLAUDE.md": "See [access](docs/MILESTONE-4.md).\n" + "".join(f"- `scripts/step{n}.mjs`\n" for n in range(50)),
        "docs/VOICE_COMPLETE.md": "# Voices: the complete guide\n\nChoose one.\n",
        "docs/run_test.txt": "root@a:/app# bash run-tests.sh; tmux wait -S done\n",
        "docs/API_TEST_RESULTS.md": '# Results\n\n```json\n"status": "success"\n```\n',
    }
    files |= {f"scripts/step{number}.mjs": f"console.log({number})\n" for number in range(50)}
    for path, content in files.items():
        repo.write(path, content)
    repo.commit("Files")
    repo.write("notes.txt", "x")
    repo.commit("More")
    default = {path for path, one in findings(repo).items() if one["default"]}
    assert default.isdisjoint(files), default


def test_a_script_that_set_up_the_repository(repo: GitRepo) -> None:
    repo.write("scripts/bootstrap-repository.sh", "#!/bin/sh\ngit init\ngit add .\n")
    repo.write("scripts/release.sh", "#!/bin/sh\ngit push origin main\n")
    repo.commit("Scripts")
    repo.write("notes.txt", "x")
    repo.commit("More")
    assert set(findings(repo, "--only", "one-off")) == {"scripts/bootstrap-repository.sh"}


def test_a_caller_that_is_stale_is_no_use(repo: GitRepo) -> None:
    repo.write("fix_all.py", "import fix_rows\nprint(fix_rows)\n")
    repo.write("fix_rows.py", "print('rows')\n")
    repo.write("check_tables.py", "print('tables')\n")
    repo.write("src/engine.py", "import check_tables\n")
    repo.commit("Scripts")
    repo.write("notes.txt", "x")
    repo.commit("More")
    assert set(findings(repo, "--only", "one-off")) == {"fix_all.py", "fix_rows.py"}


def test_a_change_that_is_made(repo: GitRepo) -> None:
    patch = "--- a/src/engine.py\n+++ b/src/engine.py\n@@ -1 +1 @@\n-print('an old engine')\n+print('a new engine')\n"
    repo.write("new.patch", patch)
    repo.write(
        "swap.py",
        "text = open('src/engine.py').read()\nopen('src/engine.py', 'w').write(text.replace(\"'an old "
        "engine'\", \"'a new engine'\"))\n",
    )
    repo.write("src/engine.py", "print('an old engine')\n")
    repo.commit("To do")
    assert not {"new.patch", "swap.py"} & findings(repo, "--only", "applied").keys()
    repo.write("src/engine.py", "print('a new engine')\n")
    repo.commit("Done")
    found = findings(repo, "--only", "applied")
    assert {"new.patch", "swap.py"} == set(found)
    assert found["new.patch"]["proof"] == "its change is in src/engine.py"


def test_a_backup_of_an_earlier_revision_names_it(repo: GitRepo) -> None:
    repo.write("src/worker.py", lines("a"))
    repo.commit("Worker")
    repo.write("src/worker_backup.py", lines("a", 39))
    repo.write("src/worker.py", lines("b"))
    changed = repo.commit("Another worker")
    one = findings(repo)["src/worker_backup.py"]
    assert one["proof"] == f"98% equal to src/worker.py before {changed[:7]}, 2026-01-01"
    assert one["default"]


def test_a_backup_without_a_common_line_is_described_as_one(repo: GitRepo) -> None:
    repo.write("src/worker.py", lines("a"))
    repo.write("src/worker.py.bak", lines("b"))
    repo.commit("Worker")
    proof = findings(repo)["src/worker.py.bak"]["proof"]
    assert proof == "named as a copy of src/worker.py, with which it has no line in common"


def test_a_copy_is_stale_where_the_original_is_used(repo: GitRepo) -> None:
    repo.write("src/pump.py", lines("pump"))
    repo.write("lib/pump_copyist.py", lines("pump"))
    repo.write("src/engine.py", "from src import pump, helper_functions\n")
    for folder in ("fixtures/a", "fixtures/b"):
        repo.write(f"{folder}/c.csv", f"fixture\n{LONG}")
    repo.commit("Copies")
    one = findings(repo)["lib/pump_copyist.py"]
    assert (one["rule"], one["proof"]) == ("duplicate", "identical to src/pump.py, which is used")
    assert not [path for path in findings(repo) if path.startswith("fixtures/")]


def test_an_older_version_beside_one_that_is_used(repo: GitRepo) -> None:
    repo.write("tools/load_v1.js", lines("a"))
    repo.write("tools/load_v2.js", lines("b"))
    repo.write("package.json", '{"scripts": {"load": "node tools/load_v2.js"}}')
    for path in ("docs/releases/v1.md", "docs/releases/v2.md", "migrations/001_a.sql", "migrations/002_a.sql"):
        repo.write(path, path)
    repo.commit("Versions")
    found = findings(repo, "--only", "superseded")
    assert {path: one["default"] for path, one in found.items()} == {"tools/load_v1.js": False}


def test_code_that_no_entry_point_reaches(repo: GitRepo) -> None:
    repo.write("package.json", '{"name": "a", "main": "src/index.js"}')
    repo.write("src/index.js", "import { used } from './used';\nused();\n")
    repo.write("src/used.js", "export const used = () => 1;\n")
    repo.write("src/lonely.js", "export const lonely = () => 2;\n")
    repo.commit("A program")
    found = findings(repo, "--only", "unreachable")
    assert "src/lonely.js" in found
    assert "src/used.js" not in found


def test_broken_links(repo: GitRepo) -> None:
    repo.write(".gitignore", "made/\n")
    for name, target in {"a": "nowhere", "b": "src/engine.py", "c": "made/x", "d": "/etc/hosts", "e": "docs"}.items():
        (repo.path / name).symlink_to(target)
    repo.commit("Links")
    assert set(findings(repo, "--only", "broken-symlink")) == {"a"}


def test_what_is_needed_is_not_to_be_removed(repo: GitRepo) -> None:
    """An archive that a document mentions is to be reviewed; code in it that is used is no finding."""
    repo.write("old/notes.txt", "x")
    repo.write("old/used_module.py", "x = 1\n")
    repo.write("src/engine.py", "from old import used_module\n")
    repo.commit("Old things")
    found = findings(repo)
    assert found["old/notes.txt"]["action"] == "remove"
    assert "old/used_module.py" not in found
    repo.write("docs/guide.md", "# Guide\n\nWhat was: `old/notes.txt`.\n")
    repo.commit("A guide to it")
    assert findings(repo)["old/notes.txt"]["action"] == "review"


def test_records_and_manifests_are_left_alone(repo: GitRepo) -> None:
    repo.write(".gitignore", "*.properties\n*.json\n")
    repo.write("gradle.properties", "a=1\n")
    repo.write("data/table.json", "{}")
    repo.write("src/engine.py", "open('data/table.json').read()\n")
    for path in ("CHANGELOG.md", "docs/adr/001-done.md", "sessions/one_summary.md"):
        repo.write(path, "# Done\n\nStatus: complete\n")
    repo.write("src/__init__.py", "")
    repo.git("add", "--all", "--force")
    repo.commit("More")
    default = {path for path, one in findings(repo).items() if one["default"]}
    assert default <= {"src/old_engine.py", "src/helper_functions.py"}, default


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
    reported = [(one["path"], one["line"], one["detail"]) for one in report(repo)["documents"]]
    detail = f"names src/old_engine.py, renamed to src/motor.py by {moved[:9]}"
    assert reported == [("docs/guide.md", 4, detail), ("docs/setup.md", 2, detail)]


def test_report_is_the_contract(repo: GitRepo) -> None:
    repo.write("docs/archive/a.md", "x")
    repo.write("backup/b.txt", "x")
    head = repo.commit("Old things")
    found = report(repo)
    assert set(found) == {"schema", "repository", "commit", "files", "families", "documents", "problems", "limits"}
    assert (found["schema"], found["commit"], found["files"], found["repository"]) == (2, head, 7, "repo")
    keys = {"id", "rule", "precision", "action", "default", "title", "evidence", "paths"}
    assert all(set(family) == keys for family in found["families"])
    assert {family["default"] for family in found["families"]} == {True, False}, "every family is in it"
    paths = [one for family in found["families"] for one in family["paths"]]
    assert all(set(one) == {"path", "proof", "by", "fingerprint", "state", "excuse"} for one in paths)
    assert len({one["path"] for one in paths}) == len(paths)
    assert report(repo) == found


def test_maybe_rules_and_exit_code(repo: GitRepo) -> None:
    for path in report(repo)["families"]:
        assert not path["default"]
    repo.write("backup/b.txt", "x")
    repo.commit("Perhaps stale")
    assert tracker("audit", cwd=repo.path).code == 0
    assert "1 file more with --maybe" in tracker("audit", "--skip", "unreachable", cwd=repo.path).out
    assert tracker("audit", "--maybe", cwd=repo.path).code == 1
    done = tracker("audit", "--min-confidence", "0.3", cwd=repo.path)
    assert (done.code, "deprecated" in done.err) == (1, True)
    assert tracker("audit", "--min-confidence", "0.9", cwd=repo.path).code == 0
    assert {one["rule"] for one in findings(repo, "--only", "archive").values()} == {"archive"}
    assert "backup/b.txt" not in findings(repo, "--skip", "archive")
    assert "did you mean 'archive'" in tracker("audit", "--only", "archve", cwd=repo.path).message
    assert any("copy is now backup" in limit for limit in report(repo, "--only", "copy")["limits"])


def test_the_text_is_short_and_verbose_lists_paths(repo: GitRepo) -> None:
    for number in range(40):
        repo.write(f"docs/archive/note_{number}.md", f"{number}")
        repo.write(f"part_{number}/archive/a.md", f"{number} a")
    repo.commit("Archives")
    short = tracker("audit", cwd=repo.path).out
    assert len(short.splitlines()) < 45
    assert "docs/archive/, a folder of old things (40 files)" in short
    assert "more families" in short
    verbose = tracker("audit", "-v", cwd=repo.path).out
    assert "… and 30 more" in verbose
    everything = tracker("audit", "--all", cwd=repo.path).out
    assert all(f"docs/archive/note_{number}.md" in everything for number in range(40))


def test_one_file_is_explained(repo: GitRepo) -> None:
    repo.write("docs/archive/a.md", "x")
    repo.commit("Old")
    out = tracker("audit", "--explain", "docs/archive/a.md", cwd=repo.path).out
    assert "archive: in docs/archive/, a folder of old things" in out
    assert "nothing uses it" in out
    out = tracker("audit", "--explain", "src/helper_functions.py", cwd=repo.path).out
    assert "used by src/engine.py" in out
    assert "not a tracked file" in tracker("audit", "--explain", "nowhere.py", cwd=repo.path).message


def test_a_revision_is_read_without_checking_it_out(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    before = report(repo)
    repo.write("docs/old/x.md", "x")
    repo.remove("src/old_engine.py")
    repo.commit("Later")
    assert report(repo, "--rev", first) == before
    assert report(repo) != before
    assert "no such revision" in tracker("audit", "--rev", "nowhere", cwd=repo.path).message


def test_the_working_tree_is_read_from_disk(repo: GitRepo) -> None:
    repo.write("src/old_engine.py", "")
    assert findings(repo)["src/old_engine.py"]["rule"] == "empty"
    repo.write("untracked.log", "x")
    assert "untracked.log" not in findings(repo)


def test_a_folder_of_the_repository_alone(repo: GitRepo) -> None:
    assert set(findings(repo, "src")) <= {"old_engine.py", "engine.py", "helper_functions.py"}
    assert report(repo, "src")["files"] == 3


def test_formats(repo: GitRepo) -> None:
    repo.write("old/a|b, c: 100%.txt", "x")
    repo.commit("A strange name")
    repo.remove("src/old_engine.py")
    repo.commit("Removed")
    text, markdown, github, sarif = (
        tracker("audit", "--format", form, cwd=repo.path).out for form in ("text", "markdown", "github", "sarif")
    )
    assert "old/a|b, c: 100%.txt" in text
    assert "docs/guide.md:4  names src/old_engine.py" in text
    assert "`` old/a\\|b, c: 100%.txt ``" in markdown
    assert "::warning file=old/a|b%2C c%3A 100%25.txt,title=archive: remove::" in github
    assert "::warning file=docs/guide.md,line=4,title=dangling: update::names src/old_engine.py" in github
    run = json.loads(sarif)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert all(result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for result in run["results"])
    assert all(result["message"]["text"].endswith(".") for result in run["results"])
    driver = run["tool"]["driver"]
    assert driver["version"][0].isdigit()
    assert driver["informationUri"]
    assert len(driver["name"].split()) <= 3
    assert all("name" not in rule and rule["shortDescription"]["text"].endswith(".") for rule in driver["rules"])
    marks = [result["partialFingerprints"]["subject/v1"] for result in run["results"]]
    assert len(marks) == len(set(marks))


def test_not_a_repository_and_no_commits(tmp_path: Path) -> None:
    assert "not in a git repository" in tracker("audit", str(tmp_path), cwd=tmp_path).message
    empty = GitRepo(tmp_path / "empty")
    done = tracker("audit", cwd=empty.path)
    assert done.code == 0
    assert "no tracked files: nothing was audited" in done.out
    empty.write("a.log", "x")
    empty.git("add", "--all")
    found = report(empty)
    assert found["commit"] is None
    assert list(findings(empty)) == ["a.log"]
    assert "no commits" in found["limits"][0]


@pytest.mark.parametrize("name", [b"a\nb_old.log", b'say "hi".log', b"\xff\xfe_old.log", b"d/" * 120 + b"x.log"])
def test_names(repo: GitRepo, name: bytes) -> None:
    repo.write(name, "x")
    repo.commit("A name")
    for form in ("text", "json", "markdown", "github", "sarif"):
        done = tracker("audit", "--format", form, cwd=repo.path)
        assert done.code == 1, done
        assert "\nb_old" not in done.out
    assert findings(repo)[name.decode("utf-8", "surrogateescape")]["rule"] == "artifact"


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
    repo.write("lone.log", "x")
    repo.commit("Orphan")
    repo.git("merge", "-q", "--allow-unrelated-histories", "-m", "Merge", "main")
    reported = [one["detail"] for one in report(repo)["documents"]]
    assert len(reported) == 1
    assert "renamed to n29.py" in reported[0]
    assert "lone.log" in findings(repo)
