"""The signal `archive`."""

from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Archive(Signal):
    """It lies in a folder of backups, old copies or things no longer used."""

    name = "archive"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            if folder := name.archived:
                yield Sign(path, f"in {folder}/, a folder of things no longer used", by=folder)
