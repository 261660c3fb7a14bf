"""What people decide about findings: the baseline, ignores with a reason, marks in documents, what changed alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.test_audit import report
from tests.command import Done, tracker
from tests.gitrepo import GitRepo
from tracker.audit.baseline import Baseline, load, save
from tracker.audit.suppressions import marks
from tracker.audit.finding_key import FindingKey

EVERY = ("--min-confidence", "0")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A copy beside its original, and a guide that names a file which is gone."""
    repo = GitRepo(tmp_path / "repo")
    repo.write("README.md", "See src/engine.py, src/spare_engine.py and docs/guide.md.\n")
    repo.write("src/engine.py", "print('the engine')\n")
    repo.write("src/engine (1).py", "print('an engine')\n")
    repo.write("src/spare_engine.py", "print('gone soon')\n")
    repo.write("docs/guide.md", "# Guide\n\nStart `src/spare_engine.py`.\n")
    repo.commit("Start")
    repo.remove("src/spare_engine.py")
    repo.commit("RemovedPath")
    return repo


def audit(repo: GitRepo, *arguments: str) -> Done:
    return tracker("audit", *arguments, cwd=repo.path)


def states(repo: GitRepo, *arguments: str) -> dict[str, str]:
    """State by path of a file, or path and line of a statement."""
    found = report(repo, "--all", *arguments)
    files = {one["path"]: one["state"] for one in found["findings"]}
    return files | {f"{one['path']}:{one['line']}": one["state"] for one in found["claims"]}


def baseline(repo: GitRepo) -> Any:
    return json.loads((repo.path / "audit-baseline.json").read_text("utf-8"))


def test_later_runs_tell_of_new_findings_alone(repo: GitRepo) -> None:
    before = report(repo)
    assert audit(repo, *EVERY).code == 1
    done = audit(repo, "--baseline", *EVERY)
    assert (done.code, "later audits tell of new ones" in done.out) == (0, True)
    assert (report(repo)["findings"], report(repo)["claims"]) == ([], [])
    again = audit(repo, *EVERY)
    assert again.code == 0
    count = len(before["findings"])
    assert f"0 look stale, 0 statements are not true ({count + 2} known left out: --all tells them)" in again.out
    assert set(states(repo).values()) == {"known"}
    assert report(repo, "--all")["files"] == before["files"]

    repo.write("docs/guide.md", "# Guide\n\nMore.\n\n\nStart `src/spare_engine.py`.\n")
    repo.write("docs/more.md", "See `src/spare_engine.py`.\n")
    repo.write("src/engine.py.bak", "x")
    repo.commit("More")
    now = states(repo)
    assert now["docs/guide.md:6"] == "known", "lines do not matter"
    assert now["docs/more.md:1"] == now["src/engine.py.bak"] == "new"
    assert audit(repo, *EVERY).code == 1


def test_what_the_tracker_reads_is_not_stale(repo: GitRepo) -> None:
    for path in (
        "sessions/1.yml",
        "versions/1.0.0.yml",
        "diagnostics/results/run.json",
        "notes/1.yml",
        "tracker.yml.bak",
    ):
        repo.write(path, "{}")
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Plan")
    told = {one["path"] for one in report(repo)["findings"]}
    assert {"notes/1.yml", "tracker.yml.bak"} <= told
    assert not {path for path in told if path.startswith(("sessions/", "versions/", "diagnostics/"))}
    assert "tracker.yml" not in told


def test_what_tells_of_findings_is_no_use_of_a_file(repo: GitRepo) -> None:
    """Neither the baseline nor the generated page counts, though both name every stale file."""
    repo.write("tracker.yml", "project: P\naudit: {page: true}\n")
    repo.commit("Plan")
    before = report(repo)
    audit(repo, "--baseline", *EVERY)
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    repo.git("add", "--force", "audit-baseline.json", "docs/tracker")
    after = report(repo, "--all")
    names = [[(one["path"], one["references"]) for one in found["findings"]] for found in (before, after)]
    assert names[0] == names[1]
    assert after["files"] == before["files"]


