"""Edit YAML without rewriting it: only the text of the edited fields changes.

The text is parsed for the positions of its nodes, and each edit replaces the characters of one node. Comments, quotes,
indentation, line endings, the byte order mark and every other scalar are never written again, so they cannot change.
The result is parsed once more: an edit whose data is not exactly what was asked for is refused with CannotEdit.

    text = set_value(text, ["commits"], [*commits, {"commit": "5e05c13"}], order=session_order)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruamel.yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

from tracker.sources import yaml
from tracker.sources.yaml import Position
from tracker.sources.yaml_nodes import BREAK, Node, column_of, contains_comment, indentation, parse

FieldPath = Sequence[str | int]
Order = Callable[[FieldPath], Sequence[str]]
"""The keys of the mapping at a path, in the order in which people write them."""

_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*")
_PLAIN = re.compile(r"[\w./@+~^=$(;<)-]+(?: [\w./@+~^=$(;<)-]+)*")
"""Texts that need no quotes in any place where a scalar may stand."""


class CannotEdit(Exception):
    """The edit would change or lose something else in the file; the message says what, and what to do."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


def set_value(text: str, path: FieldPath, value: Any, *, order: Order = lambda _: ()) -> str:
    """Return the text with the value at `path` changed to `value`; every part that is equal already stays untouched.

    A key that does not exist is inserted after the keys that `order` puts before it, at the end if it knows none.
    `value` is plain data: texts, booleans, dates, numbers, lists and mappings. `text` may start with a byte order mark.
    Raises CannotEdit when comments would be lost or other values would change, and MalformedYAML for text that is not
    YAML.

    >>> set_value("a: 1e10  # one\\nc: [x]\\n", ["b"], "new", order=lambda _: ["a", "b", "c"])
    'a: 1e10  # one\\nb: new\\nc: [x]\\n'
    """
    return _edited(text, path, lambda _: value, order)


def append(text: str, path: FieldPath, items: Sequence[Any], *, order: Order = lambda _: ()) -> str:
    """Return the text with `items` at the end of the list at `path`, which is created if the key is not there.

    Raises CannotEdit as `set_value` does, and when there is something other than a list.

    >>> append("a:\\n- 0x1 # one\\nb: 2\\n", ["a"], ["two"])
    'a:\\n- 0x1 # one\\n- two\\nb: 2\\n'
    """

    def longer(old: Any) -> Any:
        if old is None or old == "" or isinstance(old, list):
            return [*(old or ()), *items]
        raise CannotEdit(f"{_name(path)}: expected a list to add to", yaml.load(text).position(path))

    return _edited(text, path, longer, order) if items else text


def remove(text: str, path: FieldPath) -> str:
    """Return the text without the key at `path`, or unchanged if it is not there. Raises CannotEdit as `set_value`."""
    return _edited(text, path, lambda _: _ABSENT, lambda _: ())


_ABSENT = object()


def _edited(text: str, path: FieldPath, change: Callable[[Any], Any], order: Order) -> str:
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    document = yaml.load(body)
    if not isinstance(document.data, (dict, list)):
        raise CannotEdit("expected a mapping or a list to edit", Position(1, 1))
    value = change(_value_at(document.data, path))
    value = value if value is _ABSENT else _as_read(value)
    expected = _with(document.data, path, value)
    if expected == document.data:
        return text
    position = document.position(path)
    try:
        root = parse(body)
    except yaml.MalformedYAML as error:  # of the stricter parser
        raise CannotEdit(f"{_name(path)}: {error}; edit it by hand", position) from None
    for prose, final_break in ((True, False), (True, True), (False, False)):
        edit = _Edit(body, root, order, position, prose=prose)
        edit.change((), edit.root, document.data, expected)
        changed = edit.text()
        changed += edit.line_break(len(body)) if final_break and not changed.endswith(("\n", "\r")) else ""
        if _reads_as(changed, expected):
            return mark + changed
    raise CannotEdit(f"{_name(path)}: cannot be edited without changing other values; edit it by hand", position)


