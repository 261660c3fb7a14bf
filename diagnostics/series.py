"""Columns of bounded length: a run of any number of steps keeps an evenly spaced selection of its rows."""

from collections.abc import Mapping

from diagnostics.result import Series, number


class Columns:
    """Rows in, columns out; at most `bound` rows are kept, every `stride`-th and the newest.

    >>> columns = Columns(bound=4)
    >>> for step in range(100):
    ...     columns.append({"step": step})
    >>> columns.export()
    {'step': [0, 32, 64, 99]}
    """

    def __init__(self, bound: int) -> None:
        if bound < 3:
            raise ValueError(f"bound must be at least 3, not {bound}")
        self._bound = bound
        self._rows: list[Mapping[str, float | None]] = []
        self._newest: Mapping[str, float | None] | None = None
        self._stride = 1
        self._seen = 0

    def __len__(self) -> int:
        return self._seen

    def append(self, row: Mapping[str, float | None]) -> None:
        """Add a row; a key that no earlier row had starts a column, null where it was missing."""
        self._newest = row
        if self._seen % self._stride == 0:
            if len(self._rows) == self._bound - 1:
                del self._rows[1::2]
                self._stride *= 2
            if self._seen % self._stride == 0:
                self._rows.append(row)
        self._seen += 1

    @property
    def newest(self) -> Mapping[str, float | None]:
        """The last row, empty when there is none."""
        return self._newest or {}

    def export(self, most: int | None = None) -> dict[str, Series]:
        """The columns as they are written, of at most `most` rows; one without a single number is left out."""
        self._rows = [row if isinstance(row, dict) else dict(row) for row in self._rows]  # computed once
        rows = list(self._rows)
        if self._newest is not None and (self._seen - 1) % self._stride:
            rows.append(dict(self._newest))
        if most is not None and len(rows) > most:
            rows = [rows[round(index * (len(rows) - 1) / (most - 1))] for index in range(most)]
        names = dict.fromkeys(name for row in rows for name, value in row.items() if value is not None)
        return {name: [number(row.get(name)) for row in rows] for name in names}
