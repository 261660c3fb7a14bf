"""A log while it is read: its sections, the texts in them, and the facts found so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.sources.logs.document import Document, Section, labels
from tracker.sources.logs.facts import Facts
from tracker.sources.logs.meanings import Meaning, column, match, meaning_of, plain
from tracker.sources.logs.texts import joined

Words = tuple[tuple[Meaning, str], ...]
"""What labels mean, as one of the tables of `meanings`."""
LABEL = 7
"""The level of a bold line that stands for a heading."""


@dataclass(frozen=True)
class Log:
    """What every reader of a section gets."""

    document: Document
    facts: Facts
    titles: Sequence[Section]
    """The headings of its head: they name the log, and mean nothing else."""

    def is_title(self, section: Section) -> bool:
        """Whether a section is all of the log, or has its title."""
        return not section.level or section in self.titles

    def source(self, section: Section) -> str:
        """All that stands under a heading, as it was written."""
        return self.document.source(section.start, section.end)

    def own_source(self, section: Section) -> str:
        """Its text up to the first heading below it that has a meaning of its own."""
        meaning = meaning_of(section.title)
        claimed = (child.line for child in section.children if meaning_of(child.title, meaning))
        return self.document.source(section.start, next(claimed, section.end))

    def texts(self, section: Section) -> Iterator[str]:
        """The items of its lists, the rows of its tables, and its paragraphs where it has neither."""
        plainly = not any(block.items or block.rows for block in section.blocks)
        for block in section.blocks:
            if block.kind == "paragraph" and plainly:
                yield block.text
            yield from (item.whole for item in block.items)
            number = column(block.header, "number")
            yield from (joined(row, without=(number,)) for row in block.rows)

    def said(self, section: Section, words: Words) -> dict[Meaning, str]:
        """What the labels of a section say, by their meaning."""
        found: dict[Meaning, str] = {}
        for block in section.blocks:
            for label in labels(block) if block.kind == "paragraph" or len(block.items) > 1 else []:
                meaning = match(plain(label.name), words)
                if meaning and label.value:
                    found.setdefault(meaning, label.value)
        for child in section.children:
            meaning = match(plain(child.title), words) if child.level == LABEL else None
            if meaning and self.source(child):
                found.setdefault(meaning, self.source(child))
        return found

    def parts(self, section: Section, meaning: Meaning, words: Words) -> list[Section]:
        """The headings below one that are parts of it, each about one thing: those without a meaning of their own."""
        return [
            child
            for child in section.children
            if meaning_of(child.title, meaning) is None
            and not (
                child.level == LABEL and (match(plain(child.title), words) or child.title.rstrip("*_ ").endswith(":"))
            )
        ]
