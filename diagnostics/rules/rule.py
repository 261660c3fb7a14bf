"""What all rules have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Finding, Number, Severity, number


class Rule:
    """A family of findings.

    `name` is what findings and thresholds call it; `precedence` orders causes of one severity: the further
    upstream (inputs, then initialisation, layers, generalisation), the smaller, because what goes wrong
    upstream shows downstream too."""

    name: ClassVar[str]
    precedence: ClassVar[int]
    defaults: ClassVar[Mapping[str, float]]

    def __init__(self, thresholds: Mapping[str, float]) -> None:
        self.thresholds = {**self.defaults, **thresholds}

    def captures(self, readings: Sequence[Reading]) -> None:
        """The next captures are complete; there may be many of them."""

    def epoch(self, reading: EpochReading) -> None:
        """An epoch was reported."""

    def findings(self) -> Iterator[Finding]:
        """The findings so far, the worst first."""
        yield from ()

    def graded(self, value: float) -> tuple[Severity, float] | None:
        """The severity of a value that is bad when large, and the threshold it reached, by `warning` and
        `critical`.
        """
        for severity in ("critical", "warning"):
            if value >= self.thresholds[severity]:
                return severity, self.thresholds[severity]
        return None

    def finding(
        self, severity: Severity, threshold: float, value: float | None, message: str, fix: str, layer: str |
        None = None, step: int | None = None,
    ) -> Finding:  # fmt: skip
        """A finding in this rule's name."""
        limit: Number = number(float(threshold)) or 0
        return Finding(self.name, severity, layer, number(value), limit, message, fix, step)
