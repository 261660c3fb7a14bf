"""JUnit reports: which tests ran, and how they ended.

There is no standard. Every test runner writes its own dialect; what is read here is what they have in common: an
element `testcase` anywhere below `testsuites` or `testsuite`, whose children and attributes say how the test ended.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tracker.model import Problem
from tracker.sources.reading import UnreadableFile, files_among, open_workspace_file

CHUNK = 1 << 16
REPORT_LIMIT = 256 << 20
"""Bytes of the largest report that is read."""
OUTCOMES = ("passed", "failed", "skipped", "unknown")
"""How a test ends. Skipped: it did not run. Unknown: the report has a word for it that is not known here."""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test of a report. `outcome` is one of `OUTCOMES`."""

    __test__ = False

    name: str
    """As pytest prints it where the report allows: `path::test`; else `class::test`."""
    outcome: str
    file: str
    """The report, relative to the workspace."""
    aliases: tuple[str, ...] = ()
    """Other ways in which its runner and people write its name."""


class Reports(NamedTuple):
    """What the test reports say."""

    cases: list[TestCase]
    digests: dict[str, str]
    """Of each report's content, by its path."""
    problems: list[Problem]
    """A problem for each file that is no report."""


def report_digest(content: bytes) -> str:
    """Return the digest that identifies the content of a test report."""
    return hashlib.sha256(content).hexdigest()


def read_reports(root: Path, paths: Iterable[Path]) -> Reports:
    """Return the cases of each report. Files of any size are read in pieces."""
    cases: list[TestCase] = []
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    for path in files_among(paths):
        file = path.relative_to(root).as_posix()
        seen = hashlib.sha256()
        try:
            with open_workspace_file(path, root, REPORT_LIMIT) as stream:
                cases += _read(_pieces(stream, seen), file, root)
            digests[file] = seen.hexdigest()
        except UnreadableFile as error:
            problems.append(error.problem)
        except (OSError, ValueError, LookupError, SyntaxError) as error:  # SyntaxError: ElementTree's ParseError
            line, column = getattr(error, "position", (1, 0))
            problems.append(Problem(file, line, column + 1, "", f"not a JUnit report: {' '.join(str(error).split())}"))
    return Reports(cases, digests, problems)


