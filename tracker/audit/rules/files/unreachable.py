"""The rule `unreachable`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

from tracker.audit.context import AuditContext
from tracker.audit.family import Finding, Use
from tracker.audit.names import words_in
from tracker.audit.reachability import Reachability, Status, analyse
from tracker.audit.reachability.conventions import is_test
from tracker.audit.reachability.graph import ANALYSED
from tracker.audit.reading import MOST_CODE
from tracker.audit.rules.files.base import FileRule, is_sample
from tracker.plural import counted

SOURCES = frozenset(["src", "lib"])
LOOKED_UP = frozenset(
    words_in(
        "public static assets locales locale i18n lang langs translations messages migrations abi abis schemas resources res drizzle prisma content"
    )
)
"""Folders whose files are found by their place."""


class Unreachable(FileRule):
    """Code that no entry point, test or script of its package leads to, by an import graph of Python, JavaScript and
    TypeScript; and the tests and assets of such code. What only tests use is `--maybe`."""

    id = "unreachable"
    unless = Use.NONE

    def find(self) -> Iterator[Finding]:
        """See `FileRule.find`."""
        context = self.context
        if sum(path.endswith(ANALYSED) for path in context.files) > MOST_CODE:
            return
        shared = {path for paths in context.shared for path in paths}
        texts = {path: context.text(path) for path in context.files if path not in shared}
        facts = {path: text.imports for path, text in texts.items() if text.imports is not None}
        found = analyse(context.files, lambda path: self._read(context, path), facts)
        for path, reach in found.files.items():
            if is_sample(context.names[path]):
                continue
            if reach.status is Status.UNREACHABLE:
                yield self.finding(path, reach.reason, f"{context.names[path].folder or '.'}/")
            elif reach.status is Status.TESTS and not is_test(path):
                yield self.finding(path, reach.reason, "only tests use", maybe=True)
        for kind, groups in (("tests", found.dead_tests), ("assets", found.dead_assets)):
            for path, targets in groups.items():
                proof = f"used by nothing but {', '.join(targets[:3])}, which no entry point reaches"
                yield self.finding(path, proof, f"{kind} of unreachable code", by=targets[0], maybe=True)

        yield from self._data_modules(found)

    def _data_modules(self, found: Reachability) -> Iterator[Finding]:
        """Data files among the sources that no code names, by a path or by a pattern."""
        strings = {one for fact in found.facts.values() for one in fact.strings}
        patterns = {one.rpartition("/")[2] for fact in found.facts.values() for one in fact.patterns if "." in one}
        for path, name in self.context.names.items():
            among_code = SOURCES & set(name.folders) and not LOOKED_UP & set(name.folders) and not name.conventional
            if name.suffix not in ("json", "csv") or not among_code or is_sample(name):
                continue
            read_whole = any(
                one.strip("./").endswith(name.folder) or one.endswith(f"/{name.folders[-1]}") for one in strings
            )
            if not read_whole and not any(fnmatch(name.file, one) for one in patterns):
                yield self.finding(path, "no code names it", "data that no code names", unless=Use.READ)

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        if group.endswith("/"):
            return f"{counted(count, 'module')} in {group} that no entry point reaches"
        return f"{counted(count, 'file')}: {group}"

    def _read(self, context: AuditContext, path: str) -> str | None:
        """The text of a file; None where it cannot be read."""
        return None if path not in context.files or context.text(path).binary else context.source(path)
