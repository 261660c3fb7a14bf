"""From features to a probability: two small additive (logistic) models, the second of which knows the first's answers.

The first weighs what is known of a file alone; the second adds how stale the company that it keeps looks. Their weights
are fitted on real clean-ups by `benchmarks/audit_fit.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracker.audit.features import Values, company
from tracker.audit.subject import Subject

WEIGHTS = Path(__file__).with_name("weights.json")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """The weights of both: log odds by feature, `always` counting for every file."""

    first: Weights
    second: Weights

    def adds(self, feature: str, strength: float) -> float:
        """What a sign adds to the log odds of its file."""
        return self.second.get(feature, 0.0) * strength

    def alone(self, values: Mapping[str, Values]) -> dict[str, float]:
        """How likely each file is stale, judged by itself."""
        return {path: _probability(self.first, one) for path, one in values.items()}

    def scores(self, subject: Subject, values: Mapping[str, Values]) -> dict[str, float]:
        """How likely each file is stale."""
        around = company(subject, self.alone(values))
        return {path: _probability(self.second, values[path] | more) for path, more in around}


@cache
def fitted() -> Model:
    """The model that comes with the package."""
    data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Model(data["alone"], data["together"])


def _probability(weights: Weights, values: Values) -> float:
    odds = weights.get("always", 0.0) + sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
