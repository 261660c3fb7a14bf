"""The signal `unreferenced`."""

from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

USES = (Kind.CODE, Kind.SCRIPT, Kind.CONFIG, Kind.ASSET)


class Unreferenced(Signal):
    """Nothing in the tree mentions it: no path, name, import, workflow or page. Conventional files are left out."""

    name = "unreferenced"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            if name.conventional:
                continue
            by = subject.mentioned.get(path, [])
            if not by:
                yield Sign(path, "nothing mentions it", variant=str(name.kind))
            elif name.kind in USES and not any(subject.names[mention.by].kind in USES for mention in by):
                which = "tests" if all(subject.names[mention.by].kind is Kind.TEST for mention in by) else "documents"
                yield Sign(path, f"only {which} mention it", 0.7, by=by[0].by, variant=str(name.kind))
