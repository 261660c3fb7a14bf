"""What people decide about findings: the baseline, ignores with a reason, marks in documents, what changed alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.test_audit import findings, lines, report
from tests.command import Done, tracker
from tests.gitrepo import GitRepo
from tracker.audit.baseline import Baseline, load, save
from tracker.audit.finding_key import FindingKey
from tracker.audit.suppressions import marks
from tracker.errors import TrackerError

EVERY = ("--maybe",)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A copy beside its original, and a guide that names a file which is gone."""
    repo = GitRepo(tmp_path / "repo")
    repo.write("README.md", "See src/engine.py, src/spare_engine.py and docs/guide.md.\n")
    repo.write("src/engine.py", lines("engine"))
    repo.write("src/engine (1).py", lines("engine", 39))
    repo.write("src/spare_engine.py", "print('gone soon')\n")
    repo.write("docs/guide.md", "# Guide\n\nStart `src/spare_engine.py`.\n")
    repo.commit("Start")
    repo.remove("src/spare_engine.py")
    repo.commit("Removed")
    return repo


def audit(repo: GitRepo, *arguments: str) -> Done:
    return tracker("audit", *arguments, cwd=repo.path)


def states(repo: GitRepo, *arguments: str) -> dict[str, str]:
    """State by path of a file, or path and line of a statement."""
    found = report(repo, "--all", *arguments)
    files = {one["path"]: one["state"] for family in found["families"] for one in family["paths"]}
    return files | {f"{one['path']}:{one['line']}": one["state"] for one in found["documents"]}


def baseline(repo: GitRepo) -> Any:
    return json.loads((repo.path / "audit-baseline.json").read_text("utf-8"))


def test_later_runs_report_new_findings_only(repo: GitRepo) -> None:
    before = report(repo)
    assert audit(repo, *EVERY).code == 1
    done = audit(repo, "--baseline", *EVERY)
    assert (done.code, "later audits report new ones only" in done.out) == (0, True)
    assert (report(repo)["families"], report(repo)["documents"]) == ([], [])
    again = audit(repo, *EVERY)
    assert again.code == 0
    assert "0 stale files in 0 families, 0 statements are no longer true" in again.out
    assert "known left out (--all)" in again.out
    assert set(states(repo).values()) == {"known"}
    assert report(repo, "--all")["files"] == before["files"]

    repo.write("docs/guide.md", "# Guide\n\nMore.\n\n\nStart `src/spare_engine.py`.\n")
    repo.write("docs/more.md", "See `src/spare_engine.py`.\n")
    repo.write("run.log", "x")
    repo.commit("More")
    now = states(repo)
    assert now["docs/guide.md:6"] == "known", "lines do not matter"
    assert now["docs/more.md:1"] == now["run.log"] == "new"
    assert audit(repo, *EVERY).code == 1


def test_what_the_tracker_reads_is_not_stale(repo: GitRepo) -> None:
    for path in ("sessions/1.yml", "versions/1.0.0.yml", "diagnostics/results/run.json", "notes/1.yml"):
        repo.write(path, "")
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Plan")
    stale = findings(repo)
    assert "notes/1.yml" in stale
    assert not {path for path in stale if path.startswith(("sessions/", "versions/", "diagnostics/"))}
    assert "tracker.yml" not in stale


def test_what_lists_findings_is_no_use_of_a_file(repo: GitRepo) -> None:
    """Neither the baseline nor the generated page counts, though both name every stale file."""
    repo.write("tracker.yml", "project: P\naudit: {page: true}\n")
    repo.commit("Plan")
    before = report(repo)
    audit(repo, "--baseline", *EVERY)
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    repo.git("add", "--force", "audit-baseline.json", "docs/tracker")
    after = report(repo, "--all")
    names = [[(one["title"], one["action"]) for one in found["families"]] for found in (before, after)]
    assert names[0] == names[1] != []
    assert after["files"] == before["files"]