def test_a_baseline_is_sorted_and_readable_in_a_review(repo: GitRepo) -> None:
    repo.write("docs/ä.md", "See `src/spare_engine.py`.\n")
    repo.write(b"docs/\xff_old.md", "x")
    repo.commit("Names")
    audit(repo, "--baseline", *EVERY)
    lines = (repo.path / "audit-baseline.json").read_text("utf-8").splitlines()
    assert ' "docs/ä.md": [' in lines
    assert '  ["dangling", "src/spare_engine.py"]' in lines
    assert any(line.startswith(' "docs/\\udcff_old.md": [') for line in lines)
    paths = list(baseline(repo)["files"])
    assert paths == sorted(paths)
    assert set(states(repo).values()) == {"known"}


def test_only_what_is_at_or_above_the_bar_is_recorded(repo: GitRepo) -> None:
    found = report(repo)["findings"]
    bar = found[len(found) // 2]["confidence"]
    audit(repo, "--baseline", "--min-confidence", str(bar))
    above = {one["path"] for one in found if one["confidence"] >= bar}
    assert baseline(repo)["files"].keys() == above
    assert {path for path, state in states(repo).items() if state == "known" and ":" not in path} == above
    assert len(above) < len(found)


def test_a_baseline_shrinks_by_itself_and_says_so(repo: GitRepo) -> None:
    audit(repo, "--baseline", *EVERY)
    before = baseline(repo)
    repo.remove("src/engine (1).py")
    repo.write("docs/guide.md", "# Guide\n")
    repo.commit("Tidy")
    for looking in (
        ["--rev", "HEAD"],
        ["--only", "copy"],
        ["--skip", "copy"],
        ["--format", "json"],
        ["--since", "HEAD"],
    ):
        audit(repo, *looking)
        assert baseline(repo) == before, looking
    audit(repo, "src")
    assert baseline(repo) == before
    done = audit(repo)
    assert "2 findings are gone and were taken out" in done.out
    after = baseline(repo)
    assert before["files"].keys() - after["files"].keys() == {"src/engine (1).py"}
    assert (list(before["statements"]), list(after["statements"])) == (["README.md", "docs/guide.md"], ["README.md"])
    assert "taken out" not in audit(repo).out


def test_what_a_shallow_clone_cannot_see_is_not_taken_for_gone(repo: GitRepo, tmp_path: Path) -> None:
    audit(repo, "--baseline", *EVERY)
    repo.write("tracker.yml", "project: P\naudit: {ignore: [{path: src/spare_engine.py, reason: r}]}\n")
    repo.commit("Baseline")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = GitRepo(tmp_path / "clone")
    done = audit(clone)
    assert "shallow" in done.out
    assert "matches nothing" not in done.out
    assert baseline(clone) == baseline(repo)


def test_a_baseline_that_cannot_be_written_is_no_failure(repo: GitRepo) -> None:
    audit(repo, "--baseline", *EVERY)
    repo.write("docs/guide.md", "# Guide\n")
    repo.commit("True again")
    (repo.path / "audit-baseline.json.new").mkdir()
    done = audit(repo)
    assert "1 of its findings is gone, but it cannot be written (Is a directory)" in done.out
    assert done.code == 0


def test_a_folder_knows_the_baseline_above_it(repo: GitRepo) -> None:
    audit(repo, "--baseline", *EVERY)
    found = json.loads(tracker("audit", "--format", "json", "--all", "src", cwd=repo.path).out)
    assert ("engine (1).py", "known") in [(one["path"], one["state"]) for one in found["findings"]]
    assert "record it there" in tracker("audit", "--baseline", "docs", cwd=repo.path).message


def test_a_workspace_keeps_it_beside_tracker_yml(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("docs site/tracker.yml", "project: P\n")
    repo.write("docs site/a_old.py", "x")
    repo.commit("Start")
    assert tracker("audit", "docs site", "--baseline", *EVERY, cwd=repo.path).code == 0
    assert (repo.path / "docs site/audit-baseline.json").is_file()
    assert tracker("audit", "docs site", *EVERY, cwd=repo.path).code == 0


@pytest.mark.parametrize(
    "content", ["", "<<<<<<< HEAD\n", "[]", '{"schema": 2}', "[" * 100_000, '{"schema": 1, "files": 1}', b"\xff"]
)
def test_a_damaged_baseline_is_told(repo: GitRepo, content: str | bytes) -> None:
    repo.write("audit-baseline.json", content)
    assert "not a baseline of the audit" in audit(repo).message
    assert audit(repo, "--rev", "HEAD").code == 1, "a revision has none"


texts = st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]), min_size=1, max_size=12)


