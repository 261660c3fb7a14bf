"""`commit: HASH`: the commit, or the same change under another hash, is in the history of HEAD."""

from __future__ import annotations

from tracker.model import CommitEvidence, Verdict
from tracker.progress.evidence.world import Found, World
from tracker.sources.landings import LandingKind

CANNOT_TELL = (LandingKind.SHALLOW, LandingKind.PARTIAL, LandingKind.AMBIGUOUS, LandingKind.SUBMODULE)


def look_up(evidence: CommitEvidence, world: World) -> Found:
    """Return met when the commit landed, and missing where this clone cannot decide it."""
    landing = world.facts.landings[evidence.commit]
    own = landing.own.hash if landing.own else None
    if landing.landed is None:
        verdict = Verdict.MISSING if landing.kind in CANNOT_TELL else Verdict.UNMET
        return Found(verdict, landing.text, commit=own)
    landed = landing.landed
    text = landed.subject if landing.kind is LandingKind.LANDED else landing.text
    session = world.attribution.session_of_commit.get(landed.hash)
    return Found(Verdict.MET, text, when=landed.date.date(), commit=landed.hash, session=session)
