"""The signal `dangling`."""

from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Dangling(Signal):
    """A document that names paths which once existed and do not now."""

    name = "dangling"
    action = "update"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, lost in subject.lost.items():
            name = subject.names[path]
            if name.kind is not Kind.DOCUMENT or name.stem.lower() in ("changelog", "changes", "history", "news"):
                continue
            share = len(lost) / (len(lost) + len(subject.mentions.get(path, ())))
            became, commit = subject.became(lost[0])
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            yield Sign(path, f"names {lost[0]}, {became} by {commit}{more}", share, by=lost[0])
