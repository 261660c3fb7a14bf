"""Which commit and which result belongs to which session, and how that is known."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from enum import StrEnum

from tracker.model import DEFAULT_MENTION, Commit, Result, Session
from tracker.patterns import BoundedPattern
from tracker.sources.facts import Facts


class AttributionSource(StrEnum):
    """How a tie is known, the surest first."""

    NAMED = "named"
    """The session lists it, or it names the session."""
    MENTIONED = "mentioned"
    """The commit's message mentions the session."""
    COMMIT = "commit"
    """The result was measured at a commit of the session."""
    DATE = "date"
    """It is of a day on which there was one session, and one alone."""


@dataclass(frozen=True)
class Attribution:
    """Commits and results by session, the oldest first, and the commits of none."""

    commits: Mapping[str, list[tuple[Commit, AttributionSource]]]
    results: Mapping[str, list[tuple[Result, AttributionSource]]]
    undocumented: list[Commit]
    """The newest first."""
    session_of_commit: Mapping[str, str]
    """Session id by full hash."""
    session_of_result: Mapping[str, str]
    """Session id by the result's path."""


def attribute(facts: Facts) -> Attribution:
    """Tie every commit and every result to the session that made it, where that is known.

    A day with several sessions ties nothing: a guess is no tie.
    """
    sessions = [one.session for one in facts.sessions]
    on_day = _by_day(sessions)
    listed = _listed(sessions, facts.hashes)
    mentioned = _mentions(facts.plan.mention, sessions)

    commits: dict[str, list[tuple[Commit, AttributionSource]]] = defaultdict(list)
    undocumented: list[Commit] = []
    session_of_commit: dict[str, str] = {}
    for commit in facts.history.commits:
        how = AttributionSource.NAMED
        session = listed.get(commit.hash)
        if session is None:
            how, session = AttributionSource.MENTIONED, mentioned(commit)
        if session is None:
            how, session = AttributionSource.DATE, on_day(commit.date.date())
        if session is None:
            undocumented.append(commit)
        else:
            commits[session].append((commit, how))
            session_of_commit[commit.hash] = session

    results: dict[str, list[tuple[Result, AttributionSource]]] = defaultdict(list)
    session_of_result: dict[str, str] = {}
    maker = _makers(sessions)
    for result in facts.results:
        session, how = maker(result), AttributionSource.NAMED
        if session is None and result.commit:
            full = facts.hashes.get(result.commit) or result.commit
            session, how = session_of_commit.get(full), AttributionSource.COMMIT
        if session is None and result.started:
            session, how = on_day(result.started.date()), AttributionSource.DATE
        if session is not None:
            results[session].append((result, how))
            session_of_result[result.path] = session

    for tied in commits.values():
        tied.reverse()
    return Attribution(commits, results, undocumented, session_of_commit, session_of_result)


LONGEST_SESSION = 366
"""Days of a session that can tie anything: a mistyped `until` must not take a place on every day of a century."""


def _by_day(sessions: Iterable[Session]) -> Callable[[Date], str | None]:
    days: dict[Date, set[str]] = defaultdict(set)
    for session in sessions:
        for day in range(min(((session.until or session.date) - session.date).days + 1, LONGEST_SESSION)):
            days[session.date + timedelta(days=day)].add(session.session)

    def on_day(day: Date) -> str | None:
        found = days.get(day, ())
        return next(iter(found)) if len(found) == 1 else None

    return on_day


def _listed(sessions: Iterable[Session], hashes: Mapping[str, str | None]) -> dict[str, str]:
    """Session id by full hash. Where several sessions list a commit, the one that made it is the first."""
    known = {session.session for session in sessions}
    listed: dict[str, str] = {}
    for session in sessions:
        for named in session.commits:
            full = hashes.get(named.commit)
            if full:
                maker = named.session if named.session in known else session.session
                listed.setdefault(full, maker or session.session)
    return listed


def _mentions(pattern: str, sessions: Iterable[Session]) -> Callable[[Commit], str | None]:
    """Finds the first known session that a message mentions, by its id with or without the S before it."""
    names = {session.session.lower().removeprefix("s"): session.session for session in sessions}
    names |= {session.session.lower(): session.session for session in sessions}
    mention = re.compile(pattern) if pattern == DEFAULT_MENTION else BoundedPattern(pattern)

    def mentioned(commit: Commit) -> str | None:
        for found in mention.finditer(f"{commit.subject}\n{commit.body}"):
            name = next((group for group in found.groups() if group), "").lower()
            if name in names:
                return names[name]
        return None

    return mentioned


def _makers(sessions: list[Session]) -> Callable[[Result], str | None]:
    """Finds the session that a result names, else the last one that names the result and is not younger than it."""
    ids = {session.session for session in sessions}
    naming: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        for name in session.runs:
            naming[name].append(session)

    def maker(result: Result) -> str | None:
        if result.session in ids:
            return result.session
        candidates = naming.get(result.name, [])
        if result.started:
            day = result.started.date()
            earlier = [session for session in candidates if session.date <= day]
            candidates = earlier or candidates[:1]
        return candidates[-1].session if candidates else None

    return maker
