"""Statuses of tasks and phases, wherever a log states them: tables, check boxes, lists and final sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.sources.logs.columns import column, status_of
from tracker.sources.logs.document import Block, Item, Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.languages import english
from tracker.sources.logs.log import Log
from tracker.sources.logs.meanings import plain

_ID = r"\d+(?:\.\d+)*[A-Za-z]?"
_OF_CHAPTER = r"(?:,? (?:of|in) (?i:chapter) (?P<chapter>\w+))?"
"""Ids may repeat between chapters: phase 8 of chapter 14 is `14/8`."""
_BOX = re.compile(r"\W*(?:[Tt]ask\s+)?(\d+\.\d+[a-z]?)\b(?!\.\d)")
_STATED = re.compile(
    rf"\W*(?:all )?(?P<kind>phase|task)s? (?P<first>{_ID})(?:\s*(?:-|–|to)\s*(?P<last>{_ID}))?{_OF_CHAPTER}"
    r"(?: \([^()]*\))?\s*(?::|—|–|->|→|\bis\b|\bare\b|\bmarked\b)\s*(?P<said>.*)",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"\b(?P<kind>Phase|Task) (?P<first>{_ID}){_OF_CHAPTER} (?:is |now )?(?:COMPLETED?|CLOSED|DONE)\b")
"""A final sentence; only in capitals, because `mark phase 7 complete` is a plan."""
_HEADING = re.compile(rf"(?i)(?P<kind>phase|task) (?P<id>{_ID})(?![\w-])\s*(?:[:.–—-]|$)")
_AT_END = re.compile(
    r"(?P<said>[✅✔☑⬜🔲⏳⏸🔄🚧❌]\ufe0f?|[(\[](?i:complete[d]?|done|finished|remaining|pending|planned|up next|next"
    r"|to-?do|not started|current|future|upcoming|in progress|wip|deferred|blocked|partial(?:ly done)?)[)\]])[^\w]*$"
)
"""A status at the end of a heading."""
_WORD = re.compile(r"\W*(?P<word>(?i:in progress|not started)|[A-Za-z]+)\s*(?:[^\w\s].*)?")
"""A status alone, or with a remark: `complete (S4)`, not `complete migration`."""
_SIGN_AT_START = 4
"""Characters of a heading that may hold the sign of its status: `✅ Phase 2`."""
_LONGEST = 60
"""Characters of the longest statement; longer texts describe something."""
_LONGEST_LINE = 300
"""Characters of the longest line that states something."""
_MOST = 30
"""Tasks of the longest range."""


def is_table(block: Block) -> bool:
    """Whether a table lists phases or tasks with their status."""
    return next(_rows(block), None) is not None


def read(block: Block, facts: LogFacts) -> None:
    """Read the statuses in a table, a list or labelled lines."""
    for name in _rows(block):
        facts.status(*name)
    for item in block.items:
        for name in _ticked(item):
            facts.status(*name)
        _state(item.text, facts)
    for label in labels(block) if block.kind == "paragraph" else ():
        _state(f"{label.name}: {label.value}", facts)


def of_section(section: Section) -> str | None:
    """Return the status that a heading ends with, or that a label `Status` right below it states."""
    end = _AT_END.search(section.title)
    if end:
        return status_of(end["said"])
    said = (label.value for block in section.blocks for label in labels(block) if _is_status(label.name))
    return next((status for value in said if (status := status_of(value[:_LONGEST]))), None)


def read_heading(section: Section, facts: LogFacts) -> None:
    """Read the status of a phase or task from its heading: `Phase 2: Parser ✅`."""
    name = _HEADING.match(plain(section.title))
    said = of_section(section) or status_of(section.title[:_SIGN_AT_START]) if name else None
    if name and said:
        facts.status(f"{name['kind'].lower()}s", name["id"], said)


def _is_status(name: str) -> bool:
    return english(plain(name)).lower() == "status"


def read_prose(log: Log) -> None:
    """Read phases that the head, the summary, the handoff or the last line of a log says are complete."""
    data = log.facts.data
    texts = [data.get("summary", ""), data.get("handoff", {}).get("state", "")]
    texts += [block.text for section in log.titles for block in section.blocks]
    texts.append(log.document.text.rstrip().rpartition("\n")[2][:_LONGEST_LINE])
    for found in _CLOSED.finditer("\n".join(texts)):
        log.facts.status(f"{found['kind'].lower()}s", _in_chapter(found, found["first"]), "complete")


def _columns(block: Block) -> tuple[str, int, int] | None:
    """The kind of a table of statuses, and the indices of its ids and statuses."""
    names = [plain(name).lower() for name in block.header]
    kind = next((name for name in ("task", "phase") if name in names), None)
    status = column(block.header, "status")
    return (kind, names.index(kind), status) if kind and status is not None else None


def _rows(block: Block) -> Iterator[tuple[str, str, str]]:
    found = _columns(block)
    if found is None:
        return
    kind, at, status = found
    for row in block.rows:
        name = re.match(rf"\W*(?:{kind}\s+)?({_ID})(?![\w-])", row[at], re.IGNORECASE)
        said = status_of(row[status])
        if name and said:
            yield f"{kind}s", name[1], said


def _ticked(item: Item) -> Iterator[tuple[str, str, str]]:
    task = _BOX.match(item.text)
    if task and item.checked is not None:
        status = "cancelled" if item.cancelled else "complete" if item.checked else "planned"
        yield "tasks", task[1], status


def _state(text: str, facts: LogFacts) -> None:
    """Read a line such as `Phase 2: deferred → complete (S84)`; the last status counts."""
    line = text.split("\n")[0]
    found = _STATED.fullmatch(plain(line)) if len(line) <= _LONGEST_LINE else None
    if not found or len(found["said"]) > _LONGEST:
        return
    word = _WORD.fullmatch(re.split(r"→|->", found["said"])[-1])
    said = status_of(word["word"]) if word else None
    if said:
        for name in _names(found["first"], found["last"]):
            facts.status(f"{found['kind'].lower()}s", _in_chapter(found, name), said)


def _in_chapter(found: re.Match[str], name: str) -> str:
    return f"{found['chapter']}/{name}" if found["chapter"] else name


def _names(first: str, last: str | None) -> list[str]:
    """The ids of a range such as 8.1 to 8.7; none if it is no range of one phase."""
    if last is None:
        return [first]
    before, _, begin = first.rpartition(".")
    after, _, end = last.rpartition(".")
    if before != after or not (begin.isdigit() and end.isdigit()) or not 0 < int(end) - int(begin) < _MOST:
        return []
    return [f"{before}.{number}".lstrip(".") for number in range(int(begin), int(end) + 1)]
