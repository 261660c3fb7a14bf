"""Answers about single files: kept until the file changes, and never believed where they are damaged."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

import pytest

from tests.audit.test_texts import told
from tests.gitrepo import GitRepo
from tracker.audit.notes import KIND, Notes, pack, unpack
from tracker.audit.rules.documents.links import BrokenLinks
from tracker.audit.rules.files import finished
from tracker.cache import Cache

FILES = {"a.md": "1" * 40, "b.md": "2" * 40}


def test_an_answer_is_kept_until_its_file_changes(tmp_path: Path) -> None:
    Notes(tmp_path, FILES).keep("question", {"a.md": [1, "x"], "b.md": None}, ["a.md"])
    assert Notes(tmp_path, FILES).recall("question") == {"a.md": [1, "x"], "b.md": None}
    assert Notes(tmp_path, {"a.md": "1" * 40, "b.md": "3" * 40}).recall("question") == {"a.md": [1, "x"]}
    assert Notes(tmp_path, FILES).recall("another question") == {}
    with mock.patch("tracker.audit.notes.tool", return_value=["another tool"]):
        assert Notes(tmp_path, FILES).recall("question") == {}


def test_of_a_file_that_may_differ_from_its_hash_nothing_is_kept(tmp_path: Path) -> None:
    notes = Notes(tmp_path, FILES, unsure=frozenset(["a.md"]))
    notes.keep("question", {"a.md": 1, "b.md": 2}, ["a.md"])
    assert notes.recall("question") == {}, "only what is new of it is a reason to write"
    notes.keep("question", {"a.md": 1, "b.md": 2}, ["a.md", "b.md"])
    assert notes.recall("question") == {"b.md": 2}


def test_names_that_are_no_unicode_are_kept(tmp_path: Path) -> None:
    files = {"caf\udce9.md": "1" * 40}
    Notes(tmp_path, files).keep("question", {"caf\udce9.md": ["\udce9"]}, files)
    assert Notes(tmp_path, files).recall("question") == {"caf\udce9.md": ["\udce9"]}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"null", b"[]", b"7", b'{"a.md": 7}', b'{"a.md": [1, 2, 3]}', b"[" * 100_000]
)
def test_what_is_damaged_is_as_nothing(tmp_path: Path, data: bytes) -> None:
    notes = Notes(tmp_path, FILES)
    notes.keep("question", {"a.md": 1}, ["a.md"])
    with Cache(tmp_path) as cache:
        cache.put(f"{KIND}question", {notes._form: pack(data)})
    assert notes.recall("question") == {}
    with Cache(tmp_path) as cache:
        cache.put(f"{KIND}question", {notes._form: "no packed text"})
    assert notes.recall("question") == {}


def test_what_is_packed_comes_back() -> None:
    assert unpack(pack(b"\0\xff")) == b"\0\xff"
    assert json.loads(unpack(pack(json.dumps(FILES).encode()))) == FILES


def test_after_a_change_only_the_changed_document_is_read_for_its_notes(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    for number in range(4):
        repo.write(f"docs/page_{number}.md", f"See [next](page_{number + 1}.md).\n")
        repo.write(f"plans/step_{number}.md", "# Plan\n\nStatus: done\n")
    repo.write("docs/page_4.md", "The end.\n")
    repo.commit("Start")

    def read() -> tuple[int, int]:
        with (
            mock.patch.object(BrokenLinks, "note", wraps=BrokenLinks.note) as note,
            mock.patch.object(finished, "_about", wraps=finished._about) as about,
        ):
            said = told(repo, tmp_path / "kept")[0]
        assert said == told(repo, None)[0]
        return note.call_count, about.call_count

    assert read() == (9, 9)
    assert read() == (0, 0)
    repo.write("docs/page_2.md", "See [nothing](page_9.md).\n")
    assert read() == (1, 1)
    repo.commit("Change")
    assert read() == (1, 1)
    repo.remove("docs/page_1.md")
    repo.commit("Remove a page that another one links to")
    assert read() == (0, 0)
