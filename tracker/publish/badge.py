"""Badges: the geometry and colours only. `templates/badge.svg.j2` draws them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

COLOURS = {"good": "#2e7d32", "warn": "#a05a00", "bad": "#c62828", "quiet": "#5f6368"}
"""Each holds white letters, on a light page and on a dark one."""
PADDING = 6
LONGEST = 40
NARROW = frozenset("fijlrt1.,:;'|()[]! ")
WIDE = frozenset("mwMW%@")


@dataclass(frozen=True, slots=True)
class Badge:
    """Two words beside each other."""

    label: str
    value: str
    label_width: int
    value_width: int
    colour: str


def badge(label: str, value: str, colour: str) -> Badge:
    """A badge; `colour` is good, warn, bad or quiet."""
    label, value = (" ".join(text.split()) for text in (label, value))
    label = label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
    return Badge(label, value, _width(label), _width(value), COLOURS[colour])


def _width(text: str) -> int:
    """About as wide as the text is at 11 pixels; the SVG then fits the text to it."""
    width = 0.0
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            width += 11.5
        else:
            width += 4.0 if letter in NARROW else 9.5 if letter in WIDE or letter.isupper() else 6.8
    return round(width) + 2 * PADDING
