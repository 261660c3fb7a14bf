"""Where the nodes of a YAML text begin and end, to the character: what an editor needs to know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

from tracker.sources import yaml

BREAK = re.compile(r"\r\n|\n|\r")
_PROPERTY = re.compile(r"(?:!<[^>]*>|[&!][^\s,\[\]{}]*)\s*")
_GAP = r"(?:[ \t\r\n]|#[^\r\n]*)*"
_COLON = re.compile(rf"{_GAP}:")
_DASH = re.compile(rf"{_GAP}-")


@dataclass
class Node:
    """A node of the text: the characters from `start` to `end`, without a tag or anchor before and comments after."""

    event: Event
    start: int
    end: int
    column: int
    after_indicator: int | None = None
    """Where its colon or dash ends, if it has one."""
    children: list[Node] = field(default_factory=list)
    """Of a mapping, keys and values alternately."""

    @property
    def is_flow(self) -> bool:
        """Whether it is a collection in brackets or braces."""
        return bool(getattr(self.event, "flow_style", False))

    @property
    def is_block_collection(self) -> bool:
        """Whether it is a collection with an item a line."""
        return bool(self.children) and not self.is_flow

    @property
    def is_block_scalar(self) -> bool:
        """Whether it is a text below a `|` or `>`."""
        return isinstance(self.event, ScalarEvent) and self.event.style in ("|", ">")

    @property
    def is_unwritten(self) -> bool:
        """Whether nothing stands for it in the text, not even a tag."""
        return bool(self.event.start_mark.index == self.event.end_mark.index)

    @property
    def text(self) -> str | None:
        """The text of a scalar."""
        return self.event.value if isinstance(self.event, ScalarEvent) else None

    @property
    def is_alias(self) -> bool:
        """Whether it stands for another node."""
        return isinstance(self.event, AliasEvent)

    @property
    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Keys and values of a mapping."""
        return zip(self.children[::2], self.children[1::2], strict=True)

    @property
    def last_leaf(self) -> Node:
        """The last scalar or alias in it, or itself."""
        return self.children[-1].last_leaf if self.children else self


def parse(text: str) -> Node:
    """The root node. Raises MalformedYAML for what only the pure parser refuses."""
    events = [one for one in by_pure_parser("parse", text) if not type(one).__name__.startswith("Stream")]
    stream = iter(events[1:])
    return _node(text, next(stream), stream)


def by_pure_parser(method: str, text: str) -> list[Any]:
    """What `parse`, `scan` or `compose_all` of the pure parser yields for a text. Raises MalformedYAML.

    It refuses some tabs between tokens, which libyaml reads; spaces in their place move nothing.
    """
    try:
        return list(getattr(yaml.Parser(pure=True), method)(text))
    except (YAMLError, ValueError) as error:
        if "\t" in text:
            return by_pure_parser(method, text.replace("\t", " "))
        raise yaml.MalformedYAML(" ".join(str(error).split())) from None


def _node(text: str, event: Event, rest: Iterator[Event]) -> Node:
    start = event.start_mark.index
    for mark in (getattr(event, "anchor", None), getattr(event, "tag", None)):
        match = _PROPERTY.match(text, start) if mark is not None and not isinstance(event, AliasEvent) else None
        start = match.end() if match else start
    node = Node(event, start, event.end_mark.index, event.start_mark.column)
    if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
        while not type(after := next(rest)).__name__.endswith("EndEvent"):
            node.children.append(_node(text, after, rest))
        _mark_indicators(text, node)
        closed = node.is_flow and text[start : start + 1] in ("[", "{")
        node.end = after.end_mark.index if closed else node.children[-1].end
        if node.is_block_collection:
            node.column = column_of(text, node.start)
    else:
        node.start = min(node.start, node.end)
    return node


def _mark_indicators(text: str, node: Node) -> None:
    """Find the colon or dash before each value. The parser gives the place of an empty one after its comments."""
    if isinstance(node.event, MappingStartEvent):
        found = [(value, _COLON.match(text, key.end)) for key, value in node.pairs]
    elif node.is_flow:
        return
    else:
        ends = [node.start, *(child.end for child in node.children)]
        found = []
        for index, child in enumerate(node.children):
            found.append((child, _DASH.match(text, ends[index])))
            ends[index + 1] = max(child.end, found[-1][1].end() if found[-1][1] else 0)
    for value, match in found:
        value.after_indicator = match.end() if match else None
        if (
            match
            and isinstance(value.event, ScalarEvent)
            and value.event.start_mark.index == value.event.end_mark.index
        ):
            value.start = value.end = match.end()


def column_of(text: str, index: int) -> int:
    """The number of characters before a place in its line."""
    return index - max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) - 1


def indentation(root: Node) -> tuple[int, int]:
    """How far nested mappings are indented below their key, and dashes below theirs: as the first ones of the file."""
    mapping = offset = None
    todo = [root]
    while todo:
        node = todo.pop(0)
        todo += node.children
        if not isinstance(node.event, MappingStartEvent) or node.is_flow:
            continue
        for _, value in node.pairs:
            if value.is_block_collection and isinstance(value.event, MappingStartEvent) and mapping is None:
                mapping = value.column - node.column
            elif value.is_block_collection and isinstance(value.event, SequenceStartEvent) and offset is None:
                offset = value.column - node.column
    return mapping or 2, 2 if offset is None else offset


def contains_comment(text: str, start: int, end: int) -> bool:
    """Whether a comment begins in a range: text between two tokens is nothing but spaces and comments."""
    if "#" not in text[start:end]:
        return False
    before = 0
    for token in by_pure_parser("scan", text):
        begin = token.start_mark.index
        gap = text[max(before, start) : min(begin, end)] if before < end and begin > start else ""
        if "#" in gap:
            return True
        header = BREAK.split(text[begin : token.end_mark.index], maxsplit=1)[0]
        if start <= begin < end and header.startswith(("|", ">")) and "#" in header:
            return True
        before = token.end_mark.index
    return False
