"""`tracker ready`: the readiness of one phase."""

from __future__ import annotations

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.progress.progress import Progress
from tracker.progress.readiness import Readiness, assess
from tracker.sources.reading import nearest


def assess_phase(progress: Progress, cache: Cache, phase: str) -> Readiness:
    """The readiness of the phase with this id. Raises TrackerError for an unknown id."""
    phases = [one.id for one in progress.plan.phases]
    if phase not in phases:
        raise TrackerError(f"no phase has the id {phase!r}{nearest(phase, phases) or _list(phases)}")
    return assess(progress, [phase], cache)[phase]


def _list(phases: list[str]) -> str:
    return f"; the phases are: {', '.join(phases)}" if phases else "; tracker.yml has no phases yet"
