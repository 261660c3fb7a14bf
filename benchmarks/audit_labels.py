"""How often the audit's findings about files were right, by rule: counts the judgements in audit_labels.tsv.

usage: python -m benchmarks.audit_labels

A row is a default finding in a public repository that no rule was written for: its repository and commit, path, rule,
verdict (right, wrong, arguable), and whether the rules still report it. At most ten findings of a family were judged,
by reading the proof, the file and where its name occurs. Where a finding was wrong, the rule was mended. Rows with a
line after the path are statements of documents for coding agents, which are not counted here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tracker.audit.rules.files import FILE_RULES
from tracker.audit.rules.measured import MeasuredPrecision

FILE = Path(__file__).with_suffix(".tsv")


class LabelRow(NamedTuple):
    """One judged finding."""

    repository: str
    path: str
    rule: str
    verdict: str
    reported: bool
    """Whether it is still reported."""


def rows() -> Iterator[LabelRow]:
    """The judged findings, in the order of the file."""
    for line in FILE.read_text(encoding="utf-8").splitlines()[1:]:
        repository, path, rule, verdict, reported = line.split("\t")
        yield LabelRow(repository, path, rule, verdict, reported == "yes")


def measured() -> Mapping[str, MeasuredPrecision]:
    """What was judged of each rule that is still reported by default; arguable findings are left out."""
    by_rule: dict[str, list[LabelRow]] = defaultdict(list)
    files = {rule.id for rule in FILE_RULES}
    for row in rows():
        if row.verdict != "arguable" and row.rule in files:
            by_rule[row.rule].append(row)
    return {rule: _counted(judged) for rule, judged in by_rule.items() if any(row.reported for row in judged)}


def _counted(judged: list[LabelRow]) -> MeasuredPrecision:
    now = [row for row in judged if row.reported]
    return MeasuredPrecision(
        sum(row.verdict == "right" for row in now),
        len(now),
        len({row.repository for row in now}),
        sum(row.verdict == "right" for row in judged),
        len(judged),
    )


def main() -> None:
    """Print the counts as the registry has them."""
    for rule, found in sorted(measured().items()):
        print(f'    "{rule}": MeasuredPrecision{tuple(found)},')


if __name__ == "__main__":
    main()
