"""Editing YAML: the field that is edited changes, and no other character of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.texts import NASTY
from tracker.sources import yaml
from tracker.sources.yaml_edit import CannotEdit, append, remove, set_value

SCALARS = [
    *["1e10", "5e05c13", ".inf", "-.INF", ".nan", "+1", "null", "~", "0777", "0o14", "0x1F", "1_000", "2026-02-15"],
    *["yes", "No", "true", "1.0", "1.", "12:30:45", "<<", "=", "a: b", "a #b", "#c", "- d", "'", '"', "a  b", "e"],
    *["план", "日志", "😀", "*x", "&y", "!z", "%", "@", "`", "[", "{}", ",", "? q", "|", ">", "\\", "x:", "--- y"],
]
VALUES = st.sampled_from([*SCALARS, *NASTY, "", "One.\nTwo.\n", "One.\n\nTwo.", "end\n\n", " lead\nx", "a\tb"])
DATA = st.one_of(
    VALUES,
    st.lists(VALUES, max_size=3),
    st.dictionaries(VALUES, VALUES, max_size=3),
    st.lists(st.dictionaries(st.sampled_from(["commit", "note", "a b"]), VALUES, min_size=1), max_size=3),
)


@dataclass(frozen=True)
class Written:
    """A value as somebody wrote it: what stands on the line of its key or dash, and the lines below."""

    data: Any
    head: str
    lines: tuple[str, ...] = ()


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    return '"' + "".join(one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08X}" for one in text) + '"'


@st.composite
def scalars(draw: Callable[..., Any], flow: bool = False) -> Written:
    """A scalar in any style."""
    text = draw(VALUES.filter(lambda text: "\ufeff" not in text))
    styles = [Written(text, _double(text))]
    if text.isprintable():
        styles.append(Written(text, _single(text)))
        for plain in (text, f"!!str {text}"):
            written = f"k: [{plain}]" if flow else f"k: {plain}"
            try:
                read = yaml.load(written).data["k"]
            except yaml.MalformedYAML:
                continue
            if read == ([text] if flow else text) and text:
                styles.append(Written(text, plain))
    if not flow:
        styles += [Written("", ""), *_blocks(draw(st.sampled_from(["One.", "a: b\n  # no comment", "x\n\ny", "- é"])))]
    return draw(st.sampled_from(styles))  # type: ignore[no-any-return]


def _blocks(text: str) -> list[Written]:
    body = tuple(f"  {line}" if line else "" for line in text.split("\n"))
    found = []
    for header in ("|", "|-", "|+", ">-", "|  # a header", "|2"):
        for blank in ((), ("",), ("", "")):
            written = "\n".join([f"k: {header}", *body, *blank]) + "\nz: 1\n"
            found.append(Written(yaml.load(written).data["k"], header, body + blank))
    return found


@st.composite
def flows(draw: Callable[..., Any]) -> Written:
    """A flow collection on one line or several."""
    items = draw(st.lists(scalars(flow=True), max_size=3))
    gap = draw(st.sampled_from(["", " "]))
    if draw(st.booleans()):
        keys = ["a", "b", "'c d'"][: len(items)]
        body = f",{gap or ' '}".join(f"{key}: {item.head}" for key, item in zip(keys, items, strict=True))
        data = {key.strip("'"): item.data for key, item in zip(keys, items, strict=True)}
        return Written(data, f"{{{gap}{body}{gap}}}")
    if draw(st.booleans()):
        return Written(
            [item.data for item in items], "[  # opened", (*(f"    {item.head},  # one" for item in items), "  ]")
        )
    return Written([item.data for item in items], f"[{gap}{', '.join(item.head for item in items)}{gap}]")


def _below(written: Written, before: str) -> list[str]:
    """The lines of a value below a key or dash."""
    indent = " " * (len(before) - len(before.lstrip(" ")))
    first = f"{before} {written.head}" if written.head else before
    return [first, *(indent + line if line else line for line in written.lines)]


@st.composite
def blocks(draw: Callable[..., Any], inner: st.SearchStrategy[Written]) -> Written:
    """A block collection, with comments and blank lines anywhere between its items."""
    items = draw(st.lists(inner, min_size=1, max_size=3))
    is_mapping = draw(st.booleans())
    indent = " " * draw(st.sampled_from([1, 2, 4] if is_mapping else [0, 2]))
    lines: list[str] = []
    for number, item in enumerate(items):
        lines += draw(st.sampled_from([[], [], [f"{indent}# inner"]]))
        if not is_mapping and not item.head and item.lines:  # a list in a list
            item = replace(item, head="", lines=tuple(f"  {line}" if line else line for line in item.lines))
        lines += _below(item, f"{indent}k{number}:" if is_mapping else f"{indent}-")
    data = {f"k{number}": item.data for number, item in enumerate(items)} if is_mapping else [i.data for i in items]
    return Written(data, "", tuple(lines))


WRITTEN = st.recursive(st.one_of(scalars(), flows()), blocks, max_leaves=6)


@dataclass(frozen=True)
class File:
    """A file of several fields."""

    head: str
    fields: list[tuple[str, Any, str]]
    """Key, data, and the lines that it takes."""
    end: str

    @property
    def text(self) -> str:
        return self.before(len(self.fields)) + self.end

    def before(self, index: int) -> str:
        """The text before a field."""
        return self.head + "".join(lines for _, _, lines in self.fields[:index])

    def after(self, index: int) -> str:
        """The text from a field on."""
        return "".join(lines for _, _, lines in self.fields[index:]) + self.end

    @property
    def data(self) -> dict[str, Any]:
        return {key: data for key, data, _ in self.fields}


@st.composite
def files(draw: Callable[..., Any]) -> File:
    fields = []
    # A line that ends with \r before an empty one with \n would end with \r\n: the first is never mixed.
    newlines = draw(st.sampled_from([["\r"], ["\n"], ["\r\n"], ["\n", "\r\n"]]))
    for key in ["session", "план", "'q: r'", '"日"', "z"][: draw(st.integers(1, 5))]:
        written = draw(WRITTEN)
        comment = draw(st.sampled_from(["", "# above\n", "\n\n# above: x\n"]))
        plain = not written.lines and written.head[-1:] not in ("|", ">")
        after = draw(st.sampled_from(["", "  # why"])) if plain else ""
        lines = comment + "\n".join(_below(written, f"{key}:")) + f"{after}\n"
        newline = draw(st.sampled_from(newlines))
        fields.append((key.strip("'\""), written.data, lines.replace("\n", newline)))
    head = draw(st.sampled_from(["", "\ufeff", "# head\n\n", "---\n", "%YAML 1.2\n---\n", "--- # x\n"]))
    newline = draw(st.sampled_from(newlines))
    end = draw(st.sampled_from(["", "", "...\n", "# the end\n", "\n"]))
    return File(head.replace("\n", newline), fields, end.replace("\n", newline))


def _is_file(file: File) -> bool:
    try:
        return bool(yaml.load(file.text).data == file.data)
    except yaml.MalformedYAML:
        return False


FILES = files().filter(_is_file)


def _change(file: File, change: Callable[[], str]) -> str | None:
    try:
        return change()
    except CannotEdit as error:
        if "by hand" not in str(error):
            raise
        return None


def _assert_only_field(file: File, index: int, changed: str) -> None:
    """The text before the lines of the field and after them is the same."""
    before, after = file.before(index), file.after(index + 1)
    assert changed.startswith(before)
    assert changed.endswith(after)
    assert len(changed) >= len(before) + len(after)


@settings(max_examples=100, deadline=None)
@given(FILES, DATA, st.data())
def test_a_field_is_set_and_nothing_else_changes(file: File, value: Any, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(file.fields) - 1))
    key = file.fields[index][0]
    changed = _change(file, lambda: set_value(file.text, [key], value))
    if changed is not None:
        assert yaml.load(changed).data == {**file.data, key: value}
        assert list(yaml.load(changed).data) == list(file.data)
        _assert_only_field(file, index, changed)


@settings(max_examples=70, deadline=None)
@given(FILES, VALUES, st.data())
def test_a_value_inside_is_set_and_nothing_else_changes(file: File, value: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(file.fields) - 1))
    path: list[str | int] = [file.fields[index][0]]
    inner = file.fields[index][1]
    while isinstance(inner, (dict, list)) and inner:
        steps = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        step: Any = data.draw(st.sampled_from(steps))
        path.append(step)
        inner = inner[step]
    changed = _change(file, lambda: set_value(file.text, path, value))
    if changed is not None:
        assert yaml.load(changed).data == _put(file.data, path, value)
        _assert_only_field(file, index, changed)
        assert _comments(changed) == _comments(file.text)


def _put(data: Any, path: Sequence[str | int], value: Any) -> Any:
    """The data with the value at a path changed."""
    if not path:
        return value
    if isinstance(data, list):
        assert isinstance(path[0], int)
        return [_put(item, path[1:], value) if at == path[0] else item for at, item in enumerate(data)]
    step = str(path[0])
    return {**data, step: _put(data[step], path[1:], value)}


def _comments(text: str) -> int:
    return sum(text.count(comment) for comment in ("# inner", "# above", "# why", "# opened", "# one", "# the end"))


@settings(max_examples=70, deadline=None)
@given(FILES, st.lists(VALUES, min_size=1, max_size=2), st.data())
def test_items_are_appended_and_nothing_else_changes(file: File, items: list[str], data: st.DataObject) -> None:
    lists = [index for index, (_, value, _) in enumerate(file.fields) if isinstance(value, list) or value == ""]
    if lists:
        index = data.draw(st.sampled_from(lists))
        key, old, _ = file.fields[index]
        changed = append(file.text, [key], items)
        assert yaml.load(changed).data == {**file.data, key: [*(old or []), *items]}
        _assert_only_field(file, index, changed)
        assert _comments(changed) == _comments(file.text)


@settings(max_examples=70, deadline=None)
@given(FILES, DATA, st.data())
def test_a_key_is_inserted_in_its_place_and_nothing_else_changes(file: File, value: Any, data: st.DataObject) -> None:
    keys = list(file.data)
    place = data.draw(st.integers(0, len(keys)))
    order = [*keys[:place], "new", *keys[place:]]
    changed = set_value(file.text, ["new"], value, order=lambda _: order)
    read = yaml.load(changed).data
    assert read == {**file.data, "new": value}
    assert list(read) == order
    assert place == 0 or changed.startswith(file.before(place).rstrip("\r\n"))
    assert place == 0 or changed.endswith(file.after(place))
    assert _comments(changed) >= _comments(file.text)


@settings(max_examples=50, deadline=None)
@given(FILES, st.data())
def test_a_key_is_removed_and_nothing_else_changes(file: File, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(file.fields) - 1))
    key = file.fields[index][0]
    changed = _change(file, lambda: remove(file.text, [key]))
    if changed is not None:
        assert yaml.load(changed).data == {name: value for name, value in file.data.items() if name != key}
        _assert_only_field(file, index, changed)


@settings(max_examples=50, deadline=None)
@given(FILES, VALUES, st.data())
def test_a_file_without_a_line_break_at_its_end_stays_so(file: File, value: str, data: st.DataObject) -> None:
    text = file.text.rstrip("\r\n")
    try:
        old = yaml.load(text).data
    except yaml.MalformedYAML:
        return
    if not isinstance(old, dict):
        return
    key = data.draw(st.sampled_from([*old, "new"]))
    changed = _change(file, lambda: set_value(text, [key], value))
    if changed is not None:
        assert yaml.load(changed).data == {**old, key: value}
        assert not changed.endswith(("\n", "\r")) or value.endswith("\n") or text.endswith(("\n", "\r"))


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 1e10 # x\nb: .inf", ["b"], "~", "a: 1e10 # x\nb: ~"),
        ("a:\t# tab\n  - 1e10\t# x\nb: c\n", ["b"], "~", "a:\t# tab\n  - 1e10\t# x\nb: ~\n"),
        ("a: 'x'   # y\n", ["a"], "it's", "a: 'it''s'   # y\n"),
        ('a: "x"\n', ["a"], "1\n2", 'a: "1\\n2"\n'),
        ("session: 88\n", ["session"], "0777", "session: 0777\n"),
        ("a: x\nb: y\n", ["a"], "One.\nTwo.\n", "a: |\n  One.\n  Two.\nb: y\n"),
        ("a: |  # why\n  One.\n\n\nb: y\n", ["a"], "x", "a: x  # why\n\n\nb: y\n"),
        ("a: >-\n  One\n  two.\n\n# b\nb: y\n", ["a"], "1\n2", "a: |-\n  1\n  2\n\n# b\nb: y\n"),
        ("a: |\n  x", ["b"], "y", "a: |-\n  x\nb: y"),
        ("a: |+\n  x\n\n", ["b"], "y", "a: |+\n  x\n\nb: y\n"),
        ("a:\n- 1e10\n- ~\nb: x\n", ["c"], ["y"], "a:\n- 1e10\n- ~\nb: x\nc:\n- y\n"),
        ("a:\n    b: 1\n", ["a", "c"], {"d": "2"}, "a:\n    b: 1\n    c:\n        d: '2'\n"),
        ("a:   # none\nb: 1\n", ["a"], ["x"], "a:   # none\n  - x\nb: 1\n"),
        ("a: []  # none\nb: 1\n", ["a"], ["x"], "a:  # none\n  - x\nb: 1\n"),
        ("a:\n  - x  # 1\n  # 2\n", ["a"], ["x", "y"], "a:\n  - x  # 1\n  - y\n  # 2\n"),
        ("a:\n  - x\n    # 1\nb: 1\n", ["a"], ["x", "y"], "a:\n  - x\n    # 1\n  - y\nb: 1\n"),
        ("a: [x, # 1\n  y, # 2\n]\n", ["a", 2], None, "a: [x, # 1\n  y, # 2\n]\n"),
        ("a: [x, # 1\n  y, # 2\n]\n", ["a"], ["x", "y", "z, 1"], "a: [x, # 1\n  y, 'z, 1', # 2\n]\n"),
        ("{a: 1e10, b: [c]}\n", ["b"], ["c", "d"], "{a: 1e10, b: [c, d]}\n"),
        ("{a: 1e10}", ["b"], {"c": ["x y", "1"]}, "{a: 1e10, b: {c: [x y, '1']}}"),
        ("a: &x !!str 1  # one\nb: &y 2\nc: *y\n", ["a"], "3", "a: &x !!str 3  # one\nb: &y 2\nc: *y\n"),
        ("a: &x 1\nb: *x\n", ["b"], "2", "a: &x 1\nb: '2'\n"),
        ("a: &x\nb: 1\n", ["a"], "2", "a: &x '2'\nb: 1\n"),
        ("a: &x\n  - 1\nb: *x\nc: 1\n", ["c"], "2", "a: &x\n  - 1\nb: *x\nc: 2\n"),
        ("- a: 1\n  b: 2\n-\n  c: 3\n", [1, "c"], "4", "- a: 1\n  b: 2\n-\n  c: 4\n"),
        ("- a\n- b # 1\n", [1], {"c": "b", "d": "e"}, "- a\n- c: b # 1\n  d: e\n"),
        ("a: 1\r\nb: 2\nc: 3\r\n", ["a"], ["x"], "a:\r\n  - x\r\nb: 2\nc: 3\r\n"),
        ("a: 1\r\nb: 2\nc: 3\r\n", ["b"], ["x"], "a: 1\r\nb:\n  - x\nc: 3\r\n"),
        ("\ufeffa: 1\r\n", ["b"], "x", "\ufeffa: 1\r\nb: x\r\n"),
        ("--- # x\na: 1\n...\n", ["b"], "x", "--- # x\na: 1\nb: x\n...\n"),
        ("? a\n: 1\n", ["a"], "2", "? a\n: 2\n"),
        ("a: 1\n", ["a"], "1", "a: 1\n"),
        ("a: 1e10  # one\n", ["a"], ["1e10", "1e11"], "a:  # one\n  - 1e10\n  - '1e11'\n"),
    ],
)
def test_an_edit_is_the_smallest(before: str, path: list[str | int], value: Any, after: str) -> None:
    assert (before if value is None else set_value(before, path, value)) == after


@pytest.mark.parametrize(
    ("text", "path", "value", "message"),
    [
        ("a: &x 1\nb: *x\n", ["a"], "2", "a: cannot be edited without changing other values"),
        ("a: &x [1]\nb: *x\n", ["b"], ["1", "2"], None),
        ("a: &x {c: 1}\nb: *x\n", ["a", "c"], "2", "a.c: cannot be edited without changing other values"),
        ("a:\n  - x # kept\n  - y\n", ["a"], "z", "a: has comments inside that would be lost"),
        ("a: [x, # kept\n y]\n", ["a"], ["z"], "a: has comments inside that would be lost"),
        ("a: x\n", ["a", "b", 0], "z", None),
        ("", ["a"], "z", "expected a mapping or a list to edit"),
    ],
)
def test_what_cannot_be_edited_is_one_clear_error(text: str, path: list[str | int], value: Any, message: str) -> None:
    if message is None:
        assert yaml.load(set_value(text, path, value)).data == _expected(text, path, value)
        return
    with pytest.raises(CannotEdit) as error:
        set_value(text, path, value)
    assert str(error.value).startswith(message)


def _expected(text: str, path: list[str | int], value: Any) -> Any:
    data = yaml.load(text).data
    return {**data, path[0]: value} if len(path) == 1 else data


def test_a_list_is_not_appended_to_a_text() -> None:
    with pytest.raises(CannotEdit, match="a: expected a list to add to"):
        append("a: x\n", ["a"], ["y"])
    assert append("a: x\n", ["b"], ["y"]) == "a: x\nb:\n  - y\n"
    assert append("a: x\n", ["b"], []) == "a: x\n"
