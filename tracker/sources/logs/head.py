"""The head of a log: front matter, title and labelled lines such as `**Date:** 2026-02-15`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.sources import yaml
from tracker.sources.logs.document import Block, Label, LogDocument, Section, labels
from tracker.sources.logs.identity import find_days, find_id, without_days
from tracker.sources.logs.meanings import head_field, meaning_of, plain

_FRONT = re.compile(r"\A\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<body>.*?)\n(?P=mark)[ \t]*(?:\n|\Z)", re.DOTALL)
_PLAIN_LABEL = re.compile(r"[-*+>\s]*(?P<name>[^\W\d_][\w /#-]{1,24}?)\s*(?:::?\s+|：\s*)(?P<value>\S.*)")
_TITLE_LABEL = re.compile(r"(?P<name>[^\W\d_a-z][\w ]{1,20}?)\s*(?::\s+|：\s*)(?P<value>\S.*)")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?!\d*:?\d* ?h)")
"""A time of day, which is no duration."""


def _is_duration(label: Label) -> bool:
    """Whether a value is a duration, and no time of day; `Time` names one only with a number."""
    return not _CLOCK.match(label.value) and (
        plain(label.name).lower() != "time" or bool(re.search(r"\d", label.value))
    )


@dataclass
class Head:
    """Everything above the first section about the work."""

    title: str = ""
    fields: dict[str, list[Label]] = field(default_factory=dict)
    """Labelled lines by field."""
    others: list[Label] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """The first value of a field."""
        return next((label.value for label in self.fields.get(name, ()) if label.value), None)

    def add(self, label: Label) -> bool:
        """Add a labelled line, and return whether its label is known."""
        known = head_field(label.name)
        if known and not (known == "duration" and not _is_duration(label)):
            self.fields.setdefault(known, []).append(label)
        else:
            self.others.append(label)
        return bool(known)


def front_matter(text: str) -> tuple[Mapping[str, Any], int, str | None]:
    """The fields of the front matter, the number of its lines, and its error, if any.

    >>> front_matter("---\\nsession: 7\\n---\\n# Title")
    ({'session': '7'}, 3, None)
    """
    match = _FRONT.match(text)
    if not match or not re.search(r"^[\w\"' -]+\s*[:=]", match["body"], re.MULTILINE):
        return {}, 0, None
    lines = match[0].rstrip("\n").count("\n") + 1
    try:
        data = yaml.load(match["body"]).data if match["mark"] == "---" else tomllib.loads(match["body"])
    except yaml.MalformedYAML as error:
        return {}, lines, f"the front matter cannot be read (line {error.position.line + 1}: {error})"
    except tomllib.TOMLDecodeError as error:
        return {}, lines, f"the front matter cannot be read ({error})"
    if not isinstance(data, dict):
        return {}, lines, "the front matter is not a mapping"
    return data, lines, None


def read_head(document: LogDocument, front: Mapping[str, Any]) -> Head:
    """The head of a log."""
    head = Head()
    for name, value in front.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if isinstance(value, dict) else str(value)
        if text:
            head.add(Label(str(name).replace("_", " ").replace("-", " "), text, 0))
    sections = list(document.root.walk())
    alone = sum(section.level == 1 for section in sections) == 1
    for section in sections:
        first = alone and section.level == 1 and not head.title
        if section.level and not first and not _belongs(head, section):
            _read_first(head, section)
            break
        head.sections.append(section)
        if section.level:
            _read_title(head, section)
        tells = [_read_block(head, section, index) for index in range(len(section.blocks))]
        if any(tells) and section.level:
            break
    return head


def _read_first(head: Head, section: Section) -> None:
    """Read the labelled lines at the start of the first section, if they belong to the head."""
    for block in section.blocks:
        found = labels(block)
        if not found:
            return
        for label in found:
            known = head_field(label.name)
            if known and known != "summary":
                head.fields.setdefault(known, []).append(label)


def _belongs(head: Head, section: Section) -> bool:
    if not head.title and section.level <= 2:
        return (
            find_id(section.title) is not None or find_days(section.title) is not None or not meaning_of(section.title)
        )
    if section.level == 7:
        return False
    named = _TITLE_LABEL.fullmatch(plain(section.title))
    if named and head_field(named["name"]):
        return True
    return bool(find_id(section.title) or find_days(section.title)) and not meaning_of(without_days(section.title))


def is_head_lines(block: Block) -> bool:
    """Whether a block has only lines such as `Date: Monday`."""
    return bool(block.text) and all(_PLAIN_LABEL.fullmatch(line.strip()) for line in block.text.split("\n"))


def _read_title(head: Head, section: Section) -> None:
    named = _TITLE_LABEL.fullmatch(plain(section.title))
    if named and head_field(named["name"]) not in (None, "session"):
        head.add(Label(named["name"], named["value"], section.line))
    else:
        head.title = f"{head.title} · {section.title}" if head.title else section.title


def _read_block(head: Head, section: Section, index: int) -> bool:
    """Read one block, and return whether it is about the work."""
    block = section.blocks[index]
    if block.kind == "table" and len(block.header) == 2:
        pairs = [Label(plain(name), value, block.line) for name, value in (block.header, *block.rows)]
        if any(head_field(pair.name) in ("session", "date", "focus", "status") for pair in pairs):
            for pair in pairs:
                head.add(pair)
            return False
        return True
    found = labels(block)
    for label in found:
        head.add(label)
    if not found and block.kind in ("paragraph", "list"):
        rows = block.text.split("\n") if block.kind == "paragraph" else [item.text for item in block.items]
        matches = [_PLAIN_LABEL.fullmatch(row.strip()) for row in rows]
        if all(matches) or (matches and matches[0] and head_field(matches[0]["name"])):
            for number, match in enumerate(matches):
                if match and head_field(match["name"]):
                    found.append(Label(match["name"], match["value"].strip(), block.line + number))
                    head.add(found[-1])
    return not found and block.kind in ("list", "table", "code", "paragraph")
