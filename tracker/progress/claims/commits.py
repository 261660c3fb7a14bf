"""Verdicts on commits that sessions name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracker.model import Commit, NamedCommit, Session
from tracker.progress.attribution import CommitAttribution, Listing, MentionedSessions, key
from tracker.progress.claims.claim import ClaimVerdict, Detail, Judgement, claimed_too
from tracker.progress.days import apart
from tracker.sources.landings import Landing, LandingKind

_WITHOUT_COMMIT = {
    LandingKind.ELSEWHERE: (ClaimVerdict.DISPUTED, Detail.ELSEWHERE),
    LandingKind.NOT_FOUND: (ClaimVerdict.REFUTED, Detail.NOT_FOUND),
    LandingKind.SHALLOW: (ClaimVerdict.UNKNOWN, Detail.SHALLOW),
    LandingKind.PARTIAL: (ClaimVerdict.UNKNOWN, Detail.PARTIAL),
    LandingKind.AMBIGUOUS: (ClaimVerdict.UNKNOWN, Detail.AMBIGUOUS),
    LandingKind.SUBMODULE: (ClaimVerdict.UNKNOWN, Detail.SUBMODULE),
}


Proposal = Callable[[Session, NamedCommit], str]
"""What may be meant by a commit that is not found, to stand behind the reason."""


class CommitClaims:
    """Judges each commit that a session names: where it landed, and whose it is."""

    def __init__(
        self,
        landings: Mapping[str, Landing],
        attribution: CommitAttribution,
        named: MentionedSessions,
        proposal: Proposal,
    ) -> None:
        self._landings = landings
        self._listings = attribution.listings
        self._named = named
        self._proposal = proposal

    def judge(self, session: Session, entry: NamedCommit) -> Judgement:
        """The verdict on one entry of the commits of a session."""
        landing = self._landings[entry.commit]
        known = landing.own.hash if landing.own else None
        if landing.kind in _WITHOUT_COMMIT:
            verdict, detail = _WITHOUT_COMMIT[landing.kind]
            more = self._proposal(session, entry) if landing.kind is LandingKind.NOT_FOUND else ""
            return Judgement(verdict, detail, landing.text + more, known)
        if landing.landed is None:  # of a submodule
            return Judgement(ClaimVerdict.CONFIRMED, Detail(landing.kind), landing.text)
        if credit := self._credit(session, entry, landing.landed):
            return Judgement(ClaimVerdict.CONFIRMED, Detail.DOCUMENTED, credit, landing.landed.hash)
        return self._owned(session, entry, landing, landing.landed)

    def _credit(self, session: Session, entry: NamedCommit, landed: Commit) -> str | None:
        """Why the commit is only documented here; None where the session says that it made it, and may have."""
        if entry.session and entry.session != session.session:
            return f"documented: of session {entry.session}"
        if entry.documents:
            return "documented"
        named = self._named.ids(landed)
        if named and session.session not in named:
            return f"documented: its message names session {named[0]}"
        return None

    def _owned(self, session: Session, entry: NamedCommit, landing: Landing, landed: Commit) -> Judgement:
        name = key(entry, landing)
        listings = self._listings.of(name)
        mine = next(one for one in listings if one.session.session == session.session)
        others = [one.session.session for one in listings if one is not mine]
        says_so = session.session in self._named.ids(landed)
        maker = session.session if says_so else self._listings.maker(name)
        if maker not in (None, session.session):
            reason = f"documented: session {maker} claims it"
            return Judgement(ClaimVerdict.CONFIRMED, Detail.DOCUMENTED, reason, landed.hash)
        if not (mine.in_time or says_so):
            return Judgement(ClaimVerdict.DISPUTED, Detail.WRONG_TIME, self._late(landing, landed, mine), landed.hash)
        merged = f"; merge {mine.merge.hash[:7]} brought it in" if mine.merge else ""
        text = landing.text + merged + claimed_too(others)
        return Judgement(ClaimVerdict.CONFIRMED, Detail(landing.kind), text, landed.hash)

    def _late(self, landing: Landing, landed: Commit, mine: Listing) -> str:
        commit = landing.own or landed
        return f"commit {commit.hash[:7]} is of {commit.date.date()}, {apart(mine.days, mine.session)}"