def _value_at(data: Any, path: FieldPath) -> Any:
    for step in path:
        if isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif isinstance(data, dict):
            data = data.get(step)
        else:
            return None
    return data


def _with(data: Any, path: FieldPath, value: Any) -> Any:
    """The data with one value changed. Nothing of it is shared with the old one, so aliases do not change along."""
    if not path:
        return value
    step, *rest = path
    if isinstance(data, list) and isinstance(step, int):
        return [_with(item, rest, value) if index == step else item for index, item in enumerate(data)]
    if data is None or data == "":
        data = {}
    if not isinstance(data, dict):
        return data
    if value is _ABSENT and (not rest or step not in data):
        return {key: item for key, item in data.items() if key != step}
    return {**data, step: _with(data.get(step), rest, value)}


def _as_read(value: Any) -> Any:
    """The data after writing and reading it: every scalar a text."""
    return yaml.load(yaml.dump({"value": value})).data["value"]


def _reads_as(text: str, expected: Any) -> bool:
    try:
        return bool(yaml.load(text).data == expected)
    except yaml.MalformedYAML:
        return False


def _name(path: FieldPath) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "the file"


class _Edit:
    """The replacements that turn one text into another; each is a range of characters and what takes its place."""

    def __init__(self, text: str, root: Node, order: Order, position: Position, *, prose: bool) -> None:
        self._text = text
        self._order = order
        self._position = position
        self._prose = prose
        self._replacements: dict[tuple[int, int, int], str] = {}
        self.root = root
        self._mapping, self._offset = indentation(self.root)

    def text(self) -> str:
        """The text with all replacements made."""
        parts, done = [], 0
        for (start, end, _), new in sorted(self._replacements.items(), key=lambda item: item[0]):
            parts += [self._text[done:start], new]
            done = end
        return "".join([*parts, self._text[done:]])

    def change(self, path: tuple[str | int, ...], node: Node, old: Any, new: Any) -> None:
        """Change the data of a collection, touching only what differs."""
        if isinstance(old, dict) and isinstance(new, dict) and isinstance(node.event, MappingStartEvent):
            self._change_mapping(path, node, old, new)
        elif isinstance(old, list) and isinstance(new, list) and isinstance(node.event, SequenceStartEvent):
            for index, (was, item) in enumerate(zip(old, new, strict=False)):
                if was != item:
                    self._change_value((*path, index), node, node.children[index], was, item)
            self._append(node, new[len(old) :])
        else:
            raise self._refused(path, "expected a mapping or a list to edit")

    def _change_mapping(self, path: tuple[str | int, ...], node: Node, old: Any, new: Any) -> None:
        pairs = {key.text: (key, value) for key, value in node.pairs if key.text is not None}
        for name in old:
            if name not in new:
                self._remove(path, node, *self._pair(path, pairs, name))
            elif old[name] != new[name]:
                key, value = self._pair(path, pairs, name)
                self._change_value((*path, name), node, value, old[name], new[name], key)
        order = list(self._order(path))
        fresh = [name for name in new if name not in old]
        for name in sorted(fresh, key=lambda name: order.index(name) if name in order else len(order)):
            self._insert(node, order, name, new[name], {key: pair for key, pair in pairs.items() if key in new})

    def _pair(self, path: FieldPath, pairs: Mapping[str, tuple[Node, Node]], name: str) -> tuple[Node, Node]:
        if name not in pairs:
            raise self._refused((*path, name), "its key is an alias")
        return pairs[name]

    def _change_value(
        self, path: tuple[str | int, ...], parent: Node, node: Node, old: Any, new: Any, key: Node | None = None
    ) -> None:
        if self._can_change_inside(node, old, new):
            self.change(path, node, old, new)
        elif parent.is_flow:
            self._replace(path, node.start, node.end, self._spaced(node, _inline(new)))
        elif node.is_block_collection:
            self._replace_block(path, parent, node, new, key)
        else:
            self._replace_leaf(path, parent, node, new, key)

    def _can_change_inside(self, node: Node, old: Any, new: Any) -> bool:
        """Whether items of a collection can be changed, rather than the whole of it. `[]` is rather replaced."""
        if isinstance(old, str) or type(old) is not type(new) or node.is_alias or not new:
            return False
        if isinstance(old, list) and len(new) < len(old):
            return False
        if node.is_flow and "#" in self._text[node.start : node.end]:
            return True
        return bool(old) if isinstance(old, list) else any(key in new for key in old)

    def _replace_leaf(self, path: tuple[str | int, ...], parent: Node, node: Node, new: Any, key: Node | None) -> None:
        """Replace a scalar, an alias or a flow collection: the rest of its line stays, with the comment on it."""
        head, body = self._written(new, parent, key, like=self._quotes(node))
        if node.is_block_scalar:
            header = _BLOCK_HEADER.match(self._text, node.start)
            end = header.end() if header else node.start
            self._put(node.start, end, head)
            self._put_block(min(self._next_line(end), node.end), self._stop(node), body)
            return
        if body and isinstance(new, list) and self._quotes(node) and new[0] == node.text:
            body = self._list_from(node, new, column=parent.column)
        start = node.start
        if not head:  # a block collection begins on the next line
            start -= len(self._text[:start]) - len(self._text[:start].rstrip(" \t"))
        self._replace(path, start, node.end, self._spaced(node, head) if head else "")
        if body:
            after = self._next_line(node.end)
            self._put(after, after, self._lines(body, after))

    def _list_from(self, node: Node, items: Sequence[Any], column: int) -> list[str]:
        """The lines of a list whose first item is a scalar that is there already: it stays as written."""
        _, *lines = self._dumped({"k": ["", *items[1:]]})
        lines[0] = lines[0].removesuffix("''") + self._text[node.start : node.end]
        return [" " * column * bool(line) + line for line in lines]

    def _replace_block(self, path: tuple[str | int, ...], parent: Node, node: Node, new: Any, key: Node | None) -> None:
        """Replace a block collection by something of another kind, or by a shorter list."""
        head, body = self._written(new, parent, key)
        stop, column = self._stop(node), column_of(self._text, node.start)
        line = node.start - column
        if self._text[line : node.start].strip(" "):  # `- a: b`: it begins on the line of its parent
            text = head + "".join(self.line_break(line) + one for one in body)
            self._replace(path, node.start, self._trimmed(stop), text)
            return
        place = node.after_indicator
        if place is None or (body and key is None and not head):
            raise self._refused(path, "begins on another line than its dash or key")
        if head:
            self._put(place, place, f" {head}")
        if contains_comment(self._text, line, stop):
            raise self._refused(path, "has comments inside that would be lost")
        self._put_block(line, stop, body)

    def _append(self, node: Node, items: Sequence[Any]) -> None:
        if not items:
            return
        if node.is_flow:
            last = node.children[-1].end if node.children else node.start + 1
            text = ", ".join(map(_inline, items))
            self._put(last, last, f", {text}" if node.children else text)
            return
        column = node.column
        lines = self._dumped({"k": list(items)})[1:]
        lines = [(" " * column + line[self._offset :]) if line else line for line in lines]
        self._put_lines(self._after(node.children[-1], column), lines, node.last_leaf)

    def _insert(
        self, node: Node, order: Sequence[str], name: str, value: Any, pairs: Mapping[str, tuple[Node, Node]]
    ) -> None:
        place = order.index(name) if name in order else len(order)
        before = [key for key in pairs if key not in order or order.index(key) < place]
        known = [key for key in before if key in order]
        if name in order and known:
            previous = max(known, key=order.index)
        elif name in order:
            previous = None
        else:
            previous = list(pairs)[-1] if pairs else None
        if node.is_flow:
            self._insert_in_flow(node, f"{_inline(name)}: {_inline(value)}", pairs, previous)
            return
        lines = [" " * node.column * bool(line) + line for line in self._dumped({name: value})]
        if previous is None:
            first = next((key for key, _ in pairs.values()), node.children[0]).event.start_mark.index
            text = self.line_break(first).join([*lines, " " * node.column]).lstrip(" ")
            self._put(first, first, text)
        else:
            value_node = pairs[previous][1]
            self._put_lines(self._after(value_node, node.column), lines, value_node.last_leaf)

    def _insert_in_flow(
        self, node: Node, text: str, pairs: Mapping[str, tuple[Node, Node]], previous: str | None
    ) -> None:
        if previous is not None:
            end = pairs[previous][1].end
            self._put(end, end, f", {text}")
        else:
            start = next((key.event.start_mark.index for key, _ in pairs.values()), node.start + 1)
            self._put(start, start, f"{text}, " if node.children else text)

    def _remove(self, path: FieldPath, node: Node, key: Node, value: Node) -> None:
        start = key.event.start_mark.index
        keys = node.children[::2]
        index = keys.index(key)
        following = keys[index + 1].event.start_mark.index if index + 1 < len(keys) else None
        if node.is_flow and index:
            self._replace(path, node.children[2 * index - 1].end, value.end, "")
        elif not node.is_flow and not self._text[start - column_of(self._text, start) : start].strip(" "):
            self._replace(path, start - column_of(self._text, start), self._stop(value), "")
        elif following is not None:
            self._replace(path, start, following, "")
        else:
            raise self._refused(path, "is the only key of its mapping")

    def _put_lines(self, place: int, lines: Sequence[str], last: Node) -> None:
        """Put lines at the start of a line, or after the last one of a file that ends without a line break."""
        unfinished = place == len(self._text) and not self._text.endswith(("\n", "\r"))
        replaced = any(start == last.start for start, _, _ in self._replacements)
        if unfinished and last.is_block_scalar and not replaced:  # its text must not end with the line break to come
            header = _BLOCK_HEADER.match(self._text, last.start)
            assert header is not None
            self._replacements[last.start, header.end(), 0] = header[0].rstrip("+-") + "-"
        self._put(place, place, self._lines(lines, place))

    def _put_block(self, start: int, stop: int, lines: Sequence[str]) -> None:
        """Put lines in the place of others; a file that ends without a line break still does."""
        end = self.line_break(start)
        unfinished = stop == len(self._text) and not self._text.endswith(("\n", "\r"))
        if unfinished and not lines:
            start = self._trimmed(start)
        self._put(start, stop, end.join(lines) + end * bool(lines and not unfinished))

    def _lines(self, lines: Sequence[str], place: int) -> str:
        """Lines as they stand at a place: a file that ends without a line break still does."""
        end = self.line_break(place)
        if lines and place == len(self._text) and not self._text.endswith(("\n", "\r")):
            return "".join(end + line for line in lines)
        return "".join(line + end for line in lines)

    def _written(self, value: Any, parent: Node, key: Node | None, like: str | None = None) -> tuple[str, list[str]]:
        """A value as it follows its key or dash: the rest of that line, and the indented lines below."""
        if like and isinstance(value, str) and (text := _quoted_like(like, value)) is not None:
            return text, []
        column = parent.column
        if key is not None:
            first, *rest = self._dumped({"k": value})
            return first.removeprefix("k:").lstrip(), [" " * column * bool(line) + line for line in rest]
        _, first, *rest = self._dumped({"k": [value]})
        rest = [line[self._offset :] for line in rest]
        return first[self._offset + 2 :], [" " * column * bool(line) + line for line in rest]

    def _dumped(self, data: Mapping[str, Any]) -> list[str]:
        written = yaml.dump(data, mapping=self._mapping, offset=self._offset, prose=self._prose)
        return written.removesuffix("\n").split("\n")

    def _quotes(self, node: Node) -> str | None:
        """How a scalar on one line is quoted: `'`, `"` or `plain`; None for anything else."""
        if isinstance(node.event, ScalarEvent) and not node.is_block_scalar and node.end > node.start:
            return node.event.style or "plain"
        return None

    def _spaced(self, node: Node, text: str) -> str:
        """The text, after a space where the key, dash, tag or anchor before it has none."""
        return text if self._text[node.start - 1 : node.start] in (" ", "\t", "[", "{", "\n", "\r", "") else f" {text}"

    def _replace(self, path: FieldPath, start: int, end: int, text: str) -> None:
        if contains_comment(self._text, start, end):
            raise self._refused(path, "has comments inside that would be lost")
        self._put(start, end, text)

    def _put(self, start: int, end: int, text: str) -> None:
        if start != end or text:
            self._replacements[start, end, len(self._replacements)] = text

    def _after(self, node: Node, column: int) -> int:
        """The start of the line after a node and after the comments that are indented below `column`."""
        place = self._stop(node)
        while comment := re.compile(r"( +)#.*(?:\r\n|\n|\r|$)").match(self._text, place):
            if len(comment[1]) <= column or not comment[0]:
                break
            place = comment.end()
        return place

    def _stop(self, node: Node) -> int:
        """The start of the line after a node. Empty lines after a block scalar are part of it only if it keeps them."""
        leaf = node.last_leaf if node.is_block_collection else node
        if not leaf.is_block_scalar:
            return self._next_line(node.end)
        header = _BLOCK_HEADER.match(self._text, leaf.start)
        return leaf.end if header and "+" in header[0] else self._without_empty_lines(leaf.start, leaf.end)

    def _without_empty_lines(self, start: int, end: int) -> int:
        content = self._text[start:end]
        ends = [match.end() for match in BREAK.finditer(content)]
        if not ends or ends[-1] != len(content):
            return end
        while len(ends) > 1 and not content[ends[-2] : ends[-1]].strip("\r\n"):
            ends.pop()
        return start + ends[-1]

    def _next_line(self, index: int) -> int:
        found = BREAK.search(self._text, index)
        return found.end() if found else len(self._text)

    def _trimmed(self, stop: int) -> int:
        """The end of the line that ends at `stop`, before its line break."""
        return len(self._text[:stop].removesuffix("\n").removesuffix("\r"))

    def line_break(self, index: int) -> str:
        """The line ending used at a place: that of the line before it, else the first one in the file."""
        before = self._text[:index]
        for ending in ("\r\n", "\n", "\r"):
            if before.endswith(ending):
                return ending
        found = BREAK.search(self._text)
        return found[0] if found else "\n"

    def _refused(self, path: FieldPath, why: str) -> CannotEdit:
        return CannotEdit(f"{_name(path)}: {why}; edit it by hand", self._position)


def _inline(value: Any) -> str:
    """A value in flow style.

    >>> _inline({"path": "a, b", "tags": ["x"]})
    "{path: 'a, b', tags: [x]}"
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inline(key)}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_inline, value)) + "]"
    written = yaml.dump({"k": value}, prose=False).removeprefix("k:").strip()
    if written[:1] in ("'", '"') or _PLAIN.fullmatch(written):
        return written
    return _quoted_like("'", value) or _quoted_like('"', value) or written


def _quoted_like(style: str, value: str) -> str | None:
    """A text in the style of the scalar that it replaces; None where that style cannot hold it."""
    if style == "plain":
        return value if _PLAIN.fullmatch(value) and value.isprintable() and not value.startswith("-") else None
    if style == "'":
        return "'" + value.replace("'", "''") + "'" if value.isprintable() else None
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(letter: str) -> str:
    if letter in ('"', "\\"):
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return short.get(letter) or (f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}")
