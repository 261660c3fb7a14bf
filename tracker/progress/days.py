"""Days between a session and a commit, compared as moments."""

from __future__ import annotations

from datetime import UTC, datetime
from datetime import date as Date

from tracker.model import Commit, Session

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def days_outside(moment: datetime, session: Session) -> int:
    """Days from the nearest day of a session to a moment: negative before it, positive after it, 0 within.

    The day of a moment depends on the zone: of its own and UTC the one that is nearer to the session counts.
    """
    first, last = session.date, session.until or session.date
    days = (_outside(day, first, last) for day in (moment.date(), moment.astimezone(UTC).date()))
    return min(days, key=abs)


def commit_days_outside(commit: Commit, session: Session) -> int:
    """As `days_outside`, for the moment a commit was written or, when that is nearer, committed."""
    moments = (commit.date, commit.committed or commit.date)
    return min((days_outside(moment, session) for moment in moments), key=abs)


def _outside(day: Date, first: Date, last: Date) -> int:
    if day < first:
        return (day - first).days
    return max((day - last).days, 0)


def apart(days: int, session: Session) -> str:
    """The distance in words.

    >>> from datetime import date
    >>> apart(5, Session(session="7", date=date(2026, 2, 15), focus="f"))
    'five days after session 7'
    """
    count = abs(days)
    word = _WORDS[count] if count < len(_WORDS) else f"{count:,}"
    return f"{word} day{'' if count == 1 else 's'} {'before' if days < 0 else 'after'} session {session.session}"
