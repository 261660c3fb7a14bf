"""Work, tasks, tests, highlights, learnings and metrics."""

from __future__ import annotations

import re
from dataclasses import replace

from tracker.sources.logs import statuses
from tracker.sources.logs.columns import column, status_of
from tracker.sources.logs.document import Block, Item, LogDocument, Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.incidents import is_explained
from tracker.sources.logs.languages import english
from tracker.sources.logs.log import LABEL, Log
from tracker.sources.logs.meanings import (
    INCIDENT_LABELS,
    LABELS,
    NEXT_MEANINGS,
    Meaning,
    head_field,
    match,
    meaning_of,
    plain,
)
from tracker.sources.logs.named import hashes
from tracker.sources.logs.texts import BOLD_LEAD, joined, one_line, parts, says_nothing

M = Meaning
_NUMBERED = re.compile(r"(?i)\W*(part|item|phase|step|task|workstream|track)\s+\d")
_NUMBERED_PART = re.compile(_NUMBERED.pattern + r"[\w.]*\s*[:.–—-]")
_MILESTONE = re.compile(r"\w+ \d+[\w.]*\s*[:.–—-]")
"""Headings such as `Gate 2: core services`, whose check boxes are pieces of work."""
_DEED = re.compile(r"(?:[A-Z][a-z]+(?:ed|ilt|rote)) (?:\S+ ){2,}")
"""A sentence that begins with what was done."""
_SENTENCE = 5
"""Words of a bold line that a list below it completes."""
_GENERIC = re.compile(
    r"(?i)(completed?|done|added|changed|fixed|removed|deprecated|security|updated|improved|(new )?features?|chores?"
    r"|(bug )?fixes|(tasks?|items?|steps?|work) (completed?|finished|done)"
    r"|(completed?|finished) (today|tasks?|items?|steps?|work|components?|features?))\b[^a-z]*"
)
"""Headings that only say what their items are."""
_TESTED = re.compile(r"(?i)(tests?|checks?|assertions?|scenarios?|cases?|steps?|validations?|verifications?|suites?)\b")
"""The first heading of a table of tests without outcomes."""
_NO_WORK = re.compile(
    r"(?i)(\w+ )?(notes?|context|details?|background|overview|analysis|status(: .*)?|current (step|task|phase|work))"
)
"""Headings of text beside the work."""
_NOTES = re.compile(
    r"(?i)\b(notes?|details?|guides?|requirements?|compatib\w+|supported|upgrad\w+|migrat\w+|contributors?|plan\w*)\b"
)
"""Headings of a release about something else than its changes."""
_PENDING = re.compile(r"(?i)[^:\n]{0,30}\b(pending|not (yet )?(run|tested|started)|to be (run|done|tested))\b")
_PEOPLE = re.compile(r"(?i)(agent|team|member|person|people|name|owner|who|developer|assignee)s?")
"""The first heading of a table of people."""
_COUNT = re.compile(r"(?i)\d+ (passed|failed|skipped|errors?|tests?)")
_ONE_RESULT = re.compile(r"(?i)\b(test|run|validation|verification) result$")
"""Headings of the result of one test."""


def read(section: Section, _: Meaning, log: Log) -> None:
    """Read work: a piece for each heading, row or item, or one for the whole text; no text twice.

    A numbered section without headings, such as `Part 2: Parser`, is one piece.
    """
    facts = log.facts
    below = pieces(section)
    numbered = is_numbered(section)
    if numbered and has_boxes(section):
        read_boxes(section, log)
        return
    if numbered and statuses.of_section(section) not in (None, "complete"):
        return
    if not numbered:
        for part in below:
            if has_boxes(part) and (_MILESTONE.match(plain(part.title)) or _is_open(part)):
                read_boxes(part, log)
            else:
                facts.work(plain(part.title), log.own_source(part))
        for before, block in zip([None, *section.blocks], section.blocks, strict=False):
            if before and _introduces(before) and block.items:
                facts.work(one_line(before.text).rstrip(" :"), log.document.source(block.line, block.end))
            else:
                _entries(block, facts)
    parted = below or any(_is_generic(child) or _is_container(child) for child in section.children)
    whole = not parted and not any(block.items or block.rows for block in section.blocks)
    body = log.own_source(section)
    shows = bool(section.blocks) and all(
        block.kind in ("code", "other") or _has_only_fields(block) for block in section.blocks
    )
    if body and not (shows and not section.children) and (numbered or (whole and not facts.data.get("work"))):
        facts.work(plain(section.title), body)


