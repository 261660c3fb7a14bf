"""Long pages: what exceeds a page goes on to further pages, one click away, so that no page is slow to read or load.

The Markdown is cut between blocks: paragraphs, entries of a list, rows of a table, lines of code. Heights are estimates
for a phone, where a page is highest.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

HEIGHT = 14_000
"""Pixels of a page on a window of 390 pixels, by the estimate below, which may be a third too low."""
SIZE = 100_000
"""Letters of the Markdown of a page."""
LETTERS = 42
"""Letters in a line on a phone."""
LINE, GAP, HEADING = 26, 20, 70
"""Pixels of a line, around a block and of a heading."""
CELL = 8
"""Letters that a cell of a table takes in addition to its own: labels and gaps."""

_TOP = re.compile(r'<div class="tracker-page"></div>\n(?:\n<span class="tracker-path.*\n)?')
_TITLE = re.compile(r'^title: "(.*)"$', re.MULTILINE)
_HEADING = re.compile(r"#{2,6} ")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FOLD = re.compile(r"<details markdown=(?!.*</details>)")
"""Begins a part that is folded, which ends with a line of its own."""
_MARKER = re.compile(r'<div class="tracker-[\w -]+"></div>$')
_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) ")
_TARGET = re.compile(r"\]\([^)\s]*\)|<[^>]*>")


def parts(path: str, text: str) -> dict[str, str]:
    """Return the pages that a page becomes, by path: the page itself where it is short enough.

    >>> list(parts("a/b.md", '# B\\n\\n<div class="tracker-page"></div>\\n\\n' + "Long. " * 9000))
    ['a/b.md', 'a/b.part-2.md', 'a/b.part-3.md']
    """
    found = _TOP.search(text)
    if not found or (len(text) <= LETTERS * HEIGHT // LINE // 8 and text.count("\n") < HEIGHT // HEADING):
        return {path: text}
    bodies = list(_bodies(text[found.end() :]))
    if len(bodies) < 2:
        return {path: text}
    stem = path.removesuffix(".md")
    paths = [path, *(f"{stem}.part-{number}.md" for number in range(2, len(bodies) + 1))]
    names = [one.rpartition("/")[2] for one in paths]
    pages = {}
    for number, (one, body) in enumerate(zip(paths, bodies, strict=True), start=1):
        ways = [f"[part {other}]({names[other - 1]})" for other in _near(number, len(bodies)) if other != number]
        head = text[: found.end()] if number == 1 else _continued(text[: found.end()], number, len(bodies))
        pages[one] = f"{head}\n{body}\n\n**Part {number} of {len(bodies)}.** Go to {', '.join(ways)}.\n"
    return pages


def _near(number: int, last: int) -> list[int]:
    """The parts that a part leads to: the first, its neighbours and the last."""
    return sorted({1, max(1, number - 1), min(last, number + 1), last})


def _continued(head: str, number: int, of: int) -> str:
    """The top of a further page: its title has its number, and it weighs no more than others in the search."""
    head = _TITLE.sub(lambda found: f'title: "{found[1]}, part {number}"', head, count=1)
    head = re.sub(r"^search: \{boost: .*\n", "", head, flags=re.MULTILINE)
    return re.sub(r"^# .*$", lambda found: f"{found[0]}, part {number} of {of}", head, count=1, flags=re.MULTILINE)


def _bodies(text: str) -> Iterator[str]:
    """Cut Markdown into what fits on a page. A section that goes on has its heading again."""
    page: list[str] = []
    high = size = 0
    section = ""
    for block in _small(_blocks(text)):
        height = _height(block)
        if page and (high + height > HEIGHT or size + len(block) > SIZE):
            moved = [page.pop()] if _HEADING.match(page[-1]) and len(page) > 1 else []
            yield "\n\n".join(_joined(page))
            page = moved or ([section] if section and not block.startswith("## ") else [])
            high = size = 0
        if block.startswith("## "):
            section = block
        page.append(block)
        high += height
        size += len(block)
    if page:
        yield "\n\n".join(_joined(page))


def _blocks(text: str) -> Iterator[str]:
    """The blocks of Markdown: none begins inside another one or a folded part, and a marker stays with its table."""
    block: list[str] = []
    fence = ""
    blank = folded = False
    for line in text.strip("\n").split("\n"):
        found = _FENCE.match(line)
        inside = fence or folded or (len(block) > 1 and _MARKER.match(block[-2]))
        if blank and not inside and line and line[0] != " ":
            yield "\n".join(block).rstrip("\n")
            block = []
        if not fence:
            folded = line != "</details>" and (folded or _FOLD.match(line) is not None)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and line.strip() == found[1]:
            fence = ""
        blank = not line.strip()
        block.append(line)
    yield "\n".join(block).rstrip("\n")


def _small(blocks: Iterator[str]) -> Iterator[str]:
    """The blocks, with those cut that are more than a fourth of a page."""
    for block in blocks:
        yield from _cut(block) if _height(block) > HEIGHT // 4 or len(block) > SIZE // 4 else (block,)


def _cut(block: str) -> Iterator[str]:
    lines = block.split("\n")
    table = next((at for at, line in enumerate(lines[:4]) if line.startswith("|")), None)
    if _FOLD.match(block) and len(block) > SIZE:
        opening, inner = block.removesuffix("</details>").split("\n\n", 1)
        for group in _filled(_small(_blocks(inner)), SIZE * 9 // 10):
            yield "\n\n".join([opening, *_joined(group), "</details>"])
    elif block.startswith("<") and not _MARKER.match(lines[0]):
        yield block
    elif table is not None:
        yield from _groups(lines[: table + 2], lines[table + 2 :], [])
    elif fence := _FENCE.match(lines[0]):
        yield from _groups(lines[:1], lines[1:-1], [fence[1]])
    elif _ITEM.match(block) and "\n\n" in block:
        first, rest = block.split("\n\n", 1)
        yield from _small(iter([first]))
        yield from _small(_blocks(textwrap.dedent(rest)))
    elif _ITEM.match(block) and len(lines) > 1:
        starts = [at for at, line in enumerate(lines) if _ITEM.match(line)]
        items = ["\n".join(lines[start:end]) for start, end in zip(starts, [*starts[1:], None], strict=True)]
        yield from _groups([], items, [])
    else:
        words = re.split(r"(?<=\s)", block) if re.search(r"\s", block) else [block]
        short = [word[at : at + SIZE // 50] for word in words for at in range(0, len(word), SIZE // 50)]
        yield from ("".join(group).strip() for group in _filled(short, LETTERS * HEIGHT // LINE // 4))


def _groups(head: list[str], lines: list[str], foot: list[str]) -> Iterator[str]:
    """A table or a block of code as several, each with its head and foot."""
    heights = 0
    group: list[str] = []
    for line in lines:
        height = _line_height(line)
        if group and heights + height > HEIGHT // 4:
            yield "\n".join([*head, *group, *foot])
            group, heights = [], 0
        group.append(line)
        heights += height
    yield "\n".join([*head, *group, *foot])


def _filled(words: Iterable[str], letters: int) -> Iterator[list[str]]:
    """Words, or blocks, in groups of about so many letters."""
    seen = 0

    def group(word: str) -> int:
        nonlocal seen
        seen += len(word)
        return (seen - 1) // letters

    return (list(one) for _, one in groupby(words, group))


def _joined(blocks: list[str]) -> Iterator[str]:
    """The blocks of a page, with the parts of one table together again."""
    before: list[str] = []
    for block in blocks:
        lines = block.split("\n")
        head = _head(lines)
        if before and head and lines[:head] == before[: _head(before)]:
            before = before + lines[head:]
            continue
        if before:
            yield "\n".join(before)
        before = lines
    if before:
        yield "\n".join(before)


def _head(lines: list[str]) -> int:
    """How many lines the head of a table is, with the marker above it; 0 for another block."""
    table = next((at for at, line in enumerate(lines[:4]) if line.startswith("|")), None)
    return 0 if table is None or _FOLD.match(lines[0]) else table + 2


def _height(block: str) -> int:
    """Pixels of a block on a phone, estimated. What is folded is one line."""
    if _FOLD.match(block):
        return LINE + GAP
    return sum(map(_line_height, block.split("\n"))) + GAP


def _line_height(line: str) -> int:
    if _HEADING.match(line):
        return HEADING
    if not line.strip() or line.startswith("|---"):
        return 0
    if line.startswith("<details"):  # folded
        return LINE
    if line.startswith("<figure"):
        return 500
    shown = _TARGET.sub("", line)
    letters = len(shown) + sum(1 for one in shown if one > "\u2e80")  # wide letters
    if line.startswith("|"):
        letters += CELL * line.count(" | ")
        return -(-letters // LETTERS) * 22 + 22
    return -(-letters // LETTERS) * LINE + (GAP // 2 if _ITEM.match(line.lstrip()) else 0)
