"""What a diagnosis says of a run, held against what was planted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Result = dict[str, Any]
SEVERITIES = ("unknown", "ok", "info", "warning", "critical")
ALARMS = ("warning", "critical")


@dataclass(frozen=True, slots=True)
class Said:
    """The rule named first, all rules named (warning or worse), and the confidence, of all results of a run."""

    first: str | None
    named: frozenset[str]
    confidence: float | None = None


def what_is_said(results: Sequence[Result]) -> Said:
    """Of several models in one run the one with the gravest diagnosis names the cause."""
    if not results:
        return Said(None, frozenset())
    gravest = max(results, key=lambda result: SEVERITIES.index(result["diagnosis"]["severity"]))
    named = frozenset(rule for result in results for rule in _named(result))
    return Said(_first(gravest), named, gravest["diagnosis"].get("confidence"))


def _first(result: Result) -> str | None:
    """`diagnosis.cause`, or the first alarm where the result knows no cause."""
    alarms = [finding["rule"] for finding in result["diagnosis"]["findings"] if finding["severity"] in ALARMS]
    cause: str | None = result["diagnosis"].get("cause")
    return (cause or alarms[0]) if alarms else None


def _named(result: Result) -> Iterable[str]:
    for finding in result["diagnosis"]["findings"]:
        if finding["severity"] in ALARMS:
            yield finding["rule"]


@dataclass(slots=True)
class Tally:
    """Counts over runs. `first`: a right cause came first; `named`: it was named at all; `symptom`: a true symptom
    came first; `wrong`: something else came first; `silent`: nothing was said."""

    runs: int = 0
    first: int = 0
    named: int = 0
    symptom: int = 0
    wrong: int = 0
    silent: int = 0

    def add(self, said: Said, causes: Sequence[str], also: Sequence[str]) -> str:
        """Count a run; returns the kind of its first rule: `first`, `symptom`, `wrong` or `silent`."""
        kind = grade(said, causes, also)
        self.runs += 1
        self.named += bool(said.named & set(causes))
        setattr(self, kind, getattr(self, kind) + 1)
        return kind

    def row(self, name: str) -> str:
        """A line of a table, percentages of the runs."""
        numbers = (self.first, self.named, self.symptom, self.wrong, self.silent)
        return f"{name:28} {self.runs:5d} " + " ".join(f"{100 * n / max(1, self.runs):7.0f}%" for n in numbers)


HEADER = f"{'':28} {'runs':>5} " + " ".join(f"{word:>8}" for word in ("first", "named", "symptom", "wrong", "silent"))


def grade(said: Said, causes: Sequence[str], also: Sequence[str]) -> str:
    """How good the first rule is.

    >>> grade(Said("dead-units", frozenset({"dead-units"})), ("poor-initialization",), ("dead-units",))
    'symptom'
    """
    if said.first is None:
        return "silent"
    return "first" if said.first in causes else "symptom" if said.first in also else "wrong"


def calibration(pairs: Iterable[tuple[float, bool]]) -> list[str]:
    """Lines `confidence, runs, share that was right`, in five equal classes of confidence."""
    total, right = Counter[int](), Counter[int]()
    for confidence, was_right in pairs:
        bucket = min(4, int(confidence * 5))
        total[bucket] += 1
        right[bucket] += was_right
    return [f"{b / 5:.1f}-{(b + 1) / 5:.1f} {total[b]:5d} {100 * right[b] / total[b]:5.0f}%" for b in sorted(total)]
