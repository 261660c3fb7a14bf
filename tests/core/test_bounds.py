"""Nothing hangs: time is linear in the input, untrusted patterns are bounded, and any input is handled."""

from __future__ import annotations

import json
import os
import shutil
import string
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command import tracker
from tests.core.conftest import SESSION
from tests.gitrepo import GitRepo
from tracker import time_limits
from tracker.files import read_file
from tracker.patterns import BoundedPattern, PatternTooSlow, gitignore
from tracker.queries import QueryFailed, search
from tracker.sources import yaml
from tracker.sources.reports import TestCase, matching_cases

EXAMPLES = int(os.environ.get("TRACKER_FUZZ", "40"))
"""Inputs that each fuzz target tries: seconds by default, minutes with TRACKER_FUZZ=10000."""
FUZZ = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES == 40)

# --- growth ---------------------------------------------------------------------------------------------------------

UNITS = ["`", " ", "(", "[", "<", "9", ".", "-", "a"]
"""Parts of lines; with TRACKER_FUZZ=10000 also every string that has a meaning in some format."""
if EXAMPLES > 1_000:
    more = ("\t", "é", "a/", "](", "![", "<!--", "a.py ", "- ", "a-", "([", "\u2028", "\u3042")
    UNITS = list(dict.fromkeys((*UNITS, *string.punctuation, *more)))
COMMANDS = (
    ("import", "../log.md", "--into", "../into"),
    ("check",),
    ("status",),
    ("build", "--no-site"),
    ("ready", "1"),
    ("brief",),
    ("items",),
    ("find", "word"),
    ("changelog", "--print"),
    ("audit",),
    ("new", "--print"),
)
QUICK = 0.2
"""Seconds that need no comparison: what a command takes for any input."""


def seconds(repo: GitRepo, unit: str, length: int) -> dict[str, float]:
    """Processor time of each command on a workspace with one long line in every kind of file and message."""
    text = f"word {unit * (length // len(unit))} word"
    log = f"# Session 9: 2025-03-01 {text}\n\n- {text}\n\n## Next steps\n\n1. {text}\n"
    log += f"\n## Decisions\n\n**{text}**: {text}\n"
    (repo.path.parent / "log.md").write_text(log, "utf-8")
    shutil.rmtree(repo.path.parent / "into", ignore_errors=True)
    quoted = json.dumps(text)
    fields = "".join(f"{name}: {quoted}\n" for name in ("focus", "summary", "team"))
    repo.write(
        "sessions/9.yml",
        f"session: '9'\ndate: 2025-03-01\n{fields}highlights: [{quoted}]\nlearnings: [{quoted}]\n"
        f"next: {{immediate: [{quoted}]}}\ndecisions: [{{decision: {quoted}, rationale: {quoted}}}]\n"
        f"work: [{{title: {quoted}, body: {quoted}}}]\nfiles: {{created: [{{path: a.txt, note: {quoted}}}]}}\n",
    )
    test = "{test: a*a*a*a*a*a*b}"
    criterion = f"{{id: c, text: {quoted}, evidence: [{{file: a.txt, contains: x$}}, {test}]}}"
    task = f"{{id: t, title: {quoted}, estimate: {quoted}, note: {quoted}}}"
    plan = f"{{id: '1', title: {quoted}, goal: {quoted}, tasks: [{task}], criteria: [{criterion}]}}"
    repo.write("tracker.yml", f"project: P\nreports: reports/*.xml\nphases: [{plan}]\n")
    repo.write("a.txt", text)
    repo.write("a.md", text)
    repo.write("a.py", f"# {text}\n")
    repo.write("diagnostics/results/x.json", json.dumps({"name": text, "value": text}))
    shown = "".join(letter for letter in text if letter not in '<&"')
    repo.write("reports/x.xml", f'<testsuite><testcase name="{shown}"/><testcase name="{"a" * length}"/></testsuite>')
    repo.git("add", "--all")
    message = repo.path.parent / "message"
    message.write_text(f"{text}\n\n{text}\n\nCloses-Item: {text}\nSession: {text}\n", "utf-8")
    repo.git("commit", "--quiet", "--allow-empty", "--file", str(message))
    taken = {}
    for command in COMMANDS:
        start = time.process_time()
        assert tracker(*command, cwd=repo.path).code in (0, 1), command
        taken[command[0]] = time.process_time() - start
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_no_faster_than_the_longest_line(unit: str, repo: GitRepo) -> None:
    seconds(repo, unit, 100)  # imports and compiles
    small, large = seconds(repo, unit, 10_000), seconds(repo, unit, 20_000)
    grown = {name: (small[name], taken) for name, taken in large.items() if taken > 3 * max(small[name], QUICK)}
    assert grown == {}


