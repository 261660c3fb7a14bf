"""The signal `one-off`."""

from collections.abc import Iterator

from tracker.audit.names import Kind, words_in
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

VERBS = frozenset(
    words_in(
        "add analyse analyze apply audit backfill benchmark check clean cleanup compare convert create debug "
        "demo diagnose dump example experiment export final find fix generate hotfix import inspect "
        "investigate list manual migrate new old patch poc populate quick remove rename repair replace reset "
        "restore run sample scratch seed show simple temp test tmp try update validate verify"
    )
)


class OneOff(Signal):
    """A script that was written once, never touched again, and is mentioned nowhere."""

    name = "one-off"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, life in subject.past.lives.items():
            name = subject.names[path]
            if name.kind not in (Kind.SCRIPT, Kind.TEST) or name.conventional:
                continue
            once = life.commits <= life.names
            named = bool(set(name.words[:1]) & VERBS)
            alone = not any(
                subject.names[mention.by].kind is not Kind.DOCUMENT for mention in subject.mentioned.get(path, ())
            )
            variant = str(name.kind)
            if once and alone and named:
                yield Sign(path, "written once, never changed, used by nothing", variant=variant)
            elif once and alone:
                yield Sign(path, "written once, never changed, used by nothing", 0.6, variant=variant)
            elif named and alone:
                yield Sign(path, "named like a script for one occasion, used by nothing", 0.5, variant=variant)
