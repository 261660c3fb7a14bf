"""The cache: what is put is there, for everyone who has it open."""

from __future__ import annotations

from pathlib import Path

from tracker.cache import Cache


def test_one_that_is_open_locks_nobody_out(tmp_path: Path) -> None:
    with Cache(tmp_path) as one, Cache(tmp_path) as other:
        one.put("word", {"a": "first", "b": "gone"})
        one.keep("word", ["a"])
        other.put("word", {"c": "second"})
        assert one.get("word", "abc") == other.get("word", "abc") == {"a": "first", "c": "second"}


def test_a_name_that_no_encoding_has_is_left_out_with_what_came_beside_it(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("word", {"a": "first"})
        cache.put("word", {"b": "second", "\udcff": "third"})
    with Cache(tmp_path) as cache:
        assert cache.get("word", "ab") == {"a": "first"}
