"""The facts that are read from one file, and the verdict on each code file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ReachStatus(StrEnum):
    """How a code file is reached."""

    REACHED = "reached"
    TESTS = "tests"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class FileImports:
    """What one file names. It depends on the path and the text alone, so it can be cached by blob.

    `imports` are module names in the syntax of the language (a Python `from .a import b` is `.a.b`). `strings` are
    other strings that may name a file or a module. `patterns` are names with `*` for each part built at run time.
    `opaque` means that a module is loaded whose name is not in the file at all. `commands` are the programs that a
    document says to run.
    """

    imports: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    opaque: bool = False
    script: bool = False
    module: bool = False
    generated: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class FileReach:
    """The verdict on one code file, and the unreachable files that import it."""

    status: ReachStatus
    reason: str
    importers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reachability:
    """The verdict on every code file of a tree, with the facts that it rests on.

    `dead_tests` maps a test to the unreachable files that are all it tests. `dead_assets` maps a data file, stylesheet
    or picture to the unreachable files that alone import it; JSON data that nothing imports or names has none.
    """

    files: Mapping[str, FileReach]
    dead_tests: Mapping[str, tuple[str, ...]]
    dead_assets: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, FileImports] = field(repr=False)

    def unreachable(self) -> list[str]:
        """Return the unreachable paths in order."""
        return sorted(path for path, reach in self.files.items() if reach.status is ReachStatus.UNREACHABLE)
