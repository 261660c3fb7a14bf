"""The rule `applied`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding
from tracker.audit.names import Kind
from tracker.audit.rules.files.base import FileRule

TARGET = re.compile(r"^\+\+\+ (?:b/)?(\S+)", re.MULTILINE)
WRITES = re.compile(r"\.write\(|write_text|writeFileSync|sed -i|\.writelines\(")
PATH = re.compile(r"['\"]((?:[\w@.-]+/)*[\w.-]+\.\w{1,5})['\"]")
LONG_ENOUGH = 8
"""Letters of an added line that can be found again."""


class Edit(NamedTuple):
    """A replacement in a file."""

    target: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class Applied(FileRule):
    """A patch, or a script that edits files of this repository, whose change is in its target or whose target is gone;
    nothing live runs it."""

    id = "applied"
    noun = ("patch or script whose change is made", "patches and scripts whose change is made")

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        patches = [path for path, name in self.living.items() if name.suffix in ("patch", "diff")]
        scripts = [path for path, name in self.living.items() if name.suffix == "py" and name.kind is Kind.SCRIPT]
        for path in patches:
            if reason := _why(context, _patch(context.source(path))):
                yield self.finding(path, reason)
        for path in scripts:
            source = context.source(path)
            if (
                WRITES.search(source)
                and ".replace(" in source
                and (reason := _why(context, _script(context, path, source)))
            ):
                yield self.finding(path, reason)


def _why(context: AuditContext, edits: list[Edit]) -> str | None:
    """Why all edits are done; None where one is not, or cannot be judged."""
    if not edits:
        return None
    gone = [one.target for one in edits if one.target not in context.files]
    if any(one not in context.history.gone for one in gone):
        return None
    for one in edits:
        if one.target in context.files:
            text = context.source(one.target)
            if (
                not one.new
                or any(line not in text for line in one.new)
                or all(line in text for line in one.old if line not in one.new)
            ):
                return None
    targets = ", ".join(dict.fromkeys(one.target for one in edits))
    if len(gone) == len(edits):
        return f"edits {targets}, which {context.became(gone[0])[0]} by {context.became(gone[0])[1][:7]}"
    return f"its change is in {targets}"


def _patch(source: str) -> list[Edit]:
    """The edits of a unified diff."""
    found = []
    for part in re.split(r"^(?=--- )", source, flags=re.MULTILINE):
        target = TARGET.search(part)
        if not target or target[1] == "/dev/null":
            continue
        lines = part.splitlines()
        new = tuple(
            line[1:]
            for line in lines
            if line.startswith("+") and not line.startswith("+++") and len(line) > LONG_ENOUGH
        )
        old = tuple(
            line[1:]
            for line in lines
            if line.startswith("-") and not line.startswith("---") and len(line) > LONG_ENOUGH
        )
        found.append(Edit(target[1], old, new))
    return found


def _script(context: AuditContext, path: str, source: str) -> list[Edit]:
    """The literal replacements of a Python script in the one file that it names."""
    folder = context.names[path].folder
    named = {
        one
        for written in PATH.findall(source)
        for one in (f"{folder}/{written}" if folder else written, written)
        if one in context.files or one in context.history.gone
    }
    named.discard(path)
    if len(named) != 1:
        return []
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return []
    constants = {
        target.id: node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    pairs = []
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "replace" and len(call.args) >= 2:
            values = [
                one.value
                if isinstance(one, ast.Constant)
                else constants.get(one.id)
                if isinstance(one, ast.Name)
                else None
                for one in call.args[:2]
            ]
            if isinstance(values[0], str) and isinstance(values[1], str) and len(values[0]) > LONG_ENOUGH:
                pairs.append((values[0], values[1]))
    target = named.pop()
    return [Edit(target, (old,), (new,) if new.strip() else ()) for old, new in pairs]