def test_a_baseline_is_sorted_and_readable_in_a_review(repo: GitRepo) -> None:
    repo.write("docs/ä.md", "See `src/spare_engine.py`.\n")
    repo.write(b"docs/\xff_old.log", "x")
    repo.commit("Names")
    audit(repo, "--baseline", *EVERY)
    lines = (repo.path / "audit-baseline.json").read_text("utf-8").splitlines()
    assert ' "docs/ä.md": [' in lines
    assert '  ["dangling", "src/spare_engine.py"]' in lines
    assert any(line.startswith(' "docs/\\udcff_old.log": [') for line in lines)
    paths = list(baseline(repo)["files"])
    assert paths == sorted(paths)
    assert set(states(repo).values()) == {"known"}


def test_only_what_is_reported_is_recorded(repo: GitRepo) -> None:
    repo.write("backup/notes.txt", "x")
    repo.commit("Perhaps stale")
    audit(repo, "--baseline")
    assert baseline(repo)["files"] == {"src/engine (1).py": ["backup"]}
    assert states(repo)["backup/notes.txt"] == "new"
    audit(repo, "--baseline", "--maybe")
    assert baseline(repo)["files"].keys() == {"src/engine (1).py", "backup/notes.txt"}


def test_a_baseline_of_an_earlier_version_is_read(repo: GitRepo) -> None:
    content = '{"schema": 1, "files": {"src/engine (1).py": ["company", "copy"]}, "statements": {}}'
    repo.write("audit-baseline.json", content)
    found = report(repo, "--all")
    assert states(repo)["src/engine (1).py"] == "known"
    assert any("earlier version" in limit for limit in found["limits"])
    audit(repo)
    assert (repo.path / "audit-baseline.json").read_text("utf-8") == content, "it is not rewritten by itself"


def test_a_baseline_shrinks_by_itself_and_says_so(repo: GitRepo) -> None:
    audit(repo, "--baseline", *EVERY)
    before = baseline(repo)
    repo.remove("src/engine (1).py")
    repo.write("docs/guide.md", "# Guide\n")
    repo.commit("Tidy")
    for looking in (
        ["--rev", "HEAD"],
        ["--only", "backup"],
        ["--skip", "backup"],
        ["--format", "json"],
        ["--since", "HEAD"],
    ):
        audit(repo, *looking)
        assert baseline(repo) == before, looking
    audit(repo, "src")
    assert baseline(repo) == before
    done = audit(repo)
    assert "2 findings are resolved and were removed" in done.out
    after = baseline(repo)
    assert before["files"].keys() - after["files"].keys() == {"src/engine (1).py"}
    assert (list(before["statements"]), list(after["statements"])) == (["README.md", "docs/guide.md"], ["README.md"])
    assert "resolved" not in audit(repo).out


def test_what_a_shallow_clone_cannot_see_is_not_taken_for_gone(repo: GitRepo, tmp_path: Path) -> None:
    audit(repo, "--baseline", *EVERY)
    repo.write("tracker.yml", "project: P\naudit: {ignore: [{path: src/spare_engine.py, reason: r}]}\n")
    repo.commit("Baseline")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = GitRepo(tmp_path / "clone")
    done = audit(clone)
    assert "shallow" in done.out
    assert "matches no finding" not in done.out
    assert baseline(clone) == baseline(repo)