def _introduces(block: Block) -> bool:
    """Whether a paragraph is a sentence about the list below it: `Rewrote the parser in two steps:`."""
    text = block.text.rstrip()
    return text.endswith(":") and "\n" not in text and _DEED.match(text) is not None


def _has_only_fields(block: Block) -> bool:
    """Whether a paragraph has only lines such as `**Started:** Monday`."""
    found = labels(block) if block.kind == "paragraph" else []
    return len(found) > 1 and all(len(one.value.split()) <= _SENTENCE for one in found)


def is_numbered(section: Section) -> bool:
    """Whether a heading such as `Part 2: Parser` makes the whole section one piece of work."""
    below = any(_NUMBERED_PART.match(child.title) for child in section.children)
    return (
        not below
        and not _is_container(section)
        and bool(_NUMBERED.match(section.title))
        and meaning_of(section.title, M.WORK) is M.WORK
    )


def pieces(section: Section) -> list[Section]:
    """The subsections that are one piece of work each."""
    return [
        child
        for child in section.children
        if child.level < LABEL
        and meaning_of(child.title, M.WORK) in (None, M.WORK)
        and not _is_generic(child)
        and not _NO_WORK.fullmatch(plain(child.title))
        and not _is_container(child)
        and not _is_field(child)
        and statuses.of_section(child) in (None, "complete")
    ]


def _is_field(section: Section) -> bool:
    """Whether a heading states a field of the session: `Focus: parser`."""
    return head_field(plain(section.title).partition(":")[0]) is not None


def _is_container(section: Section) -> bool:
    """Whether a heading below says what of the section is still to do, so that another says what is done."""
    open_below = any(meaning_of(child.title, M.WORK) in NEXT_MEANINGS for child in section.children)
    return open_below and statuses.of_section(section) != "complete"


def _is_generic(section: Section) -> bool:
    """Whether a heading such as `Added` only says what the items below it are."""
    return bool(_GENERIC.fullmatch(english(plain(section.title)))) and any(block.items for block in section.blocks)


def _entries(block: Block, facts: LogFacts) -> None:
    """Add a piece of work for each row or item."""
    if statuses.is_table(block) or (block.header and _PEOPLE.fullmatch(english(plain(block.header[0])))):
        return
    skipped = (column(block.header, "number"), column(block.header, "time"))
    status = column(block.header, "status")
    for row in block.rows:
        cells = [cell for index, cell in enumerate(row) if cell.strip() and index not in skipped]
        said = status_of(row[status]) if status is not None else None
        if said not in (None, "complete"):
            text = one_line(" — ".join(cells))
            facts.doubts.append((block.line + 1, f"{said}, so left out of the work done: {text!r}"))
        elif cells:
            facts.work(one_line(cells[0]), joined(cells[1:]))
    for item in block.items:
        if item.checked is False:
            facts.doubts.append((item.line + 1, f"not ticked, so left out of the work done: {one_line(item.text)!r}"))
        elif not item.cancelled and not _is_elsewhere(item):
            facts.work(one_line(item.text), item.rest)


def has_boxes(section: Section) -> bool:
    """Whether the lists right below a heading have check boxes only."""
    first = next((block.items for block in section.blocks if block.items), ())
    return bool(first) and all(item.checked is not None for item in first)


def read_boxes(section: Section, log: Log) -> None:
    """Read lists that say for each item whether it is done: ticked ones as work, and open ones as steps."""
    for block in section.blocks:
        if block.kind == "list":
            _entries(replace(block, items=tuple(item for item in block.items if item.checked is not False)), log.facts)
            for item in block.items:
                if item.checked is False:
                    log.facts.step("immediate", item.whole)


