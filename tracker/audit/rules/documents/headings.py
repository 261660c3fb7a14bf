"""Headings and other anchors of a Markdown document."""

from __future__ import annotations

import re

from tracker.audit.rules.documents.documents import fenced

ATX = re.compile(r"(?:\s{0,3}>)*\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
SETEXT = re.compile(r"\s{0,3}(?:=+|-{2,})\s*$")
IDENTIFIER = re.compile(r"""\{[^}\n]*#([\w:.-]+)[^}\n]*\}|\b(?:id|name)=["']?([^"'\s}>]+)""")
MARKUP = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|\{[^}]*[#.=:][^}]*\}\s*$|</?[a-z][^>]*>")
GENERATED = re.compile(
    r"--8<--|^:::|\{%|\{\{|<!--\s*(?:include|toc)|^ref:\s|:start-after:|\bimport .* from ['\"]", re.MULTILINE
)
"""What puts in headings that the text itself does not show."""


def headings(text: str) -> list[str]:
    """The slugs of a document's headings, as GitHub forms them, in their order.

    >>> headings("# The plan: `a` & b")
    ['the-plan-a--b']
    """
    found = []
    before = ""
    for _, line, fence in fenced(text):
        if fence is not None:
            continue
        if heading := ATX.match(line):
            found.append(slug(heading[1]))
        elif before.strip() and SETEXT.match(line):
            found.append(slug(before))
        before = line
    return found


def slug(heading: str) -> str:
    """The anchor of a heading."""
    text = MARKUP.sub(lambda mark: mark[1] or "", heading).strip().lower()
    return "".join("-" if one == " " else one for one in text if one.isalnum() or one in " -_")


def anchors(text: str) -> frozenset[str]:
    """All anchors of a document, squashed."""
    named = [first or second for first, second in IDENTIFIER.findall(text)]
    return frozenset(form for one in (*headings(text), *named) for form in forms(one))


def forms(anchor: str) -> set[str]:
    """An anchor without what tools differ about: signs, case, letters beyond ASCII, and the number of a repeated one.

    >>> sorted(forms("The-Plan--1"))
    ['theplan', 'theplan1']
    """
    folded = anchor.casefold()
    squashed = {"".join(filter(str.isalnum, one)) for one in (folded, re.sub(r"[-_]\d+$", "", folded))}
    return (squashed | {"".join(filter(str.isascii, one)) for one in squashed}) - {""}
