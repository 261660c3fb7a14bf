"""A definition in source code, and how one is found by its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class, method or constant."""

    names: tuple[str, ...]
    """Its name, after those of everything it is defined in: ("Class", "method")."""
    line: int
    """The first line, counted from 1."""
    code: str
    """What it does: equal for two definitions that differ in comments and formatting alone."""


def named(definitions: Iterable[Definition], symbol: str) -> list[Definition]:
    """Return the definitions of exactly this dotted name, else those whose name ends with it.

    `Class::method` and `function()`, as test runners and people write them, are the same names.

    >>> inner = Definition(("Gate", "fire"), 3, "")
    >>> named([inner], "Gate.fire") == named([inner], "fire") == [inner], named([inner], "Gate")
    (True, [])
    """
    name = unicodedata.normalize("NFKC", symbol.removesuffix("()"))  # as Python reads identifiers
    wanted = tuple(name.replace("::", ".").split("."))
    found = [one for one in definitions if one.names[-len(wanted) :] == wanted]
    return [one for one in found if one.names == wanted] or found
