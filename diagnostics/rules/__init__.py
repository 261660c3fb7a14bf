"""Numbers → findings. One module a family of rules; every `Rule` in this folder is found by `registry`.

A rule receives captures and epochs in the order in which they happen, keeps only what it needs (never the run), and
gives its findings at the end, or when the result file is renewed. Its thresholds have documented defaults and can be
replaced one by one."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import ClassVar

from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Diagnosis, Finding, Number, Severity, number

Thresholds = Mapping[str, Mapping[str, float]]


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


@cache
def registry() -> dict[str, type[Rule]]:
    """Every rule of this folder by name, the most upstream first."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    rules = sorted(Rule.__subclasses__(), key=lambda rule: (rule.precedence, rule.name))
    return {rule.name: rule for rule in rules}


def build(thresholds: Thresholds | None) -> list[Rule]:
    """All rules, with `thresholds` (rule → key → value) instead of their defaults.

    Raises ValueError for an unknown rule or key, naming the nearest one, and for a value that is not a number."""
    rules = registry()
    for name, values in (thresholds or {}).items():
        if name not in rules:
            raise ValueError(f"thresholds: no rule {name!r}{_nearest(name, rules)}")
        for key, value in values.items():
            if key not in rules[name].defaults:
                raise ValueError(f"thresholds: {name} has no {key!r}{_nearest(key, rules[name].defaults)}")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"thresholds: {name}.{key} must be a number, not {value!r}")
    return [rule((thresholds or {}).get(name, {})) for name, rule in rules.items()]


def diagnose(rules: list[Rule]) -> Diagnosis:
    """The findings of all rules, critical ones first, and among equals the likeliest cause: the most
    upstream.
    """
    ranks = {"critical": 0, "warning": 1, "info": 2}
    findings = [finding for rule in rules for finding in rule.findings()]
    findings.sort(key=lambda finding: ranks[finding.severity])  # stable: rules are in order of precedence already
    return Diagnosis(findings[0].severity if findings else "ok", findings)


def _nearest(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f"; known: {', '.join(known)}"
