"""Lines of a log taken apart: what they name, and what they say of it."""

from __future__ import annotations

import re
from typing import Any

_NOTHING = frozenset(("", "none", "na", "n/a", "nothing", "no", "tbd"))
BOLD_LEAD = re.compile(
    r"\W{0,4}\*\*(?P<lead>[^*\n]+?)[:.]?\*\*\s*(?:\([^)\n]*\)\s*)?(?:—|–|--?|:|→|\.)?\s*(?P<rest>[\s\S]*)"
)


def says_nothing(text: str) -> bool:
    """Whether a text is what people write where there is nothing to say.

    >>> says_nothing("- None."), says_nothing("—"), says_nothing("None of it")
    (True, True, False)
    """
    return re.sub(r"^[\W_]+|[\W_]+$", "", text[:40]).lower() in _NOTHING and not re.search(r"\w", text[40:])


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value}


def one_line(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def joined(cells: tuple[str, ...] | list[str], *, without: tuple[int | None, ...] = ()) -> str:
    """The cells of a row that say something, in one text."""
    return " — ".join(cell.strip() for index, cell in enumerate(cells) if cell.strip() and index not in without)


def parts(text: str) -> tuple[str, str]:
    """What a line names, and what it says of it.

    >>> parts("**Name** — the rest"), parts("name: the rest"), parts("a name")
    (('Name', 'the rest'), ('name', 'the rest'), ('a name', ''))
    """
    bold = BOLD_LEAD.fullmatch(text)
    if bold and bold["rest"].strip():
        return one_line(bold["lead"]), bold["rest"].strip()
    name, sign, rest = (*re.split(r"(\s+[—–→]\s+|\s+--?\s+|:\s+)", text, maxsplit=1), "", "")[:3]
    return (one_line(name), rest.strip()) if sign and name.strip() else (text.strip(), "")
