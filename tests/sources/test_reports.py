"""JUnit as test runners write it: every dialect is a file as its tool makes it, shortened."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources.reports import TestCase, matching_cases, passed_files, read_reports

PYTEST = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
 failures="1" skipped="2" tests="6" time="0.1" timestamp="2026-01-01T00:00:00" hostname="h">
<testcase classname="tests.test_gate.TestGate" name="test_open[a-1]" time="0.001"/>
<testcase classname="tests.test_gate" name="test_bad" time="0.001"><failure message="assert 1 == 2">def</failure></testcase>
<testcase classname="tests.test_gate" name="test_late" time="0.001"><error message="failed on teardown">x</error></testcase>
<testcase classname="tests.test_gate" name="test_xfail" time="0.001"><skipped type="pytest.xfail" message=""/></testcase>
<testcase classname="tests.test_gate" name="test_skip" time="0.001"><skipped type="pytest.skip" message="no">a</skipped></testcase>
<testcase classname="" name="tests.test_broken" time="0.0"><error message="collection failure">ImportError</error></testcase>
</testsuite></testsuites>"""
GRADLE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="com.example.GateTest" tests="3" skipped="1" failures="1" errors="0" timestamp="2026-01-01T00:00:00">
  <properties/>
  <testcase name="opens()" classname="com.example.GateTest" time="0.01"/>
  <testcase name="closes()" classname="com.example.GateTest" time="0.01">
    <failure message="org.opentest4j.AssertionFailedError" type="org.opentest4j.AssertionFailedError">at</failure></testcase>
  <testcase name="waits()" classname="com.example.GateTest" time="0.0"><skipped/></testcase>
  <system-out><![CDATA[<!DOCTYPE html><testcase name="no test"/>]]></system-out><system-err><![CDATA[]]></system-err>
</testsuite>"""
SUREFIRE = """<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="com.example.GateTest"
 xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/surefire-test-report-3.0.xsd" tests="4">
  <testcase name="flaky" classname="com.example.GateTest" time="0.1"><flakyFailure message="once" type="E"><stackTrace>x</stackTrace>
    <system-out>o</system-out></flakyFailure></testcase>
  <testcase name="always" classname="com.example.GateTest" time="0.1"><failure message="1" type="E"/><rerunFailure message="2" type="E"/></testcase>
  <testcase name="ignored" classname="com.example.GateTest" time="0"><skipped message="@Disabled"/></testcase>
  <testcase name="broken" classname="com.example.GateTest"><rerunError type="E"/></testcase>
</testsuite>"""
JEST = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="3" failures="1" errors="0" time="1"><testsuite name="gate" errors="0" failures="1">
  <testcase classname="gate opens [1]" name="gate opens [1]" time="0.003" file="src\\gate.test.js"></testcase>
  <testcase classname="gate closes?" name="gate closes?" time="0.003" file="src\\gate.test.js"><failure>Error</failure></testcase>
  <testcase classname="gate todo" name="gate todo" time="0" file="src\\gate.test.js"><skipped/></testcase>
</testsuite></testsuites>"""
NODE = """<?xml version="1.0" encoding="utf-8"?>
<testsuites>
\t<testcase name="outside" time="0.001" classname="test"/>
\t<testsuite name="outer" time="0.002" tests="2" failures="1">
\t\t<testsuite name="inner" tests="1"><testcase name="deep" time="0.001" classname="test"/></testsuite>
\t\t<testcase name="bad" time="0.001" classname="test" failure="boom"><failure type="testCodeFailure" message="boom">x</failure></testcase>
\t\t<testcase name="later" classname="test"><skipped type="todo" message="true"/></testcase>
\t</testsuite>
\t<!-- tests 4 -->
</testsuites>"""
CTEST = """<?xml version="1.0" encoding="UTF-8"?><testsuite name="Linux-c++" tests="4" failures="1" disabled="1" skipped="1">
  <testcase name="ok" classname="ok" time="0.01" status="run"><system-out>x</system-out></testcase>
  <testcase name="bad" classname="bad" time="0.01" status="fail"><failure message=""/><system-out/></testcase>
  <testcase name="off" classname="off" time="0" status="disabled"><disabled message="Disabled"/></testcase>
  <testcase name="absent" classname="absent" time="0" status="notrun"><skipped message="SKIP_RETURN_CODE=4"/></testcase>
  <testcase name="lost" classname="lost" time="0" status="notrun"/>
</testsuite>"""
GTEST = """<?xml version="1.0" encoding="UTF-8"?><testsuites tests="4" failures="1" disabled="1" errors="0" name="AllTests">
 <testsuite name="Gate" tests="4" failures="1" disabled="1" skipped="1" errors="0">
  <testcase name="Opens" file="gate_test.cc" line="3" status="run" result="completed" time="0." classname="Gate"/>
  <testcase name="Closes" status="run" result="completed" time="0." classname="Gate"><failure message="x" type=""/></testcase>
  <testcase name="DISABLED_Waits" status="notrun" result="suppressed" time="0." classname="Gate"/>
  <testcase name="Skips" status="run" result="skipped" time="0." classname="Gate"><skipped message="x"/></testcase>
 </testsuite></testsuites>"""
