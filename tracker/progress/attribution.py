"""Which commit and which result belongs to which session, and how that is known."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from tracker.model import DEFAULT_MENTION, Commit, MeasuredResult, NamedCommit, Plan, Session
from tracker.patterns import BoundedPattern
from tracker.progress.commit_graph import CommitGraph
from tracker.progress.days import commit_days_outside
from tracker.progress.mentions import SessionMention, SessionNames, mentions
from tracker.sources.facts import Facts
from tracker.sources.landings import Landing, LandingKind


class AttributionSource(StrEnum):
    """How it is known that something belongs to a session, the surest first."""

    NAMED = "named"
    """The session lists it, or it names the session."""
    MENTIONED = "mentioned"
    """The commit's message names the session."""
    COMMIT = "commit"
    """The result was measured at a commit of the session."""
    DATE = "date"
    """It is of a day with exactly one session."""
    DOCUMENTED = "documented"
    """The session lists it, but did not make it."""


@dataclass(frozen=True)
class CommitAttribution:
    """Commits and results by session, oldest first, and the commits of no session."""

    commits: Mapping[str, list[tuple[Commit, AttributionSource]]]
    results: Mapping[str, list[tuple[MeasuredResult, AttributionSource]]]
    undocumented: list[Commit]
    """Newest first."""
    session_of_commit: Mapping[str, str]
    """Session id by full hash."""
    session_of_result: Mapping[str, str]
    """Session id by the path of the result."""
    own: Mapping[str, frozenset[str]]
    """By session id, the full hashes of the commits that it made: listed within its days, or named by the message."""
    listings: Listings


def attribute(facts: Facts) -> CommitAttribution:
    """Attribute every commit and every result to the session that made it, where that is known.

    A day with several sessions attributes nothing.
    """
    sessions = [one.session for one in facts.sessions]
    listings = Listings(sessions, facts)
    named = MentionedSessions(facts.plan, sessions)
    on_day = _by_day(sessions)

    commits: dict[str, list[tuple[Commit, AttributionSource]]] = defaultdict(list)
    undocumented: list[Commit] = []
    session_of_commit: dict[str, str] = {}
    own: dict[str, set[str]] = defaultdict(set)
    for commit in facts.history.commits:
        session, how = _session_of(commit, listings, named, on_day)
        if session is None:
            undocumented.append(commit)
            continue
        commits[session].append((commit, how))
        session_of_commit[commit.hash] = session
        if how in (AttributionSource.NAMED, AttributionSource.MENTIONED):
            own[session].add(commit.hash)
    for listed in commits.values():
        listed.reverse()
    for session, hashes in listings.landed_as.items():
        own[session] |= hashes

    results, session_of_result = _results(facts, sessions, session_of_commit, on_day)
    frozen = {session: frozenset(hashes) for session, hashes in own.items()}
    return CommitAttribution(commits, results, undocumented, session_of_commit, session_of_result, frozen, listings)


def _session_of(
    commit: Commit, listings: Listings, named: MentionedSessions, on_day: Callable[[Date], str | None]
) -> tuple[str | None, AttributionSource]:
    if session := listings.credited.get(commit.hash):
        return session, AttributionSource.NAMED
    if session := named.certain(commit):
        return session, AttributionSource.MENTIONED
    if session := listings.maker(commit.hash):
        return session, AttributionSource.NAMED
    if session := named.on_its_day(commit):
        return session, AttributionSource.MENTIONED
    if session := on_day(commit.date.date()):
        return session, AttributionSource.DATE
    return listings.documented.get(commit.hash), AttributionSource.DOCUMENTED


@dataclass(frozen=True, slots=True)
class Listing:
    """A session that lists a commit as its own."""

    session: Session
    days: int
    """Days between the commit and the session; see `days_outside`."""
    in_time: bool
    merge: Commit | None = None
    """The merge by which the session brought in a commit that is older than itself."""


