"""A log as a tree: headings make sections, and a section holds paragraphs, lists, tables and code.

The text of a log is kept as it was written; markdown-it only says where its blocks begin and end. Inline markup is
never parsed here, so that a line of a megabyte costs nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from tracker.sources.logs.meanings import is_label

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

LARGEST = 4 * 2**20
DEEPEST = 60
"""Maximum nesting of blocks that are read; deeper ones are only kept in the log."""
LONGEST_LABEL = 80
LONGEST_TITLE = 1_000
LONGEST_LINE = 10_000
"""Maximum length of a line in a block that is read; longer ones are not written by people."""


class UnreadableLog(Exception):
    """The content cannot be imported; the message says what was expected."""


@dataclass(frozen=True)
class Item:
    """One item of a list."""

    text: str
    """Its first paragraph."""
    rest: str
    """The rest, without the indentation of the list."""
    line: int
    checked: bool | None = None
    """Whether its check box is closed: `[x]`, or `[-]` for a cancelled item; None without a box."""
    children: tuple[Block, ...] = ()
    cancelled: bool = False
    """Whether its check box is `[-]`."""

    @property
    def whole(self) -> str:
        """The whole text."""
        return f"{self.text}\n{self.rest}" if self.rest else self.text


@dataclass(frozen=True)
class Block:
    """One block; `kind` determines which other fields are set."""

    kind: str
    """`paragraph`, `list`, `table`, `code` or `other`."""
    line: int
    end: int
    text: str = ""
    """Of a paragraph or of code."""
    items: tuple[Item, ...] = ()
    ordered: bool = False
    """Whether the list is numbered."""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Label:
    """A line such as `**Focus:** parser`."""

    name: str
    value: str
    line: int


@dataclass(eq=False)
class Section:
    """A heading and everything under it; the root has no title."""

    title: str
    level: int
    line: int
    start: int
    """First line of its content."""
    end: int = 0
    parent: Section | None = None
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    def walk(self) -> Iterator[Section]:
        """This section and those below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class LogDocument:
    """A log, or one part of a log."""

    text: str
    root: Section

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    def source(self, start: int, end: int) -> str:
        """The lines from `start` up to `end`, without surrounding empty lines and rules."""
        return (
            re.sub(r"(\n|\A)([-*_] ?){3,}\s*\Z", "", "\n".join(self._lines[start:end]).strip("\n").rstrip())
            .strip("\n")
            .rstrip()
        )


def decode(content: bytes) -> str:
    r"""The text of a log, with line feeds as line ends.

    Raises UnreadableLog: too large, empty, binary, or in an encoding that would have to be guessed.

    >>> decode(b"\xef\xbb\xbf# One\r\ntwo")
    '# One\ntwo'
    """
    if len(content) > LARGEST:
        raise UnreadableLog(f"larger than {LARGEST // 2**20} MiB; expected a log written by people")
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content[:8000]:
            raise UnreadableLog("binary; expected Markdown") from None
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableLog(
            f"not UTF-8 (byte 0x{content[error.start]:02x} in line {line}); save it as UTF-8 and import it again"
        ) from None
    if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        raise UnreadableLog("binary (it holds control characters); expected Markdown")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableLog("empty; expected Markdown")
    return text


def parse(text: str) -> LogDocument:
    """Parse Markdown. Never raises."""
    from markdown_it.tree import SyntaxTreeNode

    lines = text.split("\n")
    root = Section("", 0, 0, 0, len(lines))
    current = root
    for node in SyntaxTreeNode(_parser().parse(text)).children:
        start, end = node.map or (0, 0)
        if node.type == "heading":
            current = _open(
                current, Section(_TAG.sub("", _content(node))[:LONGEST_TITLE], int(node.tag[1:]), start, end)
            )
            continue
        if any(len(line) > LONGEST_LINE for line in lines[start:end]):
            current.blocks.append(Block("other", start, end))
            continue
        follows = node.next_sibling.type if node.next_sibling else ""
        for block in (part for whole in _blocks(node, lines) for part in _with_heading_apart(whole)):
            prose, label = _parted(block, heads_list=follows in ("bullet_list", "ordered_list"))
            if current.parent and _ends(current, node.type, prose):
                current.end = block.line
                current = current.parent
            if prose:
                current.blocks.append(prose)
            if label:
                current = _open(current, Section(label.text.strip(), 7, label.line, label.end))
    _close(root, len(lines))
    return LogDocument(text, root)


