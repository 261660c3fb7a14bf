"""Chat histories of Aider: one session a chat, with its prompts, commits and edited files."""

from __future__ import annotations

import re

from tracker.sources.logs.facts import LogFacts

_STARTED = re.compile(r"(?i)\W*aider chat started at (?P<day>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d:\d\d)")
_PROMPT = re.compile(r"####(?:\s+(?P<text>.*))?$")
_COMMAND = re.compile(r"/(?:(?:ask|code|architect)\s+)?(?P<text>\S.*)?")
"""A command; what follows `/ask`, `/code` and `/architect` is a prompt."""
_NEW = re.compile(r">\s*Create new file\?.*: *y", re.IGNORECASE)
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
    prompt: list[str] = []
    created: set[str] = set()
    before = ""
    for number, line in enumerate([*text.split("\n"), ""]):
        line = line.rstrip()
        if said := _PROMPT.match(line):
            prompt.append((said["text"] or "").strip())
            continue
        _prompt(prompt, facts)
        prompt.clear()
        if _NEW.match(line):
            created.add(before.removeprefix(">").strip())
        elif commit := _COMMIT.match(line):
            facts.commit(commit["hash"], commit["note"])
        elif edit := _EDIT.match(line):
            is_new = edit["path"] in created or not line.lstrip("> ").startswith("Applied")
            facts.file("created" if is_new else "modified", edit["path"], line=number)
        before = line


def _prompt(lines: list[str], facts: LogFacts) -> None:
    """Add a prompt of one or more lines as one piece of work; a command is none."""
    text = "\n".join(lines).strip("- \n")
    command = _COMMAND.match(text) if text.startswith("/") else None
    if command:
        text = (command["text"] or "") + text[command.end() :] if text.startswith(("/ask ", "/code ", "/arch")) else ""
    title, _, rest = text.partition("\n")
    facts.work(title, text if rest.strip() else "")
