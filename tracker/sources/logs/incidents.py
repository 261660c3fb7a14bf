"""Incidents: problem, cause and resolution."""

from __future__ import annotations

import re

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import Block, Item, Section, labels
from tracker.sources.logs.languages import english
from tracker.sources.logs.log import LABEL, Log, is_group
from tracker.sources.logs.meanings import INCIDENT_LABELS, Meaning, match, meaning_of, plain
from tracker.sources.logs.texts import one_line, says_nothing

M = Meaning
PARTS = (M.PROBLEM, M.CAUSE, M.RESOLUTION)
_SAYS_NO_MORE = re.compile(
    r"(?i)(?:\W|\d|\b(?:the|and|an?|issues?|bugs?|problems?|incidents?|errors?|failures?|symptoms?|discovered|found|fix(?:ed|es)?"
    r"|identified|encountered|resolved|known|open|critical|root|causes?|analysis)\b)*"
)
"""Headings that only announce an incident."""
_SEVERITY = re.compile(
    r"(?i)(critical|high|medium|low|minor|major|trivial|open|active|blocking)( (priority|severity|impact|issues|bugs))?"
)
"""Headings that group incidents."""
_ONE = re.compile(r"(?i)\b(issue|bug|problem|incident|error|failure|outage|regression|defect)\b")


def read(section: Section, _: Meaning, log: Log) -> None:
    """Read one incident if labels or headings name its parts; else one for each heading, row or item."""
    said = fields(section, log)
    plainly = log.parts(section, M.INCIDENTS, INCIDENT_LABELS)
    below = [child for child in section.children if child in plainly or fields(child, log)]
    tables = [block for block in section.blocks if column(block.header, "problem") is not None]
    items = [item for block in section.blocks for item in block.items]
    if len(said) > 1 or (said and not below):
        read_all(section, said, log)
    elif _is_one(section, below, tables) or not (below or tables or items):
        _report(section, log)
    else:
        for part in below:
            inner = fields(part, log)
            listed = [item for block in part.blocks for item in block.items]
            if inner:
                read_all(part, inner, log)
            elif is_group(part) or (listed and _SEVERITY.fullmatch(english(plain(part.title)))):
                for item in listed:
                    _item(item, log)
            else:
                _report(part, log)
        for block in tables:
            _table(block, log)
        for item in [] if below else items:
            _item(item, log)


def fields(section: Section, log: Log) -> dict[Meaning, str]:
    """Problem, cause and resolution, from labels or from headings below this one."""
    found = log.said(section, INCIDENT_LABELS)
    for child in section.children:
        meaning = meaning_of(child.title, M.INCIDENTS)
        text = log.own_source(child) or "\n\n".join(log.source(inner) for inner in child.children)
        if meaning in PARTS and text:
            found.setdefault(meaning, text)
    return found


def are_one(said: dict[Meaning, str], *, whole: bool) -> bool:
    """Whether parts form an incident: two of them, and for a whole log the problem too."""
    return len(said) > 1 and (not whole or M.PROBLEM in said)


def read_all(section: Section, said: dict[Meaning, str], log: Log) -> None:
    """Add an incident for each record of labels, or one for all parts."""
    records = [record for record in log.records(section, INCIDENT_LABELS) if len(record) > 1]
    if len(records) > 1:
        for record in records:
            log.facts.incident(
                record.get(M.PROBLEM) or plain(section.title), record.get(M.CAUSE), record.get(M.RESOLUTION)
            )
        return
    about = meaning_of(section.title) in (M.SUMMARY, M.WORK, M.HIGHLIGHTS) and section.level >= LABEL
    title = "" if log.is_title(section) or about or meaning_of(section.title) is M.SUMMARY else plain(section.title)
    title = "" if _says_no_more(title) else title
    problem, cause = ": ".join(filter(None, [title, said.get(M.PROBLEM, "")])), said.get(M.CAUSE)
    if not problem and cause:
        problem, cause = cause, None
    log.facts.incident(problem or plain(section.title), cause, said.get(M.RESOLUTION))


def read_part(section: Section, meaning: Meaning, log: Log) -> None:
    """Read a cause or resolution under its own heading as part of the previous incident, else as its own."""
    told = [(child, said) for child in section.children if M.PROBLEM in (said := fields(child, log))]
    for child, said in told:
        read_all(child, said, log)
    if told:
        return
    text = log.own_source(section) or "\n\n".join(log.source(child) for child in section.children)
    incidents = log.facts.data.get("incidents", [])
    name = "cause" if meaning is M.CAUSE else "resolution"
    if text and incidents and not incidents[-1].get(name):
        incidents[-1][name] = text
    elif text and meaning is M.CAUSE:
        title = _explained(section)
        log.facts.incident(*((text,) if _says_no_more(title) else (title, text)))


def _explained(section: Section) -> str:
    """The heading that a cause explains: the one above, or the previous one without another meaning."""
    parent = section.parent
    if parent and parent.level > 1:
        return plain(parent.title)
    siblings = parent.children if parent else []
    before = siblings[siblings.index(section) - 1] if siblings and siblings.index(section) else None
    return plain(before.title if before and is_explained(before) else section.title)


def is_explained(section: Section) -> bool:
    """Whether the next heading is the cause of what this one found, so that both are one incident."""
    siblings = section.parent.children if section.parent and section.parent.level <= 1 else []
    after = siblings[siblings.index(section) + 1 :] if section in siblings else []
    is_cause = bool(after) and meaning_of(after[0].title) is M.CAUSE
    return is_cause and meaning_of(section.title) in (None, M.LEARNINGS)


def _says_no_more(title: str) -> bool:
    return bool(_SAYS_NO_MORE.fullmatch(re.sub(r"\([^()]*\)", "", english(title))))


def _is_one(section: Section, below: list[Section], tables: list[Block]) -> bool:
    """Whether the section is about one incident."""
    return bool(_ONE.search(section.title)) and not below and not tables


def _report(section: Section, log: Log) -> None:
    """Add an incident whose cause is not separate in the text."""
    text = log.own_source(section)
    title = plain(section.title)
    if text and says_nothing(text):
        return
    if _says_no_more(title):
        log.facts.incident(text or title)
    else:
        log.facts.incident("\n\n".join(filter(None, [title, text])))


def _item(item: Item, log: Log) -> None:
    """Add an incident from a list item, with the cause and resolution in its labels."""
    below = labels(Block("paragraph", item.line, item.line, item.rest))
    said = {match(plain(label.name), INCIDENT_LABELS): label.value for label in below}
    if M.CAUSE in said or M.RESOLUTION in said:
        log.facts.incident(item.text, said.get(M.CAUSE), said.get(M.RESOLUTION))
    else:
        log.facts.incident(item.whole)


def _table(block: Block, log: Log) -> None:
    what, why, fix = (column(block.header, role) for role in ("problem", "cause", "resolution"))
    for row in block.rows:
        problem = one_line(row[what or 0])
        log.facts.incident(problem, row[why] if why is not None else "", row[fix] if fix is not None else "")
