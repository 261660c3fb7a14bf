"""`commit: HASH`: the commit exists and HEAD contains it."""

from __future__ import annotations

from tracker.model import CommitEvidence, Verdict
from tracker.progress.evidence.world import Found, World


def look_up(evidence: CommitEvidence, world: World) -> Found:
    """Return met when HEAD contains the commit, and missing where an incomplete clone cannot tell."""
    facts = world.facts
    full = facts.hashes.get(evidence.commit)
    if full is None:
        if facts.repository.shallow:
            return Found(Verdict.MISSING, "not in this shallow clone: its history was cut off")
        return Found(Verdict.UNMET, "git knows no such commit")
    if full not in facts.history.contained:
        if facts.repository.shallow:
            return Found(Verdict.MISSING, "exists; this shallow clone cannot tell whether it landed", commit=full)
        return Found(Verdict.UNMET, "exists; the history of HEAD does not contain it", commit=full)
    age = facts.history.age.get(full)
    if age is None:  # it touches other folders of the repository than this workspace's
        return Found(Verdict.MET, "in the history of HEAD", commit=full)
    commit = facts.history.commits[age]
    session = world.attribution.session_of_commit.get(full)
    return Found(Verdict.MET, commit.subject, when=commit.date.date(), commit=full, session=session)
