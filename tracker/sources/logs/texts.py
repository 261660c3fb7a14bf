"""Split lines of a log into a title and the rest."""

from __future__ import annotations

import re
from typing import Any

_NOTHING = frozenset(
    """
    none na n/a nothing no tbd keine nichts aucun aucune rien ninguno ninguna nada nenhum nessuno нет ничего
    无 無 没有 沒有 暂无 なし 無し 特になし 없음 없다
    """.split()  # noqa: SIM905
)
_NONE_YET = re.compile(
    r"(?i)[\W_]*(none|nothing|no (known |open |current |previous |new |remaining |critical |major )*"
    r"(issues?|blockers?|bugs?|errors?|questions?"
    r"|problems?|changes?|tasks?|items?|risks?|decisions?))"
    r"( (currently|known|yet|so far|at (this|the) (time|moment)|remaining|identified|found|blocking|planned|made"
    r"|expected|recorded|reported|(from|in|since) (the )?\w+( \w+)?|(was|were|have been|has been) \w+))*"
    r"(\W*$|[*_]*\s*[.!]|[*_]*\s+[—–-]\s)"
    r"|(?i:\W*none) (?i:for|in|at|from) (?i:this|the|now|present)\b"
    r"|(?i:[\W_]*(?:no (?:hubo|hay|hemos tenido)|sin|ning[uú]n\w*|keine[nr]?|aucune?|pas d[e’']|nenhum\w*"
    r"|nessun\w*|não houve|sem|не было|нет)(?: [^\s.,;:]+){1,3}\W*$)"
    r"|[^\n]{0,24}(?:は|が)(?:なし|無し|ありません|ない)。?\s*$|(?:暂无|没有|無)[^\n]{0,12}$|[^\n]{0,24}없(?:음|습니다)\.?\s*$"
)
_PLACEHOLDER = re.compile(
    r"(?i)[^\n]*\b(?:will|we.ll) (?:be )?(?:(?:document|record|captur|track|add|fill|updat)(?:e?d|e)?)\b[^\n]*"
    r"\b(?:as (?:they|it|we|the project|work)|later|during|once|when)\b"
)
"""A paragraph that announces what will stand here."""
_LONGEST_PLACEHOLDER = 400
BOLD_LEAD = re.compile(
    r"\W{0,4}\*\*(?P<lead>[^*\n]+?)[:：.]?\*\*\s*(?:\([^)\n]*\)\s*)?(?:—|–|--?|:|：|→|\.)?\s*(?P<rest>[\s\S]*)"
)


def says_nothing(text: str) -> bool:
    """Whether a text stands for an empty field.

    >>> says_nothing("- None."), says_nothing("—"), says_nothing("None of it")
    (True, True, False)
    """
    if _NONE_YET.match(text) or (len(text) <= _LONGEST_PLACEHOLDER and _PLACEHOLDER.match(text)):
        return True
    said = re.sub(r"^[\W_]+|[\W_]+$", "", text[:40]).lower()
    return (not said or said in _NOTHING) and not re.search(r"\w", text[40:])


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def joined(cells: tuple[str, ...] | list[str], *, without: tuple[int | None, ...] = ()) -> str:
    """The non-empty cells of a row as one text."""
    return " — ".join(cell.strip() for index, cell in enumerate(cells) if cell.strip() and index not in without)


def parts(text: str) -> tuple[str, str]:
    """The title of a line, and the rest.

    >>> parts("**Name** — the rest"), parts("name: the rest"), parts("a name")
    (('Name', 'the rest'), ('name', 'the rest'), ('a name', ''))
    """
    bold = BOLD_LEAD.fullmatch(text)
    if bold and bold["rest"].strip():
        return one_line(bold["lead"]), bold["rest"].strip()
    name, sign, rest = (*re.split(r"(\s+[—–→]\s+|\s+--?\s+|:\s+|：\s*)", text, maxsplit=1), "", "")[:3]
    return (one_line(name), rest.strip()) if sign and name.strip() else (text.strip(), "")
