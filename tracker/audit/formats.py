"""An audit as text, JSON, Markdown, GitHub annotations or SARIF: each only formats, and decides nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from tracker import __version__
from tracker.audit.finding import Finding
from tracker.audit.findings import LONGER, Audit, rules
from tracker.audit.state import State
from tracker.audit.statements import Statement
from tracker.plural import counted

SCHEMA = 1
FEW = 10
"""Files that are few enough for people to want to hear of more."""
ACTIONS = ("remove", "archive", "update", "review")
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def text(found: Audit) -> str:
    """Grouped by what is proposed, the surest first, one line of reason each."""
    lines = [f"note: {limit}" for limit in found.limits]
    lines += [printable(str(problem)) for problem in found.problems]
    for action in ACTIONS:
        findings = [one for one in found.findings if one.action == action]
        if findings:
            lines += ["", f"{action} ({len(findings)})"]
            lines += [
                f"  {one.confidence:.2f}  {printable(shown)}  {one.reasons[0].detail}{_dealt_with(one)}"
                for shown, one in _each(findings)
            ]
    if found.statements:
        lines += ["", f"no longer true ({len(found.statements)})"]
        lines += [line for one in found.statements for line in _told(one)]
    lines += ["", summary(found), *_more(found)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _each(findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
    """What is shown of each, and the finding; of the files of a folder that is a copy, the folder and the surest."""
    groups: dict[tuple[str, str, State], list[Finding]] = defaultdict(list)
    for one in findings:
        folder, _, file = one.path.rpartition("/")
        why = one.reasons[0]
        is_copy = why.signal == "identical" and why.by is not None and why.by.endswith("/")
        groups[(folder, why.detail if is_copy else f"/{file}", one.state)].append(one)
    for (folder, _, _), group in groups.items():
        yield (f"{folder}/ ({len(group)} files)" if len(group) > 1 else group[0].path), group[0]


def _told(one: Statement) -> Iterator[str]:
    yield f"  {printable(one.path)}:{one.line}  {printable(one.detail)}{_dealt_with(one)}"
    if one.before is not None and one.after is not None:
        yield f"    - {printable(one.before.strip())}"
        yield f"    + {printable(one.after.strip())}"


def summary(found: Audit) -> str:
    """What was found, in a line."""
    untold = ", ".join(f"{count} {state}" for state, count in sorted(found.untold.items()))
    files, said = len(found.findings), len(found.statements)
    stale = f"{counted(files, 'looks', 'look')} stale"
    untrue = f"{counted(said, 'statement is', 'statements are')} not true"
    return f"{counted(found.files, 'file')}: {stale}, {untrue}" + (
        f" ({untold} left out: --all tells them)" if untold else ""
    )


def _more(found: Audit) -> Iterator[str]:
    """Where little is told: how many files a longer list has."""
    if found.below and len(found.findings) < FEW:
        yield f"{counted(found.below, 'more file')} from {LONGER} on: --min-confidence {LONGER}"


def _dealt_with(one: Finding | Statement) -> str:
    """What people did about it."""
    return "" if one.state is State.NEW else f" ({one.state}{f': {printable(one.excuse)}' if one.excuse else ''})"


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
                **_standing(found, one),
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
                **_standing(found, one),
            }
            for one in found.statements
        ],
        "problems": [asdict(problem) for problem in found.problems],
        "limits": list(found.limits),
    }
    return json.dumps(content) + "\n"


def _standing(found: Audit, one: Finding | Statement) -> dict[str, Any]:
    return {"fingerprint": found.fingerprint(one), "state": one.state, "excuse": one.excuse}


def markdown(found: Audit) -> str:
    """Two tables, for a pull request or an issue."""
    lines = [f"> {limit}\n" for limit in found.limits]
    lines += [f"> {_cell(str(problem))}\n" for problem in found.problems]
    if found.findings:
        lines += ["| File | Confidence | Proposed | Why |", "|---|--:|---|---|"]
        lines += [
            f"| {_code(shown)} | {one.confidence:.2f} | {one.action} "
            f"| {_cell(one.reasons[0].detail + _dealt_with(one))} |"
            for shown, one in _each(found.findings)
        ]
    if found.statements:
        lines += ["", "| No longer true | Why | Write |", "|---|---|---|"]
        lines += [
            f"| {_code(f'{one.path}:{one.line}')} | {_cell(one.detail + _dealt_with(one))} "
            f"| {_cell((one.after or '').strip())} |"
            for one in found.statements
        ]
    return "\n".join(lines or ["Nothing looks stale."]).lstrip("\n") + "\n"


def github(found: Audit) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request: what is new as a warning."""
    lines = [f"::notice::{_message(limit)}" for limit in found.limits]
    lines += [
        f"::error file={_property(found.prefix + one.file)},line={one.line},col={one.column},title=Ignore::"
        + _message(one.message)
        for one in found.problems
    ]
    lines += [
        f"::{_level(one)} file={_property(found.prefix + one.path)},title=stale {one.confidence:.2f}: {one.action}::"
        + _message(f"{one.reasons[0].detail}{_told_again_as(found, one)}")
        for _, one in _each(found.findings)
    ]
    lines += [
        f"::{_level(one)} file={_property(found.prefix + one.path)},line={one.line},title={one.signal}: {one.action}::"
        + _message(f"{one.detail}{f'; write: {one.after.strip()}' if one.after else ''}{_told_again_as(found, one)}")
        for one in found.statements
    ]
    return "".join(f"{line}\n" for line in lines)


