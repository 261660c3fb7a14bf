"""The signal `finished`."""

from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Finished(Signal):
    """A document that says of itself that its work is done."""

    name = "finished"
    action = "archive"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            if name.kind is Kind.DOCUMENT and (line := subject.text(path).done):
                yield Sign(path, f"says: {line}")
