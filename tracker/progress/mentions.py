"""Which session a commit message names.

A mention in running text is no claim: "upload to an S3 bucket" names no session. What counts is the configured pattern
at the start of the subject, alone in parentheses or brackets, or in a trailer. At the end of the subject it counts only
when the day of the commit is one of the session's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tracker.model import Commit, Session
from tracker.patterns import BoundedPattern

_GOES_ON = re.compile(r"[-./]\w")
"""What follows an id that is only a part of a longer name: `S3-compatible`."""
_ENCLOSED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_BETWEEN = re.compile(r"[,;/&+]|\band\b")
_TRAILER = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9-]*):[ \t]+(?P<value>\S.*)")
SessionPattern = re.Pattern[str] | BoundedPattern
"""A pattern with a group that captures the id of a session."""
_SESSION_KEYS = frozenset(["session", "sessions", "session-id", "agent-session", "claude-session"])


@dataclass(frozen=True, slots=True)
class SessionMention:
    """A session that a message names."""

    id: str
    """As written."""
    certain: bool
    """Whether it counts on any day; otherwise only on a day of the session."""


def mentions(pattern: SessionPattern, commit: Commit, trailer: str = "Session") -> Iterator[SessionMention]:
    """The sessions that a message names, in the order of how surely it does; `trailer` is a name of the plan."""
    subject = commit.subject.strip()
    start = pattern.match(subject, len(subject) - len(subject.lstrip("([ ")))
    if start and not _GOES_ON.match(subject, start.end()):
        yield SessionMention(_id(start), certain=True)
    for enclosed in _ENCLOSED.finditer(subject):
        parts = _BETWEEN.split(enclosed[1] or enclosed[2] or "")
        yield from (
            SessionMention(_id(found), certain=True) for part in parts if (found := pattern.fullmatch(part.strip()))
        )
    yield from _in_trailers(pattern, commit.body, _SESSION_KEYS | {trailer.lower()})
    end = subject.rstrip(".!")
    yield from (SessionMention(_id(found), certain=False) for found in pattern.finditer(end) if found.end() == len(end))


def _in_trailers(pattern: SessionPattern, body: str, keys: Collection[str]) -> Iterator[SessionMention]:
    for line in body.rstrip().rpartition("\n\n")[2].splitlines():
        trailer = _TRAILER.fullmatch(line)
        if not trailer or "://" in trailer["value"]:  # the address of a session elsewhere
            continue
        for part in _BETWEEN.split(trailer["value"]):
            value = part.strip().lstrip("#")
            if found := pattern.fullmatch(value):
                yield SessionMention(_id(found), certain=True)
            elif trailer["key"].lower() in keys and value:
                yield SessionMention(value, certain=True)


def _id(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group), found[0])


class SessionNames:
    """Finds a session by its id, with or without the S before it."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        known = list(sessions)
        self._by_name = {one.session.lower().removeprefix("s"): one for one in known}
        self._by_name |= {one.session.lower(): one for one in known}

    def find(self, name: str) -> Session | None:
        """The session of that id; None where there is none."""
        return self._by_name.get(name.lower()) or self._by_name.get(name.lower().removeprefix("s"))