def _ends(section: Section, kind: str, block: Block | None) -> bool:
    """Whether the text after a label ends here: at a rule, or at a paragraph that begins with another label.

    A word that only heads a list ends with it.
    """
    if section.level > 6 and not _BARE_LABEL.fullmatch(section.title):
        return kind in ("hr", "paragraph")
    if section.level <= 6 or not section.title.rstrip("*_ ").endswith(":"):
        return False
    found = labels(block) if block and block.kind == "paragraph" else []
    return kind == "hr" or (bool(found) and block is not None and found[0].line == block.line)


def _with_heading_apart(block: Block) -> list[Block]:
    """A paragraph, split after its first line if that is bold and has no colon, so that it acts as a heading."""
    first, _, rest = block.text.partition("\n")
    if block.kind != "paragraph" or not rest or not re.fullmatch(r"\*\*[^*:：]{3,80}\*\*", first.strip()):
        return [block]
    middle = block.line + 1
    return [Block("paragraph", block.line, middle, first), Block("paragraph", middle, block.end, rest)]


def _parted(block: Block, *, heads_list: bool) -> tuple[Block | None, Block | None]:
    """A paragraph, split from the label at its end that acts as a heading of what follows."""
    if is_bare_label(block) or (heads_list and _is_known_word(block)):
        return None, block
    before, _, last = block.text.rpartition("\n")
    label = Block("paragraph", block.end - 1, block.end, last)
    if block.kind == "paragraph" and before and re.match(r"\W{0,4}(\*\*|__)", last) and is_bare_label(label):
        return Block("paragraph", block.line, block.end - 1, before), label
    return block, None


def is_bare_label(block: Block) -> bool:
    """Whether a paragraph acts as a heading: one bold line, or one label without a value."""
    text = block.text.strip()
    if block.kind != "paragraph" or len(text) > LONGEST_LABEL:
        return False
    return bool(_BARE_LABEL.fullmatch(text)) or (
        not text.isascii() and text.endswith((":", "：")) and is_label(text.rstrip(":："))
    )


