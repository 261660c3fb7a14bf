"""The signal `empty`."""

from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Empty(Signal):
    """There is nothing in it."""

    name = "empty"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            text = subject.text(path)
            if text.size == 0 and not text.binary and not name.conventional and name.suffix != "typed":
                yield Sign(path, "empty")
