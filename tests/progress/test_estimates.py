"""Estimates, as people write them."""

from __future__ import annotations

import pytest

from tracker.progress.estimates import minutes, spoken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", 120),
        ("10 min", 10),
        ("1.5 h", 90),
        ("1d 4h", 720),
        ("~30m", 30),
        ("≈ 2 Hours", 120),
        ("about 1 week", 2400),
        ("1 h, 15 min", 75),
        ("1 hour and 15 minutes", 75),
        ("2h30m", 150),
        (None, None),
        ("", None),
        ("soon", None),
        ("2", None),
        ("2 moons", None),
        ("2-3 h", None),
        ("2 h or so", None),
        ("-2h", None),
    ],
)
def test_what_an_estimate_says(text: str | None, expected: float | None) -> None:
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 min"), (59.6, "1 h"), (60, "1 h"), (95, "1 h 35 min"), (2400, "40 h")]
)
def test_how_it_is_said(count: float, expected: str) -> None:
    assert spoken(count) == expected
