"""Slugs of ids in any script: unique, safe as file names, and stable when other ids are added."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.texts import NASTY
from tracker.slugs import file_stem, slug, unique_slugs

NAMES = st.one_of(
    st.sampled_from(
        [*NASTY, "日" * 300, "日志", "план", "План", "C", "C++", "C#", "s1", "S1", "a b", "a-b", "a_b", "index"]
    ),
    st.text(st.characters(), max_size=30),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("S96A", "s96a"),
        ("2026-01-01-日志", "2026-01-01-日志"),
        ("ПЛАН", "план"),
        ("Cafe\u0301", "café"),
        ("ﬁnal", "final"),
        ("हिन्दी", "हिन्दी"),
        ("Straße", "strasse"),
        ("a // b", "a-b"),
        ("../etc", "etc"),
        ("!?", ""),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(unicodedata.normalize("NFD", name)) == expected


@given(st.lists(NAMES, unique=True, max_size=12))
def test_every_slug_is_another_and_safe(names: list[str]) -> None:
    slugs = unique_slugs({name: name for name in names})
    assert len({unicodedata.normalize("NFKC", one).casefold() for one in slugs.values()}) == len(names)
    for one in slugs.values():
        assert one not in ("", "index")
        assert not one.startswith((".", "-"))
        assert not set(one) & set("/\\:*?\"<>|#% \n\t[]()'`")
        assert len(one.encode()) <= 200


@given(st.lists(NAMES, unique_by=slug, max_size=8), NAMES)
def test_a_slug_stays_when_another_name_is_added(names: list[str], added: str) -> None:
    before = unique_slugs({name: name for name in names})
    if slug(added) not in map(slug, names):
        after = unique_slugs({added: added, **{name: name for name in names}})
        assert {name: after[name] for name in names} == before


def test_names_that_lose_characters_never_take_the_slug_of_another() -> None:
    alone = unique_slugs({"C++": "C++"})
    assert unique_slugs({"C": "C", "C#": "C#", "C++": "C++"})["C++"] == alone["C++"]
    assert unique_slugs({"C": "C", "C++": "C++"})["C"] == "c"


def test_a_file_keeps_the_case_of_its_id() -> None:
    assert file_stem("2026-01-01-S1/план") == "2026-01-01-S1-план"
