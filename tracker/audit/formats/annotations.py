"""An audit as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from tracker.audit.audit import Audit
from tracker.audit.family import FileFinding
from tracker.audit.finding_key import State
from tracker.audit.formats.text import dealt_with
from tracker.audit.rules.documents import Statement


def github(found: Audit) -> str:
    """New findings as warnings, others as notices; problems with ignores as errors."""
    lines = [f"::notice::{_message(limit)}" for limit in found.limits]
    lines += [
        f"::error file={_property(found.prefix + one.file)},line={one.line},col={one.column},title=Ignore::"
        + _message(one.message)
        for one in found.problems
    ]
    lines += [
        f"::{_level(one)} file={_property(found.prefix + one.path)},title={one.rule}: {one.action}::"
        + _message(f"{one.proof}{_state(found, one)}")
        for one in found.findings
    ]
    lines += [
        f"::{_level(one)} file={_property(found.prefix + one.path)},line={one.line},title={one.rule}: {one.action}::"
        + _message(f"{one.detail}{f'; write: {one.after.strip()}' if one.after else ''}{_state(found, one)}")
        for one in found.statements
    ]
    return "".join(f"{line}\n" for line in lines)


def _level(one: FileFinding | Statement) -> str:
    return "warning" if one.state is State.NEW else "notice"


def _state(found: Audit, one: FileFinding | Statement) -> str:
    return f"{dealt_with(one) or f' ({one.state})'} [{found.fingerprint(one)[:12]}]"


def _message(content: str) -> str:
    return content.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(content: str) -> str:
    return _message(content).replace(":", "%3A").replace(",", "%2C")
