"""Which units of a layer have been silent for a whole window: on one batch 43% of a network's units looked dead, over
twenty batches 1.6%."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from diagnostics.layers import Layer
from diagnostics.numbers import Part

if TYPE_CHECKING:
    from diagnostics.statistics import Counts

WINDOW = 20  # captures


class Silence:
    """How long each unit of one layer has been silent."""

    def __init__(self) -> None:
        self._captures = 0
        self._heard = torch.zeros(0)  # [units]: the number of the newest capture in which a unit was active

    def dead(self, actives: "Sequence[Counts]") -> list[float | None]:
        """The next captures, one after the other: the share of units that were active nowhere in the `WINDOW` captures
        that end with each; None before there are as many. `actives`: how many elements of each unit were, of as many
        units in all.
        """
        active = torch.frombuffer(bytearray().join(actives), dtype=torch.float32).view(len(actives), len(actives[0]))
        if self._heard.shape != active.shape[1:]:
            self._captures, self._heard = 0, torch.zeros(active.shape[1])
        first, units = self._captures + 1, active.shape[1]
        self._captures += len(active)
        numbers = torch.arange(first, self._captures + 1, dtype=torch.float32).unsqueeze_(1)
        heard = torch.maximum(active.sign_().mul_(numbers), self._heard).cummax(0).values
        self._heard = heard[-1]
        silent: list[int] = heard.le(numbers.sub_(WINDOW)).sum(1).tolist()
        return [count / units if number >= WINDOW else None for number, count in enumerate(silent, first)]


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
