"""The rule `unreachable`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding, Use
from tracker.audit.reachability import analyse
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
        facts = {path: fact for path in context.files if (fact := context.imports(path))}
        found = analyse(context.files, lambda path: self._read(context, path), facts)
        template = self._is_template()
        for path, importers in found.unreachable.items():
            if not is_sample(context.names[path]):
                group = f"{context.names[path].folder or '.'}/"
                yield self.finding(path, _proof(importers), group, maybe=template)
        for path in found.only_tests:
            if not is_sample(context.names[path]):
                yield self.finding(path, "only tests lead to it", "only tests use", maybe=True)
        for kind, groups in (("tests", found.dead_tests), ("assets", found.dead_assets)):
            for path, targets in groups.items():
                proof = f"used by nothing but {', '.join(targets[:3])}, which no entry point reaches"
                yield self.finding(path, proof, f"{kind} of unreachable code", by=targets[0], maybe=True)

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


def _proof(importers: Sequence[str]) -> str:
    """Why a module is dead: nothing names it, or only modules do that are dead themselves."""
    if not importers:
        return "no entry point, import or reference leads to it"
    return f"only {', '.join(importers[:2])} imports it, which no entry point reaches"
