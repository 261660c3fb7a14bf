"""What a session was about: a stated focus, or the title or text of its log."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracker.sources.logs import aider
from tracker.sources.logs.document import Section, labels
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.head import Head
from tracker.sources.logs.identity import bare_day, find_version, without_days
from tracker.sources.logs.meanings import head_field, meaning_of, plain
from tracker.sources.logs.split import LogPart

LONGEST_FOCUS = 200


def version_of(part: LogPart) -> str | None:
    """Return the number of the release that a part of a changelog is about."""
    return find_version(plain(part.head)) if part.head else None


_TITLE_WORDS = re.compile(
    r"(?i)\(\W*(?:sessions?\W*\d+[a-z]?|(?:early |late )?(?:morning|afternoon|evening|night))\W*\)"
    r"|(?<![A-Za-z])(?:sessions?(?:[\s_-]+(?:summary|recap|hand-?off|handover|pause))?(?! [a-z]+ment\b| [a-z]+ing\b)"
    r"(?:\s+#?\d+[a-z]?(?![\w.]))?"
    r"|change[- ]?log|work[- ]?log|logs?|notes?|report|final|dev[- ]?log|journal"
    r"|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)(?![A-Za-z])"
    r"|(?<![A-Za-z0-9])S-?\d+[A-Z]?(?![A-Za-z0-9])"
    r"|(?<!slice )(?<!phase )(?<!step )(?<!sprint )(?<!section )(?<!part )(?<![\d.])"
    r"(?<![A-Za-z]-)(?<!\d/)#?\b\d+[a-z]?\b"
    r"(?=\s*(?:$|[:—–|(·-]))"
)


_FOREIGN_SESSION = re.compile(
    r"(?i)(?<!\w)(?:sitzung|sesión|sessão|sessione|séance|сессия|сеанс)(?: (?:vom|del?|do|du|от|за))?(?!\w)"
)
_CLOCK = re.compile(r"(?i)(?<![\d:])T?\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]m\b)?(?:\s*(?:UTC|GMT|[A-Z]{2,3}T)\b)?(?![\d:])")
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a and as changes checkpoint closeout complete context continued daily development dump end fresh "
        "hand handoff handover in last my of off our over pause progress recap recent resume retro "
        "retrospective snapshot start status summary the this today unreleased update updates weekly work "
        "worklog",
    )
)
"""Words that say nothing in the title of a log."""


def find_focus(head: Head, part: LogPart, root: Section, facts: LogFacts, stem: str) -> str:
    """Return what a session was about: as its log states, else its title or the first of its text, with a doubt."""
    value = head.value("focus") or _under(root, "focus") or head.value("aim")
    if value:
        return _line(value)
    aim = next((found for found in _aims(root)), None) or _under(root, "aim")
    version = version_of(part)
    title = _subject(_RELEASE.sub(" ", part.head) if part.head and version else part.head or head.title)
    if part.head and aider.begins(part.head):
        return _line(next((work["title"] for work in facts.data.get("work", ())), "Aider chat"))
    if version and not title:
        return f"Release {version}"
    if aim and not title:
        return _line(aim)
    said = str(facts.data.get("summary") or head.value("summary") or "")
    said = re.sub(r"\A[^\n]{1,80}:\s*\n", "", said)  # the line that announces a list
    first = re.split(r"(?<=\w\w[.!?])\s|\n\n", said, maxsplit=1)[0]
    # What is under headings that every log has is said last.
    ordered = sorted(root.walk(), key=lambda section: meaning_of(section.title) is not None)
    headings = [section.title for section in ordered if section.level == 2]
    sections = [title for title in headings if _subject(title) and not meaning_of(title)]
    items = [item.text for section in ordered for block in section.blocks for item in block.items]
    works = [work["title"] for work in facts.data.get("work", ())]
    first = re.sub(r"\A\s*(?:[-*+]|\d+[.)])\s+", "", first).split("\n- ")[0].split("\n2. ")[0]
    paragraphs = (block for section in root.walk() for block in section.blocks if block.text and not labels(block))
    plainly = [block.text for block in paragraphs if not block.text.rstrip().endswith(":")]
    for text in (
        title,
        first,
        *works[:1],
        *plainly[:1],
        *map(plain, sections[:1]),
        *items[:1],
        *map(plain, headings[:1]),
        stem,
    ):
        if re.search(r"\w", text):
            facts.doubts.append(
                (
                    part.line + 1,
                    f"no focus: {_line(text)!r} is taken from the {'title' if text == title else 'text'}",
                )
            )
            return _line(text)
    return "Session"


_RELEASE = re.compile(r"(?i)\[?\bv?\d+\.\d+[\w.+-]*\]?(?:\([^()\s]*\))?|\[yanked\]")
"""The number of a release, perhaps as a link."""


def _under(root: Section, field: str) -> str | None:
    """The first item or paragraph under a heading that names a field, such as `Current focus`."""
    return next(
        (
            text
            for section in root.walk()
            if head_field(section.title) == field
            for text in (
                *(block.text or block.items[0].text for block in section.blocks if block.text or block.items),
                *(plain(child.title) for child in section.children),
            )
        ),
        None,
    )


def _aims(root: Section) -> Iterable[str]:
    for section in root.walk():
        for block in section.blocks:
            for label in labels(block):
                if plain(label.name).lower() in ("focus", "objective", "goal") and label.value:
                    yield label.value


def _subject(title: str) -> str:
    """A title without the session and the date."""
    title = re.sub(r"\b\d{4}-(?:\d\d|[Xx]{2})-[Xx]{2}\b", " ", title)
    if bare_day(title) or re.fullmatch(r"[\w.-]+\.(?:md|markdown|txt)", title.strip()):
        return ""
    title = _CLOCK.sub(" ", title)
    title = _FOREIGN_SESSION.sub(" ", title)
    rest = _TITLE_WORDS.sub(" ", without_days(re.sub(r"[\w.-]+\.(?:md|markdown)\b", " ", title)))
    if not [word for word in re.findall(r"[^\W\d_]+", rest) if word.lower() not in _EMPTY_WORDS]:
        return ""
    rest = re.sub(r"^(?:[\W_]|\d+[a-z]?\s+-)+|[\W_]+$", "", re.sub(r"[(\[]\W*[)\]]", " ", plain(rest)))
    rest = rest.replace("]", "", 1) if rest.count("]") > rest.count("[") else rest
    return rest if re.search(r"[^\W\d_]{2}", rest) else ""


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_FOCUS else f"{line[: LONGEST_FOCUS - 1].rsplit(' ', 1)[0]}…"
