"""The file of a changelog: only what is between the marks is replaced."""

from __future__ import annotations

import re
from pathlib import Path

from tracker.errors import TrackerError
from tracker.files import read_file, write_file

FILE = "CHANGELOG.md"
BEGIN = "<!-- tracker changelog begins -->"
END = "<!-- tracker changelog ends -->"
HEAD = "# Changelog\n\nThe format follows [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MARKS = {
    BEGIN: re.compile(r"<!-- tracker changelog begins\b[^<>]*-->"),  # also the longer one of earlier versions
    END: re.compile(re.escape(END)),
}
_BLANK = "\ufeff\r\n\t "
_FENCE = re.compile(r" {0,3}(```|~~~)")
_NUMBER = r"\W*(?:version\s+)?(?:v?\d+\.\d+|\d{4}-\d{2}-\d{2}|unreleased\b)"
_RELEASE = re.compile(rf" {{0,3}}#{{1,3}}[ \t]+{_NUMBER}", re.IGNORECASE)
_UNDERLINED = re.compile(_NUMBER, re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,})\s*")


def write_changelog(root: Path, made: str, name: str = FILE) -> Path:
    """Write the changelog into a file of a workspace; return its path. Text outside the marks stays unchanged.

    Raises TrackerError if the file is not UTF-8, or has one mark without the other.
    """
    path = root / name
    try:
        old = read_file(path, within=root).decode() if path.exists() else ""
    except UnicodeDecodeError:
        raise TrackerError(f"{name}: not UTF-8; save it as UTF-8 and run the command again") from None
    write_file(path, merged(old, made, name).encode(), within=root)
    return path


def merged(old: str, made: str, name: str = FILE) -> str:
    """Return the text of the file with the changelog between its marks, in the line endings that the file has.

    A file without marks gets them before its first release, else at its end. Raises TrackerError if one mark is there
    without the other, or twice.
    """
    lines = _LINE.findall(old)
    found = re.search(r"\r\n|\n|\r", old)
    newline = found[0] if found else "\n"
    if any(mark.fullmatch(line.strip()) for line in made.splitlines() for mark in _MARKS.values()):
        raise TrackerError(f"{name}: the template of the changelog writes a line that is a mark of the changelog")
    block = f"{BEGIN}\n\n{made.strip()}\n\n{END}".replace("\n", newline)
    if marks := _marked(lines, name):
        before, after = _around(lines[marks[0]])[0], _around(lines[marks[1]])[1]
        return "".join(lines[: marks[0]]) + before + block + after + "".join(lines[marks[1] + 1 :])
    if not old.strip(_BLANK):
        return HEAD.replace("\n", newline) + block + newline
    place = _first_release(lines)
    if place is not None:
        return "".join(lines[:place]) + block + 2 * newline + "".join(lines[place:])
    return old + newline * (1 if old.endswith(("\n", "\r")) else 2) + block + newline


def _marked(lines: list[str], name: str) -> tuple[int, int] | None:
    """Return the lines of the two marks; None where there is none."""
    found = {
        mark: [number for number, line in enumerate(lines) if pattern.fullmatch(line.strip(_BLANK))]
        for mark, pattern in _MARKS.items()
    }
    begin, end = found.values()
    if not begin and not end:
        return None
    if not begin or not end or (len(begin) == len(end) == 1 and end < begin):
        raise TrackerError(f"{name}: one of the two marks of the changelog is missing; restore it or remove the other")
    if len(begin) > 1 or len(end) > 1:
        twice = begin if len(begin) > 1 else end
        raise TrackerError(f"{name}: lines {twice[0] + 1} and {twice[1] + 1} are the same mark; remove one of them")
    return begin[0], end[0]


def _around(line: str) -> tuple[str, str]:
    """What stands on the line of a mark before and after it: blanks, a byte order mark, the line end."""
    return line[: line.index("<!--")], line[line.rindex("-->") + 3 :]


def _first_release(lines: list[str]) -> int | None:
    """Return the line of the first heading of a release, outside of code and comments."""
    fence, is_comment = "", False
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        is_comment = is_comment or line.lstrip().startswith("<!--")
        if is_comment:
            is_comment = "-->" not in line
        elif fence:
            fence = "" if line.strip().startswith(fence) else fence
        elif match := _FENCE.match(line):
            fence = match[1]
        elif _RELEASE.match(line) or (_UNDERLINED.match(line) and _UNDERLINE.fullmatch(following)):
            return number
    return None
