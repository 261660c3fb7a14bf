"""The signal `unticked`."""

from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Unticked(Signal):
    """A check list left open."""

    name = "unticked"
    action = "update"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path in subject.files:
            text = subject.text(path)
            if text.open_boxes:
                total = text.open_boxes + text.ticked_boxes
                yield Sign(path, f"{text.open_boxes} of {total} boxes are open", text.open_boxes / total)
