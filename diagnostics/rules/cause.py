"""Cause and symptoms: one fault makes many findings.

1. Findings of severity `info` neither cause nor are causes.
2. A finding explains another when its rule lists that one in `explains` and it did not begin later.
3. The cause is the finding that no other explains and whose rule is most certain; among equals the one that began
   first, then the one that comes first in the causal order.
4. The confidence is the rule's certainty, less 0.1 for every finding that neither is the cause nor explained by it, and
   at least 0.1.
"""

from collections.abc import Mapping, Sequence

from diagnostics.result import Diagnosis, Finding
from diagnostics.rules.rule import Rule

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
    confidence = round(max(0.1, rules[cause].certainty - 0.1 * left), 2)
    return Diagnosis(worst, [*first, *rest], cause, explained, confidence)
