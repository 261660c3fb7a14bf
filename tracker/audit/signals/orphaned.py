"""The signal `orphaned`."""

from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Orphaned(Signal):
    """What it belonged to is gone: it tests or uses files that are no longer there."""

    name = "orphaned"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, lost in subject.lost.items():
            name = subject.names[path]
            if name.kind in (Kind.TEST, Kind.SCRIPT, Kind.CODE):
                share = len(lost) / (len(lost) + len(subject.mentions.get(path, ())))
                yield Sign(path, f"uses {lost[0]}, which is gone", share, by=lost[0], variant=str(name.kind))
