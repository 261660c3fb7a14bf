"""Marks in documents that say of a statement that it is meant to be so: `<!-- tracker: ignore SIGNAL, reason -->`.

A mark beside text covers its line. One that stands alone covers the next line that is not empty; where that opens a
block of code, the whole block. What stands in code is an example, and no mark. In reStructuredText a mark is a comment:
`.. tracker: ignore SIGNAL, reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SIGN = b"tracker: ignore"
"""A document without this has no marks."""
MARK = re.compile(r"(?:<!--\s*|^\s*\.\. )tracker: ignore\b(?P<rest>.*?)(?:-->|$)")
FENCE = re.compile(r"\s*(?:[-*+] |\d+\. |> ?)*(`{3,}|~{3,})")
SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class InlineIgnore:
    """One mark."""

    path: str
    line: int
    column: int
    signals: tuple[str, ...]
    reason: str
    """Empty where none is given, which is an error."""
    lines: range
    """The lines that it covers."""


def marks(path: str, text: str) -> Iterator[InlineIgnore]:
    """The marks of a document."""
    lines = text.splitlines()
    blocks = _blocks(lines)
    inside = {number for block in blocks for number in block}
    for number, line in enumerate(lines):
        if number in inside:
            continue
        for match in MARK.finditer(SPAN.sub(lambda span: " " * len(span[0]), line)):
            signals, _, reason = line[match.start("rest") : match.end("rest")].partition(",")
            alone = not (line[: match.start()] + line[match.end() :]).strip(" \t>*+-")
            after = range(number + 1, len(lines)) if alone else ()
            following = next((n for n in after if lines[n].strip()), number)
            block = next((block for block in blocks if block.start == following), None)
            last = block.stop if block else following + 1
            yield InlineIgnore(
                path, number + 1, match.start() + 1, tuple(signals.split()), reason.strip(), range(number + 1, last + 1)
            )


def _blocks(lines: list[str]) -> list[range]:
    """The numbers, from 0, of the lines of each block of code in fences."""
    found = []
    start, fence = 0, ""
    for number, line in enumerate(lines):
        match = FENCE.match(line)
        if match and not fence:
            start, fence = number, match[1]
        elif match and match[1].startswith(fence) and not line[match.end() :].strip():
            found.append(range(start, number + 1))
            fence = ""
    return [*found, range(start, len(lines))] if fence else found