def passed_files(cases: Iterable[TestCase]) -> list[str]:
    """Return the files with tests of which at least one passed and none failed."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        path, found, _ = case.name.partition("::")
        if found:
            outcomes[path].add(case.outcome)
    return sorted(path for path, ended in outcomes.items() if "passed" in ended and "failed" not in ended)


def matching_cases(wanted: str, cases: Sequence[TestCase]) -> list[TestCase]:
    """Return the tests of exactly this name, else the ones that match it with `*` for any text.

    Every other character is literal, also `[`, `]` and `?`. A name without its file or class counts last.
    """
    dotted = _dotted(wanted)
    exact = [case for case in cases if wanted == case.name] or [
        case for case in cases if wanted in case.aliases or dotted == case.name or dotted in case.aliases
    ]
    if exact or "*" not in wanted:
        return exact
    patterns = [name.split("*") for name in dict.fromkeys((wanted, dotted))]
    return [case for case in cases if _matches(patterns[0], case.name)] or [
        case for case in cases if any(_matches(parts, one) for parts in patterns for one in (case.name, *case.aliases))
    ]


def _dotted(wanted: str) -> str:
    """A node id of Python as a class and a name, as reports without files have it.

    >>> _dotted("tests/check_gate.py::case::test_open"), _dotted("Gate::Opens")
    ('tests.check_gate.case::test_open', 'Gate::Opens')
    """
    path, found, rest = wanted.partition(".py::")
    *classes, name = rest.split("::")
    return f"{'.'.join([path.replace('/', '.'), *classes])}::{name}" if found else wanted


def _matches(parts: Sequence[str], name: str) -> bool:
    """Whether a name consists of the parts with any text between them; in linear time, unlike a regular expression."""
    first, *middle, last = parts
    place, end = len(first), len(name) - len(last)
    if place > end or not name.startswith(first) or not name.endswith(last):
        return False
    for part in middle:
        place = name.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True


# --- reading XML ----------------------------------------------------------------------------------------------------

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
OF_EXPAT = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii"})


def _pieces(stream: BinaryIO, seen: hashlib._Hash) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        seen.update(piece)
        yield piece


def _read(pieces: Iterator[bytes], file: str, root: Path) -> list[TestCase]:
    """Parse a report. Raises ValueError, LookupError or SyntaxError for a file that is none."""
    from xml.etree.ElementTree import XMLParser

    first = next(pieces, b"")
    reader = _Reader(file, root)
    encoding = _encoding(first)
    if encoding in OF_EXPAT:
        parser = XMLParser(target=reader, encoding="utf-8" if encoding == "utf-8" else None)
        parser.feed(first.lstrip(b" \t\r\n"))
        for piece in pieces:
            parser.feed(piece)
    else:  # an encoding that the parser does not know: decoded here
        parser = XMLParser(target=reader, encoding="utf-8")
        decoder = codecs.getincrementaldecoder(encoding)()
        parser.feed(decoder.decode(first).lstrip("\ufeff \t\r\n").encode())
        for piece in pieces:
            parser.feed(decoder.decode(piece).encode())
        parser.feed(decoder.decode(b"", final=True).encode())
    parser.close()
    return reader.cases


def _encoding(first: bytes) -> str:
    """Return the encoding of a report by its first bytes, and only then by what it declares.

    Some tools write UTF-8 and declare UTF-16.
    """
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8")):
        if first.startswith(mark):
            return name
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")):
        return "utf-16" if first[:1] in b"\xff\xfe" else "utf-16-le" if first[:1] == b"<" else "utf-16-be"
    declared = DECLARED.match(first)
    name = codecs.lookup(declared[1].decode("ascii")).name if declared else "utf-8"
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


# --- what it says ---------------------------------------------------------------------------------------------------

ATTRIBUTES = ("status", "result", "outcome", "state")
"""The attributes in which runners write how a test ended."""
FLAGS: Mapping[str, Mapping[str, str]] = {
    "executed": {"false": "skipped", "0": "skipped"},
    "success": {"false": "failed", "0": "failed"},
    "passed": {"false": "failed", "0": "failed"},
    "failed": {"true": "failed", "1": "failed"},
    "disabled": {"true": "skipped", "1": "skipped"},
    "enabled": {"false": "skipped", "0": "skipped"},
    "skipped": {"true": "skipped", "1": "skipped"},
    "ignored": {"true": "skipped", "1": "skipped"},
}
PASSED_WORDS = """
    run ran ok pass passed success successful succeed succeeded completed complete executed finished
    done fixed flaky passedwithwarnings true
"""
FAILED_WORDS = """
    fail failed failing failure error errored broken crashed crash timeout timedout exception aborted
    killed interrupted notrunnable invalid unexpectedsuccess unexpectedpass xpass xpassed unstable false
    rerunfailure rerunerror hookerror cleanuperror
"""
SKIPPED_WORDS = """
    notrun notexecuted notstarted skip skipped suppressed disabled ignore ignored pending todo
    inconclusive filtered excluded blocked cancelled canceled untested explicit incomplete undefined
    deselected xfail xfailed expectedfailure warning risky
