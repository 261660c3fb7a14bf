"""`commit: HASH`: the commit exists and HEAD contains it."""

from __future__ import annotations

from tracker.model import Evidence, Verdict
from tracker.progress.evidence import Found, World


def look_up(evidence: Evidence, world: World) -> Found:
    """Met when HEAD contains the commit; missing where a shallow clone cannot tell."""
    hash = evidence.commit or ""
    full = world.facts.hashes.get(hash)
    if full is None:
        if world.facts.repository.shallow:
            return Found(Verdict.MISSING, "not in this shallow clone: its history was cut off")
        return Found(Verdict.UNMET, "git knows no such commit")
    if full not in world.in_head:
        return Found(Verdict.UNMET, "exists; the history of HEAD does not contain it", commit=full)
    commit = next(one for one in world.facts.history.commits if one.hash == full)
    session = world.ties.session_of_commit.get(full)
    return Found(Verdict.MET, commit.subject, when=commit.date.date(), commit=full, session=session)
