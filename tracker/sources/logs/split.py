"""Split a file with several sessions.

A file is split where at least two headings of one level, and at least half of all of that level, begin with a session's
id, a day or the number of a release. One that says what an earlier one said goes on with the session before it. So a
Keep-a-Changelog file is split by its releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.sources.logs import aider
from tracker.sources.logs.document import LogDocument, Section, parse
from tracker.sources.logs.identity import bare_day, find_days, find_id, find_month, find_version, without_days
from tracker.sources.logs.languages import english
from tracker.sources.logs.meanings import meaning_of, plain
from tracker.sources.logs.texts import joined

_DATE_LINE = re.compile(r"(?i)\W*(?:date|datum|fecha|дата|日期|日付|날짜)\W*[:：]\W*(?P<value>.*)")
_ITEM_DAY = re.compile(r"[\[*_]*\d{4}-\d\d-\d\d[\]*_]*(?=\s*[:：—–-])")
"""The day that an item of a list begins with."""
_ROW_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LAST_DAY = re.compile(r"\s(?:[–—-]+\s*[\d./年月-]+日?|\((?:as of |on )?[\d./-]+\))\s*$")
"""A day at the end of a heading: `Diary - 29/03/2025`, `Parser (2026-02-15)`."""
_CLOCK = re.compile(r"\d:\d\d")
_WEEKDAY = re.compile(r"(?i)^\W*(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\b\W*")


@dataclass(frozen=True)
class LogPart:
    """The log of one session, and its first line in the file."""

    document: LogDocument
    line: int
    head: str | None = None
    """Its first heading, if the file has several sessions."""
    before: int = 0
    """Number of lines before that heading: the text above the first session."""

    @property
    def titles(self) -> list[Section]:
        """Its heading, and the title of the file if it is above it."""
        headings = [section for section in self.document.root.walk() if 0 < section.level < 7]
        return [one for one in headings if one.line == self.before or (one.level == 1 and one.line < self.before)]

    @property
    def own(self) -> LogDocument:
        """The document from its heading on."""
        return parse("\n".join(self.document.text.split("\n")[self.before :])) if self.before else self.document


def split(document: LogDocument, start: int = 0) -> list[LogPart]:
    """The logs of a file in order, which together have all its lines. `start` is the number of lines before."""
    heads = _heads(document)
    lines = document.text.split("\n")
    if not heads:
        parts = [*_days_of_list(document, lines, start)] or [*_days_of_table(document, lines, start)]
        return parts or [LogPart(document, start)]
    starts = [_beginning(head) for head in heads]
    starts[0] = 0
    parts = []
    for head, begin, end in zip(heads, starts, [*starts[1:], len(lines)], strict=True):
        parts.append(LogPart(parse("\n".join(lines[begin:end])), start + begin, head.title, head.line - begin))
    return parts


def _days_of_list(document: LogDocument, lines: list[str], start: int) -> Iterator[LogPart]:
    """The parts of a log that is one list, in which every item begins with its day; one part for each day."""
    blocks = [block for section in document.root.walk() for block in section.blocks if block.kind != "other"]
    items = [item for block in blocks for item in block.items]
    days = [(item.line, found[0]) for item in items if (found := _ITEM_DAY.match(item.text))]
    if len({day for _, day in days}) < 2 or len(days) < len(items) or any(block.kind == "table" for block in blocks):
        return
    yield from _parts_of_days(days, lines, start)


def _days_of_table(document: LogDocument, lines: list[str], start: int) -> Iterator[LogPart]:
    """The parts of a log that is one table, in which most rows begin with their day; one part for each day.

    Its rows become items of a list, line by line.
    """
    blocks = [block for section in document.root.walk() for block in section.blocks if block.kind != "other"]
    tables = [block for block in blocks if block.rows]
    if len(tables) != 1 or any(block.items for block in blocks):
        return
    rows = list(enumerate(tables[0].rows, tables[0].line + 2))
    days = [(line, row[0].strip()) for line, row in rows if _ROW_DAY.fullmatch(row[0].strip())]
    if len({day for _, day in days}) < 2 or 2 * len(days) < len(rows):
        return
    listed = list(lines)
    for line, row in rows:
        listed[line] = f"- {row[0].strip()}: {joined(row[1:])}"
    yield from _parts_of_days(days, listed, start)


def _parts_of_days(days: list[tuple[int, str]], lines: list[str], start: int) -> Iterator[LogPart]:
    """One part for each run of lines of the same day."""
    first = [(line, day) for number, (line, day) in enumerate(days) if not number or days[number - 1][1] != day]
    ends = [line for line, _ in first[1:]] + [len(lines)]
    for number, ((line, day), end) in enumerate(zip(first, ends, strict=True)):
        begin = line if number else 0
        yield LogPart(parse("\n".join(lines[begin:end])), start + begin, day.strip("[]*_ "), line - begin)


def _heads(document: LogDocument) -> list[Section]:
    sections = [section for section in document.root.walk() if 0 < section.level < 7 and not _is_template(section)]
    keys = {section: key for section in sections if (key := _key(section))}
    found: list[Section] = []
    for level in sorted({section.level for section in sections}):
        heads = [section for section in sections if section.level == level and section in keys]
        parents = {section.parent for section in heads}
        peers = [one for one in sections if one.level == level and one.parent in parents and not _is_undated(one)]
        # The hours of a day are one session; titles of a day are one each.
        names = {keys[section][0] if _CLOCK.search(section.title) else " ".join(keys[section]) for section in heads}
        are_releases = bool(names) and all(name.startswith("version") for name in names)
        mostly = 2 * len(heads) >= len(peers) and (len(names) >= 2 or (len(heads) == 1 and _is_in_log(heads[0])))
        alone = len(heads) == 1 and aider.begins(heads[0].title)
        mostly = mostly or (len(names) >= 2 and len(set(map(_other_words, heads))) == 1)
        if alone or (are_releases and (mostly or len(names) == 1)) or (mostly and not found):
            found += heads
        if found and not are_releases:
            break
    found += [
        one
        for one in sections
        if found and one in keys and one.level < found[0].level and not one.children and find_days(one.title)
    ]
    first = {keys[section]: section for section in sorted(found, key=lambda one: -one.line)}
    return sorted(first.values(), key=lambda one: one.line)


def _is_template(section: Section) -> bool:
    """Whether a heading is an example to copy, such as `YYYY-MM-DD: title`."""
    return bool(re.search(r"(?i)\by{4}\b|\btemplate\b", section.title))


def _other_words(section: Section) -> str:
    """What a heading says beside its day: the same words in every one make the headings sessions."""
    return (
        " ".join(re.findall(r"[^\W\d_]+", without_days(section.title))).lower()
        if find_days(section.title)
        else section.title
    )


def _is_undated(section: Section) -> bool:
    """Whether a heading is a release without a date."""
    return find_version(plain(section.title)) is not None and find_days(section.title) is None


def _is_in_log(section: Section) -> bool:
    """Whether the heading above says that sessions follow: `Session log`."""
    above = section.parent
    return above is not None and bool(re.search(r"(?i)\b(logs?|journal|diary|sessions)$", plain(above.title)))


def _key(section: Section) -> tuple[str, str] | None:
    """The key of a session in a heading that begins with it: its id, or its date and the other words."""
    title = plain(section.title) or section.title
    title = title if title.isascii() else english(title)
    if dated := _stated_day(section) or bare_day(_WEEKDAY.sub("", title)):
        return dated, title.lower()
    if month := find_month(title):
        return f"month {month.first}", title.lower()
    begins = re.match(
        r"(?i)\W*(aider chat started|session|sess|s-?\d|\[?v?\d|(release|version)\b|dev[\s-]?log|day|entry|sprint|week"
        r"|[a-z]{3,9}\.? \d)",
        _WEEKDAY.sub("", title),
    )
    days = find_days(section.title)
    if not begins and not (days and _LAST_DAY.search(section.title)):
        return None
    if days and aider.begins(section.title):
        return section.title, ""
    version = find_version(title)
    name = find_id(section.title if days else re.sub(r"^\W*#\s*(?=\d)", "", section.title))
    if version and days:
        return f"version {version}", ""
    if name and (days or _tells_of_all(title)):
        return f"session {name} {days.first if days else ''}", ""
    return (str(days.first), title.lower()) if days else None


def _stated_day(section: Section) -> str | None:
    """The day in the first lines below a heading, if one of them is the date: `Date: 2026-02-15`."""
    block = section.blocks[0] if section.blocks else None
    if block is None or block.kind != "paragraph" or find_days(section.title):
        return None
    said = [_DATE_LINE.match(line) for line in block.text.split("\n")]
    days = next((days for line in said if line and (days := find_days(line["value"]))), None)
    return str(days.first) if days else None


def _tells_of_all(title: str) -> bool:
    """Whether a heading with an id is the heading of a session: `Session 4: parser`, not `Session 4 handoff`."""
    rest = re.sub(r"(?i)^\W*(?:session|sess|s)?[\s#-]*\d+[a-z]?\b", "", title, count=1)
    return not rest.strip() or (bool(re.match(r"\s*[:—–(|·-]", rest)) and meaning_of(rest.strip(" :—–|·-")) is None)


def _beginning(head: Section) -> int:
    """The line of a heading, or of the heading above it that it is first under, such as a month."""
    section = head
    while (
        section.parent and section.parent.level and section.parent.children[0] is section and not section.parent.blocks
    ):
        section = section.parent
    return section.line
