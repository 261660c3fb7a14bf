"""Definitions in any other language, found by the usual ways to introduce a name."""

from __future__ import annotations

import re

DEFINITION = (
    r"^[ \t]*"
    r"(?:(?:export|default|pub(?:\([^)]*\))?|public|private|protected|static|async|abstract|final|inline|const)\s+)*"
    r"(?:def|class|func|fn|function|interface|struct|enum|trait|type|module|const|let|var|sub|macro)\s+(?:\([^)]*\)\s*)?{name}(?![\w$])"
    r"|^[ \t]*{name}\s*(?:=|:|\(\)\s*\{{)"
)
"""How most languages introduce a name: a keyword before it, an assignment, or a shell function."""


def line_of(content: bytes, symbol: str) -> int | None:
    """Return the first line, counted from 1, that seems to define a symbol; of a dotted name the last part counts."""
    text = content.decode("utf-8", "replace")
    name = re.escape(re.split(r"\.|::", symbol.removesuffix("()"))[-1])
    match = re.search(DEFINITION.format(name=name), text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None
