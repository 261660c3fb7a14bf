"""Any file content gives either sessions with all of the text, or one message."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs import samples
from tracker.sources import yaml
from tracker.sources.logs.document import decode
from tracker.sources.logs.reader import Read, Unread, read_log

HEAD = "# Session 5 — 2026-02-15\n\n"
PIECES = [
    "## Files changed\n",
    "## Next steps\n",
    "## Decisions\n",
    "## Issues\n",
    "## Commits\n",
    "## Lessons\n",
    "## Work\n",
    "### Option A (recommended)\n",
    "**Focus:** x\n",
    "**Commits:** `1a2b3c4`, `5d6e7f8`\n",
    "- [x] 8.1 done\n",
    "1. one\n",
    "| File | Action |\n|---|---|\n| a.py | new |\n",
    "| a |\n|---|\n||\n",
    "```\ncode\n",
    "~~~\n",
    "> quote\n",
    "---\n",
    "<details>\n",
    "- a\n  - b\n",
    "## Session 6 — 2026-02-16\n",
    "## [1.0.0] - 2026-01-01\n",
    "\n",
    "- **File:** `a.py` → `b.py`\n",
    "**Problem:** p\n**Cause:** c\n",
    "### Question\nWhy?\n### Answer: so\nyes\n",
    "Decision: x\nReason: y\n",
    "**Issue:** a\n**Fix:** b\n",
    "### 1. Fix it\n",
    "### Root cause\n",
    "## Open questions\n",
    "## Session 6 handoff\n",
    "**Next steps:**\n",
    "**Use gas**\n\n",
    "- [ ] a\n- ~~b~~\n",
    "1. a\n   - **Cause:** b\n",
    "```\nM\ta.py\nA\tb.py\n```\n",
    "| # | Item | Status |\n|---|---|---|\n| 1 | a | done |\n",
    "*in italics*\n",
    "\t",
    " ",
    "\u2028",
    "\x85",
    "é🎉",
    "&amp;",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=20).map("".join)


def held(content: bytes) -> str:
    """Return the text of a file's sessions, joined, after they were written and read again."""
    found = read_log("log.md", content)
    assert found
    logs = []
    for one in found:
        if isinstance(one, Unread):
            assert one.message
            assert "\n" not in one.message
            return ""
        assert isinstance(one, Read)
        logs.append(yaml.load(yaml.dump(one.data)).data["log"])
    return "\n".join(logs)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_no_word_of_a_log_is_lost(text: str) -> None:
    content = (HEAD + text).encode("utf-8", "replace")
    kept = held(content)
    if kept:
        assert kept == decode(content)


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-16", "replace"))))
def test_no_content_is_too_strange(content: bytes) -> None:
    held(content)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_front_matter_of_any_kind(body: str) -> None:
    content = f"---\ndate: 2026-02-15\n{body}\n---\n# Notes\n".encode("utf-8", "replace")
    kept = held(content)
    if kept:
        assert kept == decode(content)


HEADINGS = (
    *("Files changed", "Next steps", "Decisions", "Issues", "Commits", "Lessons", "Work", "Handoff", "Open questions"),
    *("Tests", "Metrics", "Options", "Root cause"),
)
HOSTILE = {
    "one line of a megabyte": "word `a" * 150_000,
    "lists 200 deep": "\n".join("  " * depth + "- item" for depth in range(200)),
    "quotes 200 deep": ">" * 200 + " quote",
    "unclosed fence": "## Files changed\n\n```\n- a.py\n",
    "unclosed table": "## Files changed\n\n| File | Action\n|---|---\n| `a.py` | new",
    "blocks of HTML": "<details><summary>x</summary>\n\n## Files changed\n\n- `a.py`\n\n</details>\n<!-- open",
    "three thousand headings": "## Files\n- `a.py`\n" * 3_000,
    "a table of three thousand rows": "## Commits\n\n| Hash | Note |\n|---|---|\n" + "| `1a2b3c4` | x |\n" * 3_000,
    "mixed line ends": "## Files changed\r\n\r- `a.py`\n- `b.py`\r",
    "brackets": "[" * 20_000,
    "stars": "**" * 20_000 + "\n\n" + "**a:** " * 5_000,
    **{
        f"lines of {name} under every heading": "\n".join(
            f"## {heading}\n\n{unit * (9_000 // len(unit))}\n\n- {unit * (9_000 // len(unit))}\n"
            for heading in HEADINGS
        )
        for name, unit in {
            "brackets": "[",
            "stars": "**",
            "bold": "**a** ",
            "code": "`a ",
            "hashes": "a1b2c3d ",
            "paths": "a/b.py, ",
            "folders": "a/",
            "labels": "Decision: ",
            "dashes": "— ",
            "days": "2026-02-15 ",
            "quotes": "> ",
        }.items()
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_logs_are_held_whole(kind: str) -> None:
    content = (HEAD + HOSTILE[kind]).encode()
    assert held(content) == decode(content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_encodings_that_say_what_they_are(encoding: str) -> None:
    assert held(samples.TABLES.encode(encoding)) == samples.TABLES
