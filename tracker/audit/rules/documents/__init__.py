"""The rules about documents: statements that are no longer true, one kind a module."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tracker.audit.names import Name
from tracker.audit.rules.documents.base import DEFAULT, DocumentRule, Statement, run
from tracker.audit.rules.documents.boxes import DoneBoxes
from tracker.audit.rules.documents.claimed import Claimed
from tracker.audit.rules.documents.documents import Document, DocumentContext, is_judged
from tracker.audit.rules.documents.links import BrokenLinks
from tracker.audit.rules.documents.paths import DanglingPaths
from tracker.audit.rules.documents.promised import StillThere
from tracker.audit.rules.documents.quotes import LostWords
from tracker.audit.rules.documents.ranges import DanglingRanges
from tracker.audit.rules.documents.symbols import DanglingSymbols
from tracker.audit.texts import Question

DOCUMENT_RULES: tuple[type[DocumentRule], ...] = (
    DoneBoxes,
    Claimed,
    BrokenLinks,
    DanglingPaths,
    StillThere,
    LostWords,
    DanglingRanges,
    DanglingSymbols,
)

__all__ = ["DEFAULT", "DOCUMENT_RULES", "NOTES", "DocumentRule", "Statement", "statements"]


def _notes(name: Name, content: bytes) -> dict[str, Any]:
    document = Document(name, content)
    return {kind.__name__: note for kind in DOCUMENT_RULES if (note := kind.note(document))}


NOTES = Question("documents", is_judged, _notes)
"""What every rule may judge in a document, by the name of its class: several have one id."""


def statements(context: DocumentContext, chosen: Collection[str]) -> list[Statement]:
    """The statements of the chosen rules that are no longer true, in the order of paths and lines."""
    return run(context, [kind for kind in DOCUMENT_RULES if kind.rule in chosen], NOTES)
