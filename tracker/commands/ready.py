"""`tracker ready`: the readiness of one phase."""

from __future__ import annotations

from tracker.cache import Cache
from tracker.errors import TrackerError
from tracker.progress.progress import Progress
from tracker.progress.readiness import Readiness, assess
from tracker.sources.chapters import find_phase
from tracker.sources.reading import nearest


def assess_phase(progress: Progress, cache: Cache, phase: str) -> Readiness:
    """The readiness of the phase with this id, or that a text such as `phase 8 of chapter 14` names.

    Raises TrackerError for an unknown one.
    """
    found = find_phase(progress.plan.phases, phase)
    if found is None:
        phases = [one.id for one in progress.plan.phases]
        raise TrackerError(f"no phase has the id {phase!r}{nearest(phase, phases) or _list(phases)}")
    return assess(progress, [found], cache)[found]


def _list(phases: list[str]) -> str:
    return f"; the phases are: {', '.join(phases)}" if phases else "; tracker.yml has no phases yet"
