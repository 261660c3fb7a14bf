"""Numbers of JSON files, kept as they are written."""

from __future__ import annotations

import json
from typing import Any

SAFE_LENGTH = 16
"""A decimal number of this length without an exponent has at most 15 digits, which a float keeps."""


class PreciseFloat(float):
    """A float, and the digits that it was read from."""

    text: str


PreciseFloat.__name__ = "float"  # the functions of JMESPath go by the name of the type


def load_json(text: str) -> Any:
    """Parse JSON. A float that may have lost digits is a `PreciseFloat`. Raises like `json.loads`."""
    return json.loads(text, parse_float=_parse_float)


def _parse_float(text: str) -> float:
    if len(text) <= SAFE_LENGTH and "e" not in text and "E" not in text:
        return float(text)
    number = PreciseFloat(text)
    if repr(number) == text:
        return float(text)
    number.text = text
    return number
