"""Collect the facts of a log: each section is read by the function for its meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tracker.sources.logs import commits, decisions, files, incidents, statuses, steps, work
from tracker.sources.logs.document import Block, Label, LogDocument, Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.head import is_head_lines
from tracker.sources.logs.identity import find_version
from tracker.sources.logs.languages import english
from tracker.sources.logs.log import LABEL, Log
from tracker.sources.logs.meanings import (
    DECISION_LABELS,
    FILE_KINDS,
    FILE_MEANINGS,
    LABELS,
    NEXT_MEANINGS,
    URGENCIES,
    Meaning,
    head_field,
    is_handoff,
    match,
    meaning_of,
    plain,
)
from tracker.sources.logs.named import is_surely_path, paths, said_commits
from tracker.sources.logs.texts import says_nothing

M = Meaning
_CHECKLIST = re.compile(r"(?i)\bcheck ?lists?\b")
"""Headings of lists that hold for more than this session."""
Reader = Callable[[Section, Meaning, Log], None]


def collect(document: LogDocument, titles: Sequence[Section], facts: LogFacts, entry: str | None = None) -> None:
    """Collect the facts of a whole log. The headings of its head are titles without another meaning.

    `entry` is the heading of the session in a file with several: what stands below it without a meaning is work.
    """
    log = Log(document, facts, titles)
    if entry and find_version(plain(entry)):
        _drop_other_releases(document.root, entry, facts)
    _visit(document.root, None, log)
    statuses.read_prose(log)
    if entry and all(section.title != entry for section in document.root.walk()):
        work.read_days(document, facts)
    for section in document.root.walk() if entry else ():
        if section.title == entry and meaning_of(entry) in _MAY_TELL:
            for title in (section, *(one for one in section.children if one in titles)):
                work.read_entry(title, log)
            _read_topics(section, log)


def _read_topics(section: Section, log: Log) -> None:
    """Read the headings of a session or release without a meaning as work, if it has no other or most are such."""
    facts, is_release = log.facts, find_version(plain(section.title)) is not None
    if is_release:
        work.read_categories(section, log)
    are_topics = not is_release and work.has_topics(section)
    if (are_topics or not {"work", "summary"} & facts.data.keys()) and work.read_unnamed(section, log):
        lines = {child.line + 1 for child in section.children}
        facts.unclaimed = [one for one in facts.unclaimed if one[0] not in lines]


def _drop_other_releases(root: Section, entry: str, facts: LogFacts) -> None:
    """Leave out releases below the entry, which have no date: they are not about this session."""
    own = next((section for section in root.walk() if section.title == entry), root)
    for section in list(root.walk()):
        if section.parent and section is not own and section.level <= own.level and find_version(plain(section.title)):
            section.parent.children.remove(section)
            facts.unclaimed.append((section.line + 1, section.title))


def _visit(
    section: Section, within: Meaning | None, log: Log, *, reported: bool = False, is_piece: bool = False
) -> None:
    """Read a section and those below it.

    With `reported`, the section above has reported its parts as an incident; with `is_piece`, as a piece of work.
    """
    part = log.is_title(section) or (within is M.INCIDENTS and incidents.fields(section, log))
    meaning = None if part else files.changed_in(section) or meaning_of(section.title, within)
    if meaning is M.WORK and _states_goals(section):
        meaning = M.NOTHING
    _heading(section, meaning or within, log)
    if section.level and (meaning or within) not in (M.NOTHING, *NEXT_MEANINGS):
        statuses.read_heading(section, log.facts)
    if log.is_title(section) and is_handoff(section.title):
        _introduction(section, log)
    for block in section.blocks:
        _anywhere(block, meaning or within, log)
    below: Meaning | None = within if head_field(section.title) == "focus" else meaning or within
    if reported and meaning_of(section.title, M.INCIDENTS) in incidents.PARTS:
        below, reports = M.INCIDENTS, True
    else:
        reports = below in _MAY_TELL and _incident(section, log)
        inherited = within if within in FILE_MEANINGS or within in NEXT_MEANINGS else None
        if said := meaning or inherited:
            reader = steps.read_below if meaning is None and said in NEXT_MEANINGS else READERS.get(said)
            if reports and said is M.WORK:
                log.facts.work(plain(section.title))
            elif reader and not (is_piece and said is M.WORK):
                reader(section, said, log)
        elif not (reports or within or section.level >= LABEL):
            _unclaimed(section, log)
    pieces = section.children if is_piece or work.is_numbered(section) else ()
    if below is M.WORK:
        pieces = pieces or work.pieces(section)
    for child in section.children:
        _visit(child, below, log, reported=reports or below is M.INCIDENTS, is_piece=child in pieces)


def _states_goals(section: Section) -> bool:
    """Whether a heading such as `Tasks` lists what was planned, because another one lists what was completed."""
    if not _GOALS.fullmatch(english(plain(section.title))) or not section.parent:
        return False
    others = (english(plain(one.title)) for one in section.parent.children if one is not section)
    return any(_COMPLETED.match(title) for title in others)


_GOALS = re.compile(r"(?i)(?:(?:main|key|primary|planned|today.?s|session) )?tasks?")
_COMPLETED = re.compile(r"(?i)(?:completed?|finished|done|accomplished)\b")


def _unclaimed(section: Section, log: Log) -> None:
    """Read the ticked items under a heading that no rule understands, or report it."""
    if log.is_title(section):
        work.read_ticked(section, log)
        return
    if any(map(statuses.is_table, section.blocks)):
        return
    if _CHECKLIST.search(plain(section.title)) or not work.read_ticked(section, log):
        log.facts.unclaimed.append((section.line + 1, section.title))


def _incident(section: Section, log: Log) -> bool:
    """Read a section as an incident, if it names a problem and its cause, and return whether it does."""
    said = incidents.fields(section, log)
    if not incidents.are_one(said, whole=log.is_title(section)):
        return False
    incidents.read_all(section, said, log)
    return True


# --- what counts wherever it stands -----------------------------------------------------------------------------------


def _heading(section: Section, meaning: Meaning | None, log: Log) -> None:
    """Add commits and files named in a heading."""
    if meaning is M.COMMITS:
        commits.read_line(section.title, log.facts)
    elif meaning in FILE_MEANINGS and any(map(is_surely_path, paths(section.title))):
        files.read_line(section.title, FILE_KINDS.get(meaning), log.facts, section.line, anywhere=True)
    for one in said_commits(section.title):
        log.facts.commit(one)


def _introduction(section: Section, log: Log) -> None:
    """Read the text before the first heading as a handoff, if the title says so."""
    for block in section.blocks:
        if block.kind in ("paragraph", "list", "table") and not labels(block) and not is_head_lines(block):
            log.facts.write("state", log.document.source(block.line, block.end), within="handoff")


def _anywhere(block: Block, within: Meaning | None, log: Log) -> None:
    found = labels(block)
    why = next((one.value for one in found if match(plain(one.name), DECISION_LABELS) is M.RATIONALE), "")
    for label in found:
        _label(label, within, log, why)
    for text in [block.text] if block.text else [item.whole for item in block.items]:
        for one in said_commits(text):
            log.facts.commit(one)
    if within not in NEXT_MEANINGS:
        statuses.read(block, log.facts)
    if block.kind == "list":
        commits.read_list(block, log.facts)
    if block.kind == "table":
        commits.read_table(block, log.facts)
    elif block.kind == "code" and within not in FILE_MEANINGS:
        files.read_git(block, log.facts)
    elif within is M.HANDOFF:
        steps.read_boxes(block, log)


def _label(label: Label, within: Meaning | None, log: Log, why: str) -> None:
    meaning = match(plain(label.name), LABELS)
    value = label.value.strip()
    facts = log.facts
    if meaning is M.COMMITS:
        commits.read_line(value, facts)
    elif meaning in FILE_MEANINGS and within not in FILE_MEANINGS and files.begins_with_path(value):
        files.read_value(value, FILE_KINDS.get(meaning), facts, label.line)
    elif says_nothing(value):
        return
    elif meaning is M.BLOCKERS:
        facts.blocker(value)
    elif within in NEXT_MEANINGS:
        return
    elif meaning is M.NEXT_ACTION and within is M.HANDOFF:
        facts.write("next_action", value, within="handoff")
    elif (meaning in NEXT_MEANINGS or meaning is M.NEXT_ACTION) and within is not M.DEFERRED:
        facts.step(URGENCIES.get(meaning or M.NEXT, "immediate"), value)
    elif meaning is M.HANDOFF and within is not M.HANDOFF:
        facts.write("state", value, within="handoff")
    elif meaning is M.LEARNINGS and within is not M.LEARNINGS:
        facts.learning(value)
    elif meaning is M.DECISIONS and within is not M.DECISIONS:
        facts.decision(value, why)
    elif within is None:
        _plain_label(meaning, value, facts)


def _plain_label(meaning: Meaning | None, value: str, facts: LogFacts) -> None:
    """Read a label that counts only outside of sections with a meaning."""
    if meaning is M.WORK:
        facts.work(value)
    elif meaning is M.SUMMARY:
        facts.write("summary", value)


def _summary(section: Section, _: Meaning, log: Log) -> None:
    log.facts.write("summary", log.own_source(section))


def _handoff(section: Section, _: Meaning, log: Log) -> None:
    log.facts.write("state", log.own_source(section), within="handoff")


def _next(section: Section, meaning: Meaning, log: Log) -> None:
    if is_handoff(section.title):
        _handoff(section, meaning, log)
    steps.read(section, meaning, log)


def _blockers(section: Section, _: Meaning, log: Log) -> None:
    for text in log.texts(section):
        log.facts.blocker(text)


READERS: dict[Meaning, Reader] = {
    M.SUMMARY: _summary,
    M.HIGHLIGHTS: work.read_highlights,
    M.WORK: work.read,
    **dict.fromkeys(FILE_MEANINGS, files.read),
    M.COMMITS: commits.read,
    M.TESTS: work.read_tests,
    M.DECISIONS: decisions.read,
    M.INCIDENTS: incidents.read,
    M.CAUSE: incidents.read_part,
    M.RESOLUTION: incidents.read_part,
    M.LEARNINGS: work.read_learnings,
    M.HANDOFF: _handoff,
    M.BLOCKERS: _blockers,
    M.METRICS: work.read_metrics,
    M.QUESTION: steps.read_questions,
    M.ANSWER: steps.read_answer,
    M.CONCLUSION: steps.read_answer,
    **dict.fromkeys(NEXT_MEANINGS, _next),
    M.STEP: steps.read_step,
    M.OPTION: steps.read_option,
}
"""The reader of each meaning. Sections with another meaning belong to the section above."""
_MAY_TELL = (None, M.WORK, M.SUMMARY, M.TESTS, M.HIGHLIGHTS)
"""Meanings of sections that may also describe an incident."""