def test_a_long_estimate_is_one_that_cannot_be_read(repo: GitRepo) -> None:
    task = f"{{id: t, title: t, estimate: {'9' * 10_000}}}, {{id: u, title: u, estimate: {'9' * 50}h}}"
    repo.write("tracker.yml", f"project: P\nphases: [{{id: '1', title: t, tasks: [{task}]}}]\n")
    done = tracker("ready", "1", cwd=repo.path)
    assert done.code in (0, 1)
    assert "1 without an estimate that can be read" in " ".join(done.out.split())


def test_numbers_of_any_length_in_ids(repo: GitRepo) -> None:
    digits = "9" * 10_000
    repo.write("sessions/9.yml", f"session: '{digits}'\ndate: 2025-03-01\nfocus: f\n")
    repo.write("diagnostics/results/x.json", json.dumps({"name": digits}))
    for command in (("check",), ("status",), ("build", "--no-site"), ("new", "--print")):
        assert tracker(*command, cwd=repo.path).code == 0, command


# --- patterns -------------------------------------------------------------------------------------------------------

SLOW = r"(?:a|a|aa|a?)+$"


def test_a_pattern_that_backtracks_is_ended() -> None:
    with pytest.raises(PatternTooSlow, match="takes more than 2 s"):
        BoundedPattern(r"(?:(?:a{1,100}){1,100}){1,100}c").search("a" * 300)


def test_a_glob_that_backtracks_is_ended() -> None:
    spec = gitignore(["*" + "a*" * 30 + "b"])
    with suppress(PatternTooSlow):
        assert not spec.match_file("a" * 250)


@pytest.mark.parametrize(
    "lines", [["*.py", "!a.py"], ["a/**/b", "**/c*d*e", "/x"], ["docs/", "!docs/*/x*y*z"], ["[a-c]*[!d]*e?"]]
)
@FUZZ
@given(paths=st.lists(st.text("abcdexyz./", min_size=1, max_size=12), max_size=8))
def test_bounded_globs_match_what_git_ignore_patterns_match(lines: list[str], paths: list[str]) -> None:
    from pathspec import GitIgnoreSpec

    assert list(gitignore(lines).match_files(paths)) == list(GitIgnoreSpec.from_lines(lines).match_files(paths))


def test_a_slow_pattern_in_evidence_is_unknown_and_says_why(repo: GitRepo) -> None:
    pattern = "(?:(?:a{1,100}){1,100}){1,100}c"
    repo.write("a.txt", "a" * 300)
    evidence = json.dumps([{"file": "a.txt", "contains": pattern}])
    repo.write(
        "tracker.yml",
        f"project: P\nphases: [{{id: a, title: A, criteria: [{{id: c, text: t, evidence: {evidence}}}]}}]\n",
    )
    repo.commit()
    (criterion,) = tracker("status", "--format", "json", cwd=repo.path).json["phases"][0]["criteria"]
    assert criterion["verdict"] == "missing"
    assert "takes more than 2 s" in criterion["evidence"][0]["found"]


