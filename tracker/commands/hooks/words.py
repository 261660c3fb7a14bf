"""Which criteria a text reports as met.

Only plain reports count: it is better to miss a claim than to invent one. Nothing here needs the models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

_DONE = r"(?:met|done|completed?|completes|achieve[sd]?|satisfie[sd]|fulfill?ed|verified|finished|pass(?:es|ed)|holds)"
_FIX = r"(?:fix(?:e[sd])?|close[sd]?|finish(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?)"
DONE = re.compile(rf"\b(?:{_DONE}|{_FIX})\b", re.IGNORECASE)
"""Words by which the subject of a commit reports something as done."""
DOUBT = re.compile(
    r"\b(?:not|no|never|nor|neither|cannot|without|until|unless|if|when|once|after|before|should|would|could|may|might"
    r"|will|must|need\w*|to be|todo|wip|draft|part|parts|partly|partially|almost|nearly|half|still|yet|next|later|soon"
    r"|br(?:eak|oke)\w*|expect\w*|hope\w*|plan\w*|try|tries|trying|attempt\w*|start\w*|begin\w*|prepar\w*|toward\w*"
    r"|progress|step\w*|(?<!nothing )remain\w*|fail\w*|unmet|missing|stale|blocked|open|regress\w*|revert\w*"
    r"|(?:was|were)(?!\s+(?:completed|finished|achieved)\b)|tests? for|less|more|claims?"
    r"|sa(?:y|ys|id)|according|believe\w*|assum\w*|unverified|untested|unmeasured|pending|await\w*|wait\w*|except|but"
    r"|branch\w*|worktree|fork\w*|upstream|submodule|pull request|PR|merge\w*|local\w*|manual\w*|staging|elsewhere"
    r"|machine|cluster|server|remote\w*)\b"
    r"|n't|\?|(?<!\b100)(?<!\b100 )%|\d+\s*(?:of|/)\s*\d+|~~|\[ \]|[❌✗✘✖☐⏳🚧⚠]|\|\s*\|",
    re.IGNORECASE,
)
"""Words that make a sentence anything but a plain report about this repository."""
FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
"""A block of code: what a program printed, not what the session says."""
SENTENCE = re.compile(r"[.!;](?=\s)|\n")
_ID = "[\ue000-\uf8ff]"
"""Stands for the id of a criterion; each has a letter of its own."""
_IDS = rf"{_ID}(?:\s*(?:,|and|&|,\s*and)\s*{_ID})*"
_TICKED = r"(?:\[[xX]\]\s+|[✅✔☑]\ufe0f?\s*)\W*"
_VERB = r"(?:is|are|was|were|has been|have been)\b"
_WHEN = r"(?:(?:now|fully|all|both|also|finally|100\s*%)\s+)*"
_STATE = rf"{_VERB}\s*{_WHEN}{_DONE}|[:=–—|-]*\s*{_WHEN}{_DONE}|[:=–—|-]*\s*[✅✔☑]\ufe0f?(?:\s*{_DONE})?"
REPORT = re.compile(
    rf"(?P<subject>{_IDS})\s*(?:{_STATE})(?=\s*(?:$|[,.!)(|]|(?:by|in|with|now|at|on|and|since|today)\b))"
    rf"|\b{_DONE}\s*:?\s*(?:the\s+)?{_IDS}(?=\s*(?:(?:now|today|fully|successfully|too)\b\s*)?(?:$|[,.!)(]))"
    rf"|^\W*{_TICKED}{_IDS}(?=\W*(?:$|[:–—-]))",
    re.IGNORECASE,
)
"""A plain report that criteria are met: `A is met`, `A and B: done`, `Completed A`, `[x] A`, `A ✅`."""
HEAD = re.compile(
    r"[\W_]*(?:(?:and|so|thus|hence|also|now|today|finally|therefore|the|all|both|criterion|criteria|with this)\W+)*"
    r"|(?!\w+ing\b)(?!.*\b(?:of|for|on|in|to|with|from|about|by|that|whether)\b).*\band\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""What may precede the criterion in its clause: in `The tests of A are done` it is not the subject."""
