"""What identifies a finding from one audit to the next, and whether someone has dealt with it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Whether someone has dealt with a finding."""

    NEW = "new"
    KNOWN = "known"
    """The baseline has it."""
    IGNORED = "ignored"
    """An ignore with a reason covers it."""


class FindingKey(NamedTuple):
    """Equal for the same finding in two audits: lines, counts, dates and commits are no part of it."""

    path: str
    rule: str
    text: str = ""
    """The words of a statement; empty for a file."""
