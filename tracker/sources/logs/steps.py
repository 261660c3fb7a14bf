"""Next steps by urgency, options and open questions."""

from __future__ import annotations

import re

from tracker.sources.logs.columns import column, status_of
from tracker.sources.logs.document import Block, Item, Section, labels
from tracker.sources.logs.log import LABEL, Log
from tracker.sources.logs.meanings import SETTLED, URGENCIES, Meaning, meaning_of, plain, urgency_of
from tracker.sources.logs.texts import filled, joined

URGENCY_LABEL = re.compile(r"(?i)immediate(ly)?|(short|medium|long)[- ]?term|deferred|later|now|soon|next session")
_RECOMMENDED = re.compile(r"(?i)(?<!not )\brecommended\b|⭐")
_ASIDE = re.compile(r"(?:[*_](?![*_]).*[*_]\s*)+")
"""Lines in italics, such as the last line of a log."""
_ABOUT = re.compile(
    r"(?i)(files?|status|estimated? ?(time|effort)?|effort|duration|priority|impact|owner|location|time|commit|branch"
    r"|date|goal|objective|target|current|requirements?|prerequisites?|commands?\b.*|description|estimated \w+)"
)
"""Labels that describe a step."""
_STATUS_WORDS = 3
"""Words of a cell that is only a status; a longer one describes the step."""
_POSTPONED = re.compile(r"(?i)\([^()]*\b(?:deferred|low priority|later|someday|backlog)\b[^()]*\)\s*$|^\W*backlog\b")


def read(section: Section, meaning: Meaning, log: Log) -> None:
    """Read steps from lists, tables and labels, or from paragraphs if there are none."""
    urgency = URGENCIES.get(meaning, "immediate")
    shown = (block for part in (section, *section.children) for block in part.blocks)
    plainly = not any(block.kind in ("list", "table") for block in shown)
    for block in section.blocks:
        if block.kind == "paragraph":
            _paragraph(block, urgency, plainly, log)
        for item in block.items:
            _item(item, urgency, log)
        for row in block.rows if column(block.header, "risk") is None else ():
            _row(block.header, row, urgency, log)


def read_step(section: Section, _: Meaning, log: Log) -> None:
    """Read a heading that is a step, with its text."""
    above = section.parent
    while above and above.level > 1:
        if meaning_of(above.title, Meaning.NEXT) is Meaning.STEP:
            return  # it is part of that step
        above = above.parent
    title = plain(section.title)
    said = urgency_of(title)
    items = [item for block in section.blocks for item in block.items]
    all_done = bool(items) and all(item.checked or SETTLED.search(item.text) for item in items)
    if said is Meaning.SETTLED or SETTLED.search(section.title) or all_done:
        return
    above = section.parent
    while said not in URGENCIES and above:
        said = meaning_of(above.title, Meaning.NEXT)
        above = above.parent
    if items and all(item.checked is not None for item in items):
        for item in items:
            _item(item, URGENCIES.get(said or Meaning.NEXT, "immediate"), log)
        return
    step = re.sub(r"(?i)^priority \d+\s*[:–—-]\s*", "", title)
    log.facts.step(URGENCIES.get(said or Meaning.NEXT, "immediate"), f"**{step}**\n\n{log.source(section)}")


def read_below(section: Section, meaning: Meaning, log: Log) -> None:
    """Read a heading under next steps without an urgency: a step, or with a list the steps of the heading above."""
    if section.blocks and all(block.kind in ("code", "other") for block in section.blocks):
        return
    plainly = (
        section.level < LABEL
        and not section.children
        and not any(block.items or block.rows for block in section.blocks)
    )
    if plainly and section.blocks:
        read_step(section, meaning, log)
    else:
        read(section, meaning, log)


def read_boxes(block: Block, log: Log) -> None:
    """Read the unticked boxes of a handoff."""
    for item in block.items:
        if item.checked is False:
            _item(item, "immediate", log)


def read_option(section: Section, _: Meaning, log: Log) -> None:
    """Read an option."""
    steps = [item.whole for block in section.blocks for item in block.items]
    body = "\n\n".join(block.text for block in section.blocks if block.kind == "paragraph")
    title = plain(re.sub(r"(?i)\s*[(\[]\s*(?:✅|⭐)?\s*recommended\s*[)\]]", "", section.title))
    chosen = {"recommended": True} if _RECOMMENDED.search(section.title + body) else {}
    option = filled(title=title, body=body, steps=steps) | chosen
    options = log.facts.data.setdefault("next", {}).setdefault("options", [])
    if option not in options:
        options.append(option)


def read_questions(section: Section, _: Meaning, log: Log) -> None:
    """Read open questions: one for each item, or one for the section."""
    items = [item for block in section.blocks for item in block.items]
    if len(items) < 2 and log.own_source(section):
        log.facts.question(log.own_source(section))
        return
    for text in log.texts(section):
        log.facts.question(text)


def read_answer(section: Section, meaning: Meaning, log: Log) -> None:
    """Read the answer or conclusion of the previous question."""
    assessments = log.facts.data.get("assessments")
    title = section.title.partition(":")[2].strip()
    text = "\n\n".join(filter(None, [title, log.own_source(section)]))
    if assessments and text:
        assessments[-1].setdefault("answer" if meaning is Meaning.ANSWER else "conclusion", text)


def _paragraph(block: Block, urgency: str, plainly: bool, log: Log) -> None:
    found = labels(block)
    if not found and plainly and not _ASIDE.fullmatch(block.text.strip()) and not block.text.rstrip().endswith(":"):
        log.facts.step(urgency, block.text)
    for label in found:
        said = urgency_of(plain(label.name))
        if said in URGENCIES:
            log.facts.step(URGENCIES[said], label.value)
        elif plainly and not _ABOUT.fullmatch(plain(label.name)):
            log.facts.step(urgency, f"**{label.name}:** {label.value}")


def _row(header: tuple[str, ...], row: tuple[str, ...], urgency: str, log: Log) -> None:
    when, number, state = (column(header, role) for role in ("urgency", "number", "status"))
    said = urgency_of(plain(row[when])) if when is not None else None
    status = status_of(row[state]) if state is not None else None
    if said is Meaning.SETTLED or status in ("complete", "cancelled"):
        return
    is_word = state is not None and len(row[state].split()) <= _STATUS_WORDS
    text = joined(row, without=(number, when if said else None, state if status or is_word else None))
    later = "deferred" if status == "deferred" else urgency
    log.facts.step(URGENCIES.get(said, later) if said else later, text)


def _item(item: Item, urgency: str, log: Log) -> None:
    label = re.fullmatch(r"\W{0,4}(?P<name>[A-Za-z][\w -]{2,20}?)(?:\*\*)?:(?:\*\*)?\s*(?P<rest>[\s\S]*)", item.text)
    said = urgency_of(label["name"]) if label else None
    if label and said in URGENCIES and URGENCY_LABEL.fullmatch(label["name"]):
        if label["rest"].strip():
            log.facts.step(URGENCIES[said], label["rest"])
        for inner in [one for block in item.children for one in block.items]:
            log.facts.step(URGENCIES[said], inner.whole)
    elif label and item.checked is None and _ABOUT.fullmatch(label["name"]):
        return
    elif not item.checked and not SETTLED.search(item.text):
        log.facts.step("deferred" if _POSTPONED.search(item.text) else urgency, item.whole)