def test_a_baseline_that_cannot_be_written_is_no_failure(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    audit(repo, "--baseline", *EVERY)
    repo.write("docs/guide.md", "# Guide\n")
    repo.commit("True again")

    def full(path: Path, *_: object, **__: object) -> None:
        raise TrackerError(f"{path}: cannot be written (No space left on device)")

    monkeypatch.setattr("tracker.audit.baseline.write_file", full)
    done = audit(repo)
    assert "1 of its findings is resolved, but not removed from it: " in done.out
    assert "(No space left on device)" in done.out
    assert done.code == 0


def test_a_folder_knows_the_baseline_above_it(repo: GitRepo) -> None:
    audit(repo, "--baseline", *EVERY)
    found = json.loads(tracker("audit", "--format", "json", "--all", "src", cwd=repo.path).out)
    assert ("engine (1).py", "known") in [
        (one["path"], one["state"]) for family in found["families"] for one in family["paths"]
    ]
    assert "record it there" in tracker("audit", "--baseline", "docs", cwd=repo.path).message


def test_a_workspace_keeps_it_beside_tracker_yml(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("docs site/tracker.yml", "project: P\n")
    repo.write("docs site/a.log", "x")
    repo.commit("Start")
    assert tracker("audit", "docs site", "--baseline", *EVERY, cwd=repo.path).code == 0
    assert (repo.path / "docs site/audit-baseline.json").is_file()
    assert tracker("audit", "docs site", *EVERY, cwd=repo.path).code == 0


@pytest.mark.parametrize(
    "content", ["", "<<<<<<< HEAD\n", "[]", '{"schema": 3}', "[" * 100_000, '{"schema": 1, "files": 1}', b"\xff"]
)
def test_a_damaged_baseline_is_reported(repo: GitRepo, content: str | bytes) -> None:
    repo.write("audit-baseline.json", content)
    assert "not a baseline of the audit" in audit(repo).message
    assert audit(repo, "--rev", "HEAD").code == 1, "a revision has none"


texts = st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]), min_size=1, max_size=12)


@given(
    st.dictionaries(texts, st.frozensets(texts, min_size=1)), st.frozensets(st.builds(FindingKey, texts, texts, texts))
)
def test_any_baseline_survives(
    tmp_path_factory: Any, files: dict[str, frozenset[str]], said: frozenset[FindingKey]
) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.json"
    save(path, Baseline(files, said))
    assert load(path) == Baseline(files, said)
    first = path.read_bytes()
    save(path, Baseline(dict(reversed(files.items())), frozenset(sorted(said, reverse=True))))
    assert path.read_bytes() == first


def plan(repo: GitRepo, *rules: str) -> None:
    repo.write("tracker.yml", "project: P\naudit:\n  ignore:\n" + "".join(f"    - {rule}\n" for rule in rules))


def test_ignores_count_for_paths_and_rules(repo: GitRepo) -> None:
    plan(
        repo,
        "{path: docs/, reason: kept for the auditors, until: 2999-12-31}",
        "{path: 'src/engine (1).py', signals: [backup], reason: a second engine}",
    )
    repo.commit("Plan")
    found = report(repo, "--all")
    assert [(one["path"], one["state"], one["excuse"]) for one in found["documents"]] == [
        ("README.md", "new", None),
        ("docs/guide.md", "ignored", "kept for the auditors"),
    ]
    engine = findings(repo, "--all")["src/engine (1).py"]
    assert (engine["state"], engine["excuse"]) == ("ignored", "a second engine")
    assert found["problems"] == []
    assert findings(repo) == {}
    assert "(ignored: kept for the auditors)" in audit(repo, "--all").out
    assert {why for _, _, why in suppressions(repo)} == {"kept for the auditors", "a second engine"}
    assert states(repo, "--rev", "HEAD")["docs/guide.md:3"] == "new", "a decision of today does not cover the past"


def test_an_ignore_of_an_earlier_version_is_read(repo: GitRepo) -> None:
    plan(repo, "{path: 'src/engine (1).py', signals: [copy], reason: a second engine}")
    repo.commit("Plan")
    found = report(repo)
    assert (findings(repo), found["problems"]) == ({}, [])
    assert any("write backup instead" in limit for limit in found["limits"])


def test_an_ignore_of_a_rule_that_is_gone_covers_nothing(repo: GitRepo) -> None:
    plan(repo, "{path: 'src/engine (1).py', signals: [dormant], reason: a second engine}")
    repo.commit("Plan")
    found = report(repo)
    assert findings(repo)["src/engine (1).py"]["state"] == "new"
    assert found["problems"] == []
    assert any("dormant of an earlier version: it is gone" in limit for limit in found["limits"])


