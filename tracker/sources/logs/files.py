"""Files and their changes: under headings and labels about files, and in output of git."""

from __future__ import annotations

import re

from tracker.sources.logs.columns import column
from tracker.sources.logs.document import Block, Item, Section
from tracker.sources.logs.facts import LogFacts
from tracker.sources.logs.languages import english
from tracker.sources.logs.log import LABEL, Log
from tracker.sources.logs.meanings import FILE_HEADINGS, FILE_KINDS, Meaning, match, plain
from tracker.sources.logs.named import lead_paths, paths
from tracker.sources.logs.texts import one_line

GIT_SIGNS = {"M": "modified", "A": "created", "D": "removed", "R": "renamed", "??": "created"}
GIT_MODES = {"create": "created", "delete": "removed", "rename": "renamed"}
_GIT_LINE = re.compile(
    r"\s*(?:(?P<sign>[MADR]|\?\?)\d*\s+(?P<path>\S.*?)"  # --name-status, status --short
    r"|(?P<mode>create|delete|rename)(?: mode \d+)? (?P<moded>\S.*?)(?: \(\d+%\))?"  # --summary
    r"|(?P<counted>\S.*?)\s+\|\s+(?:\d+ [+-]*|Bin .*))\s*"  # --stat
)
_TREE = re.compile(r"(?P<drawn>[\s│|]*[├└][─-]*\s*)")
"""The beginning of a line of a drawn tree."""
_OF_A_PART = re.compile(r"(?i)(?:add|remov|delet|drop)\w*\s+(?!files?\b)[`\w]")
"""Words for a change to a part of a file."""
_NEW_PART = re.compile(r"(?i)new\s+(?!(?:\w+ )?(?:files?|modules?|scripts?|documents?|docs?|pages?|packages?)\b)[`*\w]")
"""Words for something new in a file, which need not be new: `new flag`, not `new module`."""
_CHANGES = tuple((meaning, rf"^{words}$") for meaning, words in FILE_HEADINGS)
_NO_CHANGE = re.compile(r"(?i)\W*(already )?(exist(s|ing)?|unchanged|no changes?|untouched|not (changed|modified))\b")
"""What is said of a file that was only looked at."""
_LINES_ADDED = re.compile(r"(?i)\b\d+ lines? added\b|\bsections? added\b")
"""What is said of a file that was there before."""
_ONE_VERB = 3
"""Maximum words of a cell that states a change; longer cells describe a part of the file."""


def read(section: Section, meaning: Meaning, log: Log) -> None:
    """Read a section about files."""
    kind = FILE_KINDS.get(meaning)
    for block in section.blocks:
        if block.kind == "table":
            _table(block, kind, log.facts)
        elif block.kind == "list":
            _items(block.items, kind, log.facts)
        elif block.kind == "code" and not read_git(block, log.facts) and (kind or not _TREE.search(block.text)):
            for number, line in enumerate(_whole_paths(block.text.split("\n")), block.line + 1):
                read_line(line, kind, log.facts, number, plainly=True)
        elif block.kind == "paragraph":
            for number, line in enumerate(block.text.split("\n"), block.line):
                label = re.match(r"\W*\*\*(?P<name>[^*]+):?\*\*", line)
                said = match(label["name"], FILE_HEADINGS) if label else None
                read_line(line, FILE_KINDS[said] if said else kind, log.facts, number, anywhere=True)


def _whole_paths(lines: list[str]) -> list[str]:
    """Lines, in which the names of a drawn tree of files are whole paths; a folder with something in it is left out."""
    above: list[tuple[int, str]] = []
    found: list[str] = []
    for line in lines:
        drawn = _TREE.match(line)
        depth = len(drawn["drawn"]) if drawn else 0
        rest = line[depth:]
        name = rest.split(maxsplit=1)[0] if rest.strip() else ""
        if not drawn or not name:
            above = [(0, name)] if name.endswith("/") else []
            found.append(line.strip())
            continue
        above = [one for one in above if one[0] < depth]
        folder = "".join(one for _, one in above)
        if above and found and found[-1].split(maxsplit=1)[:1] == [folder]:
            found[-1] = ""
        if name.endswith("/"):
            above.append((depth, name))
        found.append(folder + rest)
    return found


def read_git(block: Block, facts: LogFacts) -> bool:
    """Read a block with output of git about files, and return whether it is one."""
    lines = [
        line for line in block.text.split("\n") if line.strip() and not re.match(r"\s*(\d+ files? changed|\$ )", line)
    ]
    found = [_GIT_LINE.fullmatch(line) for line in lines]
    if not lines or not all(found):
        return False
    for one in found:
        if one:
            kind = GIT_SIGNS[one["sign"]] if one["sign"] else GIT_MODES[one["mode"]] if one["mode"] else None
            text = one["path"] or one["moded"] or one["counted"]
            _named(paths(text), kind, "", text, facts, block.line)
    return True


