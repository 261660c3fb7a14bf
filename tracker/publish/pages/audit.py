"""Stale files: what the audit finds in the workspace, where tracker.yml asks for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tracker.publish.page import Page
from tracker.publish.site import AUDIT, Site
from tracker.workspace import Workspace

MOST = 100
"""Rows of a table of statements or of what is ignored."""
PATHS = 20
"""Paths of a family that are listed."""


class FamilyRow(NamedTuple):
    """A file or a statement in a table."""

    path: str
    line: int | None
    why: str
    known: bool = False


class AuditSection(NamedTuple):
    """A family on the page."""

    title: str
    rule: str
    precision: float | None
    rows: tuple[FamilyRow, ...]
    total: int


def pages(site: Site) -> Iterator[Page]:
    """One page; without an audit where tracker.yml does not ask for one."""
    workspace = site.progress.facts.workspace
    values = _found(workspace) if workspace.plan.audit.page else {"asked": False}
    yield Page(AUDIT, "audit.md.j2", values)


def _found(workspace: Workspace) -> dict[str, Any]:
    """What the audit finds. Its rules are imported only here: most workspaces do not ask for the page."""
    from tracker.audit.audit import audit
    from tracker.audit.family import ACTIONS, Action
    from tracker.audit.finding_key import State
    from tracker.audit.formats.text import HEADINGS

    found = audit(workspace.root).reported(everything=True)
    groups: dict[Action, list[AuditSection]] = {action: [] for action in ACTIONS}
    ignored = []
    for family in found.families:
        rows = []
        for one in family.findings:
            if one.state is State.IGNORED:
                ignored.append(FamilyRow(one.path, None, one.excuse or ""))
            else:
                rows.append(FamilyRow(one.path, None, one.proof, one.state is State.KNOWN))
        if rows:
            section = AuditSection(family.title, family.rule, family.precision, tuple(rows[:PATHS]), len(rows))
            groups[family.action].append(section)
    statements = []
    for said in found.statements:
        if said.state is State.IGNORED:
            ignored.append(FamilyRow(said.path, said.line, said.excuse or ""))
        else:
            statements.append(FamilyRow(said.path, said.line, said.detail, said.state is State.KNOWN))
    return {
        "asked": True,
        "files": found.files,
        "stale": sum(section.total for sections in groups.values() for section in sections),
        "groups": [(HEADINGS[action], sections) for action, sections in groups.items() if sections],
        "statements": statements[:MOST],
        "statements_count": len(statements),
        "ignored": ignored[:MOST],
        "ignored_count": len(ignored),
        "problems": found.problems,
        "limits": found.limits,
    }
