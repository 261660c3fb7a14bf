"""Stale files: what the audit finds in the workspace, where tracker.yml asks for the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Date
from typing import NamedTuple

from tracker.audit.findings import audit
from tracker.audit.formats import ACTIONS
from tracker.audit.state import State
from tracker.publish.page import Page
from tracker.publish.site import AUDIT, Site

BAR = 0.5
"""As surely as `tracker audit` asks for."""
MOST = 100
"""Rows of a table: a longer page would not be read to its end."""


class Row(NamedTuple):
    """A file or a statement in a table."""

    path: str
    line: int | None
    confidence: float | None
    why: str
    known: bool = False
    changed: Date | None = None


def pages(site: Site) -> Iterator[Page]:
    """One page; without an audit where tracker.yml does not ask for one."""
    workspace = site.progress.facts.workspace
    if not workspace.plan.audit.page:
        yield Page(AUDIT, "audit.md.j2", {"asked": False})
        return
    found = audit(workspace.root, at_least=BAR).told(at_least=BAR, everything=True)
    files: dict[str, list[Row]] = {action: [] for action in ACTIONS}
    ignored = []
    for one in found.findings:
        if one.state is State.IGNORED:
            ignored.append(Row(one.path, None, None, one.excuse or ""))
        else:
            changed = one.last_changed.date() if one.last_changed else None
            why = one.reasons[0].detail
            files[one.action].append(Row(one.path, None, one.confidence, why, one.state is State.KNOWN, changed))
    statements = []
    for said in found.statements:
        if said.state is State.IGNORED:
            ignored.append(Row(said.path, said.line, None, said.excuse or ""))
        else:
            statements.append(Row(said.path, said.line, None, said.detail, said.state is State.KNOWN))
    values = {
        "asked": True,
        "files": found.files,
        "groups": [(action, rows[:MOST], len(rows)) for action, rows in files.items() if rows],
        "statements": statements[:MOST],
        "statements_count": len(statements),
        "ignored": ignored[:MOST],
        "ignored_count": len(ignored),
        "problems": found.problems,
        "limits": found.limits,
    }
    yield Page(AUDIT, "audit.md.j2", values)
