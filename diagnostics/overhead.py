"""What watching costs a run, measured against the run's own steps that are not captured."""

import statistics
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter

KEPT = 256  # durations of each kind: the newest
ENOUGH = 8  # of each kind, from which they are compared


@dataclass(slots=True)
class StepTimes:
    """Durations of steps, captured ones and others. Where there are enough of both, a capture costs the difference of
    their medians, which also holds the costs of Python, autograd and the processor's caches. Reading captures and
    writing the file come on top: they fall on few steps, so a median misses them. Otherwise only the time inside the
    observer is known."""

    captured: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    other: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    reading: float = 0.0  # seconds
    _last: float | None = None
    _pause: float = 0.0  # seconds of this step that were spent on reading

    def step(self, captured: bool) -> float:
        """A step has ended now, which is returned (seconds, by `time.perf_counter`)."""
        now = perf_counter()
        if self._last is not None:
            (self.captured if captured else self.other).append(now - self._last - self._pause)
        self._last, self._pause = now, 0.0
        return now

    def read(self, begun: float) -> None:
        """Captures were read, or the file was written, since `begun`."""
        seconds = perf_counter() - begun
        self.reading += seconds
        self._pause += seconds

    def share(self, captures: int, inside: float, wall: float) -> float:
        """The share of `wall` seconds (0 to 1) that so many captures have cost, `inside` of them in the observer."""
        if wall <= 0:
            return 0.0
        cost = inside
        if len(self.captured) >= ENOUGH and len(self.other) >= ENOUGH:
            each = max(0.0, statistics.median(self.captured) - statistics.median(self.other))
            cost = each * captures + self.reading
        return min(1.0, cost / wall)
