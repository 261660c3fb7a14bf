"""The measured precision of the rules about files: how many of their findings were right, judged by reading them.

The judgements are in benchmarks/audit_labels.tsv; `python -m benchmarks.audit_labels` counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

NORMAL = 1.96
"""Standard deviations of a 95% interval."""


class MeasuredPrecision(NamedTuple):
    """Judged findings of one rule, at most ten of a family."""

    right: int
    of: int
    """Right and wrong ones that are still reported; findings on which readers may disagree are left out."""
    repositories: int
    first_right: int
    first_of: int
    """The same when the repositories were first looked at: where findings were wrong, the rule was mended."""

    @property
    def precision(self) -> float:
        """The share that is right."""
        return round(self.right / self.of, 2)

    @property
    def lower_bound(self) -> float:
        """The lower bound of the 95% Wilson interval of the precision.

        >>> round(MeasuredPrecision(45, 45, 4, 45, 50).lower_bound, 2)
        0.92
        """
        share, spread = self.right / self.of, NORMAL**2 / self.of
        return (share + spread / 2 - sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)


MEASURED: Mapping[str, MeasuredPrecision] = {
    "ignored": MeasuredPrecision(60, 60, 9, 60, 67),
    "artifact": MeasuredPrecision(91, 91, 16, 94, 105),
    "backup": MeasuredPrecision(46, 46, 17, 46, 47),
    "duplicate": MeasuredPrecision(18, 18, 6, 20, 36),
    "empty": MeasuredPrecision(13, 13, 5, 13, 15),
    "archive": MeasuredPrecision(51, 51, 4, 51, 51),
    "finished": MeasuredPrecision(85, 85, 22, 89, 99),
    "deprecated": MeasuredPrecision(10, 10, 3, 10, 11),
    "one-off": MeasuredPrecision(156, 156, 25, 157, 182),
    "unreachable": MeasuredPrecision(423, 423, 30, 425, 453),
}
"""By rule id. Rules that are exact by construction are not in it."""


def precision_of(rule: str) -> float | None:
    """The measured precision of a rule; None where it is exact by construction, or not measured."""
    return MEASURED[rule].precision if rule in MEASURED else None
