"""The signal `notice`."""

from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Notice(Signal):
    """It says near its top that it is deprecated, moved, replaced or kept for history."""

    name = "notice"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path in subject.files:
            if line := subject.text(path).notice:
                yield Sign(path, f"says: {line}", variant=str(subject.names[path].kind))
