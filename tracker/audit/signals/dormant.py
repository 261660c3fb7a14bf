"""The signal `dormant`."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject
from tracker.plural import counted


class Dormant(Signal):
    """It has not changed for long, by the pace of the whole tree. Never enough alone."""

    name = "dormant"
    action = None

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        lives = subject.past.lives
        ages = sorted(life.changed for life in lives.values())
        for path, life in lives.items():
            rank = (bisect_left(ages, life.changed) + bisect_right(ages, life.changed)) / 2 / len(ages)
            if rank > 0.5:
                days = round(subject.past.days(life.changed))
                yield Sign(
                    path, f"unchanged for {counted(days, 'day')} and {counted(life.changed, 'commit')}", 2 * rank - 1
                )