def test_ignores_of_rules_that_did_not_run_are_not_judged(repo: GitRepo) -> None:
    plan(repo, "{path: 'src/engine (1).py', signals: [backup], reason: r}", "{path: docs/, reason: r}")
    repo.commit("Plan")
    assert report(repo, "--only", "empty")["problems"] == []
    assert report(repo, "--skip", "backup")["problems"] == []


def test_to_ignore_a_file_is_no_use_of_it(repo: GitRepo) -> None:
    repo.write("fix_rows.py", "print('rows')\n")
    repo.commit("A script")
    repo.write("notes.txt", "x")
    repo.commit("More")
    assert "fix_rows.py" in findings(repo)
    plan(repo, "{path: fix_rows.py, signals: [one-off], reason: runs every quarter}")
    repo.commit("Plan")
    assert findings(repo, "--all")["fix_rows.py"]["state"] == "ignored"
    assert report(repo)["problems"] == []


def test_an_ignore_that_does_nothing_is_an_error_with_its_place(repo: GitRepo) -> None:
    plan(
        repo,
        "{path: docs/old/**, reason: r}",
        "{path: docs/guide.md, signals: [superseded], reason: r}",
        "{path: docs/guide.md, signals: [danglin], reason: r}",
        "{path: docs/guide.md, reason: r, until: 2020-01-31}",
    )
    repo.commit("Plan")
    done = audit(repo)
    assert done.code == 1
    assert done.out.splitlines()[:4] == [
        "tracker.yml:4:7: audit.ignore[0]: docs/old/**: matches no finding; remove it",
        "tracker.yml:5:7: audit.ignore[1]: docs/guide.md: matches no finding; remove it",
        "tracker.yml:6:39: audit.ignore[2].signals[0]: no rule is called 'danglin'; did you mean 'dangling'?",
        "tracker.yml:7:47: audit.ignore[3].until: expired on 2020-01-31, and no longer counts; "
        "remove it, or give it another day",
    ]
    assert states(repo)["docs/guide.md:3"] == "new"
    assert "::error file=tracker.yml,line=4,col=7,title=Ignore::" in audit(repo, "--format", "github").out
    assert report(repo, "docs")["problems"] == [], "seen from a folder below, other findings are out of sight"
    assert report(repo, "--rev", "HEAD")["problems"] == []


def test_an_ignore_needs_a_reason_and_a_broken_plan_is_said(repo: GitRepo) -> None:
    plan(repo, "{path: docs/}")
    repo.commit("Plan")
    (limit,) = report(repo)["limits"]
    assert limit.startswith("tracker.yml cannot be used: ")
    assert limit.endswith("claims are unchecked; `tracker check` lists the problems")
    assert "audit.ignore[0].reason" in tracker("check", cwd=repo.path).out


def test_marks_in_documents(repo: GitRepo) -> None:
    repo.write(
        "docs/guide.md",
        "# Guide\n\n"
        "Start `src/spare_engine.py`. <!-- tracker: ignore dangling, the name of the concept -->\n"
        "Or `src/spare_engine.py`.\n"
        "<!-- tracker: ignore dangling, shown as it was -->\n\n```sh\ncd .\npython src/spare_engine.py\n```\n\n"
        "Start `src/spare_engine.py`.\n",
    )
    repo.commit("Marks")
    lines = {place: state for place, state in states(repo).items() if place.startswith("docs/guide.md:")}
    ignored = {place for place, state in lines.items() if state == "ignored"}
    assert ignored == {"docs/guide.md:3", "docs/guide.md:9"}
    assert lines.keys() - ignored == {"docs/guide.md:4", "docs/guide.md:12"}, "a mark beside text is for its line alone"
    assert report(repo)["problems"] == []
    assert states(repo, "--rev", "HEAD")["docs/guide.md:3"] == "ignored", "a mark belongs to the tree"


