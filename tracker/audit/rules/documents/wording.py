"""Whether the words of names, titles, headings and lines speak of the past, of plans or of examples."""

from __future__ import annotations

import re

from tracker.audit.names import words_in

NAMES = re.compile(r"`[^`]*`|(?<![^\s`])\S*[/_]\S*|(?<![\w-])\w[\w-]*\.\w{2,}")
ABSENCE = re.compile(
    r"❌|\b(?:remov|delet|renam|mov(?:e|ed|ing)\b|replac|deprecat|obsolet|gone\b|former|previous|legacy|archiv"
    r"|no longer|used to\b|was\b|were\b|had\b|supersed|instead of|drop(?:ped|s)?\b|creat|add(?:ed|ing)\b|will be"
    r"|would\b|missing|(?:does|do|did)(?:n't| not) (?:exist|include|contain)"
    r"|not (?:there|found|yet)|nonexist|git (?:add|commit|mv|rm)\b"
    r"|rm -|planned|proposed|future|example|e\.g\.|ex[.:]\s|z\.\s?b\.|such as|migrat|consolidat|merged|extracted"
    r"|refactor|version(?:changed|added)|deprecated::|(?:lower|older|earlier|prior) (?:than|to|versions?)"
    r"|^\s*v?\d+\.\d+[\d.]*[,;)])"
)
"""A line with one of these, in lower case, speaks of a change or an example: it may be true as it stands."""
NOT_THERE = re.compile(
    r"\b(?:is|are|has|have) no `|^\W*`[^`]+`,? (?:and|or|nor) no `|\bfix(?:ed)? (?:at|by|in|location)\b|\bproduces\b",
    re.IGNORECASE,
)
"""A line with one of these says itself that something is not there, where something was, or what work will make."""
PAST = re.compile(
    r"remov|delet|renam|moved|replac|deprecat|obsolet|former|previous|legacy|archiv|histor|changelog|change log"
    r"|change history|changes|release|migrat|upgrad|changed|before|fixed|completed|created|modified|superseded"
    r"|proposed|future|todo|example|next steps|sprint|session|incident|phase \d|not exist|missing|no longer",
    re.IGNORECASE,
)
"""Text under such a heading describes the past, the future or an example."""
TELLS_OF_THE_PAST = frozenset(
    words_in(
        "achievement achievements action adr adrs analysis archive assessment audit audits backlog cascade "
        "changelog changes checkpoint cleanup complete completed completion consolidation corrections decision "
        "decisions design draft evaluation evolution experiment experiments exploration findings fix fixes gap gaps "
        "handoff handover history implementation implemented improvements incident investigation issue log logs "
        "meeting migrate migration migrations nep kep keps pep peps phase plan plans poc postmortem pr progress "
        "proposal proposals proposed rfcs sep seps "
        "readiness ready recap recovered redesign refactor refactored refactoring release releases report reports "
        "research "
        "results retrospective review reviews rework rfc roadmap session sessions spec spike sprint status success "
        "successful summaries summary task tasks todo todos transcript transcripts upgrade upgrades upgrading "
        "validation verification "
        "analise analisis analyse auditoria aufgaben bericht correcao correcoes entwurf implementacao implementada "
        "implementado implementazione implementierung informe plano verificacion rapport relatorio resumen resumo "
        "zusammenfassung"
    )
)
"""Words in the names of documents that were true when they were written, or speak of what may come."""
RECORDS = ("history", "changelog", "releasenotes", "whatsnew")
STEPS = frozenset(["next", "steps"])


TITLE_OF_A_RECORD = re.compile(
    r"✅|^\W*(?:issue|milestone|phase|session|sprint|task)\W{0,3}\d"
    r"|\b(?:analysis|audit|complete|completed|done|post-?mortem|redesign|report|retrospective|success|successful"
    r"|summary)\W*$",
    re.IGNORECASE,
)
"""Titles of documents about finished work."""
DATED = re.compile(
    r"(19|20)\d{2}[-_]?(0[1-9]|1[0-2])([-_]?\d{2})?|\b\d{8,13}\b"
    r"|(?:^|[\W_])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)[-_ ]?(?:\d\d?|(?:19|20)\d\d)(?![^\W_])",
    re.IGNORECASE,
)


def is_of_the_past(words: frozenset[str]) -> bool:
    """Whether the words of a document's name and folders say that it was true when it was written, or may come."""
    telling = bool(TELLS_OF_THE_PAST & words) or words >= STEPS or words == {"news"}
    return telling or any(word.endswith(RECORDS) for word in words)


def is_past_heading(heading: str) -> bool:
    """Whether the text below a heading describes the past, the future or an example."""
    return PAST.search(heading) is not None or DATED.search(heading) is not None


def tells_of_a_change(line: str) -> bool:
    """Whether the words of a line do; what files are called says nothing of that."""
    lower = line.lower()  # to ignore case in the pattern takes three times as long
    return (
        "~~" in line
        or NOT_THERE.search(line) is not None
        or (ABSENCE.search(lower) is not None and ABSENCE.search(NAMES.sub(" ", lower)) is not None)
    )
