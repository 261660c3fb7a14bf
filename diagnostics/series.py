"""Series of bounded length: a run of any number of steps keeps an evenly spaced selection of its rows."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from diagnostics.result import Series, number

Row = TypeVar("Row")


class Thinned(Generic[Row]):
    """Rows of which at most `bound` are kept: every `stride`-th and the newest.

    >>> rows = Thinned(bound=4)
    >>> for step in range(100):
    ...     rows.append(step)
    >>> rows.kept()
    [0, 64, 99]
    """

    def __init__(self, bound: int) -> None:
        if bound < 3:
            raise ValueError(f"bound must be at least 3, not {bound}")
        self._bound = bound
        self._rows: list[Row] = []
        self.newest: Row | None = None
        self._stride = 1
        self._seen = 0

    def append(self, row: Row) -> None:
        """Add a row."""
        self.newest = row
        if self._seen % self._stride == 0:
            if len(self._rows) == self._bound - 1:
                del self._rows[1::2]
                self._stride *= 2
            if self._seen % self._stride == 0:
                self._rows.append(row)
        self._seen += 1

    def kept(self, most: int | None = None) -> list[Row]:
        """The rows that are kept, at most `most`."""
        rows = list(self._rows)
        if self.newest is not None and (self._seen - 1) % self._stride:
            rows.append(self.newest)
        if most is not None and len(rows) > most:
            rows = [rows[round(index * (len(rows) - 1) / (most - 1))] for index in range(most)]
        return rows


def columns(rows: Iterable[Mapping[str, float | None]]) -> dict[str, Series]:
    """Rows as columns; null where a row lacks a key. A column without a single number is left out.

    >>> columns([{"step": 0, "lr": None}, {"step": 1, "loss": 0.5}])
    {'step': [0, 1], 'loss': [None, 0.5]}
    """
    known = [dict(row) for row in rows]
    names = dict.fromkeys(name for row in known for name, value in row.items() if value is not None)
    return {name: [number(row.get(name)) for row in known] for name in names}
