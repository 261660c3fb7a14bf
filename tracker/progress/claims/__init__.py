"""Claims: what sessions say happened to commits and files, compared with git."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from tracker.model import NamedCommit, Problem, Session
from tracker.progress.attribution import CommitAttribution, MentionedSessions, attribute
from tracker.progress.claims.candidates import Candidates
from tracker.progress.claims.claim import Claim, ClaimVerdict, Detail, Judgement
from tracker.progress.claims.commits import CommitClaims
from tracker.progress.claims.files import FileClaims
from tracker.progress.claims.paths import Paths
from tracker.sources.facts import Facts
from tracker.sources.reading import Path as FieldPath
from tracker.sources.sessions import SessionFile

__all__ = ["Claim", "ClaimVerdict", "Detail", "claim_problem", "judge"]


def judge(
    facts: Facts, attribution: CommitAttribution | None = None, only: Collection[str] | None = None
) -> dict[str, list[Claim]]:
    """Every claim of every session, or of some, by session id, in the order of the session file."""
    attribution = attribution or attribute(facts)
    sessions = [one.session for one in facts.sessions]
    files = FileClaims(facts, attribution, Paths(facts).resolve(path for one in sessions for path in _paths(one)))
    named = MentionedSessions(facts.plan, sessions)
    candidates = Candidates(facts, attribution)

    def proposal(session: Session, entry: NamedCommit) -> str:
        found = candidates.propose(session, entry)
        return f"; `tracker check --fix` proposes {found[0]}" if found else ""

    commits = CommitClaims(facts.landings, attribution, named, proposal)
    wanted = (one for one in sessions if only is None or one.session in only)
    return {one.session: list(_claims(one, commits, files)) for one in wanted}


def claim_problem(claim: Claim, sessions: Iterable[SessionFile]) -> Problem:
    """A claim as a problem of the session file that makes it."""
    one = next(one for one in sessions if one.session.session == claim.session)
    message = f"session {claim.session} says {claim.kind} {claim.subject}; {claim.verdict}: {claim.reason}"
    return one.source.problem(claim.field, message)


def _claims(session: Session, commits: CommitClaims, files: FileClaims) -> Iterator[Claim]:
    for i, named in enumerate(session.commits):
        yield _claim(session, "commit", named.commit, commits.judge(session, named), ("commits", i))
    for kind, judge_file in (("created", files.created), ("modified", files.modified), ("removed", files.removed)):
        for i, file in enumerate(getattr(session.files, kind)):
            yield _claim(session, kind, file.path, judge_file(session, file.path), ("files", kind, i))
    for i, moved in enumerate(session.files.renamed):
        found = files.renamed(session, moved.from_, moved.to)
        yield _claim(session, "renamed", f"{moved.from_} → {moved.to}", found, ("files", "renamed", i))


def _claim(session: Session, kind: str, subject: str, found: Judgement, field: FieldPath) -> Claim:
    if session.log is not None and (found.verdict, found.detail) == (ClaimVerdict.REFUTED, Detail.NOT_FOUND):
        # An imported log does not say that a file was committed, and may have been written about another clone.
        found = replace(found, verdict=ClaimVerdict.UNKNOWN, reason=f"{found.reason}; the session is an imported log")
    return Claim(session.session, kind, subject, found.verdict, found.detail, found.reason, field, found.commit)


def _paths(session: Session) -> Iterator[str]:
    files = session.files
    yield from (one.path for one in (*files.created, *files.modified, *files.removed))
    yield from (path for one in files.renamed for path in (one.from_, one.to))
