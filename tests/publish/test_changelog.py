"""The file of the changelog: people's own text stays, and making it again changes nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.publish.changelog import BEGIN, END, merged

TEXTS = st.text(max_size=40).filter(lambda text: BEGIN not in text and END not in text)


@given(TEXTS, TEXTS, TEXTS)
def test_what_stands_outside_the_marks_is_kept(before: str, first: str, second: str) -> None:
    once = merged(before, first)
    assert once.startswith(before.rstrip())
    assert merged(once, first) == once
    own = f"{once}\nmine below\n"
    twice = merged(own, second)
    assert twice.startswith(before.rstrip())
    assert twice.endswith(f"{END}\n\nmine below\n")
    assert f"{BEGIN}\n\n{second.strip()}\n\n{END}" in twice
