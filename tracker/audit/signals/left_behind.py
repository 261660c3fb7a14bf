"""The signal `left-behind`."""

from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class LeftBehind(Signal):
    """Most of the files that were created together with it are gone."""

    name = "left-behind"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        past = subject.past
        for path, life in past.lives.items():
            gone, alive = past.born_gone[life.born], past.born_alive[life.born]
            if gone:
                share = gone / (gone + alive + 2)
                commit = past.commits[life.born].hash[:9]
                yield Sign(path, f"{gone} of {gone + alive} files created by {commit} are gone", share, by=commit)
