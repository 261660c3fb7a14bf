"""An audit as JSON, for scripts: its keys are a contract."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from tracker.audit.audit import Audit
from tracker.audit.family import Family, FileFinding
from tracker.audit.rules.documents import DEFAULT, Statement

SCHEMA = 2


def data(found: Audit) -> str:
    """One JSON object with every family and every statement."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "repository": found.repository,
        "commit": found.commit,
        "files": found.files,
        "families": [_family(found, one) for one in found.families],
        "documents": [_statement(found, one) for one in found.statements],
        "problems": [asdict(problem) for problem in found.problems],
        "limits": list(found.limits),
    }
    return json.dumps(content) + "\n"


def _family(found: Audit, family: Family) -> dict[str, Any]:
    return {
        "id": family.id,
        "rule": family.rule,
        "precision": family.precision,
        "action": family.action,
        "default": not family.maybe,
        "title": family.title,
        "evidence": family.evidence,
        "paths": [
            {"path": one.path, "proof": one.proof, "by": one.by, **_state(found, one)} for one in family.findings
        ],
    }


def _statement(found: Audit, one: Statement) -> dict[str, Any]:
    return {
        "path": one.path,
        "line": one.line,
        "rule": one.rule,
        "precision": one.confidence,
        "action": one.action,
        "default": one.confidence >= DEFAULT,
        "detail": one.detail,
        "by": one.by,
        "written": one.written,
        "before": one.before,
        "after": one.after,
        **_state(found, one),
    }


def _state(found: Audit, one: FileFinding | Statement) -> dict[str, Any]:
    return {"fingerprint": found.fingerprint(one), "state": one.state, "excuse": one.excuse}
