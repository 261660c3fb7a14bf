"""What every rule about documents has in common: its statements, and how documents are read for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tracker.audit.finding_key import State
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line, documents
from tracker.audit.texts import Question

DEFAULT = 0.5
"""The precision from which a kind of statement is reported by default."""
LONGEST = 400
"""Letters; longer lines are not shown, and nothing is proposed for them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a document that is no longer true."""

    path: str
    line: int
    rule: str
    action: str
    """What is proposed: update, or review where what is right is unknown."""
    detail: str
    """What is written and what is true, in a line."""
    by: str | None = None
    """The commit that made it untrue."""
    written: str = ""
    """The words of the line that are not true."""
    before: str | None = None
    """The line as it stands."""
    after: str | None = None
    """The line as it should be, where that is known."""
    confidence: float = 1.0
    """The share of statements of this kind with which people agree."""
    state: State = State.NEW
    excuse: str | None = None
    """Why it is ignored."""
    inline: bool = False
    """Whether a mark in the document ignores it, not tracker.yml."""


class DocumentRule(ABC):
    """One kind of statement. Its docstring is its documentation."""

    rule: ClassVar[str]
    confidence: ClassVar[float]
    """The share that was right in samples that were read and judged, to the nearest 0.05 (docs/audit.md, Precision)."""
    action: ClassVar[str] = "update"

    def __init__(self, context: DocumentContext) -> None:
        self.context = context
        self.audit = context.audit

    @classmethod
    @abstractmethod
    def note(cls, document: Document) -> Any:
        """What the rule may judge in a document: a pure function that returns JSON, kept until the document changes."""

    def concerns(self, document: Document, note: Any) -> bool:  # noqa: ARG002 - for the rules that need it
        """Whether a document may have a statement of this kind, by its name and its note: it has no content here."""
        return bool(note)

    @abstractmethod
    def read(self, document: Document) -> None:
        """Note what may be untrue in a document."""

    @abstractmethod
    def conclude(self) -> Iterator[Statement]:
        """What is untrue, once every document was read: what the notes need is looked up together."""

    def statement(
        self, path: str, line: Line, written: str, detail: str, by: str | None = None, after: str | None = None
    ) -> Statement:
        """A statement of this kind."""
        short = len(line.text) <= LONGEST
        return Statement(
            path,
            line.number,
            self.rule,
            self.action,
            detail,
            by,
            written,
            line.text if short else None,
            after if short else None,
            self.confidence,
        )


def _read(context: DocumentContext, rules: list[DocumentRule], question: Question) -> None:
    """Let every rule read the documents that concern it; no other document is read again."""
    names, paths = context.audit.names, documents(context)
    notes = context.audit.answers(question, paths)

    def concerned(path: str) -> list[DocumentRule]:
        unread, note = Document(names[path], b""), notes.get(path, {})
        return [rule for rule in rules if rule.concerns(unread, note.get(type(rule).__name__))]

    reading = {path: found for path in paths if (found := concerned(path))}
    for path, content in context.tree.read(list(reading)):
        document = Document(names[path], content)
        for rule in reading[path]:
            rule.read(document)


def run(context: DocumentContext, kinds: Iterable[type[DocumentRule]], question: Question) -> list[Statement]:
    """The statements of a tree's documents that are no longer true, in the order of paths and lines.

    `question` is the one that asks for the notes of all rules.
    """
    rules = [kind(context) for kind in kinds]
    if rules:
        _read(context, rules, question)
    found = {one for rule in rules for one in rule.conclude()}
    best: dict[tuple[str, int, str], Statement] = {}
    for one in sorted(found, key=lambda one: (-one.confidence, one.path, one.line, one.rule, one.detail)):
        best.setdefault((one.path, one.line, one.written), one)  # one statement about the same words
    return sorted(best.values(), key=lambda one: (one.path, one.line, one.rule, one.detail))