class Listings:
    """Which sessions list which commit."""

    def __init__(self, sessions: list[Session], facts: Facts) -> None:
        names = SessionNames(sessions)
        landings, tolerance = facts.landings, facts.plan.claims.tolerance_days
        merges = _Merges(facts)
        self._own: dict[str, list[Listing]] = defaultdict(list)
        self.credited: dict[str, str] = {}
        """By full hash, the session that another one says made it."""
        self.documented: dict[str, str] = {}
        """By full hash, the first session that lists it at all."""
        self.landed_as: dict[str, set[str]] = defaultdict(set)
        """By session id, the commits as which its own ones landed."""
        self.hashes: dict[str, set[str]] = defaultdict(set)
        """By session id, the full hashes of the commits that it lists, or that those landed as."""
        for session in sessions:
            for named in session.commits:
                landing = landings[named.commit]
                listing = _listing(session, landing, tolerance, merges)
                landed = landing.landed.hash if landing.landed else None
                if landed:
                    self.documented.setdefault(landed, session.session)
                    self.hashes[session.session].add(landed)
                if other := _credit(session, named):
                    maker = names.find(other)
                    if landed and maker:
                        self.credited.setdefault(landed, maker.session)
                elif not named.documents:
                    self._own[key(named, landing)].append(listing)
                    if landing.kind is LandingKind.LANDED_AS and landed and listing.in_time:
                        self._own[landed].append(listing)
                        self.landed_as[session.session].add(landed)

    def of(self, key: str) -> list[Listing]:
        """The sessions that list a commit as their own, the nearest in time first, each once."""
        if key not in self._own:  # of most commits
            return []
        found: dict[str, Listing] = {}
        for one in sorted(self._own[key], key=lambda one: (not one.in_time, abs(one.days))):
            found.setdefault(one.session.session, one)
        return list(found.values())

    def maker(self, key: str) -> str | None:
        """The session that lists a commit as its own and is nearest to it in time; None where none is in time."""
        return next((one.session.session for one in self.of(key) if one.in_time), None)


def key(named: NamedCommit, landing: Landing) -> str:
    """What two entries for one commit have in common: its full hash, else the hash as written."""
    return landing.own.hash if landing.own else named.commit


def _credit(session: Session, named: NamedCommit) -> str | None:
    """The other session that an entry says made the commit."""
    return named.session if named.session and named.session != session.session else None


def _listing(session: Session, landing: Landing, tolerance: int, merges: _Merges) -> Listing:
    if landing.own:
        days = commit_days_outside(landing.own, session)
        if days < -tolerance and (merge := merges.of(session, landing.own)):
            return Listing(session, days, True, merge)
        return Listing(session, days, abs(days) <= tolerance)
    # the original is not in this clone: a squash may be made any time after the session
    days = commit_days_outside(landing.landed, session) if landing.landed else 0
    return Listing(session, days, days >= -tolerance)