def _level(one: Finding | Statement) -> str:
    return "warning" if one.state is State.NEW else "notice"


def _told_again_as(found: Audit, one: Finding | Statement) -> str:
    return f"{_dealt_with(one) or f' ({one.state})'} [{found.fingerprint(one)[:12]}]"


def sarif(found: Audit) -> str:
    """SARIF 2.1.0 with every signal declared as a rule, and fingerprints that survive shifts of lines."""
    declared = [{"id": name, "shortDescription": {"text": told}} for name, told in rules().items()]
    said = [*found.limits, *map(str, found.problems)]
    run = {
        "tool": {"driver": {"name": "tracker audit", "version": __version__, "rules": declared}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"message": {"text": text}, "level": "note"} for text in said],
            }
        ],
        "results": list(_results(found)),
    }
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _results(found: Audit) -> Iterator[dict[str, Any]]:
    for one in found.findings:
        why = one.reasons[0]
        message = f"{one.action}: {why.detail} (confidence {one.confidence:.2f})"
        yield _result(found, one, why.signal, message) | {"rank": round(100 * one.confidence, 2)}
    for statement in found.statements:
        told = _result(found, statement, statement.signal, statement.detail, {"startLine": statement.line})
        if statement.after is not None:
            told["fixes"] = [_fix(statement, told["locations"][0]["physicalLocation"]["artifactLocation"])]
        yield told


def _fix(one: Statement, place: dict[str, Any]) -> dict[str, Any]:
    region = {"startLine": one.line, "startColumn": 1, "endColumn": len(one.before or "") + 1}
    replacement = {"deletedRegion": region, "insertedContent": {"text": one.after}}
    return {"artifactChanges": [{"artifactLocation": place, "replacements": [replacement]}]}


def _result(
    found: Audit, one: Finding | Statement, signal: str, message: str, region: dict[str, int] | None = None
) -> dict[str, Any]:
    uri = quote((found.prefix + one.path).encode("utf-8", "surrogateescape"))
    location: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if region:
        location["region"] = region
    result = {
        "ruleId": signal,
        "level": "warning",
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"subject/v1": found.fingerprint(one)},
        "properties": {"action": one.action, "state": one.state},
    }
    if found.baseline is not None:
        result["baselineState"] = "unchanged" if one.state is State.KNOWN else "new"
    if one.state is State.IGNORED:
        kind = "inSource" if one.inline else "external"
        result["suppressions"] = [{"kind": kind, "justification": one.excuse}]
    return result


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
