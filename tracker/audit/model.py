"""From features to a probability, by a small additive (logistic) model.

Log odds are added up over the traits and signs of a file, and held against the mean of its tree: what counts is how a
file differs from the others beside it, for trees differ more in how much of them is stale than files in how stale they
are. Then the company that a file keeps is added, and the sum is read as a probability. All numbers are data, fitted on
real clean-ups by `benchmarks/audit_fit.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracker.audit.features import Values, company
from tracker.audit.subject import Subject
from tracker.audit.traits import Column

WEIGHTS = Path(__file__).with_name("weights.json")
FEW = 50
"""As many imagined files of the usual kind temper the mean of a tree, so that a small tree is judged by others too."""

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """What is weighed, and how the sum is read."""

    weights: Weights
    """Log odds by trait and sign."""
    usual: float
    """The mean of a tree, as a rule."""
    company: Weights
    """What the odds of a file and of its company weigh; `itself` is the file."""
    level: float
    slope: float
    """Platt's (1999) line from the sum to log odds."""
    ceiling: float
    """Nothing is said more surely: of what was, less came true."""

    def adds(self, feature: str, strength: float) -> float:
        """What a sign adds to the log odds of its file."""
        return self.slope * self.company["itself"] * self.weights.get(feature, 0.0) * strength

    def odds(self, values: Values, files: int) -> list[float]:
        """The log odds of every file by itself, against the mean of the tree."""
        found = [0.0] * files
        for name, column in values.traits.items():
            if weight := self.weights.get(name):
                found = [one + weight * value for one, value in zip(found, column, strict=True)]
        for name, strengths in values.strengths.items():
            if weight := self.weights.get(name):
                for index, strength in strengths.items():
                    found[index] += weight * strength
        mean = (sum(found) + FEW * self.usual) / (files + FEW)
        return [one - mean for one in found]

    def beside(self, subject: Subject, alone: Sequence[float]) -> dict[str, Column]:
        """What each kind of company adds to the odds of every file."""
        found = company(subject, alone).items()
        return {name: [self.company.get(name, 0.0) * one for one in column] for name, column in found}

    def together(self, alone: Sequence[float], beside: Mapping[str, Column]) -> list[float]:
        """The odds of every file by itself and its company's."""
        return [
            sum(both) for both in zip([self.company["itself"] * one for one in alone], *beside.values(), strict=True)
        ]

    def probability(self, odds: float) -> float:
        """How likely a file of such odds is stale."""
        return min(self.ceiling, 1 / (1 + math.exp(-(self.level + self.slope * odds))))


@cache
def fitted() -> Model:
    """The model that comes with the package."""
    return Model(**json.loads(WEIGHTS.read_text(encoding="utf-8")))
