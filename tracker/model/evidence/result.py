"""`result: NAME`: what a measured run says."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, model_validator

from tracker.model.evidence.base import BaseEvidence, Style
from tracker.model.evidence.numbers import Number, Tolerance, written
from tracker.model.fields import Word

SIGNS = {
    "equals": "=",
    "below": "<",
    "at_most": "≤",
    "above": ">",
    "at_least": "≥",
    "contains": "contains",
    "within": "within",
}
COMPARISONS = tuple(SIGNS)
ORDERED = ("below", "at_most", "above", "at_least")
"""The comparisons that say in which direction a value is better."""


def _jmespath(value: str) -> str:
    import jmespath
    from jmespath.exceptions import ParseError

    try:
        jmespath.compile(value)
    except ParseError as error:  # its column counts from 0
        raise ValueError(f"expected a JMESPath; column {error.lex_position + 1} of {value!r} cannot be read") from None
    except ValueError as error:  # an empty text, or an open quote
        raise ValueError(f"expected a JMESPath; got {value!r}: {str(error).splitlines()[0]}") from None
    return value


JMESPath = Annotated[str, AfterValidator(_jmespath)]


class ResultEvidence(BaseEvidence):
    """The newest complete result of a name, and what a value in it must be."""

    kind: ClassVar[str] = "result"
    style: ClassVar[Style] = "run"

    result: Word
    """Name of a result; its newest complete one counts."""
    value: JMESPath | None = None
    """JMESPath into the result."""
    equals: str | None = None
    """The value must be this text, number or truth value."""
    below: Number | None = None
    """The value must be smaller. Numbers are compared exactly, as they are written."""
    at_most: Number | None = None
    """The value must not be greater."""
    above: Number | None = None
    """The value must be greater."""
    at_least: Number | None = None
    """The value must not be smaller."""
    contains: str | None = None
    """The value, a text, list or mapping, must contain this text, item or key."""
    within: Tolerance | None = None
    """The value must not differ by more than this, absolute (0.02) or relative (5%), from an earlier version's."""
    of: str | None = None
    """The number of that version; without it the last one."""
    tolerance: Tolerance | None = None
    """With `check --against`: how much worse the value may get, such as 0.02 or 5%. Default: not at all."""
    measured: bool | None = None
    """`true`: the result must be unedited, as the training diagnostics wrote it."""

    @property
    def comparison(self) -> str | None:
        """The name of the comparison; None where there is none."""
        return next((name for name in COMPARISONS if getattr(self, name) is not None), None)

    @property
    def bound(self) -> str:
        """What the value is compared with, as it was written."""
        bound = getattr(self, self.comparison) if self.comparison else "true"
        return written(bound) if isinstance(bound, Decimal) else str(bound)

    @property
    def subject(self) -> str:
        """See `BaseEvidence.subject`."""
        return f"result {self.result}" + (f": {self.value}" if self.value else "")

    @property
    def asks(self) -> str:
        """See `BaseEvidence.asks`.

        >>> ResultEvidence(result="soak", value="gate_true_rate", above=0).asks
        'result soak: gate_true_rate > 0'
        """
        return self.subject + (f" {SIGNS[self.comparison]} {self.bound}" if self.comparison else "")

    @model_validator(mode="after")
    def _check_comparison(self) -> Self:
        if sum(getattr(self, name) is not None for name in COMPARISONS) > 1:
            raise ValueError(f"expected at most one of {', '.join(COMPARISONS)}")
        if self.comparison and self.value is None:
            raise ValueError("expected `value`, a JMESPath into the result, beside the comparison")
        if self.of is not None and self.within is None:
            raise ValueError("expected `within` beside `of`: the value of a version is what it may differ from")
        if self.tolerance is not None and self.comparison not in ORDERED:
            raise ValueError(f"expected one of {', '.join(ORDERED)} beside `tolerance`: it says what worse means")
        return self