NEVER = "(?:(?:a{1,100}){1,100}){1,100}"


@pytest.mark.slow
def test_all_slow_patterns_of_a_command_share_one_limit(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "ALL", 3.0)
    repo.write("a.txt", "a" * 300)
    criteria = [
        {"id": f"c{n}", "text": "t", "evidence": [{"file": "a.txt", "contains": f"{NEVER}[b-z]{n}"}]}
        for n in range(100)
    ]
    repo.write("tracker.yml", f"project: P\nphases: [{{id: a, title: A, criteria: {json.dumps(criteria)}}}]\n")
    repo.commit()
    found = tracker("status", "--format", "json", cwd=repo.path).json["phases"][0]["criteria"]
    assert [one["verdict"] for one in found] == ["missing"] * 100
    assert "all patterns and queries together take more than 3 s" in found[-1]["evidence"][0]["found"]


def test_a_slow_pattern_for_sessions_ends_the_command(repo: GitRepo) -> None:
    repo.write("tracker.yml", f"project: P\nmention: '({NEVER})b'\n")
    repo.commit("a" * 300)
    done = tracker("status", cwd=repo.path)
    assert done.code == 2
    assert "takes more than 2 s" in done.message


@pytest.mark.parametrize(
    ("wanted", "name", "matches"),
    [
        ("a*b", "ab", True),
        ("a*b", "a b", True),
        ("a*a", "a", False),
        ("*b*", "abc", True),
        ("a*b*c", "acb", False),
        ("a**c", "a\nc", True),
        ("a*" * 100 + "b", "a" * 5_000, False),
    ],
)
def test_stars_in_names_of_tests(wanted: str, name: str, *, matches: bool) -> None:
    assert bool(matching_cases(wanted, [TestCase(name, "passed", "x.xml")])) == matches


@pytest.mark.parametrize(
    "query",
    [
        "[@,@]" + " | [@,@]" * 60,
        "[@,@][]" + " | [@,@][]" * 60,
        "join('', [@.a,@.a])" + " | join('', [@,@])" * 60,
        "to_string([@,@])" + " | to_string([@,@])" * 60,
        "{a: @, b: @}" + " | {a: @, b: @}" * 40,
        "a" * 2000,
        "!" * 900 + "a",
    ],
)
def test_a_query_is_bounded(query: str) -> None:
    with pytest.raises(QueryFailed):
        search(query, {"a": "x"})


# --- any input ------------------------------------------------------------------------------------------------------

