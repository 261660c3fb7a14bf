"""The signal `outdated`, of lines that name code that changed since."""

import os
from collections.abc import Iterator

from tracker.audit.names import Kind, distinctive
from tracker.audit.statements import Check, Statement
from tracker.audit.statements.documents import Case, Document, Line
from tracker.audit.subject import Subject
from tracker.plural import counted

OFTEN = 10
"""Commits that make it likely that something of what is written is no longer so."""
MANY = 50
"""Paths; what changes more says nothing of any one of them: it formats, renames or moves."""


class OutdatedLines(Check):
    """A document names code that changed often after the document's last real change: look whether it still holds."""

    signal = "outdated"
    action = "review"
    confidence = 0.25

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._found: list[Statement] = []

    def read(self, document: Document) -> None:
        """See `Check.read`."""
        if not document.of_here:
            return
        written = last_real_change(self.subject, document.path)
        named = self.subject.targets(document.path, self.subject.text(document.path).keys)
        newer = {path: self._changes(path, written) for path, sure in named.items() if sure and self._is_code(path)}
        often = sorted((path for path in newer if len(newer[path]) >= OFTEN), key=lambda path: -len(newer[path]))
        for path in often:
            line = next((one for one in document.lines if names(self.subject, one, path)), None)
            if line:
                self._found.append(self._statement(document, line, path, newer[path], len(often) - 1))
                return

    def conclude(self) -> Iterator[Statement]:
        """See `Check.conclude`."""
        return iter(self._found)

    def _statement(self, document: Document, line: Line, path: str, changes: list[int], others: int) -> Statement:
        commits = [self.subject.past.commits[number].hash[:9] for number in changes]
        more = f", and {counted(others, 'other file')} it names as often" if others else ""
        detail = (
            f"names {path}, changed by {len(commits)} commits since this was written ({', '.join(commits[:3])}…){more}"
        )
        return self.told(document.path, line, self.subject.names[path].file, detail, commits[0])

    def _changes(self, path: str, since: int) -> list[int]:
        """Numbers of the commits that changed a file for its own sake after another commit, the newest first."""
        sizes = self.subject.past.sizes
        changes = (version.commit for version in self.subject.versions.of(path))
        return [number for number in changes if number < since and sizes[number] <= MANY]

    def _is_code(self, path: str) -> bool:
        return self.subject.names[path].kind in (Kind.CODE, Kind.SCRIPT)


def names(subject: Subject, line: Line, path: str) -> bool:
    """Whether a line names this file, and no other of the same name."""
    name = subject.names[path]
    key = os.fsencode(name.file)
    alone = distinctive(key) and len(subject.table.strong.get(key, ())) == 1
    return (name.file if alone else "/".join((*name.folders[-1:], name.file))) in line.text


def last_real_change(subject: Subject, path: str) -> int:
    """Number of the commit that last changed a document for its own sake."""
    sizes = subject.past.sizes
    changes = (version.commit for version in subject.versions.of(path))
    life = subject.past.lives.get(path)
    return next((number for number in changes if sizes[number] <= MANY), life.born if life else 0)