@given(st.dictionaries(texts, st.frozensets(texts, min_size=1)), st.frozensets(st.builds(FindingKey, texts, texts, texts)))
def test_any_baseline_survives(tmp_path_factory: Any, files: dict[str, frozenset[str]], said: frozenset[FindingKey]) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.json"
    save(path, Baseline(files, said))
    assert load(path) == Baseline(files, said)
    first = path.read_bytes()
    save(path, Baseline(dict(reversed(files.items())), frozenset(sorted(said, reverse=True))))
    assert path.read_bytes() == first


def plan(repo: GitRepo, *rules: str) -> None:
    repo.write("tracker.yml", "project: P\naudit:\n  ignore:\n" + "".join(f"    - {rule}\n" for rule in rules))


def test_ignores_say_why_and_count_for_paths_and_signals(repo: GitRepo) -> None:
    before = {one["path"]: one for one in report(repo)["findings"]}
    plan(
        repo,
        "{path: docs/, reason: kept for the auditors, until: 2999-12-31}",
        "{path: 'src/engine (1).py', signals: [copy], reason: a second engine}",
    )
    repo.commit("Plan")
    found = report(repo, "--all")
    guide = next(one for one in found["findings"] if one["path"] == "docs/guide.md")
    assert (guide["state"], guide["excuse"]) == ("ignored", "kept for the auditors")
    assert [(one["path"], one["state"]) for one in found["claims"]] == [
        ("README.md", "new"),
        ("docs/guide.md", "ignored"),
    ]
    engine = next(one for one in found["findings"] if one["path"] == "src/engine (1).py")
    assert "copy" not in {signal["signal"] for signal in engine["signals"]}
    assert engine["confidence"] < before["src/engine (1).py"]["confidence"]
    assert found["problems"] == []
    told = report(repo)
    assert "docs/guide.md" not in {one["path"] for one in (*told["findings"], *told["claims"])}
    assert "(ignored: kept for the auditors)" in audit(repo, "--all", *EVERY).out
    suppressed = json.loads(audit(repo, "--all", "--format", "sarif").out)["runs"][0]["results"]
    assert [one["suppressions"] for one in suppressed if "suppressions" in one] == [
        [{"kind": "external", "justification": "kept for the auditors"}]
    ]
    assert states(repo, "--rev", "HEAD")["docs/guide.md"] == "new", "what was decided today says nothing of the past"


