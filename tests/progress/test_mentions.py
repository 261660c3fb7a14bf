"""Which session a message names, and how far a commit is from a session."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model import DEFAULT_MENTION, Commit, Session
from tracker.progress.days import apart, commit_days_outside, days_outside
from tracker.progress.mentions import SessionNames, mentions
from tracker.progress.slips import is_slip

WORDS = st.text("abcdefgh ", max_size=20)


def commit(subject: str, body: str = "", written: str = "2026-02-15T12:00:00+00:00", made: str | None = None) -> Commit:
    committed = datetime.fromisoformat(made) if made else None
    return Commit("a" * 40, "b" * 40, (), "A", "a@b", datetime.fromisoformat(written), subject, body, (), committed)


def session(first: date = date(2026, 2, 15), last: date | None = None, name: str = "7") -> Session:
    return Session(session=name, date=first, focus="f", until=last)


@given(WORDS, WORDS)
def test_a_mention_between_words_is_none(before: str, after: str) -> None:
    found = mentions(re.compile(DEFAULT_MENTION), commit(f"x {before} S3 {after} x", f"x {before} S3 {after}"))
    assert [*found] == []


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("S88", "", [("88", True), ("88", False)]),
        ("  S88: x", "", [("88", True)]),
        ("(S88) x", "", [("88", True), ("88", True)]),
        ("S88.py is new", "", []),
        ("S3 bucket policy", "", [("3", False)]),
        ("S3 policy: buckets", "", [("3", False)]),
        ("S3, GCS and Azure", "", [("3", False)]),
        ("S3, S4 and S5: x", "", [("3", True)]),
        ("S3 and S4 buckets", "", [("3", False)]),
        ("S3 - x", "", [("3", True)]),
        ("S3 \N{EM DASH} x", "", [("3", True)]),
        ("S3) x", "", [("3", True)]),
        ("[S3 x] y", "", [("3", False)]),
        ("S3 | x", "", [("3", True)]),
        ("S3. Add x", "", [("3", True)]),
        ("S3 session: x", "", [("3", True)]),
        ("S3 sessions are kept", "", [("3", False)]),
        ("Session 3 does x", "", [("3", True)]),
        ("session #3 does x", "", [("3", True)]),
        ("S88/S89", "", [("89", False)]),
        ("x (S1, session 2 & S3)", "", [("1", True), ("2", True), ("3", True)]),
        ("x (not S1)", "", []),
        ("x, of S5.", "", [("5", False)]),
        ("x, of S5 ", "", [("5", False)]),
        ("x", "Session: 5", [("5", True)]),
        ("x", "Session: S5, S6", [("5", True), ("6", True)]),
        ("x", "session-id: 2026-02-15-a", [("2026-02-15-a", True)]),
        ("x", "Refs: session 5", [("5", True)]),
        ("x", "Refs: 5", []),
        ("x", "Session: 5\n\nThe last paragraph.", []),
        ("x", "Text.\n\nSession: 5\nSigned-off-by: A", [("5", True)]),
    ],
)
def test_the_places_that_count(subject: str, body: str, expected: list[tuple[str, bool]]) -> None:
    found = mentions(re.compile(DEFAULT_MENTION), commit(subject, body))
    assert [(one.id, one.certain) for one in found] == expected


@pytest.mark.parametrize(("pattern", "certain"), [(r"LOG-(\d+)", True), (r"#(\d+)", True), (r"K(\d+)", False)])
def test_an_unmistakable_pattern_needs_nothing_behind_it(pattern: str, certain: bool) -> None:
    subject = {r"LOG-(\d+)": "LOG-3 does x", r"#(\d+)": "#3 does x", r"K(\d+)": "K3 pods do x"}[pattern]
    assert [(one.id, one.certain) for one in mentions(re.compile(pattern), commit(subject))] == [("3", certain)]


def test_names_of_sessions() -> None:
    names = SessionNames([session(name="S88"), session(name="9"), session(name="S9b")])
    assert [one.session if (one := names.find(name)) else None for name in ("88", "s88", "S9", "9B", "8")] == [
        "S88",
        "S88",
        "9",
        "S9b",
        None,
    ]


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-02-15T00:00:00+00:00", 0),
        ("2026-02-17T23:59:59+00:00", 0),
        ("2026-02-18T00:00:00+00:00", 1),
        ("2026-02-14T23:59:59+00:00", -1),
        ("2026-02-17T23:30:00-08:00", 0),  # the 18th in UTC
        ("2026-02-18T05:00:00+09:00", 0),  # the 17th in UTC
        ("2026-02-15T05:00:00+09:00", 0),  # the 14th in UTC
        ("2026-02-20T12:00:00+00:00", 3),
    ],
)
def test_days_outside_a_session(moment: str, days: int) -> None:
    assert days_outside(datetime.fromisoformat(moment), session(last=date(2026, 2, 17))) == days


def test_the_nearer_of_writing_and_committing_counts() -> None:
    early, late = "2026-02-10T12:00:00+00:00", "2026-02-16T12:00:00+00:00"
    assert commit_days_outside(commit("x", "", early, late), session()) == 1
    assert commit_days_outside(commit("x", "", late, early), session()) == 1
    assert commit_days_outside(commit("x", "", early), session()) == -5


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (1, "one day after session 7"),
        (-2, "two days before session 7"),
        (10, "ten days after session 7"),
        (11, "11 days after session 7"),
        (-4000, "4,000 days before session 7"),
    ],
)
def test_distances_in_words(days: int, text: str) -> None:
    assert apart(days, session()) == text


@given(st.text("ab1", min_size=1, max_size=8), st.integers(0, 7), st.sampled_from("abc1"))
def test_slips(word: str, at: int, letter: str) -> None:
    at %= len(word)
    assert not is_slip(word, word)
    assert is_slip(word[:at] + word[at + 1 :], word), "missing"
    assert is_slip(word[:at] + letter + word[at:], word), "too many"
    wrong = word[:at] + letter + word[at + 1 :]
    assert is_slip(wrong, word) == (wrong != word)
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    assert is_slip(swapped, word) == (swapped != word)
    assert not is_slip(f"xy{word}", word)
