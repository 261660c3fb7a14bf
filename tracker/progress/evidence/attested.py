"""`attested: {by: …, session: …}`: someone's word, shown as such."""

from __future__ import annotations

from tracker.model import Evidence, Verdict
from tracker.progress.evidence import Found, World
from tracker.sources.reading import nearest


def look_up(evidence: Evidence, world: World) -> Found:
    """Attested, as of the last commit of the session that it names; missing where there is no such session."""
    attestation = evidence.attested
    assert attestation is not None
    text = f"{attestation.by}: {attestation.note}" if attestation.note else f"the word of {attestation.by}"
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
