"""JUnit as test runners write it: every dialect is a file as its tool makes it, shortened."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources.reports import TestCase, matching_cases, passed_files, read_reports

DIALECTS = {
    "pytest": "passed failed failed skipped skipped failed",
    "gradle": "passed failed skipped",
    "surefire": "passed failed skipped failed",
    "jest": "passed failed skipped",
    "node": "passed passed failed skipped",
    "ctest": "passed failed skipped skipped skipped",
    "googletest": "passed failed skipped skipped",
    "go": "passed failed skipped failed",
    "nunit": "passed failed skipped skipped failed skipped",
    "mocha": "passed failed skipped",
    "phpunit": "passed failed skipped",
    "bazel": "failed",
    "catch2": "passed failed skipped",
    "namespaced": "passed failed",
}


def sample(dialect: str) -> bytes:
    return (Path(__file__).parent / "junit" / f"{dialect}.xml").read_bytes()


def read(folder: Path, content: str | bytes) -> list[TestCase]:
    path = folder / "report.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    reports = read_reports(folder, [path])
    assert reports.problems == []
    return reports.cases


def problem(folder: Path, content: str | bytes) -> str:
    path = folder / "report.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    reports = read_reports(folder, [path])
    assert (reports.cases, reports.digests) == ([], {})
    return reports.problems[0].message


@pytest.mark.parametrize("dialect", DIALECTS)
def test_outcomes_of_each_dialect(dialect: str, tmp_path: Path) -> None:
    assert [case.outcome for case in read(tmp_path, sample(dialect))] == DIALECTS[dialect].split()


@pytest.mark.parametrize(
    ("dialect", "wanted"),
    [
        ("pytest", "tests/test_gate.py::TestGate::test_open[a-1]"),
        ("pytest", "tests/test_gate.py::TestGate::*"),
        ("gradle", "com.example.GateTest::opens()"),
        ("gradle", "com.example.GateTest.opens()"),
        ("jest", "src/gate.test.js::gate opens [1]"),
        ("jest", "gate opens [1]"),
        ("node", "outside"),
        ("node", "outer::inner::deep"),
        ("node", "inner::deep"),
        ("node", "test::outside"),
        ("googletest", "Gate.Opens"),
        ("googletest", "Gate::Opens"),
        ("go", "gate::TestOpen/a[1]"),
        ("go", "example.org/gate::TestOpen/a[1]"),
        ("nunit", "Gate.GateTests.Opens"),
        ("mocha", "Gate opens"),
        ("phpunit", "tests/GateTest.php::GateTest::testOpens"),
        ("catch2", "gate.global::opens"),
        ("namespaced", "s::a"),
    ],
)
def test_names_by_which_a_passed_test_is_found(dialect: str, wanted: str, tmp_path: Path) -> None:
    matches = matching_cases(wanted, read(tmp_path, sample(dialect)))
    assert [case.outcome for case in matches] == ["passed"]


@pytest.mark.parametrize(
    "wanted", ["tests/test_gate.py::test_bad", "*::test_bad", "*test_bad", "tests.test_gate.test_bad"]
)
def test_a_failed_test_is_found_as_failed(wanted: str, tmp_path: Path) -> None:
    assert [case.outcome for case in matching_cases(wanted, read(tmp_path, sample("pytest")))] == ["failed"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("t::a[1]", ["t::a[1]"]),
        ("t::a[*]", ["t::a[1]", "t::a[2]"]),
        ("t::a[!1]", []),
        ("t::a?1]", []),
        ("t::[ab]1", []),
        ("t::*", ["t::*"]),
        ("*", ["t::a[1]", "t::a[2]", "t::a1", "t::*"]),
        ("t::a*", ["t::a[1]", "t::a[2]", "t::a1"]),
        ("a*", []),
    ],
)
def test_only_the_asterisk_is_a_wildcard(wanted: str, found: list[str]) -> None:
    cases = [TestCase(name, "passed", "r.xml") for name in ("t::a[1]", "t::a[2]", "t::a1", "t::*")]
    assert [case.name for case in matching_cases(wanted, cases)] == found


@pytest.mark.parametrize(
    ("attributes", "outcome"),
    [
        ('status="passed"', "passed"),
        ('status="Not Run"', "skipped"),
        ('status="not_run"', "skipped"),
        ('result="suppressed"', "skipped"),
        ('result="FAILED"', "failed"),
        ('status="run" result="fail"', "failed"),
        ('status="passed" disabled="true"', "skipped"),
        ('executed="0"', "skipped"),
        ('success="false"', "failed"),
        ('outcome="pending"', "skipped"),
        ('status="mystery"', "unknown"),
        ('status=""', "passed"),
        ('status="timeout"', "failed"),
    ],
)
def test_attributes_say_how_a_test_ended(attributes: str, outcome: str, tmp_path: Path) -> None:
    (case,) = read(tmp_path, f'<testsuite><testcase name="a" {attributes}/></testsuite>')
    assert case.outcome == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("<warning/>", "skipped"),  # PHPUnit
        ("<Pending/>", "skipped"),  # busted
        ("<flakyFailure/>", "passed"),  # Surefire, nextest: passed when it was run again
        ("<rerunFailure/>", "failed"),
        ("<properties/><system-out/><attachments/>", "passed"),
    ],
)
def test_children_say_how_a_test_ended(body: str, outcome: str, tmp_path: Path) -> None:
    (case,) = read(tmp_path, f'<TestSuite><TestCase name="a" STATUS="run">{body}</TestCase></TestSuite>')
    assert case.outcome == outcome


@pytest.mark.parametrize(
    ("classname", "wanted"),
    [
        ("tests.check_gate", "tests/check_gate.py::opens"),
        ("tests.test_gate.describe_gate", "tests/test_gate.py::describe_gate::opens"),
        ("tests.test_gate.describe_gate", "tests/test_gate.py::describe_gate::*"),
        ("tests.test_gate.test_case", "tests/test_gate.py::test_case::opens"),
        ("./gate_test.ts", "gate_test.ts::opens"),  # Deno
        ("src/gate.test.ts", "src/gate.test.ts::opens"),  # Vitest
        ("src\\gate.test.ts", "src/gate.test.ts::opens"),
    ],
)
def test_a_class_may_stand_for_a_file(classname: str, wanted: str, tmp_path: Path) -> None:
    cases = read(tmp_path, f'<testsuite><testcase classname="{classname}" name="opens"/></testsuite>')
    assert matching_cases(wanted, cases) == cases


def test_a_failure_counts_against_its_attributes(tmp_path: Path) -> None:
    content = '<testsuite><testcase name="a" status="passed"><skipped/><failure/></testcase></testsuite>'
    assert [case.outcome for case in read(tmp_path, content)] == ["failed"]


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + '<testsuite><testcase name="é"/></testsuite>'.encode(),
        '<?xml version="1.0" encoding="UTF-16"?><testsuite><testcase name="é"/></testsuite>'.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'.encode("utf-16-le"),
        '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'.encode(),
        '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="é"/></testsuite>'.encode("latin-1"),
        '<?xml version="1.0" encoding="windows-1252"?><testsuite><testcase name="é"/></testsuite>'.encode("cp1252"),
        '<?xml version="1.0" encoding="gb18030"?><testsuite><testcase name="é"/></testsuite>'.encode("gb18030"),
        '<testsuite><testcase name="é"/></testsuite>'.encode("utf-32"),
        b'\n  <?xml version="1.0"?><testsuite><testcase name="\xc3\xa9"/></testsuite>',
    ],
)
def test_any_encoding(content: bytes, tmp_path: Path) -> None:
    assert [case.name for case in read(tmp_path, content)] == ["é"]


def test_a_document_type_is_refused_only_where_it_is_one(tmp_path: Path) -> None:
    assert "document type" in problem(tmp_path, '<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>')
    bomb = '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
    assert "document type" in problem(tmp_path, bomb)
    output = "<system-out><![CDATA[<!DOCTYPE html><!ENTITY x>]]></system-out>"
    assert len(read(tmp_path, f'<testsuite><testcase name="a">{output}</testcase></testsuite>')) == 1
    attribute = '<testsuite><!-- <!DOCTYPE html> --><testcase name="&lt;!DOCTYPE html>"/></testsuite>'
    assert len(read(tmp_path, attribute)) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no element found"),
        ("<testsuite>", "no element found"),
        ("<html/>", "expected <testsuites> or <testsuite>; got <html>"),
        ("<testcase name='a'/>", "got <testcase>"),
        ('<?xml version="1.0" encoding="no-such"?><testsuite/>', "unknown encoding: no-such"),
        (b'<?xml version="1.0" encoding="utf-8"?><testsuite name="\xff"/>', "not well-formed"),
        (b'<?xml version="1.0" encoding="cp932"?><testsuite name="\x81"/>', "cp932"),
    ],
)
def test_what_is_no_report_is_a_problem(content: str | bytes, message: str, tmp_path: Path) -> None:
    assert message in problem(tmp_path, content)


def test_a_problem_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<testsuite>\n  <testcase name='a'></wrong>\n</testsuite>")
    (found,) = read_reports(tmp_path, [tmp_path / "a.xml"]).problems
    assert (found.line, found.column > 1) == (2, True)


def test_a_report_larger_than_one_piece(tmp_path: Path) -> None:
    cases = "".join(f'<testcase classname="tests.test_a" name="test_{number}"/>' for number in range(20_000))
    found = read(tmp_path, f"<testsuite>{cases}</testsuite>")
    assert len(found) == 20_000
    assert passed_files(found) == ["tests/test_a.py"]


def test_a_path_inside_the_workspace_is_relative(tmp_path: Path) -> None:
    content = f'<testsuite><testcase name="t" file="{tmp_path.as_posix()}/tests/a.py"/></testsuite>'
    assert [case.name for case in read(tmp_path, content)] == ["tests/a.py::t"]


XML = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=12)
ENDINGS = {
    "": "passed",
    "<failure/>": "failed",
    "<error/>": "failed",
    "<skipped/>": "skipped",
    "<system-out/>": "passed",
}


@given(st.lists(st.tuples(XML, st.sampled_from(sorted(ENDINGS)), st.integers(0, 4)), max_size=8))
def test_every_test_is_read_at_any_depth(
    tmp_path_factory: pytest.TempPathFactory, tests: list[tuple[str, str, int]]
) -> None:
    from xml.sax.saxutils import quoteattr

    body = "".join(
        f"{'<testsuite>' * depth}<testcase name={quoteattr(name)}>{inner}</testcase>{'</testsuite>' * depth}"
        for name, inner, depth in tests
    )
    found = read(tmp_path_factory.mktemp("report"), f"<testsuites>{body}</testsuites>")
    assert [(case.name, case.outcome) for case in found] == [(name, ENDINGS[inner]) for name, inner, _ in tests]


@given(st.binary(max_size=200))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("report")
    (folder / "a.xml").write_bytes(content)
    reports = read_reports(folder, [folder / "a.xml"])
    assert len(reports.problems) == 1