def read_entry(section: Section, log: Log) -> None:
    """Read the lists right below the heading of a session, in a file with several, as work and steps."""
    read_boxes(section, log)


def has_topics(section: Section) -> bool:
    """Whether most headings below are topics, such as `Parser`, and none is another field of a session."""
    said = [meaning_of(child.title) for child in section.children if child.level < LABEL]
    return 2 * said.count(None) > len(said) and set(said) <= {None, M.WORK, M.NOTHING}


def read_unnamed(section: Section, log: Log) -> bool:
    """Read the headings without a meaning below the heading of a session as work, and return whether there are any."""
    parts = [
        child
        for child in section.children
        if child.level < LABEL
        and meaning_of(child.title) is None
        and not _NO_WORK.fullmatch(plain(child.title))
        and not _is_field(child)
    ]
    for part in parts:
        if _only_announces(part):
            for block in part.blocks:
                _entries(block, log.facts)
        else:
            log.facts.work(plain(part.title), log.own_source(part))
    return bool(parts)


def _only_announces(section: Section) -> bool:
    """Whether a heading is one word above a list, such as `Actions`: the items say what was done."""
    return len(plain(section.title).split()) == 1 and all(block.items for block in section.blocks)


def read_days(document: LogDocument, facts: LogFacts) -> None:
    """Read the items of a list in which each begins with its day as work."""
    for block in (block for section in document.root.walk() for block in section.blocks):
        for item in block.items:
            facts.work(one_line(re.sub(r"^[\[*_]*[\d-]{10}[\]*_]*\s*[:：—–-]+\s*", "", item.text)), item.rest)


def read_categories(section: Section, log: Log) -> None:
    """Read the items below any heading of a release, such as `Design`, as work; not those of notes to the reader."""
    for part in section.children:
        if meaning_of(part.title) is None and not _NOTES.search(plain(part.title)):
            for block in part.blocks:
                if block.kind == "list":
                    _entries(block, log.facts)


def read_ticked(section: Section, log: Log) -> bool:
    """Read the ticked items under a heading without a meaning as work, and return whether there are any."""
    items = [item for block in section.blocks for item in block.items if item.checked and not item.cancelled]
    for item in items:
        log.facts.work(one_line(item.text), item.rest)
    return bool(items)


_HEAD_ONLY = ("status", "date", "team", "duration")
_ASIDE = re.compile(r"(?i)(benefits?|impact|approach|notes?|reasons?|rationale|why)")
"""Labels of items that describe the work above them."""


def _is_elsewhere(item: Item) -> bool:
    """Whether an item is a label of another field, such as `**Next:** …`."""
    found = labels(Block("list", item.line, item.line + 1, items=(item,)))
    if not found:
        return False
    name = plain(found[0].name)
    meaning = match(name, LABELS) or match(name, INCIDENT_LABELS)
    elsewhere = meaning in (M.BLOCKERS, M.NEXT_ACTION, M.PROBLEM, M.CAUSE, *NEXT_MEANINGS)
    return elsewhere or head_field(name) in _HEAD_ONLY or bool(_ASIDE.fullmatch(name))


def read_tests(section: Section, _: Meaning, log: Log) -> None:
    """Read tests and checks: one for each row, item or heading, or one for the whole text."""
    facts = log.facts
    before = len(facts.data.get("tests", ()))
    if _ONE_RESULT.search(plain(section.title)):
        facts.test(plain(section.title), note=log.source(section))
        return
    for block in section.blocks:
        if block.rows and column(block.header, "outcome") is None and not _names_tests(block.header):
            continue
        outcome, number = column(block.header, "outcome"), column(block.header, "number")
        for row in block.rows:
            first = next((i for i, cell in enumerate(row) if i not in (outcome, number) and cell.strip()), None)
            if first is not None:
                note = joined(row, without=(first, outcome, number))
                result = row[outcome] if outcome is not None else ""
                facts.test(one_line(row[first]), one_line(result), note)
        for item in block.items:
            name, said = parts(item.text)
            if item.checked is False:
                facts.doubts.append((item.line + 1, f"not ticked, so left out of the tests: {one_line(item.text)!r}"))
            elif not _COUNT.fullmatch(plain(name)):
                box = {None: "", True: "cancelled" if item.cancelled else "done"}[item.checked]
                facts.test(name, one_line(said or box), item.rest)
    for child in section.children:
        beside = _is_generic(child) or bool(_NO_WORK.fullmatch(plain(child.title)))
        if meaning_of(child.title, M.TESTS) is None and not _is_open(child) and not beside:
            facts.test(plain(child.title), note=log.own_source(child))
    said_nothing = len(facts.data.get("tests", ())) == before and not _is_open(section)
    if said_nothing and log.own_source(section) and not _is_command(section):
        facts.test(plain(section.title), note=log.own_source(section))


