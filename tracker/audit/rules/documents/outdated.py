"""The rule `outdated`, of lines that name code that changed since."""

import os
from collections.abc import Iterator

from tracker.audit.context import AuditContext
from tracker.audit.names import Kind, distinctive
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line
from tracker.plural import counted

OFTEN = 10
"""Commits that make it likely that something of what is written is no longer so."""
MANY = 50
"""Paths; what changes more says nothing of any one of them: it formats, renames or moves."""


class OutdatedLines(DocumentRule):
    """A document names code that changed often after the document's last real change: look whether it still holds."""

    rule = "outdated"
    action = "review"
    confidence = 0.25

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._found: list[Statement] = []

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        if not document.of_here:
            return
        written = last_real_change(self.audit, document.path)
        named = self.audit.targets(document.path, self.audit.text(document.path).keys)
        newer = {path: self._changes(path, written) for path, sure in named.items() if sure and self._is_code(path)}
        often = sorted((path for path in newer if len(newer[path]) >= OFTEN), key=lambda path: -len(newer[path]))
        for path in often:
            line = next((one for one in document.lines if names(self.audit, one, path)), None)
            if line:
                self._found.append(self._statement(document, line, path, newer[path], len(often) - 1))
                return

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        return iter(self._found)

    def _statement(self, document: Document, line: Line, path: str, changes: list[int], others: int) -> Statement:
        commits = [self.audit.history.commits[number].hash[:9] for number in changes]
        more = f", and {counted(others, 'other file')} it names as often" if others else ""
        detail = (
            f"names {path}, changed by {len(commits)} commits since this was written ({', '.join(commits[:3])}…){more}"
        )
        return self.statement(document.path, line, self.audit.names[path].file, detail, commits[0])

    def _changes(self, path: str, since: int) -> list[int]:
        """Numbers of the commits that changed a file for its own sake after another commit, the newest first."""
        sizes = self.audit.history.sizes
        changes = (version.commit for version in self.audit.versions.of(path))
        return [number for number in changes if number < since and sizes[number] <= MANY]

    def _is_code(self, path: str) -> bool:
        return self.audit.names[path].kind in (Kind.CODE, Kind.SCRIPT)


def names(context: AuditContext, line: Line, path: str) -> bool:
    """Whether a line names this file, and no other of the same name."""
    name = context.names[path]
    key = os.fsencode(name.file)
    alone = distinctive(key) and len(context.table.strong.get(key, ())) == 1
    return (name.file if alone else "/".join((*name.folders[-1:], name.file))) in line.text


def last_real_change(context: AuditContext, path: str) -> int:
    """Number of the commit that last changed a document for its own sake."""
    sizes = context.history.sizes
    changes = (version.commit for version in context.versions.of(path))
    life = context.history.files.get(path)
    return next((number for number in changes if sizes[number] <= MANY), life.born if life else 0)
