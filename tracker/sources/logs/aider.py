"""Chat histories of Aider: one session a chat, with its prompts, commits and edited files."""

from __future__ import annotations

import re

from tracker.sources.logs.facts import LogFacts

_STARTED = re.compile(r"(?i)\W*aider chat started at (?P<day>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d)")
_PROMPT = re.compile(r"####\s+(?P<text>\S.*)")
_COMMIT = re.compile(r">\s*Commit (?P<hash>[0-9a-f]{7,40}) (?P<note>.*)")
_EDIT = re.compile(r">\s*(?:Applied edit to|Created|Creating empty file) (?P<path>\S.*)")


def begins(title: str) -> bool:
    """Whether a heading begins a chat."""
    return bool(_STARTED.match(title))


def session_id(title: str) -> str:
    """The id of a chat: its day and time.

    >>> session_id("aider chat started at 2024-08-05 19:37:22")
    '20240805-193722'
    """
    found = _STARTED.match(title)
    return re.sub(r"[-:]", "", f"{found['day']} {found['time']}").replace(" ", "-") if found else ""


def collect(text: str, facts: LogFacts) -> None:
    """Collect the facts of a chat. Prompts and answers are prose: only Aider's own reports count."""
    for number, line in enumerate(text.split("\n")):
        line = line.rstrip()
        if prompt := _PROMPT.match(line):
            facts.work(prompt["text"])
        elif commit := _COMMIT.match(line):
            facts.commit(commit["hash"], commit["note"])
        elif edit := _EDIT.match(line):
            facts.file("modified", edit["path"], line=number)
