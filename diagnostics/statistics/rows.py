"""The rows and unit counts of a capture on the host."""

from array import array
from collections.abc import Iterable, Mapping
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from diagnostics.statistics import Row, all_finite, merge

if TYPE_CHECKING:
    from diagnostics.statistics import Counts


class Found(NamedTuple):
    """What a capture measured."""

    rows: Mapping[int, Row]
    """By key."""
    active: "Mapping[int, Counts]"
    """By key, how many elements of each unit were active: float32, one behind the other."""
    finite: bool
    """Whether every number of every row was."""


def counts(active: Iterable[float]) -> "Counts":
    """As they are kept."""
    return array("f", active)


class Rows:
    """As they come together, by key; what comes of one key again is merged with what was there."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._active: dict[int, Counts] = {}

    def add(self, key: int, row: Row, active: "Counts | None" = None) -> None:
        """One more row and, where units are followed, the active elements of each."""
        known = self._rows.get(key)
        self._rows[key] = row if known is None else merge(known, row)
        if active is not None:
            first = self._active.setdefault(key, active)
            if first is not active and len(first) == len(active):  # else other units: the first ones are followed
                self._active[key] = counts(map(add, first, active))

    def merge(self, found: Found) -> None:
        """What another ledger measured."""
        for key, row in found.rows.items():
            self.add(key, row, found.active.get(key))

    def found(self) -> Found:
        """All of it."""
        return Found(dict(self._rows), dict(self._active), all_finite(self._rows))