"""
WORDS: Mapping[str, str] = {
    **dict.fromkeys(PASSED_WORDS.split(), "passed"),
    **dict.fromkeys(FAILED_WORDS.split(), "failed"),
    **dict.fromkeys(SKIPPED_WORDS.split(), "skipped"),
}


@dataclass(slots=True)
class _Element:
    """An open element: its attributes, and the tags of its children, in lower case."""

    tag: str
    attributes: Mapping[str, str]
    children: set[str] = field(default_factory=set)


class _Reader:
    """Collects the test cases while the file is parsed; no tree is built."""

    def __init__(self, file: str, root: Path) -> None:
        self.cases: list[TestCase] = []
        self._file = file
        self._root = root
        self._open: list[_Element] = []

    def doctype(self, *_: object) -> None:
        raise ValueError("declares a document type, which no test runner writes")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if not self._open and name not in ("testsuites", "testsuite"):
            raise ValueError(f"expected <testsuites> or <testsuite>; got <{name}>")
        if self._open:
            self._open[-1].children.add(name)
        self._open.append(_Element(name, {_local(key): value for key, value in attributes.items()}))

    def data(self, _: str) -> None:
        """Text says nothing of how a test ended."""

    def end(self, _: str) -> None:
        element = self._open.pop()
        suites = [one for one in self._open if one.tag == "testsuite"]
        if element.tag == "testcase":
            self.cases.append(_case(element, suites, self._file, self._root))
        elif element.tag == "testsuite" and element.children & {"failure", "error"}:  # it broke outside its tests
            name = element.attributes.get("name") or "testsuite"
            self.cases.append(TestCase(name, "failed", self._file))

    def close(self) -> None:
        """The file has ended."""


def _case(case: _Element, suites: Sequence[_Element], file: str, root: Path) -> TestCase:
    attributes = case.attributes
    name = attributes.get("name") or ""
    classname = attributes.get("classname") or attributes.get("class") or ""
    own = attributes.get("file")
    inherited = next((path for suite in reversed(suites) if (path := suite.attributes.get("file"))), None)
    path = _path(own, root) if own else None
    node_id = _node_id(classname, name, path)
    names = [one for suite in suites if (one := suite.attributes.get("name"))]
    of_class = classname if re.search(r"[/\\]", classname) else None  # runners of scripts name the file there
    places = [_path(where, root) for where in (path, inherited, of_class) if where]
    last_class = re.split(r"[.\\]", classname)[-1]
    aliases = dict.fromkeys(
        [
            *([f"{classname}::{name}", f"{classname}.{name}"] if classname else []),
            *(f"{where}::{name}" for where in places),
            *(f"{where}::{last_class}::{name}" for where in places if last_class),
            *("::".join([*names[start:], name]) for start in range(len(names))),
            name,
        ]
    )
    aliases.pop(node_id, None)
    return TestCase(node_id, _outcome(case), file, tuple(aliases))


def _outcome(case: _Element) -> str:
    """Return how a test ended: the worst of what its children and its attributes say."""
    said = {_word(case.attributes[key]) for key in ATTRIBUTES if key in case.attributes}
    said |= {
        words.get(case.attributes[key].strip().lower(), "passed")
        for key, words in FLAGS.items()
        if key in case.attributes
    }
    said |= {WORDS[child] for child in case.children if child in WORDS}
    return next((outcome for outcome in ("failed", "skipped", "unknown") if outcome in said), "passed")


def _word(value: str) -> str:
    word = re.sub(r"[\W_]+", "", value.partition(":")[0]).lower()  # NUnit: Skipped:Explicit
    return WORDS.get(word, "unknown") if word else "passed"


def _path(value: str, root: Path) -> str:
    """Return a path with forward slashes, relative to the workspace where it is inside."""
    path = value.replace("\\", "/").removeprefix("file://")
    top = root.as_posix().rstrip("/") + "/"
    return path.removeprefix(top).removeprefix("./")


def _node_id(classname: str, name: str, path: str | None) -> str:
    """`tests/test_a.py::TestB::test_c` of class `tests.test_a.TestB`; pytest writes no file by default."""
    parts = classname.split(".")
    classes = [part for part in parts if re.match(r"[A-Z]", part)]
    if path is None:
        modules = parts[: len(parts) - len(classes)]
        is_test = bool(modules) and (modules[-1].startswith("test_") or modules[-1].endswith("_test"))
        path = "/".join(modules) + ".py" if is_test else None
    return "::".join([path, *classes, name] if path else [classname, name] if classname else [name])


def _local(tag: str) -> str:
    """Return a name in lower case, without its namespace."""
    return tag.rpartition("}")[2].lower()