def test_to_ignore_a_file_is_no_use_of_it(repo: GitRepo) -> None:
    repo.write("scripts/fix_rows.py", "print('rows')\n")
    repo.commit("A script that runs every quarter")
    before = signals_of(repo, "scripts/fix_rows.py")
    assert {"one-off", "unreferenced"} <= before
    plan(repo, "{path: scripts/fix_rows.py, signals: [one-off], reason: runs every quarter}")
    repo.commit("Plan")
    assert signals_of(repo, "scripts/fix_rows.py") == before - {"one-off"}
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
    done = audit(repo, "--min-confidence", "1")
    assert done.code == 1
    assert done.out.splitlines()[:4] == [
        "tracker.yml:4:7: audit.ignore[0]: docs/old/**: matches nothing that is found; take it out",
        "tracker.yml:5:7: audit.ignore[1]: docs/guide.md: matches nothing that is found; take it out",
        "tracker.yml:6:39: audit.ignore[2].signals[0]: no signal is called 'danglin'; did you mean 'dangling'?",
        "tracker.yml:7:47: audit.ignore[3].until: over since 2020-01-31, and no longer counts; "
        "take it out, or give it another day",
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
    assert limit.endswith("claims are unchecked; `tracker check` says why")
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


def signals_of(repo: GitRepo, path: str) -> set[str]:
    """What the report says of a file that is not ignored."""
    found = {one["path"]: one for one in report(repo)["findings"]}
    return {one["signal"] for one in found[path]["signals"]} if path in found else set()


def test_a_reason_that_rests_on_marked_lines_alone_does_not_count(repo: GitRepo) -> None:
    marked = "Start `src/spare_engine.py`. <!-- tracker: ignore dangling, the name of the concept -->\n"
    repo.write("docs/guide.md", f"# Guide\n\n{marked}")
    repo.commit("FindingKey")
    assert "dangling" not in signals_of(repo, "docs/guide.md")
    assert ("dangling", "inSource", "the name of the concept") in suppressions(repo)
    assert report(repo)["problems"] == []
    repo.write("docs/guide.md", f"# Guide\n\n{marked}\n## Removed\n\n`src/spare_engine.py`\n")
    repo.commit("And once more, where nothing untrue is told")
    assert "dangling" in signals_of(repo, "docs/guide.md")


def test_marks_of_boxes_and_removals_count_for_files_too(repo: GitRepo) -> None:
    box = "- [ ] Create `src/pump.py` <!-- tracker: ignore unticked, the next one -->\n"
    repo.write("LIST.md", box)
    repo.commit("List")
    repo.write("src/pump.py", "print('a pump')\n")
    repo.write("LOG.md", "- Removed `src/engine.py` <!-- tracker: ignore promised, from the release -->\n")
    repo.commit("Marks")
    assert "unticked" not in signals_of(repo, "LIST.md")
    assert "promised" not in signals_of(repo, "src/engine.py")
    assert report(repo)["problems"] == []
    assert {("unticked", "inSource", "the next one"), ("promised", "inSource", "from the release")} <= suppressions(
        repo
    )
    repo.write("LIST.md", f"{box}- [ ] Paint it\n")
    repo.write("MORE.md", "Remove `src/engine.py` one day.\n")
    repo.commit("More")
    assert "unticked" in signals_of(repo, "LIST.md")
    assert "promised" in signals_of(repo, "src/engine.py")


def test_a_mark_of_outdated_code_counts_for_the_file_too(repo: GitRepo) -> None:
    line = "The engine is `src/engine.py`."
    repo.write("docs/engine.md", f"# Engine\n\n{line}\n")
    repo.commit("Describe")
    for number in range(10):
        repo.write("src/engine.py", f"print({number})\n")
        repo.commit("Change")
    assert "outdated" in signals_of(repo, "docs/engine.md")
    repo.write("docs/engine.md", f"# Engine\n\n<!-- tracker: ignore outdated, only its name -->\n{line}\n")
    for number in range(60):
        repo.write(f"data/{number}.csv", f"{number}\n")
    repo.write("src/engine.py", "print('the engine')\n")
    repo.commit("FindingKey it, in a commit that is no real change of the document")
    repo.write("src/engine.py", "print('an engine again')\n")
    repo.commit("Change")
    assert states(repo)["docs/engine.md:4"] == "ignored"
    assert "outdated" not in signals_of(repo, "docs/engine.md")
    assert report(repo)["problems"] == []


def test_where_little_is_told_a_line_says_how_much_more_there_is(repo: GitRepo) -> None:
    repo.write("old/engine.py.bak", "x\n")
    repo.commit("Keep a copy")
    confidences = [one["confidence"] for one in report(repo)["findings"]]
    more = sum(0.3 <= one < 0.5 for one in confidences)
    assert more, confidences
    told = audit(repo).out
    assert told.endswith(f"\n{more} more {'file' if more == 1 else 'files'} from 0.3 on: --min-confidence 0.3\n")
    again = audit(repo, *told.splitlines()[-1].partition(": ")[2].split()).out
    assert "more file" not in again, "the longer list says nothing of a longer one"
    assert again.count("old/engine.py.bak") == 1
    assert "more file" not in audit(repo, "--format", "markdown").out
    audit(repo, "--baseline", *EVERY)
    assert "more file" not in audit(repo).out, "what is known is no reason to look"


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
    nothing = "this mark ignores nothing that is found on its line or the next; take it out"
    assert [(one["file"], one["line"], one["column"], one["message"]) for one in report(repo)["problems"]] == [
        ("docs/a.md", 1, 7, nothing),
        ("docs/a.md", 4, 2, "expected `tracker: ignore SIGNAL, reason`"),
        ("docs/a.md", 6, 1, "no signal is called 'danglin'; did you mean 'dangling'?"),
        ("docs/b.rst", 1, 1, nothing),
    ]
    assert audit(repo, "--min-confidence", "1").code == 1
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
    assert report(repo, "--since", "HEAD")["findings"] == []
    assert audit(repo, "--since", "HEAD").code == 0
    repo.write("notes_v1.md", "one")
    repo.commit("Notes")
    repo.write("notes_v2.md", "two")
    repo.git("add", "notes_v2.md")
    repo.write("docs/guide.md", "# Guide\n\nStart `src/spare_engine.py` now.\n")
    found = report(repo, "--since", "HEAD")
    assert {one["path"] for one in found["findings"]} >= {"notes_v1.md", "docs/guide.md"}
    assert "src/engine (1).py" not in {one["path"] for one in found["findings"]}
    assert [one["path"] for one in found["claims"]] == ["docs/guide.md"]
    repo.commit("Notes again")
    assert report(repo, "--since", "HEAD")["findings"] == []
    assert {one["path"] for one in report(repo, "--since", first)["findings"]} >= {"notes_v1.md", "docs/guide.md"}
    assert "no such revision" in audit(repo, "--since", "nowhere").message


def test_a_removal_tells_of_documents_that_it_made_lie(repo: GitRepo) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write("docs/more.md", "Start `src/engine.py`.\n")
    start = repo.commit("More")
    repo.remove("src/engine.py")
    repo.commit("RemovedPath too")
    assert [one["path"] for one in report(repo, "--since", start)["claims"]] == ["README.md", "docs/more.md"]
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
    assert [(one["path"], one["detail"], one["by"]) for one in found["claims"]] == [
        (path, "names src/engine.py, renamed to src/motor.py by your work", "your work")
        for path in ("README.md", "docs/new.md")
    ]
    last = {one["path"]: one["last_commit"] for one in report(repo)["findings"]}
    assert last["docs/new.md"] is None
    repo.commit("A motor")
    told = [one["detail"].partition(" by ")[0] for one in report(repo)["claims"]]
    assert told.count("names src/engine.py, renamed to src/motor.py") == 2, "committed, it is the same"
    repo.git("reset", "-q", "--hard", "HEAD~")
    assert report(repo) == clean


def test_before_the_first_commit_all_is_new(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("a_old.py", "x")
    repo.git("add", "--all")
    assert [one["path"] for one in report(repo, "--since", "HEAD")["findings"]] == ["a_old.py"]


def test_fingerprints_are_the_same_wherever_one_looks_from(repo: GitRepo) -> None:
    whole = {one["path"]: one["fingerprint"] for one in report(repo, "--only", "copy")["findings"]}
    part = {f"src/{one['path']}": one["fingerprint"] for one in report(repo, "src", "--only", "copy")["findings"]}
    assert part == whole != {}
    github = audit(repo, "docs", "--format", "github", *EVERY).out
    assert "::warning file=docs/guide.md" in github
    sarif = json.loads(audit(repo, "docs", "--format", "sarif", *EVERY).out)["runs"][0]["results"]
    places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in sarif}
    assert places == {"docs/guide.md"}
    assert all({"action", "state"} == one["properties"].keys() for one in sarif)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--baseline", "--only", "copy"],
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
