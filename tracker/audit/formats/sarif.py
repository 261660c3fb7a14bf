"""An audit as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tracker import __version__
from tracker.audit.audit import Audit
from tracker.audit.family import FileFinding
from tracker.audit.finding_key import State
from tracker.audit.rule_ids import rules
from tracker.audit.rules.documents import Statement

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

ABOUT = "urn:session-tracker:audit"
"""What identifies the tool: the format asks for an absolute address."""


def sarif(found: Audit) -> str:
    """Every rule declared, every result with a region, and fingerprints that survive shifts of lines."""
    names = list(rules())
    declared = [
        {
            "id": name,
            "shortDescription": {"text": text.split(". ")[0].rstrip(".") + "."},
            "fullDescription": {"text": text},
            "help": {"text": f"{text} See docs/audit.md of Session Tracker for the proof and its measured precision."},
            "defaultConfiguration": {"level": "warning"},
        }
        for name, text in rules().items()
    ]
    notes = [*found.limits, *map(str, found.problems)]
    run = {
        "tool": {
            "driver": {"name": "tracker audit", "version": __version__, "informationUri": ABOUT, "rules": declared}
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"message": {"text": text}, "level": "note"} for text in notes],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(found, names)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _results(found: Audit, names: list[str]) -> Iterator[dict[str, Any]]:
    for one in found.findings:
        region = {"startLine": 1}
        yield _result(found, one, names, f"{one.action}: {one.proof}", region) | {"rank": 40.0 if one.maybe else 95.0}
    for statement in found.statements:
        result = _result(found, statement, names, statement.detail, {"startLine": statement.line})
        if statement.after is not None:
            result["fixes"] = [_fix(statement, result["locations"][0]["physicalLocation"]["artifactLocation"])]
        yield result


def _fix(one: Statement, place: dict[str, Any]) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": 1, "endColumn": len(one.before or "") + 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": one.after}}
    change = {"artifactLocation": place, "replacements": [replacement]}
    return {"description": {"text": "Write what is true now."}, "artifactChanges": [change]}


def _result(
    found: Audit, one: FileFinding | Statement, names: list[str], message: str, region: dict[str, int]
) -> dict[str, Any]:
    uri = quote((found.prefix + one.path).encode("utf-8", "surrogateescape"))
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": names.index(one.rule),
        "level": "warning",
        "message": {"text": message if message.endswith(".") else f"{message}."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"subject/v1": found.fingerprint(one)},
        "properties": {"action": one.action, "state": one.state},
    }
    if found.baseline is not None:
        result["baselineState"] = "unchanged" if one.state is State.KNOWN else "new"
    if one.state is State.IGNORED:
        inline = isinstance(one, Statement) and one.inline
        result["suppressions"] = [{"kind": "inSource" if inline else "external", "justification": one.excuse}]
    return result
