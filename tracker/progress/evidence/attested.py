"""`attested: {by: …, session: …}`: the word of a person, shown as such."""

from __future__ import annotations

from tracker.model import AttestedEvidence, Verdict
from tracker.progress.evidence.world import Found, World
from tracker.sources.reading import nearest


def look_up(evidence: AttestedEvidence, world: World) -> Found:
    """Return attested, dated by the last commit of its session; missing where there is no such session."""
    attestation = evidence.attested
    text = f"{attestation.by}: {attestation.note}" if attestation.note else evidence.subject
    if attestation.session is None:
        return Found(Verdict.ATTESTED, text)
    sessions = {one.session.session: one for one in world.facts.sessions}
    session = sessions.get(attestation.session)
    if session is None:
        return Found(Verdict.MISSING, f"no session {attestation.session!r}{nearest(attestation.session, sessions)}")
    commits = world.attribution.commits.get(attestation.session, [])
    return Found(
        Verdict.ATTESTED,
        text,
        where=session.file,
        when=session.session.date,
        commit=commits[-1][0].hash if commits else None,
        session=attestation.session,
    )