class _Merges:
    """Finds the merge by which a session brought in an older commit: a branch is merged days after its work."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._brought_in: dict[str, set[str]] = {}

    def of(self, session: Session, commit: Commit) -> Commit | None:
        """A merge of a day of the session that made a commit part of the history."""
        on_days = (merge for day in _days(session) for merge in self._by_day.get(day, ()))
        return next((merge for merge in on_days if commit.hash in self._by(merge)), None)

    def _by(self, merge: Commit) -> set[str]:
        if merge.hash not in self._brought_in:
            self._brought_in[merge.hash] = self._graph.merged_by(merge.hash)
        return self._brought_in[merge.hash]

    @cached_property
    def _by_day(self) -> Mapping[Date, list[Commit]]:
        found: dict[Date, list[Commit]] = defaultdict(list)
        for commit in self._facts.history.commits:
            if len(commit.parents) > 1:
                found[(commit.committed or commit.date).date()].append(commit)
        return found

    @cached_property
    def _graph(self) -> CommitGraph:
        return CommitGraph.of(self._facts)


class MentionedSessions:
    """Finds the session that a commit message names."""

    def __init__(self, plan: Plan, sessions: Iterable[Session]) -> None:
        pattern = plan.mention
        self._pattern = re.compile(pattern) if pattern == DEFAULT_MENTION else BoundedPattern(pattern)
        self._trailer = plan.trailer
        self._names = SessionNames(sessions)

    def mentions(self, commit: Commit) -> Iterator[SessionMention]:
        """Every session that a message names, known or not."""
        pattern = self._pattern
        if isinstance(pattern, re.Pattern) and not commit.body and not pattern.search(commit.subject):
            return iter(())  # of most commits
        return mentions(pattern, commit, self._trailer)

    def certain(self, commit: Commit) -> str | None:
        """The first known session that a message names on any day."""
        sessions = (self._names.find(one.id) for one in self.mentions(commit) if one.certain)
        return next((session.session for session in sessions if session), None)

    def on_its_day(self, commit: Commit) -> str | None:
        """The first known session that a message names at a doubtful place, on a day of that session."""
        sessions = (self._names.find(one.id) for one in self.mentions(commit) if not one.certain)
        return next((one.session for one in sessions if one and not commit_days_outside(commit, one)), None)

    def ids(self, commit: Commit) -> list[str]:
        """Every session that a message names on any day: its id, or what is written where it is unknown."""
        certain = [one.id for one in self.mentions(commit) if one.certain]
        return [session.session if (session := self._names.find(name)) else name for name in certain]


LONGEST_SESSION = 366
"""Days of a session to which anything is attributed: a mistyped `until` must not claim every day of a century."""


def _days(session: Session) -> Iterator[Date]:
    count = ((session.until or session.date) - session.date).days + 1
    return (session.date + timedelta(days=day) for day in range(min(count, LONGEST_SESSION)))


def _by_day(sessions: Iterable[Session]) -> Callable[[Date], str | None]:
    days: dict[Date, set[str]] = defaultdict(set)
    for session in sessions:
        for day in _days(session):
            days[day].add(session.session)

    def on_day(day: Date) -> str | None:
        found = days.get(day, ())
        return next(iter(found)) if len(found) == 1 else None

    return on_day


# --- results --------------------------------------------------------------------------------------------------------


def _results(
    facts: Facts, sessions: list[Session], session_of_commit: Mapping[str, str], on_day: Callable[[Date], str | None]
) -> tuple[dict[str, list[tuple[MeasuredResult, AttributionSource]]], dict[str, str]]:
    results: dict[str, list[tuple[MeasuredResult, AttributionSource]]] = defaultdict(list)
    session_of_result: dict[str, str] = {}
    local_day = _local_days(facts.history.commits)
    maker = _makers(sessions, local_day)
    for result in facts.results:
        full = facts.hashes.get(result.commit) or result.commit if result.commit else None
        measured_at = session_of_commit.get(full) if full else None
        session, how = maker(result, measured_at), AttributionSource.NAMED
        if session is None:
            session, how = measured_at, AttributionSource.COMMIT
        if session is None and result.started:
            session, how = on_day(local_day(result)), AttributionSource.DATE
        if session is not None:
            results[session].append((result, how))
            session_of_result[result.path] = session
    return results, session_of_result


def _local_days(commits: Iterable[Commit]) -> Callable[[MeasuredResult], Date]:
    """The day on which a result was started where its people were.

    Runs are recorded in UTC and commits in the zone of their author: a run belongs to the zone of the commit that is
    nearest to it, when that is less than a day away.
    """
    moments = sorted((commit.date for commit in commits), key=lambda moment: moment.timestamp())
    stamps = [moment.timestamp() for moment in moments]

    def local_day(result: MeasuredResult) -> Date:
        assert result.started is not None
        started = result.started
        if started.utcoffset():
            return started.date()
        place = bisect_left(stamps, started.timestamp())
        near = moments[max(place - 1, 0) : place + 1]
        nearest = min(near, key=lambda moment: abs(moment - started), default=started)
        return started.astimezone(nearest.tzinfo).date() if abs(nearest - started) < timedelta(1) else started.date()

    return local_day


def _makers(
    sessions: list[Session], local_day: Callable[[MeasuredResult], Date]
) -> Callable[[MeasuredResult, str | None], str | None]:
    """Finds the session that a result names, else the last one that names the result and did not begin after it.

    Among several sessions of one day, it is the one that made the commit at which the result was measured.
    """
    ids = {session.session for session in sessions}
    naming: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        for name in session.runs:
            naming[name].append(session)

    def maker(result: MeasuredResult, measured_at: str | None) -> str | None:
        if result.session in ids:
            return result.session
        candidates = naming.get(result.name, [])
        if result.started:
            day = local_day(result)
            earlier = [session for session in candidates if session.date <= day]
            candidates = earlier or candidates[:1]
        of_that_day = [one.session for one in candidates if one.date == candidates[-1].date]
        if measured_at in of_that_day:
            return measured_at
        return of_that_day[-1] if of_that_day else None

    return maker