GO = """<?xml version="1.0" encoding="UTF-8"?><testsuites tests="4" failures="1" errors="1">
 <testsuite tests="3" failures="1" time="0.1" name="example.org/gate" timestamp="2026-01-01T00:00:00Z">
  <properties><property name="go.version" value="go1.22"></property></properties>
  <testcase classname="gate" name="TestOpen/a[1]" time="0.0"></testcase>
  <testcase classname="gate" name="TestClose" time="0.0"><failure message="Failed" type="">x</failure></testcase>
  <testcase classname="gate" name="TestSkip" time="0.0"><skipped message="no"></skipped></testcase>
 </testsuite>
 <testsuite tests="0" errors="1" name="example.org/broken"><error message="build failed"></error></testsuite></testsuites>"""
NUNIT = """<?xml version="1.0" encoding="utf-16"?><testsuites><testsuite name="Gate.dll"><testsuite name="Gate"><testsuite name="GateTests">
 <testcase name="Opens" classname="Gate.GateTests" executed="True" result="Success" success="True" asserts="1"/>
 <testcase name="Closes" classname="Gate.GateTests" executed="True" result="Failure" success="False"/>
 <testcase name="Ignored" classname="Gate.GateTests" executed="False" result="Ignored"/>
 <testcase name="Unsure" classname="Gate.GateTests" result="Inconclusive"/>
 <testcase name="NotRunnable" classname="Gate.GateTests" result="NotRunnable"/>
 <testcase name="Skipped" classname="Gate.GateTests" result="Skipped:Explicit"/>
 </testsuite></testsuite></testsuite></testsuites>"""
MOCHA = """<testsuites name="Mocha Tests" tests="3"><testsuite name="Root Suite" tests="0"/>
 <testsuite name="Gate" file="/home/me/gate/test/gate.js"><testcase name="Gate opens" classname="opens" time="0.0"/>
 <testcase name="Gate closes" classname="closes" time="0.0"><failure message="x" type="Error"><![CDATA[x]]></failure></testcase>
 <testcase name="Gate later" classname="later"><skipped/></testcase></testsuite></testsuites>"""
PHPUNIT = """<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite name="phpunit.xml" tests="3">
 <testsuite name="unit"><testsuite name="App\\GateTest" file="tests/GateTest.php">
 <testcase name="testOpens" class="App\\GateTest" classname="App.GateTest" file="tests/GateTest.php" line="5" assertions="1"/>
 <testsuite name="App\\GateTest::testSet"><testcase name="testSet with data set #0" class="App\\GateTest" classname="App.GateTest" file="tests/GateTest.php"><error type="E">x</error></testcase></testsuite>
 <testcase name="testRisky" class="App\\GateTest" classname="App.GateTest" file="tests/GateTest.php"><warning>x</warning><skipped/></testcase>
 </testsuite></testsuite></testsuite></testsuites>"""
BAZEL = """<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite name="//gate:test" tests="1" failures="0" errors="1">
 <testcase name="//gate:test" status="run" duration="3" time="3"><error message="exited with error code 1"></error></testcase>
 <system-out>Generated test.log (if the file is not UTF-8, then this may be unreadable)</system-out></testsuite></testsuites>"""
