"""The baseline: findings that are known, so that later audits tell of new ones alone.

A file is known by its path and the signals that spoke of it, a statement by its path, signal and words. Lines, counts,
dates and commits do not matter, so nothing becomes new by itself.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.audit.state import Mark
from tracker.errors import TrackerError
from tracker.files import read_file, write_file

SCHEMA = 1
Files = dict[str, frozenset[str]]
"""By path: the signals that are known to speak of a file."""


@dataclass(frozen=True)
class Baseline:
    """What is known. Paths are relative to the folder of the baseline's file."""

    files: Files
    statements: frozenset[Mark] = frozenset()

    def __len__(self) -> int:
        """How many findings it has: files and statements."""
        return len(self.files) + len(self.statements)

    def knows(self, mark: Mark) -> bool:
        """Whether a finding is known."""
        return mark in self.statements if mark.text else mark.signal in self.files.get(mark.path, ())

    def still(self, found: Baseline) -> Baseline:
        """Without what is found no longer: files of which none of their signals speaks, statements now true."""
        files = {path: known for path, known in self.files.items() if known & found.files.get(path, frozenset())}
        return Baseline(files, self.statements & found.statements)


def baseline_of(files: Iterable[Mark], statements: Iterable[Mark]) -> Baseline:
    """Everything that was found, as a baseline has it."""
    signals: dict[str, set[str]] = defaultdict(set)
    for mark in files:
        signals[mark.path].add(mark.signal)
    return Baseline({path: frozenset(known) for path, known in signals.items()}, frozenset(statements))


def load(path: Path) -> Baseline | None:
    """The baseline in a file; None where there is no file. Raises TrackerError where it cannot be understood."""
    try:
        data = json.loads(read_file(path, within=path.parent).decode("utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        raise _damaged(path) from None
    try:
        if data["schema"] != SCHEMA:
            raise _damaged(path)
        files = {str(name): frozenset(map(str, signals)) for name, signals in data["files"].items()}
        statements = [
            Mark(str(name), str(signal), str(text))
            for name, known in data["statements"].items()
            for signal, text in known
        ]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _damaged(path) from None
    return Baseline(files, frozenset(statements))


def save(path: Path, known: Baseline) -> None:
    """Write a baseline at once: sorted, a finding a line."""
    statements: dict[str, list[list[str]]] = defaultdict(list)
    for mark in sorted(known.statements):
        statements[mark.path].append([mark.signal, mark.text])
    rows = {name: sorted(signals) for name, signals in sorted(known.files.items())}
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