def suppressions(repo: GitRepo) -> set[tuple[str, str, str]]:
    """Of what is ignored: the rule, where that is written, and why."""
    results = json.loads(audit(repo, "--all", "--format", "sarif", *EVERY).out)["runs"][0]["results"]
    return {
        (one["ruleId"], why["kind"], why["justification"]) for one in results for why in one.get("suppressions", ())
    }


def test_a_mark_that_does_nothing_is_an_error_with_its_place(repo: GitRepo) -> None:
    repo.write(
        "docs/a.md",
        "Fine. <!-- tracker: ignore dangling, r -->\n\n\n <!-- tracker: ignore dangling -->\n\n"
        "<!-- tracker: ignore danglin, r -->\n\nWrite `<!-- tracker: ignore dangling, r -->`.\n\n"
        "```\n<!-- tracker: ignore dangling, r -->\n```\n",
    )
    repo.write("docs/b.rst", ".. tracker: ignore dangling, r\n\nFine.\n")
    repo.write("src/engine.py", "print('<!-- tracker: ignore dangling, r -->')\n")
    repo.commit("Marks")
    nothing = "this mark ignores no finding on its line or the next; remove it"
    assert [(one["file"], one["line"], one["column"], one["message"]) for one in report(repo)["problems"]] == [
        ("docs/a.md", 1, 7, nothing),
        ("docs/a.md", 4, 2, "expected `tracker: ignore RULE, reason`"),
        ("docs/a.md", 6, 1, "no rule is called 'danglin'; did you mean 'dangling'?"),
        ("docs/b.rst", 1, 1, nothing),
    ]
    assert audit(repo).code == 1
    below = report(repo, "docs")["problems"]
    assert nothing not in {one["message"] for one in below}, "from a folder below not all is seen"
    assert len(below) == 2


PIECES = ["<!-- tracker: ignore a, b -->", "`", "```", "\n", " ", "~~~", "x", ">", "- ", ","]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_marks_of_any_text(text: str) -> None:
    for mark in marks("a.md", text):
        assert mark.line in mark.lines
        assert mark.lines.stop - 1 <= len(text.splitlines())


