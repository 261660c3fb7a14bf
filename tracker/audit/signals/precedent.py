"""The signal `precedent`."""

from collections import Counter
from collections.abc import Iterator

from tracker.audit.names import Name, name_of
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject
from tracker.plural import counted

PRIOR = 4
"""As many imagined files that were kept temper every share."""


class Precedent(Signal):
    """Most files like it, by folder, words or suffix, were removed here before."""

    name = "precedent"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        gone: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for path in subject.past.gone:
            if subject.past.current(path) not in subject.files:
                gone.update(_traits(name_of(path)))
        for name in subject.names.values():
            kept.update(_traits(name))
        for path, name in subject.names.items():
            shares = sorted(
                ((gone[trait] / (gone[trait] + kept[trait] + PRIOR), trait) for trait in _traits(name)), reverse=True
            )
            share = sum(share for share, _ in shares[:3]) / 3
            if share > 0:
                trait = shares[0][1]
                were = "was" if gone[trait] == 1 else "were"
                detail = f"{counted(gone[trait], 'file')} like it ({trait}) {were} removed before"
                yield Sign(path, detail, share, by=trait)


def _traits(name: Name) -> list[str]:
    words = {f"word {word}" for word in name.words if len(word) > 2 and not word.isdigit()}
    return [
        *words,
        f"in {name.folder or 'the root'}",
        f".{name.suffix} in {name.folders[0] if name.folders else 'the root'}",
    ]
