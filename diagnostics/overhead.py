"""What watching costs a run, measured against the run's own steps that are not captured."""

import statistics
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, process_time

KEPT = 256  # durations of each kind: the newest
MOST_OUTSIDE = 2.0  # a capture costs at most so many times what it takes inside the observer
ENOUGH = 8  # of each kind, from which they are compared
TYPICAL = 0.95  # the share of the captured steps whose mean counts: without the slowest, but with the dearer quarter


@dataclass
class StepTimes:
    """Durations of steps: captured ones, the ones right behind these, which find colder caches, and others. Where there
    are enough of the first and the last, a captured step costs their mean less the median of the others, and one behind
    it their median less that: the costs of Python, autograd and the processor's caches are in it. Reading captures and
    writing the file come on top, since they fall on few steps. Otherwise only the time inside the observer is known.

    On the CPU the times are those of the process, which other programs on the machine disturb least; on an accelerator,
    wall-clock times."""

    device: str = "cpu"
    captured: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    behind: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    other: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    reading: float = 0.0  # seconds
    _last: float | None = None
    _pause: float = 0.0  # seconds of this step that were spent on reading
    _after_capture: bool = False
    _behind: int = 0  # steps right behind a captured one

    def __post_init__(self) -> None:
        self.now: Callable[[], float] = process_time if self.device == "cpu" else perf_counter
        self._begun = self.now()

    def begin(self) -> None:
        """Watching begins now."""
        self._begun = self.now()

    def step(self, captured: bool) -> None:
        """A step has ended now."""
        now = self.now()
        if self._last is not None:
            kind = self.captured if captured else self.behind if self._after_capture else self.other
            kind.append(now - self._last - self._pause)
        self._behind += self._after_capture and not captured
        self._last, self._pause, self._after_capture = now, 0.0, captured

    def read(self, begun: float) -> None:
        """Captures were read, or the file was written, since `begun`, by `now`."""
        seconds = self.now() - begun
        self.reading += seconds
        self._pause += seconds

    def share(self, captures: int, inside: float, wall: float) -> float:
        """The share of the time (0 to 1) that so many captures have cost. `inside`: of `wall` seconds, those in the
        observer, which count where there are too few steps to compare."""
        others = self.other if len(self.other) >= ENOUGH else self.behind
        if len(self.captured) >= ENOUGH and len(others) >= ENOUGH:
            usual = statistics.median(others)
            typical = sorted(self.captured)[: max(1, int(TYPICAL * len(self.captured)))]
            each = max(0.0, statistics.fmean(typical) - usual)
            colder = max(0.0, statistics.median(self.behind or others) - usual)
            if self.device == "cpu":  # what the training does in these steps alone, as a validation, must not count
                each = min(each, MOST_OUTSIDE * inside / max(1, captures))
                colder = min(colder, each)
            inside, wall = each * captures + colder * self._behind + self.reading, self.now() - self._begun
        return min(1.0, inside / wall) if wall > 0 else 0.0
