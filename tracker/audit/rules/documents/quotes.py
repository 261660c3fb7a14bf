"""The rule `outdated`, of words of code that the file named beside them had once."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracker.audit.context import AuditContext
from tracker.audit.names import Kind, distinctive
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line
from tracker.audit.versions import contents, newest

KINDS = (Kind.CODE, Kind.SCRIPT)
"""Statements about settings often mean the settings of the reader."""
FILE = re.compile(r"(?<![\w.@+-])[\w@+-][\w.@+-]*\.\w+")
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s\|\s")
"""What ends a sentence, or a cell of a table."""
CALL = re.compile(r"\([^()]*\)$")
WORDS = re.compile(r"[^\s/<>*…]{4,}(?: [^/<>*…]+)?")
"""What may be quoted: no path, and nothing that leaves something out; names of files have a rule of their own."""
MOST = 16_000_000
"""Bytes of earlier contents that are searched."""
MANY = 50
"""Paths; a commit that changes more formats, renames or moves, and changes none for its own sake."""


class Quote(NamedTuple):
    """Words that a document has in back-ticks, in a sentence that names a file."""

    document: Document
    line: Line
    written: str
    target: str
    words: bytes
    since: int
    """Number of the commit that last changed the document for its own sake."""


class LostWords(DocumentRule):
    """A document quotes, beside a file's name, words that the file had when that was written and has no more."""

    rule = "outdated"
    confidence = 0.85

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._quotes: list[Quote] = []

    @classmethod
    def note(cls, document: Document) -> bool:
        """Whether it quotes anything."""
        return b"`" in document.content

    def concerns(self, document: Document, note: Any) -> bool:
        """See `DocumentRule.concerns`."""
        since = last_real_change(self.audit, document.path)
        return bool(note) and any(self._changed(path, since) for path in self._named(document))

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        if not document.of_here:
            return
        since = last_real_change(self.audit, document.path)
        by_file: dict[str, list[str]] = defaultdict(list)
        for path in self._named(document):
            by_file[self.audit.names[path].file].append(path)
        for line in document.lines:
            if "`" in line.text:
                for text in SENTENCE.split(line.text):
                    self._quotes.extend(self._quoted(document, line, text, by_file, since))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        now = dict(self.context.tree.read(sorted({one.target for one in self._quotes})))
        lost = [one for one in self._quotes if one.target in now and one.words not in now[one.target]]
        proofs = self._proofs(lost)
        for one in lost:
            commit = proofs.get((one.target, one.words))
            if commit is not None and commit < one.since:
                by = self.audit.history.commits[commit].hash[:9]
                detail = f"says `{one.written}` of {one.target}, which has it no more since {by}"
                yield self.statement(one.document.path, one.line, one.written, detail, by)

    def _named(self, document: Document) -> list[str]:
        """The code that a document names without doubt."""
        targets = self.audit.targets(document.path)
        return [path for path, sure in targets.items() if sure and self.audit.names[path].kind in KINDS]

    def _changed(self, path: str, since: int) -> bool:
        """Whether a file changed after the commit of a number."""
        return any(one.commit < since for one in self.audit.versions.of(path))

    def _quoted(
        self, document: Document, line: Line, text: str, by_file: dict[str, list[str]], since: int
    ) -> Iterator[Quote]:
        """What is quoted in a sentence of a line."""
        sentence = Line(line.number, text)
        meant = {
            path
            for file in set(FILE.findall(text)) & by_file.keys()
            for path in by_file[file]
            if names(self.audit, sentence, path)
        }
        if len(meant) != 1:
            return  # which of several files is meant is unknown
        (path,) = meant
        if not self._changed(path, since):
            return
        if path.rpartition(".")[0] in self.context.folders:
            return  # it was split up into a package of its name, which is meant as well
        for written in dict.fromkeys(sentence.spans):
            words = CALL.sub("", written)
            named = self.audit.names[path].file in written or words.encode() in self.audit.table.strong
            if not named and WORDS.fullmatch(words):
                yield Quote(document, line, written, path, words.encode(), since)

    def _proofs(self, lost: list[Quote]) -> dict[tuple[str, bytes], int]:
        """The newest commit that took some words out of a file."""
        wanted: dict[str, set[bytes]] = defaultdict(set)
        oldest: dict[str, int] = {}
        for one in lost:
            wanted[one.target].add(one.words)
            oldest[one.target] = max(one.since, oldest.get(one.target, 0))
        versions = [one for one in self.audit.versions.among(wanted) if one.commit < oldest[one.path]]
        found: dict[tuple[str, bytes], int] = {}
        for version, content in contents(self.context.repository, newest(self.context.repository, versions, MOST)):
            here = {words for words in wanted[version.path] if words in content}
            wanted[version.path] -= here
            found.update(((version.path, words), version.commit) for words in here)
        return found


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
