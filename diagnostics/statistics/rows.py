"""The rows and unit counts of a capture on the host, as they come together."""

import torch

from diagnostics.statistics import Row, merge


class Rows:
    """By key; what comes of one key again is merged with what was there."""

    def __init__(self, known: "Rows | None" = None) -> None:
        """With what is `known` already."""
        self.rows: dict[int, Row] = dict(known.rows) if known else {}
        self.active: dict[int, torch.Tensor] = dict(known.active) if known else {}

    def add(self, key: int, row: Row) -> None:
        """One more row."""
        known = self.rows.get(key)
        self.rows[key] = row if known is None else merge(known, row)

    def count(self, key: int, active: torch.Tensor | None) -> None:
        """The active elements of each unit, where they are followed, [units]."""
        if active is not None:
            first = self.active.setdefault(key, active)
            if first is not active and first.shape == active.shape:  # else other units: the first ones are followed
                self.active[key] = first + active
