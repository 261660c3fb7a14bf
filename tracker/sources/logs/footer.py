"""What the last lines of a log state: its team, its status."""

from __future__ import annotations

import itertools
import re

from tracker.sources.logs.document import Block, labels
from tracker.sources.logs.meanings import head_field

_FOOTER = re.compile(
    r"(?i)\W*(?:end of )?(?:session|s)\s?[\w.-]+\s+(?:[-–—|·]+\s.*?\s?)?[-–—|·]+\s+(?:by )?"
    r"(?P<team>team \w+[^—–|·*_]*)[*_\s]*"
)
"""The last line of a log, such as `*Session 88 — Team Alpha*`."""
_SIGNED = re.compile(r"[*_\s]*(?P<team>Team [A-Z]\w+)\b(?!:).*\d{4}-\d\d-\d\d[*_\s]*")
"""A last line such as `*Team Beta Stability Review - 2026-02-15*`."""
_SESSION_STATUS = re.compile(r"(?im)^\W*session status\W*[:：][*_\s]*(\S[^\n]{0,80})$")
LINES = 4
LONGEST = 200


def find_status(text: str) -> str | None:
    """Return the status in the last line such as `Session status: done`."""
    found = _SESSION_STATUS.findall(text)
    return " ".join(found[-1].split()) if found else None


def last_lines(text: str) -> list[str]:
    """Return the last lines of a log that are short and not empty."""
    last = [line.strip() for line in text.rstrip().split("\n")[-3 * LINES :]]
    return [line for line in last if line and len(line) <= LONGEST][-LINES:]


def find_team(text: str) -> str | None:
    """Return the team that one of the last lines of a log names."""
    lines = last_lines(text)
    signed = (found for line in lines if (found := _FOOTER.fullmatch(line) or _SIGNED.fullmatch(line)))
    labelled = (one for line in lines for one in labels(Block("paragraph", 0, 1, line)))
    teams = (one.value for one in labelled if head_field(one.name) == "team" and one.value)
    return next(itertools.chain((found["team"].strip() for found in signed), teams), None)
