"""YAML: scalars are read as written, every node has its position, and written data reads back unchanged."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.texts import NASTY, filled
from tracker.model import Plan, Session
from tracker.sources import yaml
from tracker.sources.reading import SourceFile

TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.sampled_from(NASTY), max_size=4).map("\n".join),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)
DATA = st.recursive(
    TEXTS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)), max_leaves=8
)


@pytest.mark.parametrize(
    "written",
    ["5e05c13", "0706412", "12:30:45", "no", "~", "null", "0o14", "1_0", "1e3", ".nan", "2026-02-15", "=", "<<", "yes"],
)
def test_scalars_are_read_as_they_were_written(written: str) -> None:
    assert yaml.load(f"key: {written}\nlist: [{written}]\n").data == {"key": written, "list": [written]}


def test_what_libyaml_does_not_know_is_read_all_the_same() -> None:
    text = "times: [12:30:45, a:b]\nflow: {a: b:c}\nurl: [http://x.org/?a=b]\n"
    expected = {"times": ["12:30:45", "a:b"], "flow": {"a": "b:c"}, "url": ["http://x.org/?a=b"]}
    assert yaml.load(text).data == expected


def test_tags_mean_nothing() -> None:
    assert yaml.load("a: !!int 3\nb: !!python/object/apply:os.system [ls]\nc: !x {d: e}\nf: !!binary aGk=\n").data == {
        "a": "3",
        "b": ["ls"],
        "c": {"d": "e"},
        "f": "aGk=",
    }


@pytest.mark.parametrize(
    ("path", "of_key", "expected"),
    [
        (["a"], False, (1, 4)),
        (["a"], True, (1, 1)),
        (["b"], False, (3, 3)),
        (["b", "c"], False, (3, 6)),
        (["b", "c"], True, (3, 3)),
        (["b", "d", 1], False, (6, 7)),
        (["b", "e", 0, "f"], True, (7, 8)),
        (["b", "e", 0, "f"], False, (7, 11)),
        (["é😀"], False, (8, 5)),
        (["b", "nowhere"], False, (3, 3)),
        (["b", "nowhere"], True, (2, 1)),
        (["b", "d", 9], False, (5, 5)),
        (["nowhere", 1], False, (1, 1)),
    ],
)
def test_every_part_knows_where_it_stands(path: list[str | int], of_key: bool, expected: tuple[int, int]) -> None:
    text = "a: 1\nb:\n  c: 2\n  d:\n    - x\n    - y\n  e: [{f: z}]\né😀: w\n"
    assert yaml.load(text).position(path, of_key=of_key) == expected


@pytest.mark.parametrize(
    ("content", "position", "message"),
    [
        (b"a: \xff", (1, 4), "not UTF-8 (byte 0xff); expected a text file saved as UTF-8"),
        ("a: é\nb: ".encode() + b"\xe9", (2, 4), "not UTF-8"),
        ("session: 1\n".encode("utf-16"), (1, 1), "not UTF-8"),
        (b"a: 1\n\x00", (2, 1), "control character U+0000 is not allowed"),
        (b"a: [1\n", (2, 1), "expected ',' or ']', but got the end of the file"),
        (b"a: 1\na: 2\n", (2, 1), "found duplicate key"),
        (b"a: 1\n--- \nb: 1\n", (2, 1), "expected a single document"),
        (b"a: &x [*x]\n", (1, 4), "an alias refers to the value that it is part of"),
        (b"a" * (16 * 2**20 + 1), (1, 1), "larger than 16 MiB"),
    ],
)
def test_what_cannot_be_read_is_one_message_with_a_place(
    content: bytes, position: tuple[int, int], message: str
) -> None:
    with pytest.raises(yaml.MalformedYAML) as error:
        yaml.load(content)
    assert error.value.position == position
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("depth", [1_500, 100_000])
def test_deep_nesting_is_a_message(opening: str, depth: int) -> None:
    with pytest.raises(yaml.MalformedYAML):
        yaml.load(opening * depth)


@pytest.mark.parametrize("leaf", ["lol", "[lol, lol]", "{a: lol}"])
def test_a_bomb_does_not_go_off(leaf: str) -> None:
    lines = [f"a0: &a0 {leaf}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(yaml.MalformedYAML, match="its aliases stand for more than 100,000 values"):
        yaml.load("\n".join(lines))
    assert yaml.load("\n".join(lines[:4])).data["a1"] == [yaml.load(leaf).data] * 9


@given(TEXTS)
def test_any_bytes_give_data_or_one_message(text: str) -> None:
    for content in (text, text.encode(), text.encode("utf-16"), f"a: {text}", f"a: [{text}]", f"- {text}\n- &a *a"):
        with contextlib.suppress(yaml.MalformedYAML):
            yaml.load(content).position(["a", 0, "b"])


@given(st.dictionaries(TEXTS, DATA, max_size=5))
def test_what_is_written_reads_back(data: dict[str, Any]) -> None:
    written = yaml.dump(data)
    assert yaml.load(written).data == data
    assert yaml.load(written.encode()).data == data


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_read_back(text: str) -> None:
    for data in ({"a": text}, {text: "a"}, {"a": [text, text]}, {"a": {"b": {text: [{text: text}]}}}):
        assert yaml.load(yaml.dump(data)).data == data


def test_prose_is_written_for_people() -> None:
    data = {"session": "88", "summary": "One, with `code: x`.\n\n- a\n- b\n", "date": "2026-02-15", "list": ["a", "b"]}
    assert yaml.dump(data) == (
        "session: '88'\nsummary: |\n  One, with `code: x`.\n\n  - a\n  - b\ndate: '2026-02-15'\nlist:\n  - a\n  - b\n"
    )


@given(st.lists(st.sampled_from(NASTY).filter(lambda text: text.strip()), min_size=1, max_size=3).map("\n".join))
@example("a\n")
def test_sessions_read_back(text: str) -> None:
    special = {"session": "S1", "commit": "5e05c13", "until": "2026-01-02"}
    session = Session.model_validate(filled(Session, text, special))
    assert session.model_fields_set == set(Session.model_fields), "a field that this test does not fill"
    written = yaml.dump(session.model_dump(mode="json", by_alias=True))
    source = SourceFile("s.yml", written.encode())
    assert source.validate(Session) == (session, [])
    assert Session.model_validate_json(session.model_dump_json(exclude_unset=True, by_alias=True)) == session


def test_a_plan_reads_back() -> None:
    evidence = {"result": "r", "value": "v", "above": "1e-3"}
    phase = {"id": "1", "title": "#", "criteria": [{"id": "c", "text": "~", "evidence": [evidence]}]}
    plan = Plan.model_validate({"project": "P: x", "phases": [phase]})
    written = yaml.dump(plan.model_dump(mode="json", exclude_unset=True))
    assert SourceFile("tracker.yml", written.encode()).validate(Plan) == (plan, [])
