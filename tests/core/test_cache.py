"""The cache: several may be open in one folder, as in a build with an audit, and each keeps its values."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tracker.cache import Cache


def test_no_cache_keeps_another_from_writing(tmp_path: Path) -> None:
    with Cache(tmp_path) as one, Cache(tmp_path) as other:
        one.put("kind", {"a": "1", "b": "2"})
        other.put("kind", {"c": "3"})
        one.put("kind", {}, only="ac")
        other.put("kind", {"d": "4"})
        other.put("another kind", {"e": "5"}, only="e")
        for cache in (one, other):
            assert cache.get("kind", "abcde") == {"a": "1", "c": "3", "d": "4"}


def test_a_name_that_no_encoding_has_costs_no_other(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache.put("kind", {"a": "1", "\udcff": "2"})
    with Cache(tmp_path) as cache:
        assert cache.get("kind", ["a"]) == {"a": "1"}


def test_a_look_at_one_text_does_not_read_the_large_ones_beside_it(tmp_path: Path) -> None:
    """The index contains only keys; in a table without rowids it would contain the texts too."""
    with Cache(tmp_path) as cache:
        cache.put("text", {"a": "1"})
    with sqlite3.connect(tmp_path / "cache.sqlite3") as database:
        question = "EXPLAIN QUERY PLAN SELECT key, value FROM texts WHERE kind = 'text' AND key IN ('a')"
        assert "USING INDEX" in database.execute(question).fetchall()[0][3]
