"""A log that is being read: its sections, their texts and the facts found so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import LogDocument, Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.meanings import FILE_MEANINGS, Meaning, match, meaning_of, plain
from tracker.sources.logs.texts import BOLD_LEAD, joined

M = Meaning
Words = tuple[tuple[Meaning, str], ...]
"""A table of `meanings` that gives labels a meaning."""
LABEL = 7
"""Heading level of a bold line that acts as a heading."""


@dataclass(frozen=True)
class Log:
    """The argument of every section reader."""

    document: LogDocument
    facts: LogFacts
    titles: Sequence[Section]
    """The headings of its head, which only name the log."""

    def is_title(self, section: Section) -> bool:
        """Whether a section is the whole log, or has its title."""
        return not section.level or section in self.titles

    def source(self, section: Section) -> str:
        """The source text under a heading."""
        return self.document.source(section.start, section.end)

    def own_source(self, section: Section) -> str:
        """The source text without subsections that have another meaning."""
        meaning = meaning_of(section.title)
        kept = (None, M.COMMITS, *FILE_MEANINGS, *((M.WORK,) if meaning in (None, M.WORK) else ()))
        own, begin = [], section.start
        for child in section.children:
            if meaning_of(child.title, meaning) not in kept:
                own.append((begin, child.line))
                begin = child.end
        own.append((begin, section.end))
        return "\n\n".join(filter(None, (self.document.source(*lines) for lines in own)))

    def texts(self, section: Section) -> Iterator[str]:
        """List items and table rows, or paragraphs if there are neither."""
        plainly = not any(block.items or block.rows for block in section.blocks)
        for block, after in zip_longest(section.blocks, section.blocks[1:]):
            if block.kind == "paragraph" and plainly:
                shown = after is not None and after.kind == "code" and block.text.endswith(":")
                yield self.document.source(block.line, after.end) if shown else block.text
            yield from (item.whole for item in block.items)
            number = column(block.header, "number")
            yield from (joined(row, without=(number,)) for row in block.rows)

    def said(self, section: Section, words: Words) -> dict[Meaning, str]:
        """The first value of each label of a section, by meaning."""
        found: dict[Meaning, str] = {}
        for record in reversed(self.records(section, words)):
            found |= record
        return found

    def records(self, section: Section, words: Words) -> list[dict[Meaning, str]]:
        """The values of labels by meaning, in records; each value of the first meaning of `words` starts a record."""
        said = [
            (label.line, label.name, label.value)
            for block in section.blocks
            if block.kind == "paragraph" or len(block.items) > 1
            for label in labels(block)
            if block.kind == "paragraph" or any(label.line == item.line for item in block.items)
        ]
        said += [(child.line, child.title, self.source(child)) for child in section.children if child.level == LABEL]
        found: list[dict[Meaning, str]] = []
        for _, name, value in sorted(said):
            meaning = match(plain(name), words)
            if meaning and value:
                if not found or (meaning is words[0][0] and meaning in found[-1]):
                    found.append({})
                found[-1].setdefault(meaning, value)
        return found

    def parts(self, section: Section, meaning: Meaning, words: Words) -> list[Section]:
        """The subsections that are about one item each: those without another meaning."""
        return [
            child
            for child in section.children
            if meaning_of(child.title, meaning) is None
            and not (
                child.level == LABEL and (match(plain(child.title), words) or child.title.rstrip("*_ ").endswith(":"))
            )
        ]


def is_group(section: Section) -> bool:
    """Whether a heading only groups what is below it: a numbered list of entries that each begin with a bold name."""
    lists = bool(section.blocks) and all(block.ordered for block in section.blocks) and not section.children
    return lists and all(BOLD_LEAD.fullmatch(item.text) for block in section.blocks for item in block.items)