CATCH2 = """<?xml version="1.0" encoding="UTF-8"?><testsuites><testsuite name="gate" errors="0" failures="1" skipped="1" tests="3">
 <testcase classname="gate.global" name="opens" time="0.0" status="run"/>
 <testcase classname="gate.global" name="closes/deep section" time="0.0" status="run"><failure message="x" type="REQUIRE">f</failure></testcase>
 <testcase classname="gate.global" name="skips" time="0.0" status="run"><skipped type="SKIP">s</skipped></testcase>
 <system-out/><system-err/></testsuite></testsuites>"""
NAMESPACED = """<j:testsuites xmlns:j="https://example.org/junit"><j:testsuite name="s"><j:testcase name="a"/>
 <j:testcase name="b"><j:failure/></j:testcase></j:testsuite></j:testsuites>"""

DIALECTS = {
    "pytest": (PYTEST, "passed failed failed skipped skipped failed"),
    "gradle": (GRADLE, "passed failed skipped"),
    "surefire": (SUREFIRE, "passed failed skipped failed"),
    "jest": (JEST, "passed failed skipped"),
    "node": (NODE, "passed passed failed skipped"),
    "ctest": (CTEST, "passed failed skipped skipped skipped"),
    "googletest": (GTEST, "passed failed skipped skipped"),
    "go": (GO, "passed failed skipped failed"),
    "nunit": (NUNIT, "passed failed skipped skipped failed skipped"),
    "mocha": (MOCHA, "passed failed skipped"),
    "phpunit": (PHPUNIT, "passed failed skipped"),
    "bazel": (BAZEL, "failed"),
    "catch2": (CATCH2, "passed failed skipped"),
    "namespaced": (NAMESPACED, "passed failed"),
}


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
    content, outcomes = DIALECTS[dialect]
    assert [case.outcome for case in read(tmp_path, content)] == outcomes.split()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (PYTEST, "tests/test_gate.py::TestGate::test_open[a-1]"),
        (PYTEST, "tests/test_gate.py::TestGate::*"),
        (GRADLE, "com.example.GateTest::opens()"),
        (GRADLE, "com.example.GateTest.opens()"),
        (JEST, "src/gate.test.js::gate opens [1]"),
        (JEST, "gate opens [1]"),
        (NODE, "outside"),
        (NODE, "outer::inner::deep"),
        (NODE, "inner::deep"),
        (NODE, "test::outside"),
        (GTEST, "Gate.Opens"),
        (GTEST, "Gate::Opens"),
        (GO, "gate::TestOpen/a[1]"),
        (GO, "example.org/gate::TestOpen/a[1]"),
        (NUNIT, "Gate.GateTests.Opens"),
        (MOCHA, "Gate opens"),
        (PHPUNIT, "tests/GateTest.php::GateTest::testOpens"),
        (CATCH2, "gate.global::opens"),
        (NAMESPACED, "s::a"),
    ],
)
def test_names_by_which_a_passed_test_is_found(content: str, wanted: str, tmp_path: Path) -> None:
    matches = matching_cases(wanted, read(tmp_path, content))
    assert [case.outcome for case in matches] == ["passed"]


@pytest.mark.parametrize(
    "wanted", ["tests/test_gate.py::test_bad", "*::test_bad", "*test_bad", "tests.test_gate.test_bad"]
)
def test_a_failed_test_is_found_as_failed(wanted: str, tmp_path: Path) -> None:
    assert [case.outcome for case in matching_cases(wanted, read(tmp_path, PYTEST))] == ["failed"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("t::a[1]", ["t::a[1]"]),
        ("t::a[*]", ["t::a[1]", "t::a[2]"]),
        ("t::a[!1]", []),
        ("t::a?1]", []),
        ("t::[ab]1", []),
        ("t::*", ["t::a[1]", "t::a[2]", "t::a1", "t::*"][3:]),
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


def test_a_failure_counts_whatever_the_attributes_say(tmp_path: Path) -> None:
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
    quoted = '<testsuite><testcase name="a"><system-out><![CDATA[<!DOCTYPE html><!ENTITY x>]]></system-out></testcase></testsuite>'
    assert len(read(tmp_path, quoted)) == 1
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
