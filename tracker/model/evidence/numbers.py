"""Numbers as people write them: kept to the last digit."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

LARGEST_EXPONENT = 1000
"""Far beyond every float; a larger exponent is a mistake, and costs time and memory to compute with."""


def exact(value: object) -> Decimal:
    """Return the number that an int, a float or a text stands for; a float stands for its shortest text.

    Raises ValueError for anything that is no finite number.

    >>> exact("0.10"), exact(9007199254740993), exact(0.1)
    (Decimal('0.10'), Decimal('9007199254740993'), Decimal('0.1'))
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError(f"expected a number; got {value!r}")
    try:
        number = Decimal(repr(float(value)) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        raise ValueError(f"expected a number; got {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"expected a finite number; got {value!r}")
    if number and abs(number.adjusted()) > LARGEST_EXPONENT:
        raise ValueError(f"expected a number with an exponent of at most ±{LARGEST_EXPONENT}; got {value!r}")
    return number


def plain(number: Decimal) -> float | str:
    """Return the number as JSON has it: a float where one is equal to it, else its digits.

    >>> plain(Decimal("0.5")), plain(Decimal(2**53 + 1))
    (0.5, '9007199254740993')
    """
    nearest = float(number)
    return nearest if Decimal(repr(nearest)) == number else str(number)


def written(number: Decimal) -> str:
    """Return the digits as they were written.

    >>> written(Decimal("1e-9")), written(Decimal("0.50"))
    ('1e-9', '0.50')
    """
    return str(number).lower()


def _tolerance(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d+(\.\d+)?([eE][-+]?\d{1,3})?\s*%?", value, re.ASCII):
        raise ValueError(f"expected a tolerance such as 0.02 or 5%; got {value!r}")
    return value


def allowed(tolerance: str, reference: Decimal) -> Decimal:
    """Return the largest difference from `reference` that a tolerance (0.02 or 5%) allows.

    >>> allowed("5%", Decimal("-2.0"))
    Decimal('0.1')
    """
    size = Decimal(tolerance.rstrip("% "))
    return abs(reference) * size / 100 if "%" in tolerance else size


Number = Annotated[
    Decimal,
    BeforeValidator(exact),
    PlainSerializer(plain, return_type=float | str),
    WithJsonSchema({"type": "number"}),
]
Tolerance = Annotated[str, BeforeValidator(_tolerance)]
