"""Insert text into a session file and leave every other character unchanged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from tracker.sources.yaml_nodes import by_pure_parser


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text to put at a place; the characters up to `until` are replaced."""

    at: int
    text: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """An entry of the commits of a session file, and where it is."""

    commit: str
    fields: frozenset[str]
    node: Node
    is_inline: bool
    """Whether the list is written as `[a, b]`."""


class SessionText:
    """The text of a session file, and where its commits are in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        root = self._root = next(iter(by_pure_parser("compose_all", text)), None)
        self._keys = {key.value: (key, value) for key, value in root.value} if root and _is_mapping(root) else {}
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def commits(self) -> list[CommitEntry]:
        """The entries of `commits`, in their order."""
        _, listed = self._keys.get("commits", (None, None))
        if not isinstance(listed, SequenceNode):
            return []
        return [entry for node in listed.value if (entry := _entry(node, is_inline=bool(listed.flow_style)))]

    def with_field(self, entry: CommitEntry, name: str, value: str) -> list[Insertion]:
        """Add a field to an entry."""
        if isinstance(entry.node, ScalarNode):
            start, end = entry.node.start_mark.index, entry.node.end_mark.index
            return [Insertion(start, "{commit: "), Insertion(end, f", {name}: {value}}}")]
        assert isinstance(entry.node, MappingNode)
        key, commit = next((key, node) for key, node in entry.node.value if key.value == "commit")
        if entry.node.flow_style:
            return [Insertion(commit.end_mark.index, f", {name}: {value}")]
        return [self._line_after(commit.end_mark.index, f"{' ' * key.start_mark.column}{name}: {value}")]

    def with_entry_after(self, entry: CommitEntry, commit: str, note: str) -> Insertion:
        """Add an entry to the list, behind another one."""
        fields = f"commit: {_scalar(commit)}", f"note: {json.dumps(note, ensure_ascii=False)}"
        if entry.is_inline:
            return Insertion(_end(entry.node), f", {{{', '.join(fields)}}}")
        dash = self.text.rindex("-", 0, entry.node.start_mark.index)
        indent = dash - (self.text.rfind("\n", 0, dash) + 1)
        gap = entry.node.start_mark.index - dash
        lines = f"{' ' * indent}-{' ' * (gap - 1)}{fields[0]}", f"{' ' * (indent + gap)}{fields[1]}"
        return self._line_after(_end(entry.node), self._newline.join(lines))

    def with_key(self, name: str, lines: Iterable[str], after: str) -> Insertion | None:
        """Set a key of the file to indented lines, where it is or behind another key; None where that is missing."""
        text = self._newline.join([f"{name}:", *(f"  {line}" for line in lines)])
        if name in self._keys:
            key, value = self._keys[name]
            return Insertion(key.start_mark.index, text, until=_end(value))
        return self._line_after(_end(self._keys[after][1]), text) if after in self._keys else None

    def edited(self, insertions: Iterable[Insertion]) -> str:
        """The text with all insertions."""
        text = self.text
        insertions = list(insertions)
        if any(one.at == len(text) for one in insertions):
            insertions += self._kept_final_block()
        for _, one in sorted(enumerate(insertions), key=lambda pair: (pair[1].at, pair[0]), reverse=True):
            text = text[: one.at] + one.text + text[one.at if one.until is None else one.until :]
        return text

    def _kept_final_block(self) -> list[Insertion]:
        """What keeps the value of a block scalar that the file ends in, without a line break, when lines follow it."""
        node = self._root
        while isinstance(node, CollectionNode) and node.value:
            node = list(_children(node))[-1]
        if not isinstance(node, ScalarNode) or node.style not in ("|", ">") or self.text.endswith(("\n", "\r")):
            return []
        header = re.compile(r"[|>]\d*(?P<chomping>[+-]?)").match(self.text, node.start_mark.index)
        return [Insertion(header.start("chomping"), "-", until=header.end("chomping"))] if header else []

    def _line_after(self, index: int, line: str) -> Insertion:
        end = self.text.find("\n", index)
        if end < 0:
            return Insertion(len(self.text), f"{self._newline}{line}")
        return Insertion(end + 1, f"{line}{self._newline}")


def _entry(node: Node, *, is_inline: bool) -> CommitEntry | None:
    if isinstance(node, ScalarNode):
        return CommitEntry(node.value, frozenset({"commit"}), node, is_inline)
    if _is_mapping(node):
        fields = {key.value: value.value for key, value in node.value if isinstance(value, ScalarNode)}
        if "commit" in fields:
            return CommitEntry(fields["commit"], frozenset(fields), node, is_inline)
    return None


def _is_mapping(node: Node | None) -> bool:
    return isinstance(node, MappingNode)


def _end(node: Node) -> int:
    """Where a value ends, without the space behind it."""
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        return max(_end(child) for child in _children(node))
    end = int(node.end_mark.index)
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):  # it ends at the start of the next line
        return max(end - 1, int(node.start_mark.index))
    return end


def _children(node: CollectionNode) -> Iterator[Node]:
    for child in node.value:
        yield from child if isinstance(child, tuple) else (child,)


def _scalar(text: str) -> str:
    """A hash as YAML text; one of digits alone, or like 1e5, is quoted."""
    return f"'{text}'" if not any(letter in "abcdf" for letter in text) else text
