"""The rule `unreachable`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding, Use
from tracker.audit.reachability import FileReach, ReachStatus, analyse
from tracker.audit.reachability.conventions import is_test
from tracker.audit.reachability.graph import ANALYSED
from tracker.audit.reading import MOST_CODE
from tracker.audit.rules.files.base import FileRule, is_sample
from tracker.plural import counted

TEMPLATE = re.compile(r"\b(?:template|boilerplate|starter|scaffold|skeleton)\b", re.IGNORECASE)


class Unreachable(FileRule):
    """Code that no entry point, test or script of its package leads to, by an import graph of Python, JavaScript and
    TypeScript; and the tests and assets of such code. What only tests use is `--maybe`."""

    id = "unreachable"
    unless = Use.NONE

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        if sum(path.endswith(ANALYSED) for path in context.files) > MOST_CODE:
            return
        shared = {path for paths in context.shared for path in paths}
        texts = {path: context.text(path) for path in context.files if path not in shared}
        facts = {path: text.imports for path, text in texts.items() if text.imports is not None}
        found = analyse(context.files, lambda path: self._read(context, path), facts)
        template = self._is_template()
        for path, reach in found.files.items():
            if is_sample(context.names[path]):
                continue
            if reach.status is ReachStatus.UNREACHABLE:
                group = f"{context.names[path].folder or '.'}/"
                yield self.finding(path, _proof(reach), group, maybe=template)
            elif reach.status is ReachStatus.TESTS and not is_test(path):
                yield self.finding(path, reach.reason, "only tests use", maybe=True)
        for kind, groups in (("tests", found.dead_tests), ("assets", found.dead_assets)):
            for path, targets in groups.items():
                users = f"used by nothing but {', '.join(targets[:3])}, which no entry point reaches"
                proof = users if targets else "no code imports or names it"
                yield self.finding(path, proof, f"{kind} of unreachable code", by=next(iter(targets), None), maybe=True)

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        if group.endswith("/"):
            return f"{counted(count, 'module')} in {group} that no entry point reaches"
        return f"{counted(count, 'file')}: {group}"

    def _is_template(self) -> bool:
        """Whether the README calls the repository a template: its parts are for those who copy it."""
        readme = next((path for path in ("README.md", "readme.md", "README.rst") if path in self.context.files), None)
        title = self.context.source(readme).lstrip().partition("\n")[0] if readme else ""
        return TEMPLATE.search(title) is not None

    def _read(self, context: AuditContext, path: str) -> str | None:
        """The text of a file; None where it cannot be read."""
        return None if path not in context.files or context.text(path).binary else context.source(path)


def _proof(reach: FileReach) -> str:
    """Why a module is dead: nothing names it, or only modules do that are dead themselves."""
    if not reach.importers:
        return reach.reason
    return f"only {', '.join(reach.importers[:2])} imports it, which no entry point reaches"
