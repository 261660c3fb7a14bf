"""What all rules have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from diagnostics.evidence import Evidence
from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Finding, Number, Severity, number


class Rule:
    """One kind of fault.

    `name` is the id in findings and thresholds. `signal`, `limits` (with the keys of `defaults` in braces), `levels`,
    `source` and `fix` are its row in the documentation. `certainty`, from 0 to 1, says how directly the rule sees the
    fault: 0.95 read from the program's structure, 0.8 measured, 0.5 inferred from the loss. `explains`: the rules whose
    findings this fault causes."""

    name: ClassVar[str]
    signal: ClassVar[str]
    limits: ClassVar[str]
    levels: ClassVar[str]
    source: ClassVar[str]
    fix: ClassVar[str]
    defaults: ClassVar[Mapping[str, float]]
    certainty: ClassVar[float] = 0.8
    explains: ClassVar[tuple[str, ...]] = ()

    def __init__(self, thresholds: Mapping[str, float]) -> None:
        self.thresholds = {**self.defaults, **thresholds}

    def captures(self, readings: Sequence[Reading]) -> None:
        """The next captures are complete; there may be many of them."""

    def epoch(self, reading: EpochReading) -> None:
        """An epoch was reported."""

    def findings(self, run: Evidence) -> Iterator[Finding]:  # noqa: ARG002
        """The findings so far, the worst first. `run`: everything else that is known of the run."""
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


SYMPTOMS = (
    "loss-not-decreasing", "loss-plateau", "loss-oscillation", "loss-spike", "stalled-training", "collapsed-output",
)  # fmt: skip
GRADIENTS = ("dead-units", "vanishing-gradient", "exploding-gradient", "saturated-activation")
