"""Which commands a shell line runs, and whether the status of the line is that of its tests."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.sources.transcripts.runners import program_name, runs_runner

HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
REDIRECTED = re.compile(r"\d*[<>]&\d+-?|&>>?\s*|>&\s*")
UNKNOWN_FLOW = re.compile(r"[`(]|\b(?:if|for|while|until|trap)\s|(?:^|\s)!\s")
"""What makes the status of a line another one than that of its commands."""
ERREXIT = re.compile(r"\bset\s+(?:-\S+\s+)*-(?:\w*e\w*\b|o\s+errexit\b)")
HARMLESS = ("cd", "export", "set", "source", ".", "echo", "mkdir", "pushd", "unset", "printf", "true", ":")
"""Commands before the tests that hardly fail."""
OPERATORS = ("&&", "||", "|", "|&", ";", "&", "\n")
SHELLS = ("sh", "bash", "zsh", "dash")
MOST = 20_000
"""Characters of a line that is looked at."""


@dataclass(frozen=True, slots=True)
class Simple:
    """One command of a line."""

    words: tuple[str, ...]
    before: str
    """The operator before it; empty at the start."""
    after: str


def runs_tests(line: str) -> bool:
    """Whether a line runs tests.

    >>> runs_tests("cd app && python -m pytest -q | tail"), runs_tests("pip install pytest")
    (True, False)
    """
    return any(map(_is_test, _commands(line)))


def status_of_tests(line: str, status: int | None) -> int | None:
    """Return the status of the tests that a line runs, as far as the status of the line shows it.

    >>> status_of_tests("pytest -q", 1), status_of_tests("pytest -q | tail -1", 0), status_of_tests("pytest; ls", 0)
    (1, None, None)
    """
    found = _commands(line)
    tests = [number for number, one in enumerate(found) if _is_test(one)]
    is_shown = all(_is_shown(found[number:], status, has_pipefail="pipefail" in line) for number in tests)
    is_shown &= not status or not any(_may_fail(found[:number], line) for number in tests)
    is_nested = any(_inner(one) is not None for one in found)
    return status if is_shown and not is_nested and not UNKNOWN_FLOW.search(_plain(line)) else None


def _is_shown(found: list[Simple], status: int | None, *, has_pipefail: bool) -> bool:
    """Whether the status of a line is that of its command at the start of `found`."""
    joined = {one.after for one in found[:-1]} | {found[-1].after} - {";", "\n", ""}
    allowed = {"&&"} if status == 0 else set()
    return found[0].before != "||" and joined <= allowed | ({"|", "|&"} if has_pipefail else set())


def _may_fail(found: list[Simple], line: str) -> bool:
    """Whether one of the commands before the tests may have ended the line."""
    ends = (one for one in found if one.after == "&&" or ERREXIT.search(line))
    return any(one.words and program_name(one.words[0]) not in HARMLESS for one in ends)


def _is_test(command: Simple) -> bool:
    inner = _inner(command)
    return runs_tests(inner) if inner else runs_runner(command.words)


def _inner(command: Simple) -> str | None:
    """The line that a shell gets, as in `bash -lc 'pytest'`."""
    is_shell = len(command.words) == 3 and program_name(command.words[0]) in SHELLS
    return command.words[2] if is_shell and re.fullmatch("-[a-z]*c", command.words[1]) else None


def _plain(line: str) -> str:
    """A line without the texts that it hands to programs, and without redirections between streams."""
    return REDIRECTED.sub(" ", "\n".join(_without_texts(line[:MOST].split("\n")))).replace("\\\n", " ")


def _without_texts(lines: list[str]) -> Iterator[str]:
    """The lines outside of here-documents; `<<` without an end is an operator of another kind."""
    last = {line.strip(): number for number, line in enumerate(lines)}
    number = 0
    while number < len(lines):
        line, end = lines[number], number
        for found in list(HEREDOC.finditer(line)):
            if last.get(found[2], -1) > end:
                end = next(one for one in range(end + 1, len(lines)) if lines[one].strip() == found[2])
                line = line.replace(found[0], "", 1)
        yield line
        number = end + 1


def _commands(line: str) -> list[Simple]:
    """The commands of a line, or of the only shell in it; none where its quotes are not closed."""
    try:
        found = list(_split(_plain(line)))
    except ValueError:
        return []
    inner = _inner(found[0]) if len(found) == 1 else None
    return found if inner is None else _commands(inner)


def _split(line: str) -> Iterator[Simple]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    before = ""
    for token in lexer:
        operator = token.strip("()") if set(token) <= set("();|&\n") else None
        if operator is None:
            words.append(token)
        elif operator:
            operator = operator if operator in OPERATORS else operator[0]
            if words:
                yield Simple(tuple(words), before, operator)
            words, before = [], operator
    if words:
        yield Simple(tuple(words), before, "")
