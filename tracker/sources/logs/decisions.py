"""Decisions: under headings and in tables, each with its reason and what was turned down for it."""

from __future__ import annotations

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import Block, Section
from tracker.sources.logs.log import Log
from tracker.sources.logs.meanings import DECISION_LABELS, Meaning, plain
from tracker.sources.logs.texts import joined, one_line, parts

M = Meaning


def read(section: Section, _: Meaning, log: Log) -> None:
    """Those that labels tell; else one a heading, item, row or paragraph."""
    facts = log.facts
    told = [said for said in log.records(section, DECISION_LABELS) if M.DECISIONS in said]
    for said in told:
        why = said.get(M.RATIONALE) or (log.own_source(section) if len(told) == 1 else "")
        facts.decision(said[M.DECISIONS], why, said.get(M.ALTERNATIVES))
    if told:
        return
    below = log.parts(section, M.DECISIONS, DECISION_LABELS)
    for part in below:
        inner = log.said(part, DECISION_LABELS)
        facts.decision(plain(part.title), log.own_source(part), inner.get(M.ALTERNATIVES))
    for block in section.blocks:
        for item in block.items:
            title, rest = parts(item.text)
            facts.decision(title, "\n\n".join(filter(None, [rest, item.rest])))
        _table(block, log)
    if below or any(block.items or block.rows for block in section.blocks):
        return
    paragraphs = [block.text for block in section.blocks if block.kind == "paragraph"]
    for text in paragraphs:
        title, rest = parts(text)
        facts.decision(one_line(title), rest)
    if not paragraphs and log.own_source(section):
        facts.decision(plain(section.title), log.own_source(section))


def _table(block: Block, log: Log) -> None:
    what, why, instead = (column(block.header, role) for role in ("decision", "rationale", "alternatives"))
    number = column(block.header, "number")
    if what is None:
        what = next((i for i in range(len(block.header)) if i != number), 0)
    for row in block.rows:
        others = [c for i, c in enumerate(row) if i not in (what, instead, number) and c.strip()]
        alone = why is not None and why != what and len(others) == 1
        reason = row[why or 0] if alone else joined(row, without=(what, instead, number))
        log.facts.decision(one_line(row[what]), reason, row[instead] if instead not in (None, what) else None)
