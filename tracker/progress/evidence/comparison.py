"""Comparing a measured value with what people ask of it: exactly, digit by digit."""

from __future__ import annotations

import operator
from decimal import Decimal, localcontext
from typing import Any

from tracker.model import ResultEvidence
from tracker.model.evidence.numbers import LARGEST_EXPONENT, allowed, exact
from tracker.sources.numbers import PreciseFloat

WORDS = {"NaN": Decimal("NaN"), "Infinity": Decimal("Infinity"), "-Infinity": Decimal("-Infinity")}
"""The numbers that JSON can only write as texts."""
OF_YAML = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "infinity": "Infinity", "-infinity": "-Infinity"}
"""The same as people write them in YAML, without the point before."""
ORDER = {"below": operator.lt, "at_most": operator.le, "above": operator.gt, "at_least": operator.ge}
DIGITS = 4 * LARGEST_EXPONENT
"""Enough for the exact difference and product of any two numbers that are accepted."""


def number(value: Any) -> Decimal | None:
    """Return the exact number that a JSON value is; None for a truth value and any text but NaN and ±Infinity.

    >>> number(9007199254740993), number("NaN"), number(True), number("8")
    (Decimal('9007199254740993'), Decimal('NaN'), None, None)
    """
    if isinstance(value, str):
        return WORDS.get(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Decimal(
        value.text if isinstance(value, PreciseFloat) else repr(value) if isinstance(value, float) else value
    )


def holds(evidence: ResultEvidence, value: Any) -> bool:
    """Return whether a value satisfies the comparison of the evidence; without one, whether it is true."""
    comparison = evidence.comparison
    if comparison is None:
        return value is True
    bound = getattr(evidence, comparison)
    if comparison == "equals":
        return equal(value, bound)
    if comparison == "contains":
        return _contains(value, bound)
    measured = number(value)
    return measured is not None and not measured.is_nan() and bool(ORDER[comparison](measured, bound))


def equal(value: Any, text: str) -> bool:
    """Return whether a value is what a text says: the same number, truth value or text.

    >>> equal(8, "8.0"), equal(2**53 + 1, "9007199254740992"), equal(True, "true"), equal("a", "b")
    (True, False, True, False)
    """
    if isinstance(value, str) and value == text:
        return True
    measured, asked = number(value), _asked(text)
    if measured is None or asked is None:
        return not isinstance(value, str) and _word(value) == text
    return (measured.is_nan() and asked.is_nan()) or measured == asked


def near(value: Decimal, reference: Decimal, tolerance: str) -> bool:
    """Return whether a value differs from a reference by no more than the tolerance (0.02 or 5%).

    >>> near(Decimal("2.2"), Decimal("2"), "10%"), near(Decimal("1.8"), Decimal("2"), "0.1")
    (True, False)
    """
    if not (value.is_finite() and reference.is_finite()):
        return False
    with localcontext(prec=DIGITS):
        return abs(value - reference) <= allowed(tolerance, reference)


def shown(value: Any) -> str:
    """Return a value as pages show it: a number in its shortest form, a long text cut at 80 characters.

    >>> shown(2.0), shown(1234567.5), shown("a" * 81)[-2:]
    ('2', '1234567.5', 'a…')
    """
    text = _word(value)
    if isinstance(value, float) and Decimal(short := f"{value:.6g}") == number(value):
        return short
    return text if len(text) <= 80 or isinstance(value, (int, float)) else text[:79] + "…"


def frozen(value: Any) -> str:
    """Return a value as a version keeps it: a number to its last digit."""
    return _word(value) if isinstance(value, (int, float)) else shown(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, PreciseFloat) else str(value)


def _asked(text: str) -> Decimal | None:
    try:
        return exact(text)
    except ValueError:
        return WORDS.get(OF_YAML.get(text.strip().lower().replace(".", "", 1), ""))


def _contains(value: Any, bound: str) -> bool:
    if isinstance(value, (str, dict)):
        return bound in value
    return isinstance(value, list) and any(equal(item, bound) for item in value)
