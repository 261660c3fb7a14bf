"""The templates: what Jinja makes of their line ends."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tracker.publish.render import template_folder

LINES = ("- ", "| ", "> ", "#")
"""How a line of a list, a table, a quotation or a heading begins."""


def joined(text: str) -> list[str]:
    """The lines that the next one is joined to: Jinja drops the line break after a block, such as `{% endif %}`."""
    lines = text.split("\n")
    return [
        line
        for line, after in pairwise(lines)
        if line.startswith(LINES) and line.endswith("%}") and after.strip() and not after.lstrip().startswith("{%-")
    ]


@pytest.mark.parametrize("path", sorted(template_folder().rglob("*.md.j2")), ids=lambda path: path.name)
def test_no_line_of_a_list_is_joined_to_the_next(path: Path) -> None:
    assert joined(path.read_text("utf-8")) == []


def test_such_a_line_is_found() -> None:
    assert joined("- {{ one }}{% if more %}, {{ more }}{% endif %}\n{% endfor %}\n") != []
    assert joined("- {{ one }}{% if more %}, {{ more }}{% endif %}\n\n{% endfor %}\n") == []
