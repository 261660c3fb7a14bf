"""Work, tasks, tests, highlights, learnings and metrics."""

from __future__ import annotations

import re

from tracker.sources.logs.columns import column, status_of
from tracker.sources.logs.document import Block, Item, Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.log import LABEL, Log
from tracker.sources.logs.meanings import Meaning, meaning_of, plain
from tracker.sources.logs.texts import BOLD_LEAD, joined, one_line, parts

M = Meaning
_NUMBERED = re.compile(r"(?i)\W*(part|item|phase|step|task|workstream|track)\s+\d")
_TASK = re.compile(r"\W*(?:[Tt]ask\s+)?(\d+\.\d+[a-z]?)\b(?!\.\d)")


def read(section: Section, _: Meaning, log: Log) -> None:
    """Read work: a piece for each heading, row or item, or one for the whole text; no text twice.

    A numbered section without headings, such as `Part 2: Parser`, is one piece.
    """
    facts = log.facts
    below = [child for child in section.children if meaning_of(child.title, M.WORK) in (None, M.WORK)]
    for part in below:
        if part.level < LABEL:
            facts.work(plain(part.title), log.own_source(part))
    numbered = bool(_NUMBERED.match(section.title)) and not below
    for block in section.blocks:
        _task_table(block, log)
        for item in block.items:
            _tick(item, log)
        if not numbered:
            _entries(block, facts)
    whole = not below and not any(block.items or block.rows for block in section.blocks)
    body = log.own_source(section)
    if body and (numbered or (whole and not facts.data.get("work"))):
        facts.work(plain(section.title), body)


def _entries(block: Block, facts: LogFacts) -> None:
    """Add a piece of work for each row or item."""
    number = column(block.header, "number")
    for row in block.rows:
        cells = [cell for index, cell in enumerate(row) if cell.strip() and index != number]
        if cells:
            facts.work(one_line(cells[0]), joined(cells[1:]))
    for item in block.items:
        if item.checked is False:
            facts.doubts.append((item.line + 1, f"not ticked, so left out of the work done: {one_line(item.text)!r}"))
        elif not item.cancelled:
            facts.work(one_line(item.text), item.rest)


def read_tests(section: Section, _: Meaning, log: Log) -> None:
    """Read tests and checks: one for each row, item or heading, or one for the whole text."""
    facts = log.facts
    before = len(facts.data.get("tests", ()))
    for block in section.blocks:
        outcome, number = column(block.header, "outcome"), column(block.header, "number")
        for row in block.rows:
            first = next((i for i, cell in enumerate(row) if i not in (outcome, number) and cell.strip()), None)
            if first is not None:
                note = joined(row, without=(first, outcome, number))
                result = row[outcome] if outcome is not None else ""
                facts.test(one_line(row[first]), one_line(result), note)
        for item in block.items:
            name, said = parts(item.text)
            box = {None: "", True: "cancelled" if item.cancelled else "done", False: "open"}[item.checked]
            facts.test(name, one_line(said or box), item.rest)
    for child in section.children:
        if meaning_of(child.title, M.TESTS) is None:
            facts.test(plain(child.title), note=log.own_source(child))
    if len(facts.data.get("tests", ())) == before and log.own_source(section):
        facts.test(plain(section.title), note=log.own_source(section))


def read_highlights(section: Section, _: Meaning, log: Log) -> None:
    """Read highlights."""
    for text in log.texts(section):
        log.facts.add("highlights", text)


def read_learnings(section: Section, _: Meaning, log: Log) -> None:
    """Read learnings: one for each heading, item, row or paragraph."""
    for child in section.children:
        if meaning_of(child.title, M.LEARNINGS) not in (None, M.LEARNINGS):
            continue
        blocks = child.blocks
        if len(blocks) == 1 and blocks[0].items and not child.children and not labels(blocks[0]):
            for item in blocks[0].items:
                log.facts.learning(item.whole, plain(child.title))
        elif log.source(child):
            log.facts.learning(log.source(child), plain(child.title))
    for text in log.texts(section):
        lead = BOLD_LEAD.fullmatch(text)
        log.facts.learning(text, one_line(lead["lead"]) if lead and lead["rest"].strip() else None)


def read_metrics(section: Section, _: Meaning, log: Log) -> None:
    """Read metrics in this section and below."""
    for inner in section.walk():
        for block in inner.blocks:
            for row in block.rows:
                pairs = list(zip(block.header[1:], row[1:], strict=True))
                value = row[1] if len(row) == 2 else "; ".join(f"{plain(n)}: {c}" for n, c in pairs if c.strip())
                _metric(row[0], value, log)
            for item in block.items:
                _metric(*parts(item.text), log)


def _metric(name: str, value: str, log: Log) -> None:
    name = one_line(plain(name))
    if name and value.strip():
        log.facts.data.setdefault("metrics", {}).setdefault(name, one_line(value))


def _tick(item: Item, log: Log) -> None:
    task = _TASK.match(item.text)
    if task and item.checked is not None:
        status = "cancelled" if item.cancelled else "complete" if item.checked else "planned"
        log.facts.data.setdefault("tasks", {})[task[1]] = status


def _task_table(block: Block, log: Log) -> None:
    """Read statuses from a table of tasks or phases."""
    names = [plain(name).lower() for name in block.header]
    kind = next((name for name in ("task", "phase") if name in names), None)
    if kind is None or "status" not in names:
        return
    for row in block.rows:
        task = re.match(rf"\W*(?:{kind}\s+)?(\d+(?:\.\d+)*[A-Za-z]?)(?![\w-])", row[names.index(kind)], re.IGNORECASE)
        status = status_of(row[names.index("status")])
        if task and status:
            log.facts.data.setdefault(f"{kind}s", {})[task[1]] = status
