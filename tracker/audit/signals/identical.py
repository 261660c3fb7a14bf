"""The signal `identical`."""

from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

SMALLEST = 256
"""Bytes; smaller contents are the same by chance."""


class Identical(Signal):
    """The same content lies elsewhere. Tests, fixtures and tiny files are left out."""

    name = "identical"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for paths in subject.shared:
            text = subject.text(paths[0])
            if text.size < SMALLEST and not text.binary:
                continue
            if all(subject.names[path].kind is Kind.TEST for path in paths):
                continue
            best = max(
                paths,
                key=lambda path: (len(subject.mentioned.get(path, ())), not subject.names[path].archived, -len(path)),
            )
            for path in paths:
                if path != best:
                    yield Sign(path, f"the same content as {best}", by=best)
