"""The rule `finished`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.audit.family import Action, FileFinding
from tracker.audit.names import Kind, Name, words_in
from tracker.audit.rules.files.base import WORD, FileRule, clipped, in_series, is_of_tool
from tracker.audit.texts import Question

SUFFIXES = frozenset(words_in("md markdown mdx rst txt adoc"))
RECORDS = frozenset(
    words_in(
        "changelog changes history news release releases adr adrs decision decisions session sessions log "
        "logs journal journals diary rfc rfcs minutes postmortem incident blog posts articles lessons knowledge"
    )
)
"""Words in names and folders of records, which stay as they were written."""
OPEN = frozenset(words_in("pending backlog upcoming wip doing in-progress in_progress"))
"""Folders of what is still to be done."""
DONE_WORDS = frozenset(
    words_in(
        "complete completed done fixed finished final success successful resolved applied implemented "
        "ready verified shipped summary exitosa completado completo verificacion resumen"
    )
)
STATUS = re.compile(
    r"^\W*(?:overall |current |project |implementation |migration |test |fix )?(?:status|estado|état"
    r"|stand)\b[\s:*|_`-]*(?:[^\w\n=]*\s*)?"
    r"(?:(?:all|fully|100%|now|phase \d+|successfully|feature|code|implementation)\W+){0,3}"
    r"(?:complete|completed|done|resolved|implemented|merged|shipped|fixed|finished|deployed|closed|success(?:ful)?|completado|completo|"
    r"conclu[ií]do|passed|production[- ]ready|applied|superseded|obsolete|archived|historical"
    r"|live)\b(?!\s*(?:except|but|partially))",
    re.IGNORECASE,
)
STAGE = re.compile(
    r"^#+\W*(?:\d+\W+)?(?:phase|step|stage|part|task|feature|milestone|sprint|week|day)\b", re.IGNORECASE
)
"""The heading of a part: a status below it is of that part."""
STATUS_LINE = re.compile(r"^\W*(?:\w+ )?(?:status|estado|progress)\b", re.IGNORECASE)
OPENING = re.compile(
    r"✅[\s*_#]*(?:\w+\W+){0,6}(?:complete|completed|done|implemented|fixed|successful|successfully|success|resolved|shipped|finished|exitosa|completado|applied)\b(?!\s+\w)"
    r"|(?:complete|completed|done|implemented|fixed|successful|success|resolved|finished|applied|exitosa|completado)\W*✅"
    r"|\b(?:has|have) been (?:successfully )?(?:completed|implemented|fixed|resolved|migrated|refactored"
    r"|applied|integrated|finished|addressed)\b"
    r"|\b(?:implementation|migration|refactoring|refactor|fix|integration|cleanup|work|setup|task|project"
    r"|upgrade|optimi[sz]ation)s? (?:is |are |was |were )(?:now )?(?:fully |100% )?(?:complete|completed"
    r"|done|finished|successful)\b"
    r"|\bsuccessfully (?:completed|implemented|fixed|resolved|migrated|refactored|applied|integrated"
    r"|deployed|created|added)\b",
    re.IGNORECASE,
)
PARTIAL = re.compile(r"^\W*(?:\w+ )?(?:completed|implemented|finished|fixed|resolved) \w+", re.IGNORECASE)
"""A heading of a part: what is done, beside what is not."""
BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
CONDITION = re.compile(r"\b(?:if|once|unless|until|whether|as soon as)\b", re.IGNORECASE)
OPEN_WORK = re.compile(
    r"^#{1,4}.*(?:\bin progress\b|\bpending\b|\bto (?:implement|add|do|fix|build)\b|\btodo\b|\bremaining\b"
    r"|\baction items\b|\bnot (?:yet )?(?:done|implemented|complete)|\bblocked\b|\bmissing\b|\bthe issue\b|🚧|⏳)",
    re.IGNORECASE | re.MULTILINE,
)
"""A heading of work that is not done."""
PART = re.compile(r"^#+\W*(?:what(?:'?s|’s| is| was)\b|already\b)", re.IGNORECASE)
STEPS = re.compile(r"^#{1,4}.*\b(?:next steps|steps?\W{1,4}1)\b", re.IGNORECASE | re.MULTILINE)
TITLE_DONE = re.compile(
    r"(?:\b(?:complete|completed|done|implemented|fixed|finished|success|successful|resolved|applied|completado|exitosa)\W*$|✅)",
    re.IGNORECASE,
)
RUNNING = re.compile(r"\b(?:production[- ]ready|live|passed|deployed|operational|active|stable)\b", re.IGNORECASE)
"""A state that a running thing is in, too."""
NOT_DONE = re.compile(
    r"\b(?:partially|in progress|still needs?|to be done|left to do|so far"
    r"|not (?:yet |fully )?(?:complete|done|started|implemented|fixed|resolved)|pending|remaining|todo|wip|draft"
    r"|definition of done|blocked|planned|incomplete|requires?|\d?\d% complete)\b|🚧|⏳|🔄|❌",
    re.IGNORECASE,
)
PAST_TENSE = re.compile(
    r"^\W*(?:we |this (?:document|pr|change|update|commit) )?(?:have )?(?:successfully |now )?(?:added"
    r"|updated|refactored|replaced|enhanced|fixed|implemented|migrated"
    r"|created|removed|improved|moved|converted|integrated|completed|reduced|consolidated|resolved|rewrote"
    r"|redesigned|optimi[sz]ed)\b(?! by| in | to )",
    re.IGNORECASE,
)
CHANGE_HEADING = re.compile(
    r"^#{1,4}\W*(?:\d+\W+)?(?:(?:key |all |code |recent |summary of )?changes (?:made|summary|applied"
    r"|implemented)|(?:new |modified )?files (?:created|changed|modified|updated|added|touched)(?:/\w+)?"
    r"|what (?:was|we) (?:done|changed|fixed|implemented|built|created|accomplished)|(?:refactoring"
    r"|migration|implementation) (?:summary|results)|root cause|fix(?:es)? applied|changes)\b",
    re.IGNORECASE | re.MULTILINE,
)
DAY = re.compile(
    r"^\W*(?:\w+ )?(?:date|datum|fecha|data|generated|last updated)\b[\w ]*\W{1,8}(?:\w+\W+){0,3}?(?:19|20)\d\d\b",
    re.IGNORECASE,
)
DATED_NAME = re.compile(r"(?<!\d)20\d{2}[-_]?(?:0[1-9]|1[0-2])[-_]?(?:[0-2]\d|3[01])(?!\d)")
FIXES = frozenset(words_in("fix fixes bugfix hotfix resolution cleanup"))
NAMED = DONE_WORDS | FIXES | frozenset(words_in("completion implementation handoff handover"))
"""Words in the names of documents about work that was done: without one, what the text says may be about a part."""
NAMED_DONE = frozenset(
    words_in("applied complete completed done fixed resolved implemented success successful exitosa")
)
GUIDES = frozenset(words_in("guide guides reference howto setup quickstart tutorial manual template"))
"""Words in the names of documents that stay in use when their work is done."""
READ_AGAIN = frozenset(words_in("guide guides howto quickstart tutorial"))
"""Words in names and titles of documents that explain how to do something."""
REPORTS = frozenset(
    words_in("report summary assessment audit analysis verification review status results resumen informe validation")
)
LASTING = frozenset(words_in("readme contributing changelog claude agents license index skill security robots llms"))
"""Names of documents that describe the project."""
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
BOXES = 4
OPENING_LINES = 25


ABOUT = Question("finished", lambda name: _is_candidate(name), lambda name, content: list(_about(name, content)))
"""Where a document says that its work is done, and whether that is sure."""


class Finished(FileRule):
    """A plan or report whose name is that of work that was done, and whose title, status line, opening or ticked boxes
    say so too; nothing live links to it. Session logs, decisions, changelogs and release notes are records, and guides
    stay. What only the text or only the name says is `--maybe`."""

    id = "finished"
    noun = ("plan or report of finished work", "plans and reports of finished work")
    action = Action.ARCHIVE
    questions = (ABOUT,)

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        documents = [path for path, name in self.living.items() if _is_candidate(name) and not in_series(context, name)]
        known = context.answers(ABOUT, documents)
        for path in documents:
            text, name = context.text(path), context.names[path]
            words = set(name.words)
            reason, sure = known.get(path) or _about(name, b"")
            if text.ticked_boxes >= BOXES and not text.open_boxes:
                reason = reason or f"all {text.ticked_boxes} boxes are ticked"
                sure = sure or (bool(NAMED & words) and not OPEN_WORK.search(context.source(path)))
            elif text.open_boxes > max(2, text.ticked_boxes // 4):
                sure = False
            if NAMED_DONE.intersection(name.words[-1:]) and "not" not in words:
                reason, sure = reason or f"its name says that it is {name.words[-1]}", True
            if reason:
                maybe = not sure or _may_last(name, context.source(path))
                yield self.finding(path, reason, f"{name.folder or '.'}/", maybe=maybe)


def _may_last(name: Name, source: str) -> bool:
    """Whether it may stay although its work is done: a guide, a record of a tool, or text without markup."""
    title = source.lstrip().partition("\n")[0]
    is_guide = not READ_AGAIN.isdisjoint([*name.words, *WORD.split(title.lower())])
    return is_guide or title.startswith("---") or name.suffix == "txt"


def _is_candidate(name: Name) -> bool:
    if name.kind is not Kind.DOCUMENT or name.suffix not in SUFFIXES:
        return False
    folders = [folder.lower() for folder in name.folders]
    words = {*name.words, *(word for folder in folders for word in WORD.split(folder))}
    return (
        not is_of_tool(name)
        and OPEN.isdisjoint(folders)
        and name.words[:1] != ("requirements",)
        and name.stem.lower() not in LASTING
        and not words & RECORDS
    )


def _about(name: Name, content: bytes) -> tuple[str | None, bool]:
    """Where a document says that its work is done, and whether that is sure."""
    source = FENCED.sub("", content.decode("utf-8", "replace"))
    lines = [line for line in source.splitlines()[: OPENING_LINES * 3] if line.strip()][:OPENING_LINES]
    return _says_done(name, lines, source)


def _says_done(name: Name, lines: list[str], source: str) -> tuple[str | None, bool]:
    """Where a document says that its work is done, and whether name and words agree."""
    named = bool(NAMED & set(name.words))
    title = lines[0].lstrip("# ") if lines else ""
    if any(NOT_DONE.search(line) for line in lines[:8] if STATUS_LINE.match(line)) or NOT_DONE.search(title):
        return None, False
    for number, line in enumerate(lines[1:12], 1):
        if STATUS.match(line) and not NOT_DONE.search(line) and not any(map(STAGE.match, lines[1:number])):
            if RUNNING.search(line) and not named:
                return None, False
            return f"status: {clipped(line)}", named and not RUNNING.search(line)
    if TITLE_DONE.search(title):
        return f"title: {clipped(title)}", named
    for line in lines[1:10] if not GUIDES & set(name.words) else ():
        if (
            OPENING.search(line)
            and line.lstrip()[:1] not in "│├└|"
            and not NOT_DONE.search(line)
            and not PARTIAL.search(line)
            and not CONDITION.search(line)
            and (BULLET.match(line) is None or (REPORTS | DONE_WORDS) & set(name.words))
        ):
            part = line.startswith("#") and (STEPS.search(source) or PART.search(line)) is not None
            return f"opening: {clipped(line)}", named and not part and not OPEN_WORK.search(source)
    prose = next((line for line in lines[1:8] if not re.match(r"\W*#|\W*\*\*[^*]+(?:\*\*)?:|---|\||>|\W*$", line)), "")
    past, done = PAST_TENSE.match(prose), named and bool(DONE_WORDS & set(name.words))
    heading = CHANGE_HEADING.search(source) if past or done else None
    if past and heading:
        return f"opening: {clipped(prose)}", named
    if heading and done:
        return f"reports changes under “{heading[0].strip('# ')}”", True
    if (dated := DATED_NAME.search(name.stem)) and (REPORTS | DONE_WORDS | FIXES) & set(name.words):
        return f"a report of one day by its name: {dated[0]}", False
    if REPORTS & set(name.words) and (day := next((line for line in lines[1:8] if DAY.match(line)), None)):
        return f"a report of one day: {clipped(day)}", False
    return None, False
