"""Which units of a layer have been silent for a whole window: on one batch 43% of a network's units looked dead, over
twenty batches 1.6%."""

import torch

from diagnostics.layers import Layer
from diagnostics.numbers import Part

WINDOW = 20  # captures


class Silence:
    """How long each unit of one layer has been silent."""

    def __init__(self) -> None:
        self._captures = 0
        self._all = 0  # the newest capture in which every unit was active
        self._heard: torch.Tensor | None = None  # [units]: the newest one in which a unit was, where that was later

    def dead(self, active: torch.Tensor) -> float | None:
        """The share of units that were active nowhere in the last `WINDOW` captures, this one among them; None before
        there are as many. `active`: how many elements of each unit were, [units].
        """
        if self._heard is None or self._heard.shape != active.shape:
            self._captures, self._all, self._heard = 0, 0, torch.zeros_like(active)
        self._captures += 1
        last = self._captures - WINDOW
        if active.min().item() > 0:
            self._all = self._captures
        else:
            self._heard.masked_fill_(active.bool(), self._captures)
        if last < 0:
            return None
        return self._heard.le(last).sum().item() / len(active) if self._all <= last else 0.0


def where_units_die(layers: list[Layer], behind: dict[int, set[int]]) -> list[Part | None]:
    """What tells that a unit of a layer is dead, by the layer's index: its output, behind a rectifier that serves one
    layer; else, for layers with parameters, a gradient of exactly zero.

    `behind`: activation → the layers with parameters that it was called behind, by index."""
    places: list[Part | None] = [None] * len(layers)
    covered: set[int] = set()
    for index, before in behind.items():
        if len(before) == 1:
            covered |= before
            if layers[index].rectifier:
                places[index] = Part.OUTPUT
    last = max((layer.order for layer in layers if layer.order is not None and layer.parameters), default=None)
    for layer in layers:
        if layer.parameters and not layer.activation and layer.index not in covered and layer.order not in (None, last):
            places[layer.index] = Part.OUTPUT_GRADIENT
    return places
