"""The rule `artifact`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from tracker.audit.context import AuditContext
from tracker.audit.family import Action, FileFinding, Use
from tracker.audit.names import Kind, Name, words_in
from tracker.audit.rules.files import kinds
from tracker.audit.rules.files.base import FileRule, is_of_tool, is_sample, is_served
from tracker.audit.rules.files.outputs import writers
from tracker.audit.texts import Question
from tracker.audit.uses import Uses
from tracker.plural import counted

BOM = rb"\A(?:\xef\xbb\xbf|\xff\xfe)?\s*"
PAGER = "what a pager or a redirection wrote by mistake"
SIGNATURES: tuple[tuple[str, str, bytes], ...] = (
    ("a Lighthouse report", "json html", rb'"lighthouseVersion"|<!--[^>]*Lighthouse'),
    ("a duplication report of jscpd", "json", rb'"detectionDate"\s*:|"duplicates"\s*:\s*\[\s*\{\s*"format"'),
    ("a JUnit test report", "xml", rb"<testsuites?\b[^>]*\b(?:tests|failures)="),
    (
        "a coverage report",
        "xml json html info",
        rb'<coverage\b[^>]*line-rate=|"executed_lines"|\ATN:\s*\nSF:|"statementMap"',
    ),
    ("an ESLint report", "json", rb'\A\s*\[\s*\{\s*"filePath"\s*:\s*"[^"]+"\s*,\s*"messages"'),
    (
        "a test report of pytest, Jest or Playwright",
        "json",
        rb'"numTotalTests"|"pytest_version"|"nodeid"\s*:\s*"|\A\s*\{\s*"config":\s*\{\s*"configFile":',
    ),
    ("a bundle report", "html", rb"<title>Rollup Visualizer"),
    (PAGER, "", rb"\A\s*(?:\x1b\[|SSUUMM|commit [0-9a-f]{40}\n|diff --git )"),
    (
        "a dump of a database",
        "sql",
        rb"\A(?:--[^\n]*\n|\s)*--[^\n]*(?:database dump|MySQL dump|MariaDB dump)"
        rb"|\A(?:--[^\n]*\n|\s)*(?:INSERT INTO\b[^;]{0,2000};\s*){20}",
    ),
    ("an audit report of npm", "json", rb'"auditReportVersion"\s*:'),
    (
        "the output of a build or a test run",
        "txt log out md",
        BOM + rb"(?:>\s+\S+@\S+ \w+|yarn run v|npm (?:ERR!|error|warn)|={5,} test session starts|\$ (?:next|tsc|vite) "
        rb"|Traceback \(most recent|vite v\d|Collecting \w|\[INFO\] |(?:error|warning)\[?[A-Z]+\d+|\x1b\[)",
    ),
    (
        "a directory listing",
        "txt",
        BOM + rb"(?:(?:[A-Z]:\\|\./|/)[^\n]{2,200}\r?\n){20}|Folder PATH listing|\A\s*total \d+\s*\n[-d][rwx-]{9}",
    ),
)
"""What it is, its suffixes, and how such a file begins."""
NAMED = re.compile(
    r"(?:.*[_-])?(?:build|test|tests|lint|tsc|error|errors|output|debug|console|server|run|install|deploy|coverage|audit)"
    r"[_-]?(?:output|results?|log|logs|errors?|report)?(?:[_-]?\d+)?\.(?:txt|log|out|json|html)",
    re.IGNORECASE,
)
DATED = re.compile(
    r"(?:19|20)\d{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:[0-2]\d|3[01])(?:[T_-]?\d{4,6})?|(?<!\d)\d{10}(?:\d{3})?(?!\d)"
)
DUMPED = re.compile(r"(?:^|[_-])(?:backup|dump|export)(?:[_-]|$)", re.IGNORECASE)
TEMPLATE = re.compile(r"['\"`/]([^'\"`/{}$%\n]{4,80})(?:\{|\$\{|%|['\"`]\s*\+)")
OUTPUT_FOLDERS = frozenset(
    words_in("logs log output outputs results reports artifacts dumps screenshots coverage temp tmp exports")
) | {"lighthouse-reports"}
RESULTS = frozenset(words_in("txt json xml html out info csv md yaml yml png jsonl"))
"""Suffixes of reports and results."""
LASTING = frozenset(words_in("package tsconfig readme requirements robots manifest"))
"""Names that are no reports."""
SITE = frozenset(["docs", "doc", "site", "templates", "public", "static"])
REPORT_WORDS = frozenset(
    words_in(
        "report coverage lighthouse audit results result test eslint lint list tree listing output log logs build "
        "stats summary metrics diagnostics reporte informe resumen relatorio metricas"
    )
)
RUNS = (Kind.CODE, Kind.SCRIPT, Kind.TEST)


SIGNATURE = Question(
    "signature", lambda name: bool(_possible(name)), lambda name, content: _signature(name, content), binary=True
)
"""The kind of report that a file is, known by its first bytes."""
TEMPLATES = Question(
    "templates", lambda name: name.kind in (Kind.CODE, Kind.SCRIPT), lambda _, content: _templates(content)
)
"""How names begin that code puts together."""


class Artifact(FileRule):
    """A file that programs write: caches, bytecode, leftovers of editors, logs, dumps, databases, checkpoints, reports.

    It is known by its name, its first bytes, or by the code of this tree that writes it; and nothing reads it.
    """

    id = "artifact"
    action = Action.UNTRACK
    unless = Use.NONE
    questions = (SIGNATURE, TEMPLATES)

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context, uses = self.context, self.uses
        candidates = {path: name for path, name in context.names.items() if path not in context.records}
        outputs = {path: name for path, name in self.living.items() if name.kind not in RUNS or name.suffix == "sql"}
        self._begins = context.answers(SIGNATURE, outputs)
        for path, name in candidates.items():
            if kinds.is_generated(name):
                if not (is_sample(name) and name.suffix in ("class", "o")) and not _is_source(name):
                    yield self.finding(
                        path, f"{_what(name)}, which tools write by themselves", "caches and leftovers of tools"
                    )
            elif kinds.local_folder(name):
                yield self.finding(
                    path, "settings of an editor for one machine", "caches and leftovers of tools", maybe=True
                )
            elif path in self.living and (finding := self._output(context, uses, path, name)):
                yield finding

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        return f"{counted(count, 'tracked file')}: {group}"

    def _output(self, context: AuditContext, uses: Uses, path: str, name: Name) -> FileFinding | None:
        """A database, log, checkpoint, report or dump."""
        size, binary = context.text(path).size, context.text(path).binary
        if name.suffix in kinds.ARCHIVES and not is_served(name) and (source := _compressed(context, path, name)):
            return self.finding(path, f"a compressed copy of {source}", "compressed copies", by=source, unless=Use.READ)
        if name.suffix in kinds.DATABASES and binary and (size or context.files[path] not in context.texts):
            proof = f"a database of {_size(size)} that changes as the program runs"
            return self.finding(path, proof, "databases", maybe=uses.live(path, (), Use.READ) is not None)
        if name.suffix in ("log", "err") and size and not name.file.startswith("."):
            maybe = uses.live(path, (), Use.READ) is not None and not writers(context, uses, path)
            return self.finding(path, f"a log of {_size(size)}", "logs", maybe=maybe)
        if name.suffix in kinds.CHECKPOINTS and binary:
            return self.finding(
                path,
                f"a .{name.suffix} file of {_size(size)} that nothing reads",
                "checkpoints",
                unless=Use.ANY,
                maybe=True,
            )
        if name.suffix in kinds.BINARIES and binary and name.file != "gradle-wrapper.jar":
            beside = (context.names[one].suffix in kinds.BINARIES for one in context.by_folder[name.folder])
            return self.finding(
                path,
                f"a built program of {_size(size)} that nothing uses",
                "built programs",
                unless=Use.READ,
                maybe=name.suffix in ("jar", "dll") or sum(beside) > 1,  # several are a distribution that is kept whole
            )
        if not name.suffix and path in self._begins:
            return self.finding(path, PAGER, "captured output and reports", unless=Use.READ)
        if name.suffix == "sql" and (what := self._begins.get(path)):
            return self.finding(path, f"{what} of {_size(size)}, known by its first bytes", "dumps", unless=Use.READ)
        if name.kind in RUNS or name.conventional or is_of_tool(name) or self.committed.fullmatch(path):
            return None
        return self._report(context, uses, path, name, size)

    @cached_property
    def _templates(self) -> frozenset[str]:
        """How names begin that code puts together, such as `report_` of f"report_{day}.json"."""
        context = self.context
        code = [path for path, name in context.names.items() if TEMPLATES.concerns(name)]
        return frozenset(head for heads in context.answers(TEMPLATES, code).values() for head in heads)

    def _report(self, context: AuditContext, uses: Uses, path: str, name: Name, size: int) -> FileFinding | None:
        if not _is_text(name):
            return None
        if what := self._begins.get(path):
            return self.finding(
                path,
                f"{what} of {_size(size)}, known by its first bytes",
                "captured output and reports",
                unless=Use.READ,
            )
        if name.suffix == "md" or (name.suffix in ("yaml", "yml") and not DATED.search(name.stem)):
            return None
        if name.suffix == "html" and not SITE.isdisjoint(name.folders):
            return None  # a page that a site shows
        in_outputs = any(folder.lower() in OUTPUT_FOLDERS for folder in name.folders)
        result = not REPORT_WORDS.isdisjoint(name.words)
        if written := writers(context, uses, path):
            data = result and name.suffix not in ("png", "html")  # what a person looks at may be meant to be kept
            return self.finding(
                path, f"written by {written[0]}", "files that code here writes", by=written[0], maybe=not data
            )
        if (
            DATED.search(name.stem)
            and name.suffix != "png"
            and (in_outputs or DATED.split(name.stem)[0] in self._templates)
        ):
            maybe = not (result or in_outputs)
            return self.finding(path, "a dated result that nothing reads", "dated results", unless=Use.ANY, maybe=maybe)
        if NAMED.fullmatch(name.file) and name.suffix in ("txt", "out"):
            return self.finding(
                path,
                "captured output by its name, and nothing reads it",
                "captured output and reports",
                unless=Use.ANY,
                maybe=True,
            )
        return None


def _compressed(context: AuditContext, path: str, name: Name) -> str | None:
    """The tracked file or folder that an archive has the name of."""
    folder = f"{name.folder}/" if name.folder else ""
    stem = folder + name.stem.removesuffix(".tar")
    return stem if stem in context.files or (stem in context.folders and stem != path) else None


def _is_source(name: Name) -> bool:
    """Whether a folder that is called like a cache holds code of the project: `venv/` may, `env.py` may."""
    return name.suffix == "o" and name.kind is Kind.CODE


def _what(name: Name) -> str:
    folder = next((one for one in name.folders if one in kinds.CACHES or one.endswith(".egg-info")), None)
    return f"in {folder}/" if folder else f"a .{name.suffix} file" if name.suffix in kinds.SUFFIXES else name.file


def _size(size: int) -> str:
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"


def _signature(name: Name, content: bytes) -> str | None:
    begin = content[:60_000]
    if begin.startswith(b"\xff\xfe"):
        begin = begin.decode("utf-16", "replace").encode()
    return next((what for what, pattern in _possible(name) if re.search(pattern, begin)), None)


def _templates(content: bytes) -> list[str]:
    return TEMPLATE.findall(content.decode("utf-8", "replace"))


def _possible(name: Name) -> list[tuple[str, bytes]]:
    """The signatures that a file of this name may have."""
    if name.suffix == "sql":
        return [
            (what, pattern) for what, suffixes, pattern in SIGNATURES if suffixes == "sql" and DUMPED.search(name.stem)
        ]
    if not name.suffix and not name.conventional:
        return [(what, pattern) for what, _, pattern in SIGNATURES if what == PAGER]
    if not _is_text(name) or not (
        name.suffix in ("json", "xml", "info", "out") or NAMED.fullmatch(name.file) or REPORT_WORDS & set(name.words)
    ):
        return []
    return [(what, pattern) for what, suffixes, pattern in SIGNATURES if name.suffix in suffixes.split()]


def _is_text(name: Name) -> bool:
    """Whether a file may be a report or a result, by its suffix and name."""
    return name.suffix in RESULTS and name.stem.lower() not in LASTING and not name.file.startswith(".")
