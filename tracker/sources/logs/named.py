"""Commits and files that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEX = r"[0-9a-fA-F]{7,40}"
_SPAN = re.compile(r"(`{1,8})(?P<text>[^`\n]+)\1")
_PLAIN_HASH = re.compile(rf"(?<![\w./-])(?P<hash>{_HEX})(?![\w/-]|\.\w|\.{{3}}\B)")
_QUOTED_RANGE = re.compile(rf"(?P<a>{_HEX})(?:\s*(?:\.{{2,3}}|→|->|–|,|\+|/|\s)\s*(?P<b>{_HEX}))*")
_SAID_COMMIT = re.compile(
    rf"(?i)\b(?:(?:commits?|revisions?|cherry[- ]?picked|reverted)\b(?: (?:hash(?:es)?|id|log))?[\s:=*#(\[`\"']*"
    rf"|git (?:diff|show|log|revert|cherry-pick|checkout|reset)(?: --?[\w=-]+)* )"
    rf"(?P<hashes>{_HEX}(?:[\s`]*(?:\.{{2,3}}|→|->|–|,|\+|/|&|\band\b)[\s`]*{_HEX})*)(?![\w/-]|\.\w|\.{{3}}\B)"
)
_LINK = re.compile(rf"/commits?/(?P<hash>{_HEX})(?![0-9a-zA-Z])")


def hashes(text: str) -> list[str]:
    """Hashes in a text that speaks of commits, where any word of hexadecimal digits is one.

    >>> hashes("`7ecbe25` and 0706412, not 20260215 nor 5000000")
    ['7ecbe25', '0706412']
    """
    found = [match["hash"] for match in _PLAIN_HASH.finditer(text)] + [match["hash"] for match in _LINK.finditer(text)]
    return list(dict.fromkeys(one.lower() for one in found if _is_hash(one, text)))


def said_commits(text: str) -> list[str]:
    """Hashes that a text calls commits: `commit 7ecbe25`, `commits 7ecbe25..0b1c2d3`, and links to them."""
    found = [one for match in _SAID_COMMIT.finditer(text) for one in re.findall(rf"\b{_HEX}\b", match["hashes"])]
    found += [match["hash"] for match in _LINK.finditer(text)]
    return list(dict.fromkeys(one.lower() for one in found if _is_hash(one, text)))


def quoted_hashes(text: str) -> list[str]:
    """Hashes in code spans, ranges and arrows included: commits if git knows them.

    >>> quoted_hashes("from `7ecbe25..0b1c2d3` on, `deadline`")
    ['7ecbe25', '0b1c2d3']
    """
    spans = (match["text"].strip() for match in _SPAN.finditer(text))
    found = [one for span in spans if _QUOTED_RANGE.fullmatch(span) for one in re.findall(_HEX, span)]
    return list(dict.fromkeys(one.lower() for one in found))


def _is_hash(word: str, text: str) -> bool:
    """Whether it is more than a word or a number: both kinds of digits, or quoted as code."""
    if word.isdigit():
        return len(word) == 40 or (
            not re.fullmatch(r"20\d{6}", word) and (f"`{word}`" in text or (word[0] == "0" and len(word) < 11))
        )
    return bool(re.search(r"\d", word)) or f"`{word}`" in text


# --- files ----------------------------------------------------------------------------------------------------------

_PATH = re.compile(
    r"""
    (?:[A-Za-z]:)?[~./\\]*(?:[\w.@+*{}\[\]~$=-]+[/\\])+[\w.@+*{}\[\]~$=-]*     # with folders
    | /?[\w@+*{}~-][\w.@+*{}~-]*\.(?=[A-Za-z*{])[\w*{},]{1,12}(?:\.[A-Za-z]\w{0,40})*       # with a suffix
    | /?\.[A-Za-z][\w.-]+                                                     # .gitignore
    """,
    re.VERBOSE,
)
FILES_WITHOUT_SUFFIX = frozenset(
    [
        "Makefile",
        "Dockerfile",
        "LICENSE",
        "README",
        "Jenkinsfile",
        "Procfile",
        "Vagrantfile",
        "CODEOWNERS",
        "Justfile",
        "CHANGELOG",
        "NOTICE",
        "AUTHORS",
        "VERSION",
        "Gemfile",
        "Rakefile",
        "Pipfile",
        "Containerfile",
    ]
)
_ABBREVIATIONS = re.compile(
    r"(?i)(?:e\.g|i\.e|etc|vs|a\.k\.a|approx|no|fig|sec|n/a|w/o|and/or|v?\d+(\.\w+)+|\d.*/.*\d)\.?"
)
_HOST = re.compile(r"(?i)(?:https?|ftp|ssh|git)://|^www\.|@[\w.-]+:|^[\w.-]+@[\w.-]+$")


def is_path(word: str) -> bool:
    """Whether a word alone is the path of a file, a folder or a glob."""
    if word in FILES_WITHOUT_SUFFIX:
        return True
    if _HOST.search(word) or _ABBREVIATIONS.fullmatch(word) or not re.search(r"[A-Za-z]", word):
        return False
    return bool(_PATH.fullmatch(word)) and word.strip("./\\~") != ""


def paths(text: str) -> list[str]:
    """The files that a text names, quoted or not.

    >>> paths("`a/b.py`, **c.md** and [d](docs/d.md) — see v1.2")
    ['a/b.py', 'c.md', 'docs/d.md']
    """
    return list(dict.fromkeys(path for path, _ in _paths(text)))


def lead_paths(text: str) -> tuple[list[str], str]:
    """The files that a line begins with, and what it says of them.

    >>> lead_paths("`a.py`, `b.py` — new, as `c.py` was")
    (['a.py', 'b.py'], 'new, as `c.py` was')
    """
    found: list[str] = []
    end = 0
    for path, (start, stop) in _paths(text):
        between = text[end:start] if found else ""
        if found and not re.fullmatch(r"[\s*_`)\]]*(?:,|;|/|&|\+|and|→|->|=>|\s)*[\s*_`(\[]*", between):
            break
        found.append(path)
        end = stop
    rest = re.sub(r"^[\s*_`)\]:]*(?:—|–|--?|:|→)?\s*", "", text[end:]) if found else text
    return list(dict.fromkeys(found)), rest.strip()


def _paths(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    end = 0
    for match in re.finditer(
        r"\[(?P<label>[^\[\]\n]*)\]\((?P<link>[^()\s]+)\)|(?P<ticks>`{1,8})(?P<code>[^`\n]+)(?P=ticks)|(?P<word>[^\s`,;|<>\"()]+)",
        text,
    ):
        if match.start() < end:
            continue
        label = (match["label"] or "").strip("`*_ ")
        word = (label if is_path(label) else match["link"]) or match["code"] or match["word"]
        span = match.span()
        if match["word"]:
            bare = word.strip("*_").rstrip(".:!?*_'’") if not word.startswith("_") else word.rstrip(".:!?*'’")
        else:
            bare = re.sub(r"(?::\d+(?:-\d+)?|#L\d+(?:-L?\d+)?)$", "", word.strip())
        if is_path(bare):
            yield bare, span
        end = match.end()
