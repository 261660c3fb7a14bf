"""The baseline: findings that are known, so that later audits report new ones only.

A file is known by its path and rule, a statement by its path, rule and words. Lines, counts, dates and commits do not
matter, so no finding becomes new by itself.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.audit.finding_key import FindingKey
from tracker.audit.rule_ids import current
from tracker.errors import TrackerError
from tracker.files import read_file, write_file

SCHEMA = 2
Files = dict[str, frozenset[str]]
"""By path: the rules that are known to report a file."""
OLD = "{} is of an earlier version, and its rules were renamed; record it again with --baseline"


@dataclass(frozen=True)
class Baseline:
    """What is known. Paths are relative to the folder of the baseline's file."""

    files: Files
    statements: frozenset[FindingKey] = frozenset()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many findings it has: files and statements."""
        return len(self.files) + len(self.statements)

    def knows(self, key: FindingKey) -> bool:
        """Whether a finding is known."""
        return key in self.statements if key.text else key.rule in self.files.get(key.path, ())

    def still(self, found: Baseline) -> Baseline:
        """Without what is found no longer: files that none of their rules reports, statements that are true now."""
        files = {path: known for path, known in self.files.items() if known & found.files.get(path, frozenset())}
        return Baseline(files, self.statements & found.statements)


def baseline_of(keys: Iterable[FindingKey]) -> Baseline:
    """Everything that was found, as a baseline records it."""
    files: dict[str, set[str]] = defaultdict(set)
    statements = set()
    for key in keys:
        if key.text:
            statements.add(key)
        else:
            files[key.path].add(key.rule)
    return Baseline({path: frozenset(known) for path, known in files.items()}, frozenset(statements))


def load(path: Path) -> Baseline | None:
    """The baseline in a file; None where there is no file. Raises TrackerError where it cannot be understood."""
    try:
        data = json.loads(read_file(path, within=path.parent).decode("utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        raise _damaged(path) from None
    try:
        schema = data["schema"]
        if schema not in (1, SCHEMA):
            raise _damaged(path)
        files = {str(name): frozenset(map(str, known)) for name, known in data["files"].items()}
        if schema == 1:
            files = {name: current(known) for name, known in files.items()}
        statements = [
            FindingKey(str(name), str(rule), str(text))
            for name, known in data["statements"].items()
            for rule, text in known
        ]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _damaged(path) from None
    return Baseline(files, frozenset(statements), (OLD.format(path.name),) if schema == 1 else ())


def save(path: Path, known: Baseline) -> None:
    """Write a baseline as one whole file: sorted, a finding a line."""
    statements: dict[str, list[list[str]]] = defaultdict(list)
    for key in sorted(known.statements):
        statements[key.path].append([key.rule, key.text])
    rows = {name: sorted(known_rules) for name, known_rules in sorted(known.files.items())}
    text = "\n".join(
        [
            "{",
            f'"schema": {SCHEMA},',
            f'"files": {_rows((name, _line(row)) for name, row in rows.items())},',
            f'"statements": {_rows((name, _lines(texts)) for name, texts in statements.items())}',
            "}",
            "",
        ]
    )
    write_file(path, text.encode("utf-8"), within=path.parent)


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f" {_line(name)}: {value}" for name, value in rows]
    return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"


def _lines(values: Iterable[Any]) -> str:
    return "[\n" + ",\n".join(f"  {_line(value)}" for value in values) + "\n ]"


def _line(value: Any) -> str:
    """JSON on a line, readable in a review; only what no encoding has is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _damaged(path: Path) -> TrackerError:
    return TrackerError(f"{path}: not a baseline of the audit; restore it from git, or remove it and record a new one")
