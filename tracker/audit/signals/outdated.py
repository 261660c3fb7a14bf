"""The signal `outdated`."""

import math
from collections.abc import Iterator

from tracker.audit.names import Kind
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject


class Outdated(Signal):
    """A document describes code that changed often after the document's last change."""

    name = "outdated"
    action = "update"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        lives = subject.past.lives
        for path, name in subject.names.items():
            if name.kind is not Kind.DOCUMENT or path not in lives:
                continue
            code = [
                other
                for other in subject.mentions.get(path, ())
                if subject.names[other].kind in (Kind.CODE, Kind.SCRIPT)
            ]
            newer = [other for other in code if other in lives and lives[other].changed < lives[path].changed]
            if newer:
                strength = len(newer) / len(code) * min(1.0, math.log1p(lives[path].changed) / 7)
                latest = min(newer, key=lambda other: lives[other].changed)
                commit = subject.past.commits[lives[latest].changed].hash[:9]
                yield Sign(
                    path,
                    f"{len(newer)} of {len(code)} files it describes changed since, {latest} by {commit}",
                    strength,
                    commit,
                )
