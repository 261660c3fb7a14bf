"""JUnit reports: which tests ran, and how they ended."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.model import Problem
from tracker.sources.reading import UnreadableFile, read_workspace_file


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test of a report. `outcome` is passed, failed or skipped."""

    __test__ = False

    name: str
    """As pytest prints it where the report allows: `path::test`; else `class::test`."""
    outcome: str
    file: str
    """The report, relative to the workspace."""


class Reports(NamedTuple):
    """What the test reports say."""

    cases: list[TestCase]
    digests: dict[str, str]
    """Of each report's content, by its path."""
    problems: list[Problem]
    """The files that are none."""


def report_digest(content: bytes) -> str:
    """What tells one test report from another."""
    return hashlib.sha256(content).hexdigest()


def read_reports(root: Path, paths: Iterable[Path]) -> Reports:
    """The cases of each report, of those that are some."""
    cases: list[TestCase] = []
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        file = path.relative_to(root).as_posix()
        try:
            content = read_workspace_file(path, root)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise ValueError("declares a document type or entities, which no test runner writes")
            cases += _cases(content, file)
            digests[file] = report_digest(content)
        except UnreadableFile as error:
            problems.append(error.problem)
        except Exception as error:  # junitparser lets any error of the XML parser through
            problems.append(Problem(file, 1, 1, "", f"not a JUnit report: {' '.join(str(error).split())}"))
    return Reports(cases, digests, problems)


def passed_files(cases: Iterable[TestCase]) -> list[str]:
    """The files with tests of which at least one passed and none failed."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        path, found, _ = case.name.partition("::")
        if found:
            outcomes[path].add(case.outcome)
    return sorted(path for path, ended in outcomes.items() if "passed" in ended and "failed" not in ended)


def _cases(content: bytes, file: str) -> Iterator[TestCase]:
    import junitparser

    report = junitparser.JUnitXml.fromstring(content)
    suites = [report] if isinstance(report, junitparser.TestSuite) else list(report)
    for suite in suites:
        for case in suite:
            kinds = {type(entry).__name__ for entry in case.result}
            outcome = "failed" if kinds & {"Failure", "Error"} else "skipped" if "Skipped" in kinds else "passed"
            yield TestCase(_node_id(case.classname or "", case.name or "", case._elem.get("file")), outcome, file)


def _node_id(classname: str, name: str, path: str | None) -> str:
    """`tests/test_a.py::TestB::test_c` of class `tests.test_a.TestB`; pytest writes no file by default."""
    parts = classname.split(".")
    classes = [part for part in parts if re.match(r"[A-Z]", part)]
    if path is None:
        modules = parts[: len(parts) - len(classes)]
        path = "/".join(modules) + ".py" if modules and modules[-1].startswith("test_") else None
    return "::".join([path, *classes, name] if path else [classname, name] if classname else [name])