def _is_command(section: Section) -> bool:
    """Whether a section such as `Verification` only shows what to run."""
    title = english(plain(section.title))
    return bool(_TESTED.fullmatch(title)) and all(block.kind in ("code", "other") for block in section.blocks)


def _names_tests(header: tuple[str, ...]) -> bool:
    """Whether a table without outcomes lists tests."""
    return any(_TESTED.match(plain(name)) for name in header[:2])


def _is_open(section: Section) -> bool:
    """Whether a section is a check list of which nothing is ticked, or says first that it is pending."""
    if any(block.kind == "paragraph" for block in section.blocks[:1]) and _PENDING.match(section.blocks[0].text):
        return True
    boxes = [item.checked for part in section.walk() for block in part.blocks for item in block.items]
    boxes = [box for box in boxes if box is not None]
    return bool(boxes) and not any(boxes)


def read_highlights(section: Section, _: Meaning, log: Log) -> None:
    """Read highlights."""
    inner = [child for child in section.children if meaning_of(child.title, M.HIGHLIGHTS) is None]
    for part in (section, *(child for child in inner if any(block.items for block in child.blocks))):
        open_items = {item.whole: item for block in part.blocks for item in block.items if item.checked is False}
        for text in log.texts(part):
            if item := open_items.get(text):
                said = f"not ticked, so left out of the highlights: {one_line(item.text)!r}"
                log.facts.doubts.append((item.line + 1, said))
            elif not says_nothing(text):
                log.facts.add("highlights", text)


def read_learnings(section: Section, _: Meaning, log: Log) -> None:
    """Read learnings: one for each heading, item, row or paragraph."""
    if is_explained(section):
        return
    for child in section.children:
        if meaning_of(child.title, M.LEARNINGS) not in (None, M.LEARNINGS):
            continue
        blocks = [block for block in child.blocks if block.kind != "other"]
        title = plain(child.title)
        if child.level == LABEL and len(title.split()) >= _SENTENCE and child.title.rstrip("*_ ").endswith(":"):
            log.facts.learning(f"{title}:\n\n{log.source(child)}")
        elif len(blocks) == 1 and blocks[0].items and not child.children and not labels(blocks[0]):
            for item in blocks[0].items:
                log.facts.learning(item.whole, plain(child.title))
        elif log.source(child):
            log.facts.learning(log.source(child), plain(child.title))
    for text in log.texts(section):
        lead = BOLD_LEAD.fullmatch(text)
        log.facts.learning(text, one_line(lead["lead"]) if lead and lead["rest"].strip() else None)


def read_metrics(section: Section, _: Meaning, log: Log) -> None:
    """Read metrics in this section and below."""
    children = [child for child in section.children if meaning_of(child.title, M.METRICS) is None]
    for inner in (section, *(one for child in children for one in child.walk())):
        for block in inner.blocks:
            for row in block.rows:
                pairs = list(zip(block.header[1:], row[1:], strict=True))
                value = row[1] if len(row) == 2 else "; ".join(f"{plain(n)}: {c}" for n, c in pairs if c.strip())
                _metric(row[0], value, log)
            for item in block.items:
                _metric(*parts(item.text), log)


def _metric(name: str, value: str, log: Log) -> None:
    name = one_line(plain(name))
    if head_field(name) == "duration":
        log.facts.data.setdefault("duration", one_line(value))
    elif name and value.strip() and not hashes(f"{name} {value}"):
        log.facts.data.setdefault("metrics", {}).setdefault(name, one_line(value))
