"""Whether the files and symbols that a text is about changed after the session that states it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tracker.progress.freshness import Moment, Unit, changed_since, present
from tracker.progress.progress import Progress
from tracker.sources.sessions import SessionFile

_WORD = re.compile(r"[\w./@+-]*\w(?:::[\w.]+)?")
_SYMBOL = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?`")


def changes_since(progress: Progress, texts: Sequence[tuple[SessionFile, str]]) -> list[list[str]]:
    """Return for each text of a session the files and symbols in it that changed after the session, sorted.

    A file counts as `path`, a symbol as `path::symbol`. A text that names one file and symbols in it is about these
    symbols. Two git processes for any number of texts.
    """
    names = _NamedUnits(progress)
    subjects = [names.units(text) for _, text in texts]
    asked = {unit for units in subjects for unit in units}
    if not asked:
        return [[] for _ in texts]
    now = present(progress.facts, asked)
    kept = [_narrowed(units, now) for units in subjects]
    ends = _Ends(progress)
    moments = [Moment(tuple(map(str, units)), ends.commit(file)) for (file, _), units in zip(texts, kept, strict=True)]
    units = {str(unit): [unit] for unit in asked}
    found = changed_since(progress.facts, moments, units, now)
    return [sorted(map(str, changed)) if moment.at else [] for moment, changed in zip(moments, found, strict=True)]


def _narrowed(units: Iterable[Unit], now: Mapping[str, str | None]) -> list[Unit]:
    """The symbols that exist, or the files where none does."""
    symbols = [unit for unit in units if unit.symbol and now[str(unit)] is not None]
    covered = {unit.path for unit in symbols}
    return symbols + [unit for unit in units if not unit.symbol and unit.path not in covered]


class _NamedUnits:
    """Finds the units that a text names."""

    def __init__(self, progress: Progress) -> None:
        facts = progress.facts
        self._paths = {*facts.tree.files, *facts.history.changes}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in facts.tree.files:
            self._by_name[path.rsplit("/", 1)[-1]].append(path)

    def units(self, text: str) -> list[Unit]:
        """The files that a text names by their path or an unambiguous name, and the symbols it names beside one."""
        found: dict[Unit, None] = {}
        for word in _WORD.findall(text):
            name, _, symbol = word.partition("::")
            if path := self._path(name):
                found[Unit(path, symbol or None)] = None
                found.setdefault(Unit(path))
        paths = {unit.path for unit in found}
        if len(paths) == 1:
            path = next(iter(paths))
            found.update(dict.fromkeys(Unit(path, one) for one in _SYMBOL.findall(text) if not self._path(one)))
        return list(found)

    def _path(self, name: str) -> str | None:
        name = name.removeprefix("./")
        if name in self._paths:
            return name
        same = self._by_name.get(name, ()) if "." in name else ()
        return same[0] if len(same) == 1 else None


class _Ends:
    """Finds the last commit of a session."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._found: dict[str, str | None] = {}

    def commit(self, file: SessionFile) -> str | None:
        """The newest commit that the session made, or of its last day or before; None if it is older than all."""
        name = file.session.session
        if name not in self._found:
            self._found[name] = self._last(file)
        return self._found[name]

    def _last(self, file: SessionFile) -> str | None:
        history = self._progress.facts.history
        own = self._progress.attribution.commits.get(file.session.session, ())
        day = file.session.until or file.session.date
        known = [commit.hash for commit, _ in own if commit.hash in history.age]
        known += [commit.hash for commit in history.commits if commit.date.date() <= day][:1]
        return min(known, key=history.age.__getitem__, default=None)
