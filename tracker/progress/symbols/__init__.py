"""Symbols: where a file defines a function, class, method or constant, and whether its code has changed."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from tracker.cache import digest
from tracker.progress.symbols import javascript, python, text
from tracker.progress.symbols.definition import Definition, named

__all__ = ["Definition", "code_digest", "line_of", "may_define"]

LANGUAGES: tuple[ModuleType, ...] = (python, javascript)
"""The languages whose syntax is read: each has `SUFFIXES` and `definitions(content, path)`."""


def line_of(content: bytes, path: str, symbol: str) -> int | None:
    """Return the line, counted from 1, at which a file defines a symbol; None where it does not.

    A dotted name (`Class.method`) may begin anywhere. In a language that is not read, and in a file that cannot be
    parsed, the usual ways to introduce a name count.
    """
    found = _definitions(content, path)
    if found is None:
        return text.line_of(content, symbol)
    return min((one.line for one in named(found, symbol)), default=None)


def may_define(content: bytes, path: str, symbol: str) -> bool:
    """Return whether a file that is not parsed has a symbol as a word: `line_of` may not know how it is introduced."""
    return _definitions(content, path) is None and text.occurs(content, symbol)


def code_digest(content: bytes, path: str, symbol: str) -> str | None:
    """Return a digest of a symbol's code, independent of its comments and formatting; None where it is not defined.

    In a language that is not read, and in a file that cannot be parsed, it is the digest of the whole file.
    """
    found = _definitions(content, path)
    if found is None:
        return digest(content) if text.occurs(content, symbol) else None
    codes = [one.code for one in named(found, symbol)]
    return digest(*codes) if codes else None


def _definitions(content: bytes, path: str) -> list[Definition] | None:
    language = next((one for one in LANGUAGES if path.lower().endswith(one.SUFFIXES)), None)
    read: Callable[[bytes, str], list[Definition] | None] | None = language.definitions if language else None
    return read(content, path) if read else None
