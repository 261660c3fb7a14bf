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
    "ignored": MeasuredPrecision(195, 196, 29, 195, 209),
    "artifact": MeasuredPrecision(294, 295, 50, 300, 363),
    "backup": MeasuredPrecision(107, 107, 43, 107, 108),
    "duplicate": MeasuredPrecision(39, 39, 16, 44, 107),
    "empty": MeasuredPrecision(58, 58, 26, 59, 63),
    "applied": MeasuredPrecision(1, 1, 1, 1, 1),
    "superseded": MeasuredPrecision(7, 7, 2, 7, 7),
    "archive": MeasuredPrecision(227, 227, 17, 239, 246),
    "finished": MeasuredPrecision(258, 258, 52, 264, 304),
    "deprecated": MeasuredPrecision(17, 17, 8, 17, 24),
    "one-off": MeasuredPrecision(509, 510, 61, 512, 597),
    "unreachable": MeasuredPrecision(1239, 1241, 68, 1242, 1359),
    "broken-symlink": MeasuredPrecision(10, 10, 1, 10, 10),
}
"""By rule id. Rules that are exact by construction are not in it."""


def precision_of(rule: str) -> float | None:
    """The measured precision of a rule; None where it is exact by construction, or not measured."""
    return MEASURED[rule].precision if rule in MEASURED else None
