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
    if full not in world.facts.history.contained:
        return Found(Verdict.UNMET, "exists; the history of HEAD does not contain it", commit=full)
    age = world.facts.history.age.get(full)
    if age is None:  # it touches other folders of the repository than this workspace's
        return Found(Verdict.MET, "in the history of HEAD", commit=full)
    commit = world.facts.history.commits[age]
    session = world.attribution.session_of_commit.get(full)
    return Found(Verdict.MET, commit.subject, when=commit.date.date(), commit=full, session=session)
