"""Where a finding stands with the people who were told of it, and by what it is known again."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Whether people have dealt with a finding."""

    NEW = "new"
    KNOWN = "known"
    """The baseline has it."""
    IGNORED = "ignored"
    """Someone said, with a reason, that it is meant to be so."""


class Mark(NamedTuple):
    """What makes two findings the same, whatever became of lines, counts, dates and commits in between."""

    path: str
    signal: str
    text: str = ""
    """The words of a statement; nothing for a file, of which one signal says one thing."""
