"""The facts that are read from one file, and the verdict on a tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
class Reachability:
    """What of a tree no entry point reaches. What is in none of these is reached, or it is unknown whether it is."""

    unreachable: Mapping[str, tuple[str, ...]]
    """Code that nothing live leads to, each with the unreachable files that import it."""
    only_tests: tuple[str, ...]
    """Code that tests lead to and nothing else does."""
    dead_tests: Mapping[str, tuple[str, ...]]
    """Tests, each with the unreachable files that are all it tests."""
    dead_assets: Mapping[str, tuple[str, ...]]
    """Data files, stylesheets and pictures, each with the unreachable files that alone import it."""