CLAUSE_END = re.compile(r"[,:;(|–—]")
LONGEST_HEAD = 200
LINK = re.compile(r"\[([^\][]+)\]\([^()\s]*\)")
OPEN_END = re.compile(
    r"\b(?:that|if|whether|when|not|no|the|a|an|of|for|to|and|or|is|are|was|were|criterion|until|unless|as)$"
)
WORD = re.compile(r"[a-z]+(?=[\s,.;:!?)]|$)")


def sentences(texts: Iterable[str | None]) -> list[str]:
    """Return the sentences of some texts, each once. Quotations and blocks of code are left out."""
    plain = (_unwrapped(FENCED.sub("\n", text)) for text in texts if text)
    parts = (part.strip(" -*\t") for text in plain for part in SENTENCE.split(text))
    return list(dict.fromkeys(part for part in parts if part and not part.startswith(">")))


def _unwrapped(text: str) -> str:
    """The text with each paragraph and list item on one line, as far as the words show that a line goes on."""
    lines = [line.strip() for line in text.split("\n")]
    joints = [" " if _goes_on(line, following) else "\n" for line, following in pairwise(lines)]
    return "".join(part for pair in zip(lines, [*joints, ""], strict=True) for part in pair)


def _goes_on(line: str, following: str) -> bool:
    if not line or not following or line[-1] in ".!?:;|" or line[0] in "#|>" or following[0] in "#|>-*+":
        return False
    return bool(OPEN_END.search(line) or WORD.match(following))


def reported_criteria(sentence: str, names: Iterable[str]) -> list[str]:
    """Return the criteria that a sentence plainly reports as met.

    >>> reported_criteria("ramp-there is met", ["ramp-there"])
    ['ramp-there']
    >>> reported_criteria("ramp-there is not met yet", ["ramp-there"])
    []
    >>> reported_criteria("The tests of ramp-there are done", ["ramp-there"])
    []
    """
    named, text = _marked(LINK.sub(r"\1", sentence), names)
    if not named or DOUBT.search(text):
        return []
    reported = "".join(match[0] for match in REPORT.finditer(text) if _is_whole_subject(match))
    return [name for name, mark in named.items() if mark in reported]


def _is_whole_subject(report: re.Match[str]) -> bool:
    """Whether nothing stands before the criteria in their clause that makes them a part of another subject."""
    if report["subject"] is None:
        return True
    head = CLAUSE_END.split(report.string[max(report.start() - LONGEST_HEAD, 0) : report.start()])[-1]
    return len(head) < LONGEST_HEAD and HEAD.fullmatch(head) is not None


def subject_criteria(subject: str, names: Iterable[str]) -> list[str]:
    """Return the criteria that the subject of a commit names as done or fixed, more loosely than a report.

    >>> subject_criteria("Fix the edge case of ramp-there", ["ramp-there"])
    ['ramp-there']
    """
    named, text = _marked(subject, names)
    return list(named) if named and DONE.search(text) and not DOUBT.search(text) else []


def doubted_criteria(texts: Iterable[str], names: Iterable[str]) -> set[str]:
    """Return the criteria that a doubtful sentence names."""
    doubtful = [one for one in texts if DOUBT.search(one)]
    return {name for name in names if any(_pattern(name).search(one) for one in doubtful)}


def _marked(text: str, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """The names in a text, each with the letter that stands for it, and the text with these letters."""
    marks: dict[str, str] = {}
    lower = text.lower()
    for name in names:
        if name.lower() not in lower:  # of most names
            continue
        mark = chr(0xE000 + len(marks) % 6000)
        changed = _pattern(name).sub(mark, text)
        if changed != text:
            marks[name], text = mark, changed
    return marks, text


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    """Matches the id of a criterion. An id that could be any word must be called a criterion."""
    is_word = not (re.search(r"[\d_-]", name) and re.search(r"[^\W\d_]", name))
    kind = r"\bcriterion\s+" if is_word else r"(?:\bcriterion\s+)?"
    return re.compile(rf"(?<![\w./-]){kind}[\"'`*]*{re.escape(name)}[\"'`*]*(?![\w/-]|\.\w)", re.IGNORECASE)