def test_what_changed_alone(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    assert report(repo, "--since", "HEAD")["families"] == []
    assert audit(repo, "--since", "HEAD").code == 0
    repo.write("run.log", "x")
    repo.write("docs/guide.md", "# Guide\n\nStart `src/spare_engine.py` now.\n")
    repo.git("add", "run.log")
    assert set(findings(repo, "--since", "HEAD")) == {"run.log"}
    assert [one["path"] for one in report(repo, "--since", "HEAD")["documents"]] == ["docs/guide.md"]
    repo.commit("More")
    assert findings(repo, "--since", "HEAD") == {}
    assert set(findings(repo, "--since", first)) == {"run.log"}
    assert "no such revision" in audit(repo, "--since", "nowhere").message


def test_a_removal_reports_documents_that_it_made_untrue(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write("docs/more.md", "Start `src/engine.py`.\n")
    start = repo.commit("More")
    repo.remove("src/engine.py")
    repo.commit("Removed too")
    assert [one["path"] for one in report(repo, "--since", start)["documents"]] == ["README.md", "docs/more.md"]
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("Orphan")
    assert report(repo, "--since", first)["files"], "a history with nothing in common is compared as it is"


def test_what_is_not_committed_counts_as_if_it_were(repo: GitRepo) -> None:
    clean = report(repo)
    repo.git("mv", "src/engine.py", "src/motor.py")
    repo.write("src/engine (1).py", "changed\n")
    repo.write("docs/new.md", "Start `src/engine.py`.\n")
    repo.git("add", "docs/new.md")
    found = report(repo, "--since", "HEAD")
    assert [(one["path"], one["detail"], one["by"]) for one in found["documents"]] == [
        (path, "names src/engine.py, renamed to src/motor.py by your work", "your work")
        for path in ("README.md", "docs/new.md")
    ]
    repo.commit("A motor")
    reported = [one["detail"].partition(" by ")[0] for one in report(repo)["documents"]]
    assert reported.count("names src/engine.py, renamed to src/motor.py") == 2, "committed, it is the same"
    repo.git("reset", "-q", "--hard", "HEAD~")
    assert report(repo) == clean


def test_before_the_first_commit_all_is_new(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a.log", "x")
    repo.git("add", "--all")
    assert set(findings(repo, "--since", "HEAD")) == {"a.log"}


def test_fingerprints_are_the_same_wherever_one_looks_from(repo: GitRepo) -> None:
    whole = {path: one["fingerprint"] for path, one in findings(repo, "--only", "backup").items()}
    part = {f"src/{path}": one["fingerprint"] for path, one in findings(repo, "src", "--only", "backup").items()}
    assert part == whole != {}
    github = audit(repo, "src", "--format", "github", *EVERY).out
    assert "::warning file=src/engine (1).py" in github
    sarif = json.loads(audit(repo, "src", "--format", "sarif", *EVERY).out)["runs"][0]["results"]
    places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in sarif}
    assert "src/engine%20%281%29.py" in places
    assert all({"action", "state"} == one["properties"].keys() for one in sarif)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--baseline", "--only", "backup"],
        ["--baseline", "--format", "json"],
        ["--remove", "--rev", "HEAD"],
        ["--remove", "--archive", "attic"],
        ["--undo", "--since", "HEAD"],
    ],
)
def test_what_does_not_go_together(repo: GitRepo, arguments: list[str]) -> None:
    done = audit(repo, *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


def review(repo: GitRepo, *decisions: str) -> Done:
    file = repo.path.with_name("decisions.yml")
    file.write_text("decisions:\n" + "".join(f"  - {one}\n" for one in decisions), "utf-8")
    return audit(repo, "--review", "--decisions", str(file), "--yes")


def test_a_review_keeps_accepts_and_skips(repo: GitRepo) -> None:
    repo.write("run.log", "x")
    repo.write("docs/archive/a.md", "x")
    repo.commit("More")
    done = review(repo, "{rule: backup, decision: keep, reason: a second engine}", "{rule: artifact, decision: accept}")
    assert done.code == 0, done
    assert "1 file untracked" in done.out
    assert (repo.path / "run.log").is_file(), "an untracked file stays on disk"
    assert repo.git("status", "--porcelain").splitlines() == ["D  run.log", "?? audit-decisions.yml", "?? run.log"]
    kept = findings(repo, "--all")["src/engine (1).py"]
    assert kept["state"] == "ignored"
    assert kept["excuse"].startswith("a second engine (2")
    assert set(findings(repo)) == {"docs/archive/a.md"}, "what was skipped is asked again"
    assert audit(repo, "--undo").code == 0
    assert repo.git("status", "--porcelain").splitlines() == ["?? audit-decisions.yml"]
    assert (repo.path / "run.log").read_text("utf-8") == "x"


def test_decisions_shrink_by_themselves(repo: GitRepo) -> None:
    review(repo, "{rule: backup, decision: keep, reason: a second engine}")
    path = repo.path / "audit-decisions.yml"
    assert "src/engine (1).py" in path.read_text("utf-8")
    audit(repo, "--format", "json")
    repo.remove("src/engine (1).py")
    repo.commit("Gone")
    assert "1 decision is resolved and was removed" in audit(repo).out
    assert not path.exists()


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ("{rule: backup, decision: keep}", "decision 1 keeps files without a reason"),
        ("{decision: accept}", "decision 1 needs either `family:` or `rule:`"),
        ("{rule: backup, decision: perhaps}", "decisions.0.decision"),
        ("{rule: nope, decision: accept}", "no rule is called 'nope'"),
        ("[", "decisions.yml:3: not YAML"),
    ],
)
def test_decisions_that_cannot_be_used(repo: GitRepo, decision: str, message: str) -> None:
    done = review(repo, decision)
    assert done.code == 2
    assert message in done.message


def test_a_review_needs_a_terminal_or_a_file(repo: GitRepo) -> None:
    assert "give the decisions with --decisions FILE" in audit(repo, "--review").message
