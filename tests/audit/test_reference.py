"""The tables of all rules in docs/audit.md are those of the registries, and their figures those of the judgements."""

from __future__ import annotations

from pathlib import Path

from benchmarks.audit_labels import measured
from tracker.audit.rule_ids import rules
from tracker.audit.rules.measured import MEASURED
from tracker.audit.rules.reference import with_tables

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


def test_the_page_is_what_make_reference_writes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "run `make reference`"
    assert {rule for rule in rules() if f"\n| `{rule}` | " not in page} == set()


def test_the_measured_precision_is_that_of_the_judgements() -> None:
    assert measured() == MEASURED, "write what `python -m benchmarks.audit_labels` prints to rules/measured.py"