TEXT = st.text(max_size=300)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
PIECES = ["session: '1'\n", "date: 2025-01-01\n", "focus: f\n", "tasks: ", "{", "}", "[", "]", "&a ", "*a ", "!!x "]
PIECES += ["? ", ": ", "- ", "'", '"', "|\n", ">\n", "---\n", "%YAML 1.1\n", "\\ud800", '"\\ud800"\n', "\x00", "\x85"]
PIECES += ["\ufeff", "<<: ", "0x", "~\n", "#"]
FRAGMENTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    repo = GitRepo(tmp_path_factory.mktemp("fuzz") / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/1.yml", SESSION.format(1))
    repo.commit()
    return repo


def run(repo: GitRepo, *command: str) -> None:
    done = tracker(*command, cwd=repo.path)
    assert done.code in (0, 1, 2)
    assert "Traceback" not in done.out + done.err
    assert "this is a bug" not in done.err


@FUZZ
@given(
    content=st.binary(max_size=300)
    | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | FRAGMENTS.map(str.encode)
)
def test_any_session_file(content: bytes, workspace: GitRepo) -> None:
    workspace.write("sessions/2.yml", content)
    try:
        run(workspace, "check")
        run(workspace, "build", "--no-site")
    finally:
        workspace.remove("sessions/2.yml")


@FUZZ
@given(content=st.binary(max_size=300) | FRAGMENTS.map(lambda text: f"project: P\n{text}".encode()))
def test_any_plan(content: bytes, workspace: GitRepo) -> None:
    workspace.write("tracker.yml", content)
    try:
        run(workspace, "check")
        run(workspace, "status")
    finally:
        workspace.write("tracker.yml", "project: P\n")


@FUZZ
@given(content=st.binary(max_size=300) | ANY_JSON.map(lambda data: json.dumps(data).encode()))
def test_any_result(content: bytes, workspace: GitRepo) -> None:
    workspace.write("diagnostics/results/x.json", content)
    try:
        run(workspace, "check")
        run(workspace, "build", "--no-site")
    finally:
        workspace.remove("diagnostics/results/x.json")


@FUZZ
@given(name=st.text(max_size=30), content=st.binary(max_size=100))
def test_any_report(name: str, content: bytes, workspace: GitRepo) -> None:
    case = f"<testsuite><testcase name={json.dumps(name, ensure_ascii=False)}/></testsuite>"
    for number, text in enumerate((content, case.encode("utf-8", "surrogatepass"), b"<testsuite>" * 500 + content)):
        workspace.write(f"reports/{number}.xml", text)
    run(workspace, "check")
    run(workspace, "build", "--no-site")


@FUZZ
@given(
    content=st.binary(max_size=300)
    | TEXT.map(lambda text: f"# Session 7: 2025-01-07\n\n{text}".encode("utf-8", "replace"))
)
def test_any_log(content: bytes, workspace: GitRepo) -> None:
    (workspace.path.parent / "log.md").write_bytes(content)
    run(workspace, "import", "--dry-run", "../log.md")


@pytest.mark.parametrize("depth", [90, 500, 900, 5_000, 200_000])
def test_json_and_yaml_of_any_depth(depth: int, workspace: GitRepo) -> None:
    deep = "[" * depth + "]" * depth
    workspace.write("diagnostics/results/deep.json", f'{{"a": {deep}}}')
    workspace.write("sessions/deep.yml", f"session: '5'\ndate: 2025-01-01\nfocus: {deep}\n")
    try:
        problems = tracker("check", "--format", "json", cwd=workspace.path).json["problems"]
        assert {one["file"] for one in problems} >= {"sessions/deep.yml"}
        run(workspace, "build", "--no-site")
        assert tracker("status", "--format", "json", cwd=workspace.path).json["sessions"]["count"] == 1
    finally:
        workspace.remove("diagnostics/results/deep.json")
        workspace.remove("sessions/deep.yml")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("sessions/4.yml", 'session: "4"\ndate: 2025-01-02\nfocus: "x \\ud800"\n'),
        ("sessions/4.yml", 'session: "4 \\udfff"\ndate: 2025-01-02\nfocus: x\n'),
        ("diagnostics/results/x.json", '{"a": "\\ud800"}'),
        ("diagnostics/results/x.json", '{"\\udc80": 1}'),
        ("diagnostics/results/x.json", '{"name": "\\ud800", "n": "\\udfff"}'),
        ("reports/x.xml", "<testsuite><testcase name='&#xD800;'/></testsuite>"),
    ],
)
def test_half_a_surrogate_pair_is_one_problem(file: str, content: str, repo: GitRepo) -> None:
    repo.write(file, content)
    (problem,) = tracker("check", "--format", "json", cwd=repo.path).json["problems"]
    assert problem["file"] == file
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    assert tracker("status", "--format", "json", cwd=repo.path).json["sessions"]["count"] == 3


def test_devices_are_not_read(tmp_path: Path) -> None:
    from tracker.files import UnsafePath

    with pytest.raises(UnsafePath, match="not a regular file"):
        read_file(Path("/dev/zero"), within=Path("/dev"))
    with pytest.raises(yaml.MalformedYAML, match="larger than"):
        yaml.load(b"a" * (yaml.MAX_BYTES + 1))
