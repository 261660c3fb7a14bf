"""Statements of documents that are no longer true, one kind a module: which line, what is true, and what to write.

A new kind is a new module with a subclass of `Check`; nothing else has to know of it.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import ClassVar

from tracker.audit.state import State
from tracker.audit.statements.documents import Case, Document, Line, documents

LONGEST = 400
"""Letters; longer lines are not shown, and nothing is proposed for them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a document that is no longer true."""

    path: str
    line: int
    signal: str
    action: str
    """What is proposed: update, or review where nobody can tell what is right."""
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


class Check(ABC):
    """One kind of statement. Its docstring is its documentation."""

    signal: ClassVar[str]
    confidence: ClassVar[float]
    """The share that was right in samples that were read and judged, to the nearest 0.05 (docs/audit.md, Precision)."""
    action: ClassVar[str] = "update"

    def __init__(self, case: Case) -> None:
        self.case = case
        self.subject = case.subject

    @abstractmethod
    def read(self, document: Document) -> None:
        """Note what may be untrue in a document."""

    @abstractmethod
    def conclude(self) -> Iterator[Statement]:
        """What is untrue, once every document was read: what the notes need is looked up all at once."""

    def told(
        self, path: str, line: Line, written: str, detail: str, by: str | None = None, after: str | None = None
    ) -> Statement:
        """A statement of this kind."""
        short = len(line.text) <= LONGEST
        return Statement(
            path,
            line.number,
            self.signal,
            self.action,
            detail,
            by,
            written,
            line.text if short else None,
            after if short else None,
            self.confidence,
        )


@cache
def checks() -> tuple[type[Check], ...]:
    """Every kind of statement, by the names of their modules."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return tuple(sorted(Check.__subclasses__(), key=lambda kind: kind.__module__))


def statements(case: Case, chosen: Collection[str]) -> list[Statement]:
    """The statements of a tree's documents that are no longer true, in the order of paths and lines."""
    asked = [kind(case) for kind in checks() if kind.signal in chosen]
    for document in documents(case) if asked else ():
        for check in asked:
            check.read(document)
    found = {one for check in asked for one in check.conclude()}
    surest: dict[tuple[str, int, str], Statement] = {}
    for one in sorted(found, key=lambda one: (-one.confidence, one.path, one.line, one.signal, one.detail)):
        surest.setdefault((one.path, one.line, one.written), one)  # of the same words one thing is said
    return sorted(surest.values(), key=lambda one: (one.path, one.line, one.signal, one.detail))
