"""Read and write YAML: every scalar is read as the text in the file, and every node has a position.

Files are parsed by libyaml through ruamel.yaml.clib, which is ten times faster than the pure Python parser. That one is
used where libyaml, a YAML 1.1 parser, reports an error (`[12:30:45]`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import LiteralScalarString

MAX_BYTES = 16 * 2**20
MAX_EXPANSION = 100_000
"""The most nodes of a file with its aliases expanded. More is a YAML bomb."""

SAFE_LENGTH = 10_000
"""Characters of a text that cannot be nested deeply enough to exhaust the stack of libyaml, which recurses in C."""
MAX_DEPTH = 100


class Position(NamedTuple):
    """A place in a file; line and column count from 1."""

    line: int
    column: int


class _NoTypes(VersionedResolver):
    """Leaves every scalar a text without matching it against the patterns of numbers and dates: half of the time."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ARG002 - as ruamel.yaml calls it
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return self.DEFAULT_SEQUENCE_TAG if kind is SequenceNode else self.DEFAULT_MAPPING_TAG


class Parser(YAML):
    """Reads every scalar as a text. `pure` chooses the parser of YAML 1.2 over libyaml."""

    def __init__(self, *, pure: bool = False) -> None:
        super().__init__(typ="base", pure=pure)
        self.Resolver = _NoTypes

    def official_plug_ins(self) -> list[str]:
        """None: looking for them on disk for every file takes a tenth of the time."""
        return []


class MalformedYAML(Exception):
    """The text cannot be read as YAML."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(message)
        self.position = position or Position(1, 1)


@dataclass(frozen=True)
class YAMLDocument:
    """A YAML document: its data, with every scalar as text, and the position of each part."""

    text: str
    data: Any

    @cached_property
    def _root(self) -> Node | None:
        return _parse(self.text, "compose")  # type: ignore[no-any-return]

    def position(self, path: Sequence[str | int], *, of_key: bool = False) -> Position:
        """Return the position of the value at `path` (of its key, with `of_key`), or of the deepest part that exists.

        >>> load("a: {b: 1}").position(["a", "b"])
        Position(line=1, column=8)
        """
        node, place = self._root, Position(1, 1)
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            place = _place(key if of_key and key is not None else node)
        else:
            return place
        return place if of_key or node is None else _place(node)


def load(content: str | bytes) -> YAMLDocument:
    """Parse one YAML document.

    Raises MalformedYAML with a position: not UTF-8, not YAML, a duplicate key, more than one document, a bomb.
    """
    if len(content) > MAX_BYTES:
        raise MalformedYAML(f"larger than {MAX_BYTES // 2**20} MiB; expected a file written by people")
    text = _decode(content) if isinstance(content, bytes) else content.removeprefix("\ufeff")
    if len(text) > SAFE_LENGTH:
        _refuse_deep_nesting(text)
    document = YAMLDocument(text, _parse(text, "load"))
    if "&" in text and "*" in text:
        _refuse_bombs(document._root)
    return document


def dump(data: Mapping[str, Any], *, mapping: int = 2, offset: int = 2, prose: bool = True) -> str:
    """YAML of plain data, in the order given; texts of several lines become block scalars unless `prose` is false.

    Nested mappings are indented by `mapping` spaces below their key, and the dashes of lists by `offset`.

    >>> dump({"session": "88", "summary": "One.\\nTwo.\\n"})
    "session: '88'\\nsummary: |\\n  One.\\n  Two.\\n"
    """
    out = io.StringIO()
    _writer(mapping, offset).dump(_presentable(data, prose=prose), out)
    return out.getvalue()


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = f"not UTF-8 (byte 0x{content[error.start]:02x}); expected a text file saved as UTF-8"
        raise MalformedYAML(message, Position(line, column)) from None


def _parse(text: str, how: str) -> Any:
    try:
        return getattr(Parser(), how)(text)
    except (YAMLError, TypeError):
        pass  # libyaml reads YAML 1.1 only; the pure parser reads 1.2 and has better messages
    except RecursionError:
        raise MalformedYAML("nested too deeply") from None
    try:
        return getattr(Parser(pure=True), how)(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        problem = " ".join(str(error.problem or error.context or "cannot be read").split())
        if problem.startswith("but "):
            problem = f"{error.context} {problem}"
        raise MalformedYAML(problem.replace("'<stream end>'", "the end of the file"), position) from None
    except ReaderError as error:
        before = text[: error.position]
        position = Position(before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        raise MalformedYAML(f"control character U+{ord(text[error.position]):04X} is not allowed", position) from None
    except (YAMLError, TypeError, ValueError) as error:
        raise MalformedYAML(" ".join(str(error).split())) from None
    except RecursionError:
        raise MalformedYAML("nested too deeply") from None


def _refuse_deep_nesting(text: str) -> None:
    depth = 0
    with suppress(YAMLError, TypeError):  # reported when it is loaded
        for event in Parser().parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise MalformedYAML("nested too deeply", _place(event))


def _refuse_bombs(root: Node | None) -> None:
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Node) -> int:
        if isinstance(node, ScalarNode):
            return 1
        if id(node) in open_nodes:
            raise MalformedYAML("an alias refers to the value that it is part of", _place(node))
        if id(node) not in sizes:
            open_nodes.add(id(node))
            children = node.value if isinstance(node, SequenceNode) else [x for pair in node.value for x in pair]
            sizes[id(node)] = 1 + sum(size(child) for child in children)
            open_nodes.discard(id(node))
            if sizes[id(node)] > MAX_EXPANSION:
                message = f"its aliases stand for more than {MAX_EXPANSION:,} values; write them out or leave them out"
                raise MalformedYAML(message, _place(node))
        return sizes[id(node)]

    try:
        if root is not None:
            size(root)
    except RecursionError:
        raise MalformedYAML("nested too deeply") from None


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == str(step):
                return key, value
    return None


def _place(node: Node | Event) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


class _Representer(RoundTripRepresenter):
    """Quotes texts with characters that some parsers take for a line break, so that they are escaped."""

    def represent_str(self, data: str) -> ScalarNode:
        if re.search("[\x85\u2028\u2029]", data):
            return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')
        return super().represent_str(data)  # type: ignore[no-any-return]


_Representer.add_representer(str, _Representer.represent_str)


def _writer(mapping: int, offset: int) -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.width = 2**30  # folding a long quoted text would lose a space
    yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    yaml.allow_unicode = True
    return yaml


def _presentable(value: Any, *, prose: bool) -> Any:
    if isinstance(value, Mapping):
        return CommentedMap((key, _presentable(item, prose=prose)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return CommentedSeq(_presentable(item, prose=prose) for item in value)
    if isinstance(value, str) and prose and _is_prose(value):
        return LiteralScalarString(value)
    return value


def _is_prose(text: str) -> bool:
    """Whether a block scalar can hold the text: printable lines, the first one not indented."""
    return (
        "\n" in text
        and text.strip("\n") != ""
        and not text.startswith((" ", "\n", "\t"))
        and all(line.isprintable() or line.replace("\t", "").isprintable() for line in text.split("\n"))
    )
