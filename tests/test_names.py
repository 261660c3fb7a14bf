"""No two classes of the project share a name, so a name in a traceback or a search leads to one place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from benchmarks.faults.manifest import BATTERIES

ROOT = Path(__file__).parent.parent
PROGRAMS = tuple(f"{path.relative_to(ROOT).as_posix()}/" for path in BATTERIES.values())
"""Training scripts as other people write them."""
CALLBACKS = {"Diagnostics": {"diagnostics/callbacks/lightning.py", "diagnostics/callbacks/transformers.py"}}
"""The callback has the same name for each library."""


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for package in ("tracker", "diagnostics", "benchmarks"):
        for path in (ROOT / package).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(PROGRAMS):
                for node in ast.walk(ast.parse(path.read_bytes())):
                    if isinstance(node, ast.ClassDef):
                        places[node.name].add(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == CALLBACKS
