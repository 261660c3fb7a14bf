"""`file: PATH`: it is tracked, and has what it must have."""

from __future__ import annotations

import re
from collections.abc import Callable

from tracker.model import FileEvidence, Verdict
from tracker.patterns import BoundedPattern, PatternTooSlow
from tracker.plural import counted
from tracker.progress.evidence.world import Found, World
from tracker.progress.symbols import line_of, may_define

EXCERPT = 8
"""The most lines of an excerpt."""
LEFT_OUT = "its content is not in this clone; a complete one decides"


def look_up(evidence: FileEvidence, world: World) -> Found:
    """Return met when the file is tracked and has the text, symbol or lines that it must have."""
    path = evidence.file
    last = world.facts.history.last_change.get(path)
    if path not in world.facts.tree.files:
        if last and last.status == "D":
            gone = f"commit {last.commit.hash[:7]} removed it on {last.commit.date.date()}"
            return Found(Verdict.UNMET, gone, path, commit=last.commit.hash, fresh=True)
        return Found(Verdict.MISSING, "git tracks no such file", path, fresh=True)

    content = world.contents.get(path)
    if content is None and evidence.contents:
        return Found(Verdict.MISSING, f"unknown: {LEFT_OUT}", path)
    content = content or b""
    text = content.decode("utf-8", "replace")

    def found(verdict: Verdict, said: str, line: int | None = None, count: int = EXCERPT) -> Found:
        when, commit = (last.commit.date.date(), last.commit.hash) if last else (None, None)
        session = world.attribution.session_of_commit.get(commit) if commit else None
        excerpt = "\n".join(text.splitlines()[line - 1 : line - 1 + min(count, EXCERPT)]) if line else None
        return Found(verdict, said, path, line, when, commit, fresh=True, session=session, excerpt=excerpt)

    line = None
    if evidence.contains is not None:
        try:
            match = BoundedPattern(evidence.contains, re.MULTILINE).search(text)
        except PatternTooSlow as error:
            return found(Verdict.MISSING, f"unknown: {error}")
        if match is None:
            return found(Verdict.UNMET, f"nothing in it matches {evidence.contains}")
        line = text.count("\n", 0, match.start()) + 1
    if evidence.symbol is not None:
        line = line_of(content, path, evidence.symbol)
        if line is None and may_define(content, path, evidence.symbol):
            return found(Verdict.MISSING, f"unknown: it has {evidence.symbol}, but the file cannot be parsed")
        if line is None:
            return found(Verdict.UNMET, f"it does not define {evidence.symbol}")
    if evidence.lines is not None:
        return _lines(evidence, text, world, found)
    return found(Verdict.MET, text.splitlines()[line - 1].strip() if line else "tracked", line)


def _lines(evidence: FileEvidence, text: str, world: World, found: Callable[..., Found]) -> Found:
    """Return whether those lines of that commit are still there, in one piece, anywhere in the file."""
    original = world.originals.get((evidence.at or "", evidence.file))
    if original is None and world.facts.repository.partial:
        return found(Verdict.MISSING, f"unknown: {LEFT_OUT}")
    if original is None:
        return found(Verdict.MISSING, f"git has no such file at {evidence.at}")
    first, _, last = (part.strip() for part in (evidence.lines or "").partition("-"))
    lines = original.decode("utf-8", "replace").splitlines()
    wanted = [line.rstrip() for line in lines[int(first) - 1 : int(last or first)]]
    if len(lines) < int(last or first):
        return found(Verdict.MISSING, f"the file has {counted(len(lines), 'line')} at {evidence.at}")
    now = [line.rstrip() for line in text.splitlines()]
    start = int(first) - 1
    if now[start : start + len(wanted)] != wanted:
        start = _place_of(wanted, now)
    if start < 0:
        return found(Verdict.UNMET, f"lines {evidence.lines} of {evidence.at} are not there as they were")
    moved = "where they were" if start == int(first) - 1 else f"now at line {start + 1}"
    return found(Verdict.MET, f"lines {evidence.lines} of {evidence.at} are there, {moved}", start + 1, len(wanted))


def _place_of(wanted: list[str], lines: list[str]) -> int:
    """Return the index of the first of these lines in a row; -1 where they are not there.

    >>> _place_of(["b", "c"], ["a", "b", "b", "c"])
    2
    """
    text = "".join(f"\n{line}" for line in lines) + "\n"  # no line has a line feed; searching a text takes linear time
    place = text.find("".join(f"\n{line}" for line in wanted) + "\n")
    return text.count("\n", 0, place) if place >= 0 else -1
