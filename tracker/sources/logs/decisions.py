"""Decisions under headings and in tables, each with its rationale and the rejected alternatives.

Options that are listed side by side are no decisions, except for one that is marked as chosen; nor is an approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import Block, Item, Section
from tracker.sources.logs.log import Log, is_group
from tracker.sources.logs.meanings import DECISION_LABELS, Meaning, plain
from tracker.sources.logs.texts import joined, one_line, parts

M = Meaning


_OPTION = re.compile(r"\W*(?:option|alternative|variant|approach)\s+(?:[A-Z]|\d+)\b", re.IGNORECASE)
_CHOSEN = re.compile(
    r"✅|\b(?:chosen|selected|adopted|decided|approved|accepted|picked|(?:go|went) with)\b", re.IGNORECASE
)
_APPROVAL = re.compile(
    r"\W*(?:approv(?:ed|al)|sign(?:ed)?[- ]?off|endorsed)\b\W*(?:by\b|pending|granted|$)", re.IGNORECASE
)


class _Decision(NamedTuple):
    """One decision of a section."""

    title: str
    why: str = ""
    alternatives: str | None = None


def read(section: Section, _: Meaning, log: Log) -> None:
    """Add the decisions that labels name; without such labels one for each heading, item, row or paragraph."""
    labelled = list(_labelled(section, log))
    if labelled:
        for entry in labelled:
            log.facts.decision(*entry)
        return
    below = log.parts(section, M.DECISIONS, DECISION_LABELS)
    groups = [part for part in below if is_group(part)]
    _add([_of_heading(part, log) for part in below if part not in groups], log)
    for part in groups:
        for block in part.blocks:
            _add(map(_of_item, block.items), log)
    for block in section.blocks:
        _add(map(_of_item, block.items), log)
        _add(_of_rows(block), log)
    if below or any(block.items or block.rows for block in section.blocks):
        return
    _add(list(_of_text(section, log)), log)


def _add(entries: Iterable[_Decision], log: Log) -> None:
    """Add the entries of one list that are decisions."""
    found = [entry for entry in entries if not _APPROVAL.match(entry.title)]
    options = [entry for entry in found if _OPTION.match(entry.title)]
    for entry in found:
        if len(options) < 2 or entry not in options or _CHOSEN.search(entry.title):
            log.facts.decision(*entry)


def _labelled(section: Section, log: Log) -> Iterator[_Decision]:
    records = [one for one in log.records(section, DECISION_LABELS) if M.DECISIONS in one]
    for one in records:
        why = one.get(M.RATIONALE) or (log.own_source(section) if len(records) == 1 else "")
        yield _Decision(one[M.DECISIONS], why, one.get(M.ALTERNATIVES))


def _of_heading(part: Section, log: Log) -> _Decision:
    labels = log.said(part, DECISION_LABELS)
    return _Decision(plain(part.title), log.own_source(part), labels.get(M.ALTERNATIVES))


def _of_item(item: Item) -> _Decision:
    title, rest = parts(item.text)
    return _Decision(title, "\n\n".join(filter(None, [rest, item.rest])))


def _of_text(section: Section, log: Log) -> Iterator[_Decision]:
    paragraphs = [block.text for block in section.blocks if block.kind == "paragraph"]
    for text in paragraphs:
        title, rest = parts(text)
        yield _Decision(one_line(title), rest)
    if not paragraphs and log.own_source(section):
        yield _Decision(plain(section.title), log.own_source(section))


def _of_rows(block: Block) -> Iterator[_Decision]:
    what, why, instead = (column(block.header, role) for role in ("decision", "rationale", "alternatives"))
    number = column(block.header, "number")
    if what is None:
        what = next((i for i in range(len(block.header)) if i != number), 0)
    for row in block.rows:
        others = [c for i, c in enumerate(row) if i not in (what, instead, number) and c.strip()]
        alone = why is not None and why != what and len(others) == 1
        reason = row[why or 0] if alone else joined(row, without=(what, instead, number))
        yield _Decision(one_line(row[what]), reason, row[instead] if instead not in (None, what) else None)
