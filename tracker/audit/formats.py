"""An audit as text, JSON, Markdown, GitHub annotations or SARIF: each only formats, and decides nothing."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote

from tracker import __version__
from tracker.audit.findings import Audit, Finding, rules
from tracker.audit.statements import Statement

SCHEMA = 1
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def text(found: Audit) -> str:
    """Grouped by what is proposed, the surest first, one line of reason each."""
    lines = [f"note: {limit}" for limit in found.limits]
    for action, group in groupby(sorted(found.findings, key=lambda one: one.action), lambda one: one.action):
        findings = list(group)
        lines += ["", f"{action} ({len(findings)})"]
        lines += [
            f"  {one.confidence:.2f}  {printable(shown)}  {one.reasons[0].detail}" for shown, one in _each(findings)
        ]
    if found.statements:
        lines += ["", f"no longer true ({len(found.statements)})"]
        lines += [line for one in found.statements for line in _told(one)]
    lines += [
        "",
        f"{found.files} files: {len(found.findings)} look stale, {len(found.statements)} statements are not true",
    ]
    return "\n".join(lines).lstrip("\n") + "\n"


def _each(findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
    """What is shown of each, and the finding; of the files of a folder that is a copy, the folder and the surest."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in findings:
        folder, _, file = one.path.rpartition("/")
        why = one.reasons[0]
        is_copy = why.signal == "identical" and why.by is not None and why.by.endswith("/")
        groups[(folder, why.detail) if is_copy else (folder, f"/{file}")].append(one)
    for (folder, _), group in groups.items():
        yield (f"{folder}/ ({len(group)} files)" if len(group) > 1 else group[0].path), group[0]


def _told(one: Statement) -> Iterator[str]:
    yield f"  {printable(one.path)}:{one.line}  {printable(one.detail)}"
    if one.before is not None and one.after is not None:
        yield f"    - {printable(one.before.strip())}"
        yield f"    + {printable(one.after.strip())}"


def data(found: Audit) -> str:
    """JSON, for scripts: its keys are a contract."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "repository": found.repository,
        "commit": found.commit,
        "files": found.files,
        "findings": [
            {
                "path": one.path,
                "confidence": one.confidence,
                "action": one.action,
                "signals": [
                    {"signal": reason.signal, "detail": reason.detail, "by": reason.by} for reason in one.reasons
                ],
                "last_commit": one.last_commit,
                "last_changed": one.last_changed.isoformat() if one.last_changed else None,
                "references": list(one.references),
            }
            for one in found.findings
        ],
        "claims": [
            {
                "path": one.path,
                "line": one.line,
                "signal": one.signal,
                "action": one.action,
                "detail": one.detail,
                "by": one.by,
                "confidence": one.confidence,
                "written": one.written,
                "before": one.before,
                "after": one.after,
            }
            for one in found.statements
        ],
        "limits": list(found.limits),
    }
    return json.dumps(content) + "\n"


def markdown(found: Audit) -> str:
    """Two tables, for a pull request or an issue."""
    lines = [f"> {limit}\n" for limit in found.limits]
    if found.findings:
        lines += ["| File | Confidence | Proposed | Why |", "|---|--:|---|---|"]
        lines += [
            f"| {_code(shown)} | {one.confidence:.2f} | {one.action} | {_cell(one.reasons[0].detail)} |"
            for shown, one in _each(found.findings)
        ]
    if found.statements:
        lines += ["", "| No longer true | Why | Write |", "|---|---|---|"]
        lines += [
            f"| {_code(f'{one.path}:{one.line}')} | {_cell(one.detail)} | {_cell((one.after or '').strip())} |"
            for one in found.statements
        ]
    return "\n".join(lines or ["Nothing looks stale."]) + "\n"


def github(found: Audit) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    lines = [f"::notice::{_message(limit)}" for limit in found.limits]
    lines += [
        f"::warning file={_property(one.path)},title=stale {one.confidence:.2f}: {one.action}::"
        + _message(one.reasons[0].detail)
        for _, one in _each(found.findings)
    ]
    lines += [
        f"::warning file={_property(one.path)},line={one.line},title={one.signal}::"
        + _message(one.detail + (f"; write: {one.after.strip()}" if one.after else ""))
        for one in found.statements
    ]
    return "".join(f"{line}\n" for line in lines)


def sarif(found: Audit) -> str:
    """SARIF 2.1.0 with every signal declared as a rule, and fingerprints that survive shifts of lines."""
    declared = [{"id": name, "shortDescription": {"text": told}} for name, told in rules().items()]
    run = {
        "tool": {"driver": {"name": "tracker audit", "version": __version__, "rules": declared}},
        "results": list(_results(found)),
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _results(found: Audit) -> Iterator[dict[str, Any]]:
    for one in found.findings:
        why = one.reasons[0]
        yield _result(
            why.signal, one.path, None, f"{one.action}: {why.detail} (confidence {one.confidence:.2f})", why.by
        )
    for statement in found.statements:
        told = _result(statement.signal, statement.path, statement.line, statement.detail, statement.detail)
        if statement.after is not None:
            told["fixes"] = [_fix(statement, told["locations"][0]["physicalLocation"]["artifactLocation"])]
        yield told


def _fix(one: Statement, place: dict[str, Any]) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": 1, "endColumn": len(one.before or "") + 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": one.after}}
    return {"artifactChanges": [{"artifactLocation": place, "replacements": [replacement]}]}


def _result(signal: str, path: str, line: int | None, message: str, subject: str | None) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(path.encode("utf-8", "surrogateescape"))}}
    if line:
        location["region"] = {"startLine": line}
    fingerprint = "\0".join((signal, path, subject or "")).encode("utf-8", "surrogateescape")
    return {
        "ruleId": signal,
        "level": "warning",
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"subject/v1": hashlib.sha256(fingerprint).hexdigest()},
    }


def printable(path: str) -> str:
    """A path on one line, whatever is in its name."""
    return "".join(
        letter if letter.isprintable() or "\udc80" <= letter <= "\udcff" else repr(letter)[1:-1] for letter in path
    )


def _cell(content: str) -> str:
    escaped = printable(content)
    for letter in "\\`*_[]<>|":
        escaped = escaped.replace(letter, f"\\{letter}")
    return escaped


def _code(content: str) -> str:
    return f"`` {printable(content)} ``".replace("|", "\\|")


def _message(content: str) -> str:
    return content.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(content: str) -> str:
    return _message(content).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Audit], str]] = {
    "text": text,
    "json": data,
    "markdown": markdown,
    "github": github,
    "sarif": sarif,
}
