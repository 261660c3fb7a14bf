"""Cause and symptoms: one fault makes many findings.

1. Findings of severity `info` neither cause nor are causes.
2. A finding explains another when its rule lists that one in `explains` and it did not begin later.
3. The cause is the finding that no other explains and whose rule is most certain; among equals the one that began
   first, then the one that comes first in the causal order.
4. The confidence is the share of runs of the batteries in `benchmarks/faults` in which this rule, named as the cause,
   was right: (right + 1) / (named + 2), so that few runs give a value near 0.5; at most `MOST`; less 0.1 for every
   finding that neither is the cause nor explained by it, and at least 0.1.
"""

from collections.abc import Mapping, Sequence

from diagnostics.result import Diagnosis, Finding
from diagnostics.rules.rule import Rule

MOST = 0.9  # the share of right causes in programs that the rules met for the first time: 272 of 304
# Rule → runs of the batteries in which it was right as the cause, and in which it was named as the cause. A run in
# which it was wrong at first, before a rule was mended, still counts as wrong.
MEASURED = {
    "broadcast-target": (32, 32), "class-imbalance": (27, 27), "collapsed-output": (30, 31), "cut-graph": (41, 43),
    "dead-units": (27, 30), "eval-mode": (31, 31), "feature-scale-imbalance": (28, 28), "frozen-parameters": (29, 29),
    "gradients-not-cleared": (30, 30), "learning-rate-too-high": (68, 77), "learning-rate-too-low": (82, 84),
    "loss-not-decreasing": (36, 39), "loss-oscillation": (0, 1), "loss-spike": (26, 30), "never-fired": (25, 25),
    "non-finite": (36, 36), "not-in-optimizer": (38, 38), "output-loss-mismatch": (113, 114), "overfitting": (31, 31),
    "parameter-never-moves": (0, 2), "poor-initialization": (59, 62), "saturated-activation": (21, 22),
    "symmetric-weights": (29, 29), "unshuffled-data": (32, 32), "updates-too-small": (75, 75),
    "vanishing-gradient": (30, 31),
}  # fmt: skip
RANKS = {"critical": 0, "warning": 1, "info": 2}


def explain(findings: Sequence[Finding], rules: Mapping[str, type[Rule]]) -> Diagnosis:
    """The diagnosis of these findings; `rules` come in causal order."""
    place = {name: index for index, name in enumerate(rules)}
    ordered = sorted(findings, key=lambda each: (RANKS[each.severity], place[each.rule]))
    grave = [each for each in ordered if each.severity != "info"]
    if not grave:
        return Diagnosis(ordered[0].severity if ordered else "ok", ordered)
    names = sorted({each.rule for each in grave}, key=place.__getitem__)
    began = {name: min(each.step or 0 for each in grave if each.rule == name) for name in names}

    def causes(one: str, other: str) -> bool:
        return one != other and other in rules[one].explains and began[one] <= began[other]

    free = [name for name in names if not any(causes(other, name) for other in names)]
    cause = min(free or names, key=lambda name: (-rules[name].certainty, began[name], place[name]))
    explained = [name for name in names if causes(cause, name)]
    worst = grave[0].severity
    first = [each for each in grave if each.rule == cause]
    for finding in first[:1]:
        finding.severity = worst
    rest = [each for each in ordered if each.rule != cause]
    left = len(names) - len(explained) - 1
    return Diagnosis(worst, [*first, *rest], cause, explained, confidence(cause, left))


def confidence(rule: str, left: int) -> float:
    """How sure it is that `rule` is the cause, 0.1 to 1, where `left` other rules are not explained by it.

    >>> confidence("eval-mode", 0), confidence("eval-mode", 1)
    (0.9, 0.8)
    """
    right, named = MEASURED.get(rule, (0, 0))
    return round(max(0.1, min(MOST, (right + 1) / (named + 2)) - 0.1 * left), 2)
