"""What a commit message says: types, scopes, breaking marks, numbers, reverts; any text is understood as a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import ChangeKind
from tracker.progress.commit_message import parse_message

MESSAGES = [
    ("feat: a", ("added", None, False, "a", ())),
    ("feat(api)!: a (#12)", ("added", "api", True, "a", (12,))),
    ("FIX(core): a (#1) (#23)", ("fixed", "core", False, "a", (1, 23))),
    ("fix:no space", ("fixed", None, False, "no space", ())),
    ("perf: a", ("changed", None, False, "a", ())),
    ("security: a", ("security", None, False, "a", ())),
    ("custom(x): a", ("changed", "x", False, "a", ())),
    ("chore!: drop Python 3.8", ("changed", None, True, "drop Python 3.8", ())),
    ("✨ feat: a", ("added", None, False, "a", ())),
    (":bug: fix: a", ("fixed", None, False, "a", ())),
    ("feat：新增功能", ("added", None, False, "新增功能", ())),
    ("[FIX] mail: crash", ("fixed", None, False, "mail: crash", ())),
    ("net/http: fix a race", ("fixed", "net/http", False, "fix a race", ())),
    ("Merged PR 12: Add a", ("added", None, False, "Add a", (12,))),
    ("PROJ-12: Fix a", ("fixed", None, False, "PROJ-12: Fix a", ())),
    ("Fix CVE-2024-12345 in a", ("security", None, False, "Fix CVE-2024-12345 in a", ())),
    ("修复登录", ("changed", None, False, "修复登录", ())),
    ("Ändere a", ("changed", None, False, "Ändere a", ())),
    ("Addition of numbers", ("changed", None, False, "Addition of numbers", ())),
    ("Version 2 of the format", ("changed", None, False, "Version 2 of the format", ())),
    ("Note: a", ("changed", None, False, "Note: a", ())),
    ("Make it faster: see #3", ("changed", None, False, "Make it faster: see #3", ())),
]
UNNOTICED = [
    "chore: a",
    "docs(api): a",
    "ci: a",
    "test: a",
    "Bump lodash from 4.1.0 to 4.2.0",
    "refactor: a",
    "Refactor a",
    "Version 1.2.0.",
    "v2.0rc1",
    "Release 1.2.0",
    "Bump version to 1.2.0",
    "Bump the pip group across 1 directory with 8 updates",
]


@pytest.mark.parametrize(("subject", "expected"), MESSAGES)
def test_what_a_subject_says(subject: str, expected: tuple[object, ...]) -> None:
    found = parse_message(subject)
    assert (found.kind, found.scope, found.breaking, found.text, found.pull_requests) == expected


@pytest.mark.parametrize("subject", UNNOTICED)
def test_what_users_do_not_notice(subject: str) -> None:
    assert parse_message(subject).kind is None


@pytest.mark.parametrize("footer", ["BREAKING CHANGE: a", "BREAKING-CHANGE: a", "text\n\nBREAKING CHANGE: a\nmore"])
def test_a_footer_marks_a_breaking_change_of_any_type(footer: str) -> None:
    assert parse_message("refactor: a", footer).breaking
    assert parse_message("refactor: a", footer).kind is ChangeKind.CHANGED
    assert not parse_message("fix: a", f"not a {footer.split()[0].lower()} change: a").breaking


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_a_message(subject: str, body: str) -> None:
    found = parse_message(subject, body)
    assert found.text in " ".join(subject.split())
    assert found.text or not subject.split()
