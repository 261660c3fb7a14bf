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
    "applied": MeasuredPrecision(2, 2, 2, 2, 2),
    "archive": MeasuredPrecision(323, 323, 29, 344, 360),
    "artifact": MeasuredPrecision(333, 333, 74, 401, 465),
    "backup": MeasuredPrecision(163, 163, 59, 168, 169),
    "broken-symlink": MeasuredPrecision(13, 13, 2, 13, 13),
    "deprecated": MeasuredPrecision(14, 14, 5, 18, 25),
    "empty": MeasuredPrecision(101, 101, 44, 117, 121),
    "finished": MeasuredPrecision(269, 269, 68, 362, 430),
    "ignored": MeasuredPrecision(254, 255, 40, 254, 268),
    "one-off": MeasuredPrecision(706, 709, 87, 732, 827),
    "superseded": MeasuredPrecision(7, 7, 2, 7, 7),
    "unreachable": MeasuredPrecision(1637, 1639, 108, 1698, 1828),
}
"""By rule id. Rules that are exact by construction are not in it."""


def precision_of(rule: str) -> float | None:
    """The measured precision of a rule; None where it is exact by construction, or not measured."""
    return MEASURED[rule].precision if rule in MEASURED else None
