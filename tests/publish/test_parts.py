"""A long page goes on to further pages: each is short, whole Markdown, and nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.publish.parts import HEIGHT, SIZE, _height, parts
from tracker.sources import yaml

TOP = '---\ntitle: "T"\nsearch: {boost: 2}\n---\n\n# T\n\n<div class="tracker-page"></div>\n'
TABLE = '<div class="tracker-cards tracker-commits"></div>\n\n| A | B |\n|---|---|\n'
KINDS = {
    "paragraphs": "\n\n".join(f"Sentence w{number}x of a log that is long." for number in range(2_000)),
    "table": TABLE + "\n".join(f"| w{number}x | text |" for number in range(2_000)),
    "list": "\n".join(f"- w{number}x" for number in range(2_000)),
    "loose list": "\n\n".join(f"- w{number}x" for number in range(2_000)),
    "long item": "- first\n\n" + "\n\n".join(f"    Paragraph w{number}x" for number in range(2_000)),
    "code": "```\n" + "\n".join(f"w{number}x = 1" for number in range(2_000)) + "\n```",
    "one paragraph": " ".join(f"w{number}x and so on" for number in range(5_000)),
    "wide letters": "\n\n".join(f"w{number}x " + "\u8bdd" * 60 for number in range(500)),
    "right to left": " ".join(f"w{number}x \u0647\u0630\u0627" for number in range(5_000)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_block_is_cut(kind: str) -> None:
    pages = parts("a/b.md", f"{TOP}\n## Much\n\n{KINDS[kind]}\n")
    assert list(pages)[:2] == ["a/b.md", "a/b.part-2.md"]
    words = re.compile(r"w\d+x")
    assert [word for page in pages.values() for word in words.findall(page)] == words.findall(KINDS[kind])
    for page in pages.values():
        assert sum(map(_height, page.split("\n\n"))) < 1.5 * HEIGHT
        assert page.count("\n```") % 2 == 0
        assert "## Much" in page
        assert not re.search(r"^    ", page, re.MULTILINE) or pages["a/b.md"] == page
    assert "boost" not in pages["a/b.part-2.md"]


def test_what_is_folded_counts_as_a_line_and_stays_folded() -> None:
    opening, rows = (
        '<details markdown="1">\n<summary>All</summary>',
        "\n".join(f"| w{n}x | text |" for n in range(2_000)),
    )
    few = f"{opening}\n\n### Inside\n\n{TABLE}{rows}\n\n</details>"
    assert list(parts("b.md", f"{TOP}\n## Full\n\n{few}\n")) == ["b.md"]
    plain = TABLE.partition("\n\n")[2]
    for table in (f"### Inside\n\n{TABLE}{rows}\n\n" * 8, f"{plain}{rows * 9}\n\n"):
        pages = parts("b.md", f"{TOP}\n## Full\n\n{opening}\n\n{table}</details>\n")
        assert len(pages) > 2
        for page in pages.values():
            inner = [one.partition("</details>") for one in page.split(opening)[1:]]
            assert inner
            assert not [rest[:200] for _, end, rest in inner if not end or re.search(r"w\d+x", rest)]
            assert len(page) < 2 * SIZE
        assert sum(page.count("w7x") for page in pages.values()) == table.count("w7x")


def test_a_word_without_a_break_is_cut() -> None:
    pages = parts("b.md", f"{TOP}\n{'x' * 700_000}\n")
    assert len(pages) > 2
    assert max(map(len, pages.values())) < 2 * SIZE


def test_parts_are_current_and_removed_with_their_page(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    session = {"session": "1", "date": "2026-01-01", "focus": "f"}
    repo.write("sessions/1.yml", yaml.dump(session | {"summary": KINDS["paragraphs"]}))
    repo.commit()
    assert tracker("build", "--no-site", cwd=tmp_path).code == 0
    second = tmp_path / "docs/tracker/sessions/2026-01-01-1.part-2.md"
    text = second.read_text("utf-8")
    assert "pages: 0 written" in tracker("build", "--no-site", cwd=tmp_path).out
    second.unlink()
    assert tracker("build", "--no-site", cwd=tmp_path).code == 0
    assert second.read_text("utf-8") == text
    repo.write("sessions/1.yml", yaml.dump(session))
    assert tracker("build", "--no-site", cwd=tmp_path).code == 0
    assert not second.exists()
