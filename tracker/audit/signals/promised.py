"""The signal `promised`."""

from collections import defaultdict
from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Promised(Signal):
    """A document lists it for removal, and it is still there."""

    name = "promised"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, name in subject.names.items():
            if name.kind is Kind.DOCUMENT and path not in subject.inventories:
                for target, sure in subject.targets(path, subject.text(path).doomed).items():
                    if sure:
                        found[target].append(path)
        for path, by in found.items():
            yield Sign(path, f"{by[0]} speaks of its removal", by=by[0])
