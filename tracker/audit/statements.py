"""Statements of documents that are no longer true: paths that once existed, as history proves, and do not now.

What never existed is an example or lies on another machine, and is left alone; so are logs and changelogs, which tell
of the past, and lines that speak of a removal themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath

from tracker.audit.names import Kind, Name, words_in
from tracker.audit.state import State
from tracker.audit.subject import Subject
from tracker.sources.trees import Tree

PATH = re.compile(r"(?<![\w:/.-])(?:\.{1,2}/)*[\w@.-]+(?:/[\w@.\[\]()-]+)*\.[A-Za-z]\w{0,9}(?![\w/])")
ABSENCE = re.compile(
    r"\b(?:remov|delet|renam|mov(?:ed|ing)|replac|deprecat|obsolet|gone|former|previous|legacy|archiv|no longer|used to"
    r"|was |were |supersed|instead of|drop(?:ped|s)?\b|creat|will be|missing|git rm|rm -)",
    re.IGNORECASE,
)
TELLS_OF_THE_PAST = frozenset(
    words_in(
        "adr archive audit changelog changes decision handoff handover history incident log logs migrate "
        "migration migrations news postmortem release releases report retrospective session sessions sprint "
        "summary upgrade upgrading"
    )
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a document that is no longer true."""

    path: str
    line: int
    signal: str
    action: str
    detail: str
    by: str | None = None
    """The commit that made it untrue."""
    written: str = ""
    """The words of the line that are not true."""
    state: State = State.NEW
    excuse: str | None = None
    """Why it is ignored."""


def statements(subject: Subject, tree: Tree) -> Iterator[Statement]:
    """The statements of a tree's documents that are no longer true, in the order of paths and lines."""
    folders = {path[:i] for path in subject.files for i, letter in enumerate(path) if letter == "/"}
    suspects = sorted(path for path in subject.lost if _tells_of_today(subject.names[path]))
    for path, content in tree.read(suspects):
        folder = subject.names[path].folder
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if ABSENCE.search(line):
                continue
            for written in dict.fromkeys(PATH.findall(line)):
                meant = {normpath(written.lstrip("/")), normpath(f"{folder}/{written}")}
                if any(one in subject.files or one in folders for one in meant):
                    continue
                gone = next((one for one in sorted(meant) if one in subject.past.gone and "/" in one), None)
                if gone:
                    yield _dangling(subject, path, number, gone, written)


def _dangling(subject: Subject, path: str, line: int, gone: str, written: str) -> Statement:
    became, commit = subject.became(gone)
    return Statement(path, line, "dangling", "update", f"names {gone}, {became} by {commit}", commit, written)


def _tells_of_today(name: Name) -> bool:
    return name.kind is Kind.DOCUMENT and not name.archived and not TELLS_OF_THE_PAST & set(name.words)