def changed_in(section: Section) -> Meaning | None:
    """Return the change of a bold word such as `Created:` above a list in which every item begins with a path."""
    items = [item for block in section.blocks for item in block.items]
    if section.level < LABEL or not items or not all(begins_with_path(item.text) for item in items):
        return None
    return match(plain(section.title), _CHANGES)


def begins_with_path(text: str) -> bool:
    """Whether a path is among the first words of a text: a sentence that names a file later is no list of files."""
    found = paths(text.split("\n")[0])
    return bool(found) and len(text[: text.find(found[0])].split()) < _ONE_VERB


def read_line(
    text: str, kind: str | None, facts: LogFacts, line: int, *, anywhere: bool = False, plainly: bool = False
) -> None:
    """Add the files at the start of a line; `anywhere`: all that it names; `plainly`: only at the very start."""
    found, rest = lead_paths(text)
    if _NO_CHANGE.match(rest):
        return
    if (plainly and found and not text.strip().startswith(tuple(found))) or (not anywhere and not found):
        return
    said = _at_start(rest, alone=kind is not None) or _before(text, found) or kind
    said = "modified" if said == "created" and _LINES_ADDED.search(rest) else said
    _named(found, said, one_line(rest), text, facts, line)


def read_value(value: str, kind: str | None, facts: LogFacts, line: int) -> None:
    """Add the files in the value of a label: those of its first line, and of the list below it."""
    for number, text in enumerate(value.split("\n")):
        if not number or re.match(r"\s*(?:[-*+]|\d+\.)\s", text):
            read_line(text, kind, facts, line + number)


def _items(items: tuple[Item, ...], kind: str | None, facts: LogFacts) -> None:
    for item in items:
        label = re.match(r"\W*\*\*(?P<name>[^*`.]+):\*\*(?P<rest>.*)|(?P<word>[A-Z][a-z]+):\s(?P<tail>.*)", item.text)
        said = match(label["name"] or label["word"], FILE_HEADINGS) if label else None
        if not paths(item.text):
            said = said or match(plain(item.text), FILE_HEADINGS)
        own = FILE_KINDS[said] if said else kind
        text = (label["rest"] or label["tail"] or "") if label and said else item.text
        if paths(text):
            read_line(text, own, facts, item.line, anywhere=True)
        for block in item.children:
            if block.kind == "list" and not paths(item.text):
                _items(block.items, own, facts)


def _table(block: Block, kind: str | None, facts: LogFacts) -> None:
    place = column(block.header, "file")
    if place is None:
        place = next(
            (i for i in range(len(block.header)) if block.rows and all(paths(row[i]) for row in block.rows)), None
        )
    if place is None:
        return
    action, note = (None if (found := column(block.header, role)) == place else found for role in ("action", "note"))
    for number, row in enumerate(block.rows, block.line + 2):
        cell = row[place].strip()
        bare = re.sub(r"[`*]", "", cell).strip()
        named = paths(cell) or ([bare] if bare and " " not in bare else [])
        others = " ".join(text for index, text in enumerate(row) if index != place)
        said = (_action(row[action]) if action is not None else None) or kind or _at_start(others)
        _named(named, said, one_line(row[note]) if note is not None else "", cell, facts, number)


def _named(found: list[str], kind: str | None, note: str, text: str, facts: LogFacts, line: int) -> None:
    between = text[text.find(found[0]) + len(found[0]) : text.find(found[1])] if len(found) == 2 else ""
    moved = re.search(r"→|->|=>|\bto\b", between)
    if len(found) == 2 and (kind == "renamed" or (kind is None and moved)):
        facts.renamed(found[0], found[1], note)
        return
    for path in found:
        facts.file(None if kind == "renamed" else kind, path, note, line)


def _action(cell: str) -> str | None:
    """The change that a cell states: `NEW`, `Modified`, `Generated by the build`; not `Added a test to it`."""
    first = re.split(r"[—–:;,.(+]|\s-\s", plain(cell), maxsplit=1)[0]
    if _OF_A_PART.match(first) or _NEW_PART.match(first):
        return None
    return _kind(first) if len(first.split()) <= _ONE_VERB else _kind(first.split()[0])


def _kind(text: str) -> str | None:
    said = match(plain(text), FILE_HEADINGS)
    return FILE_KINDS[said] if said else None


def _at_start(text: str, *, alone: bool = False) -> str | None:
    """The change stated by the first word: `NEW — patch script`, `(modified)`; `alone`: only if no text follows it."""
    text = english(text)
    start = re.match(r"[\W_]*(\w+)" + (r"\W*(?=$|[—–:;,.()-])" if alone else ""), text)
    if start is None or _OF_A_PART.match(text[start.start(1) :]) or _NEW_PART.match(text[start.start(1) :]):
        return None
    return _kind(start[1])


def _before(text: str, found: list[str]) -> str | None:
    before = text[: text.find(found[0])] if found else ""
    return _kind(before) if before.strip(" `*_-") else None
