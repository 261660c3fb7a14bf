"""The signal `artifact`."""

from collections.abc import Iterator

from tracker.audit.names import ARTIFACT_FOLDERS, ARTIFACT_SUFFIXES, Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Artifact(Signal):
    """An output, log, database, checkpoint or cache that got tracked, or a tracked file that .gitignore excludes."""

    name = "artifact"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            folder = next((part for part in name.folders if part.lower() in ARTIFACT_FOLDERS), None)
            if path in subject.ignored:
                yield Sign(path, "tracked, though .gitignore excludes it", variant="ignored")
            if name.suffix in ARTIFACT_SUFFIXES:
                yield Sign(path, f"a .{name.suffix} file, which programs write", variant="suffix")
            if folder and name.kind not in (Kind.CODE, Kind.TEST):
                yield Sign(path, f"in {folder}/, where programs write", by=folder, variant="folder")
