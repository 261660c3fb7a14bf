"""An audit as Markdown, for a pull request or an issue."""

from __future__ import annotations

from tracker.audit.audit import Audit
from tracker.audit.formats.text import dealt_with, printable

ROWS = 20
"""Paths of a family that are listed."""


def markdown(found: Audit) -> str:
    """A section a family, and a table of statements."""
    lines = [f"> {limit}\n" for limit in found.limits]
    lines += [f"> {_cell(str(problem))}\n" for problem in found.problems]
    for family in found.families:
        lines += [f"**{family.action}: {_cell(family.title)}**\n", "| File | Proof |", "|---|---|"]
        lines += [f"| {_code(one.path)} | {_cell(one.proof + dealt_with(one))} |" for one in family.findings[:ROWS]]
        lines += [f"\nAnd {len(family.findings) - ROWS} more."] if len(family.findings) > ROWS else []
        lines.append("")
    if found.statements:
        lines += ["| No longer true | Why | Write |", "|---|---|---|"]
        lines += [
            f"| {_code(f'{one.path}:{one.line}')} | {_cell(one.detail + dealt_with(one))} "
            f"| {_cell((one.after or '').strip())} |"
            for one in found.statements
        ]
    return "\n".join(lines or ["No stale files."]).strip("\n") + "\n"


def _cell(content: str) -> str:
    escaped = printable(content)
    for letter in "\\`*_[]<>|":
        escaped = escaped.replace(letter, f"\\{letter}")
    return escaped


def _code(content: str) -> str:
    return f"`` {printable(content)} ``".replace("|", "\\|")
