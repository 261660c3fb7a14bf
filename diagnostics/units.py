"""Dead units: units that no sample of a whole window of captures activated.

On one batch 43% of a network's units looked dead, over twenty batches 1.6%."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch

from diagnostics.evidence import WINDOW
from diagnostics.layers import WatchedLayer

__all__ = ["WINDOW", "DeadUnitTracker", "Place", "where_units_die"]

Place = Literal["output", "output gradient"]


class DeadUnitTracker:
    """Remembers when each unit of one layer was last active."""

    def __init__(self) -> None:
        self._captures = 0
        self._last_active = torch.zeros(0, device="cpu")  # [units]: the number of the capture, 0 for never

    def dead_share(self, active: torch.Tensor) -> float | None:
        """The share of units active in none of the last `WINDOW` captures, of which the newest one found these
        `active` ([units], bool); None before there are as many.

        >>> tracker = DeadUnitTracker()
        >>> [tracker.dead_share(torch.tensor([True, False])) for _ in range(WINDOW)][-1]
        0.5
        """
        if self._last_active.shape != active.shape:
            self._captures, self._last_active = 0, torch.zeros(len(active), device=active.device)
        self._captures += 1
        self._last_active.masked_fill_(active, self._captures)
        if self._captures < WINDOW:
            return None
        return int((self._last_active <= self._captures - WINDOW).sum()) / len(active)


def where_units_die(layers: Sequence[WatchedLayer], behind: Mapping[int, set[int]]) -> list[Place | None]:
    """Where a dead unit of each layer shows: in its output, behind a rectifier that serves one layer; otherwise, for
    layers with parameters, in an output gradient of exactly zero.

    `behind`: activation → the layers with parameters that it was called after, by index."""
    places: list[Place | None] = [None] * len(layers)
    covered: set[int] = set()
    for index, before in behind.items():
        if len(before) == 1:
            covered |= before
            if layers[index].rectifier:
                places[index] = "output"
    last = max((layer.order for layer in layers if layer.order is not None and layer.parameters), default=None)
    for layer in layers:
        if layer.parameters and not layer.activation and layer.index not in covered and layer.order not in (None, last):
            places[layer.index] = "output gradient"
    return places