def _is_known_word(block: Block) -> bool:
    """Whether a paragraph consists of words that name a field, such as `TODO`."""
    text = block.text.strip()
    return block.kind == "paragraph" and bool(re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[' /-])*", text)) and is_label(text)


_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
"""An HTML tag, such as an anchor in a heading."""
_BARE_LABEL = re.compile(
    r"\W{0,4}(?:\*\*[^*\n]+\*\*|__[^_\n]+__)(?:\s*\([^()\n]{1,30}\))?[^\w\n]{0,4}"  # bold, and perhaps an aside
    r"|(?=.{3,40}\Z)[A-Z][\w/&'-]*(?: [\w/&'-]+){0,3}:"  # up to four words and a colon: more are a sentence
)
_LABEL = re.compile(r"(?:\*\*|__)(?P<name>[^*\n]{1,60}?)\s*(?:[:：]\s*(?:\*\*|__)|(?:\*\*|__)\s*[:：])[ \t]*")
_PLAIN_LABEL = re.compile(r"[\s>]*(?P<name>[^\W\d_a-z][\w' /-]{1,30}?)(?::[ \t]+|：[ \t]*)(?P<value>\S.*)")
_BEFORE_LABEL = re.compile(r"[^\w*]{0,6}")


def labels(block: Block) -> list[Label]:
    """The labelled lines of a paragraph or list. A line without a label continues the previous one.

    A label is bold, or a word that is known to be one: `Decision: tiles`.

    >>> [(one.name, one.value) for one in labels(Block("paragraph", 0, 1, "**Date:** Monday | **Team:** A\\nand B"))]
    [('Date', 'Monday'), ('Team', 'A\\nand B')]
    """
    if block.kind == "list":
        return [label for item in block.items for label in _labels_of(item.whole, item.line)]
    return _labels_of(block.text, block.line) if block.kind == "paragraph" else []


def _labels_of(text: str, line: int) -> list[Label]:
    found: list[Label] = []
    for number, row in enumerate(text.split("\n")):
        matches = list(_LABEL.finditer(row))
        plainly = _PLAIN_LABEL.fullmatch(row)
        if not matches and plainly and is_label(plainly["name"]):
            found.append(Label(plainly["name"], plainly["value"].strip(), line + number))
            continue
        if not matches or not _BEFORE_LABEL.fullmatch(row[: matches[0].start()]):
            if found and row.strip():
                last = found[-1]
                found[-1] = Label(last.name, f"{last.value}\n{row.strip()}".strip(), last.line)
            continue
        ends = [match.start() for match in matches[1:]] + [len(row)]
        for match, end in zip(matches, ends, strict=True):
            value = row[match.end() : end].strip().rstrip("|·•").rstrip()
            found.append(Label(match["name"].strip(), value, line + number))
    return found


def _open(current: Section, section: Section) -> Section:
    while current.level >= section.level and current.parent:
        current.end = section.line
        current = current.parent
    section.parent = current
    current.children.append(section)
    return section


def _close(section: Section, end: int) -> None:
    for child in section.children:
        _close(child, child.end or end)
    section.end = section.end or end


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("inline")


def _content(node: SyntaxTreeNode) -> str:
    return "".join(child.content for child in node.children if child.type == "inline").strip()


def _blocks(node: SyntaxTreeNode, lines: Sequence[str], depth: int = 0) -> Iterator[Block]:
    start, end = node.map or (0, 0)
    if depth > DEEPEST:
        return
    if node.type == "blockquote":
        for child in node.children:
            yield from _blocks(child, lines, depth + 1)
    elif node.type == "paragraph":
        yield _signed_list(start, end, _content(node)) or Block("paragraph", start, end, _content(node))
    elif node.type in ("bullet_list", "ordered_list"):
        items = tuple(_item(child, lines, depth) for child in node.children)
        yield Block("list", start, end, items=items, ordered=node.type == "ordered_list")
    elif node.type == "table":
        rows = [tuple(_content(cell) for cell in row.children) for part in node.children for row in part.children]
        yield Block("table", start, end, header=rows[0], rows=tuple(rows[1:]))
    elif node.type in ("fence", "code_block"):
        yield Block("code", start, end, node.content)
    else:
        yield Block("other", start, end)


_SIGN = re.compile(r"(?P<sign>[✅✔☑⬜🔲🐛❌⏳🔄🚧•▪◦‣])\ufe0f?[ \t]+(?=\S)")
"""A sign that begins a line in the place of a bullet."""


def _signed_list(start: int, end: int, text: str) -> Block | None:
    """A paragraph, as a list if every one of its lines begins with a sign such as `✅`."""
    lines = text.split("\n")
    signs = [_SIGN.match(line) for line in lines]
    if not all(signs) or (len(lines) == 1 and re.fullmatch(r"\W*\*\*[^*]+\*\*\W*", text)):
        return None
    items = (
        Item(line, "", start + number, False if sign and sign["sign"] in "⬜🔲" else None)
        for number, (line, sign) in enumerate(zip(lines, signs, strict=True))
    )
    return Block("list", start, end, items=tuple(items))


_BOX = re.compile(r"\[([ xX/><!?*~-])\][ \t]+")
"""A check box; other signs than `x` and `-` are of plugins, for items that are not done."""


def _item(node: SyntaxTreeNode, lines: Sequence[str], depth: int) -> Item:
    start, end = node.map or (0, 0)
    first = node.children[0] if node.children and node.children[0].type == "paragraph" else None
    text = _content(first) if first else ""
    rest_from = (first.map or (start, start))[1] if first else start
    rest = textwrap.dedent("\n".join(lines[rest_from:end])).strip("\n").rstrip()
    box = _BOX.match(text)
    children = tuple(
        block for child in node.children[1 if first else 0 :] for block in _blocks(child, lines, depth + 1)
    )
    return Item(
        text[box.end() :] if box else text,
        rest,
        start,
        box[1] in "xX-" if box else None,
        children,
        bool(box and box[1] == "-"),
    )
