"""Insertions into session files: what was there stays, in files of any layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources import yaml
from tracker.sources.session_text import SessionText

HASHES = st.text("0123456789abcdef", min_size=7, max_size=40)
NOTES = st.sampled_from(["plain", "'quoted'", '"double"', "|\n{0}  block\n{0}  lines", "~", "1e5", "[a, b]"])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A session file, and the hashes that it lists."""
    indent, gap = " " * draw(st.integers(0, 4)), " " * draw(st.integers(1, 3))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    hashes = draw(st.lists(HASHES, min_size=1, max_size=4, unique=True))
    lines = ["# a comment", "session: 1", "commits:"]
    for hash in hashes:
        comment = draw(st.sampled_from(["", "  # why", "\t# why"]))
        note = draw(st.none() | NOTES)
        if note is None:
            lines.append(f"{indent}-{gap}'{hash}'{comment}")
        else:
            inner = f"{indent} {gap}"
            lines.append(f"{indent}-{gap}commit: '{hash}'{comment}")
            lines += f"{inner}note: {note.format(inner)}".split("\n")
    lines += draw(st.sampled_from([[], ["focus: f"], ["", "# the end"]]))
    return end.join(lines) + draw(st.sampled_from(["", end])), hashes


@given(files(), st.data())
def test_an_insertion_adds_and_nothing_else(file: tuple[str, list[str]], data: st.DataObject) -> None:
    text, hashes = file
    session = SessionText(text)
    entries = session.commits()
    assert [one.commit for one in entries] == hashes
    index = data.draw(st.integers(0, len(entries) - 1))
    field = session.with_field(entries[index], "patch_id", "none")
    after = session.edited([*field, session.with_entry_after(entries[index], "1234567", 'a "note": # x')])
    assert [*_without(after, text)] == [*text], "every character is still there, in its order"
    before, changed = yaml.load(text).data, yaml.load(after).data
    listed = changed["commits"]
    assert listed.pop(index + 1) == {"commit": "1234567", "note": 'a "note": # x'}
    entry = listed[index]
    assert entry.pop("patch_id") == "none"
    listed[index] = entry if isinstance(before["commits"][index], dict) else entry["commit"]
    assert changed == before
    assert ("\r" in after) == ("\r" in text)


def _without(after: str, before: str) -> list[str]:
    """The letters of `before`, as far as they follow each other in `after`."""
    rest = iter(after)
    return [letter for letter in before if letter in rest]


@pytest.mark.parametrize(
    "text", ["", "session: 1\n", "commits: abc\n", "commits: []\n", "- a\n", "commits: [[a], {note: x}]\n"]
)
def test_a_file_without_commits(text: str) -> None:
    assert SessionText(text).commits() == []


def test_a_key_is_set_where_it_is_or_behind_another() -> None:
    text = "commits: [a]\nfocus: f\n"
    session = SessionText(text)
    found = session.with_key("combined", ["tree: b"], after="commits")
    assert found is not None
    once = session.edited([found])
    assert once == "commits: [a]\ncombined:\n  tree: b\nfocus: f\n"
    again = SessionText(once)
    changed = again.with_key("combined", ["tree: c"], after="commits")
    assert changed is not None
    assert again.edited([changed]) == "commits: [a]\ncombined:\n  tree: c\nfocus: f\n"
    assert session.with_key("combined", ["tree: b"], after="nothing") is None
