"""Definitions in any other language, found by the usual ways to introduce a name."""

from __future__ import annotations

import re

MODIFIERS = r"""
    export default pub(?:\([^)\n]*\))? public private protected internal static async abstract final inline const
    unsafe extern override virtual local sealed open suspend data readonly partial constexpr mut
"""
KEYWORDS = r"""
    def defp defmodule class func fun fn function interface struct enum union trait type typedef module namespace
    object protocol record message service const let var val sub proc procedure macro macro_rules! \#define table
"""
STATEMENTS = "return|else|throw|new|await|yield|goto|case|delete|not|in|print|echo"
"""Words before a call, which is no definition."""


def _any(words: str) -> str:
    return "|".join(words.split())


_TYPE = r"[\w:<>,\[\]*&?.]+[ \t]+"
DEFINITION = (
    rf"^[ \t]*(?:(?:{_any(MODIFIERS)})[ \t]+){{{{0,9}}}}(?:create[ \t]+)?(?:{_any(KEYWORDS)})[ \t]+"
    r"(?:\([^)\n]*\)[ \t]*|self\.)?{name}(?![\w$])"
    rf"|^[ \t]*(?!(?:{STATEMENTS})\b)(?:{_TYPE}){{{{1,9}}}}[*&]*(?:\w+::)*{{name}}[ \t]*\("
    rf"|^[ \t]*(?=(?:{_any(MODIFIERS)})[ \t])(?:{_TYPE}){{{{1,9}}}}{{name}}[ \t]*="
    r"|^[ \t]*{name}[ \t]*(?:=|:|<-|\(\)\s*\{{)"
)
"""How most languages introduce a name: a keyword or a type before it, an assignment, or a shell function."""


def line_of(content: bytes, symbol: str) -> int | None:
    """Return the first line, counted from 1, that seems to define a symbol; of a dotted name the last part counts."""
    text = content.decode("utf-8", "replace")
    match = re.search(DEFINITION.format(name=_pattern(symbol)), text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None


def occurs(content: bytes, symbol: str) -> bool:
    """Return whether a symbol is a word of a file, defined there or not."""
    return bool(re.search(rf"(?<![\w$]){_pattern(symbol)}(?![\w$])", content.decode("utf-8", "replace")))


def _pattern(symbol: str) -> str:
    return re.escape(re.split(r"\.|::", symbol.removesuffix("()"))[-1])
