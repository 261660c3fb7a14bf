"""Commits in tables, lists and lines about commits."""

from __future__ import annotations

import re

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import Block, Section
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.log import Log
from tracker.sources.logs.meanings import Meaning
from tracker.sources.logs.named import hashes
from tracker.sources.logs.texts import one_line

_FIRST_HASH = re.compile(r"[`*\[]*[0-9a-f]{7,40}[`*\]]*(?=[\s:—–-])")
_SESSION = re.compile(r"\(?\s*(?:S|[Ss]ession )(\d+[A-Z]?)\s*\)?")


def read(section: Section, _: Meaning, log: Log) -> None:
    """Read a section about commits."""
    for block in section.blocks:
        if block.kind == "code":
            lines = block.text.split("\n")
        elif block.kind == "table":
            lines = [" ".join(row) for row in block.rows] if column(block.header, "commit") is None else []
        else:
            lines = [block.text] if block.text else [item.whole for item in block.items]
        for line in lines:
            read_line(line, log.facts)


def read_list(block: Block, facts: LogFacts) -> None:
    """Read a list in which every item begins with a hash, as that of `git log --oneline` does."""
    lines = [item.text.split("\n")[0] for item in block.items]
    found = [hashes(match[0]) if (match := _FIRST_HASH.match(line)) else [] for line in lines]
    if len(lines) > 1 and all(found):
        for line in lines:
            read_line(line, facts)


def read_table(block: Block, facts: LogFacts) -> None:
    """Read a table with a column for commits. Its column of files is not a note."""
    hash_column = column(block.header, "commit")
    if hash_column is None:
        return
    note_column = column(block.header, "note")
    if note_column == hash_column or column(block.header, "file") is not None:
        note_column = None
    for row in block.rows:
        for one in hashes(row[hash_column]):
            facts.commit(one, "" if note_column is None else one_line(row[note_column]))


def read_line(text: str, facts: LogFacts) -> None:
    """Add each hash of a text, with the text up to the next hash as its note."""
    places = sorted((text.lower().index(one), one) for one in hashes(text))
    ends = [start for start, _ in places[1:]] + [len(text)]
    for (start, one), end in zip(places, ends, strict=False):
        rest = text[start + len(one) : end].split("\n")[0]
        rest = re.sub(r"(?:[\s`,;|([*+&/]|\b(?:and|then)\b)+\Z", "", rest)
        note = re.sub(r"^[`*_)\]\s]*(?:—|–|--?|:|,|=|→|->|\.{2,3})?\s*[`*]?", "", rest).strip()
        session = _SESSION.fullmatch(note)
        whole = re.fullmatch(r"\(([^()]*)\)?", note)
        note = whole[1] if whole else note if re.search(r"\w", note) else ""
        facts.commit(one, "" if session else note, session[1] if session else None)
