"""The tables of all rules in docs/audit.md are those of the registries."""

from __future__ import annotations

from pathlib import Path

from tracker.audit.rule_ids import rules
from tracker.audit.rules.reference import with_tables

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


def test_the_page_is_what_make_reference_writes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "run `make reference`"
    assert {rule for rule in rules() if f"\n| `{rule}` | " not in page} == set()
