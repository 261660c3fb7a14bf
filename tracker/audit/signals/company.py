"""The signal `company`."""

from collections.abc import Iterator, Mapping

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

SAID = {
    "its folder": "the others in its folder look stale",
    "born with it": "the files created with it look stale",
    "last changed with it": "the files last changed with it look stale",
    "those that mention it": "the files that mention it look stale",
}


class Company(Signal):
    """The files around it look stale: of its folder, created or last changed with it, or those that mention it."""

    name = "company"

    def find(self, _subject: Subject) -> Iterator[Sign]:
        """Nothing yet: how stale the others look is known only when all signs are weighed (`told`)."""
        return iter(())

    @staticmethod
    def told(subject: Subject, path: str, adds: Mapping[str, float]) -> Iterator[Sign]:
        """What each kind of company `adds` to the odds of a file, where it does."""
        commits, life = subject.past.commits, subject.past.lives.get(path)
        by = (
            {"born with it": commits[life.born].hash[:9], "last changed with it": commits[life.changed].hash[:9]}
            if life
            else {}
        )
        for kind, more in adds.items():
            if more > 0:
                yield Sign(path, SAID[kind], by=by.get(kind), variant=kind)
