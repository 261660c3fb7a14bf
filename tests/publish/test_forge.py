"""Addresses on the pages of forges: the right one, or none."""

from __future__ import annotations

import pytest

from tracker.publish.forge import compare_address, request_address

COMPARED = [
    ("https://github.com/t/a", "https://github.com/t/a/compare/1...2"),
    ("https://gitlab.example.org/g/s/a", "https://gitlab.example.org/g/s/a/-/compare/1...2"),
    ("https://codeberg.org/t/a", "https://codeberg.org/t/a/compare/1...2"),
    ("https://git.example.org/t/a", "https://git.example.org/t/a/compare/1...2"),
    ("https://bitbucket.org/t/a", None),
    ("https://git.sr.ht/~t/a", None),
    ("https://[", None),
    (None, None),
]


@pytest.mark.parametrize(("repository", "expected"), COMPARED)
def test_the_page_that_compares_two_commits(repository: str | None, expected: str | None) -> None:
    assert compare_address(repository, "1", "2") == expected
    assert compare_address(repository, None, "2") is None
    assert compare_address(repository, "1", "1") is None


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("https://github.com/t/a", "https://github.com/t/a/pull/12"),
        ("https://gitea.example.org/t/a", "https://gitea.example.org/t/a/pulls/12"),
        ("https://gitlab.com/t/a", None),
        ("https://git.example.org/t/a", None),
    ],
)
def test_the_page_of_a_pull_request_only_where_the_number_is_one(repository: str, expected: str | None) -> None:
    assert request_address(repository, 12) == expected
