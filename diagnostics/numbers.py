"""What one capture measured, on the host, and the columns that follow from it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import torch

from diagnostics.layers import Layer
from diagnostics.statistics import Row, Slot, square_sum

if TYPE_CHECKING:
    from diagnostics.statistics import Counts


class Part(IntEnum):
    """What a row of a layer is about."""

    OUTPUT = 0
    OUTPUT_GRADIENT = 1
    GRADIENT = 2
    WEIGHT = 3
    UPDATE = 4


PARTS = len(Part)
OUTPUT, OUTPUT_GRADIENT = int(Part.OUTPUT), int(Part.OUTPUT_GRADIENT)  # enumerations' members are slow to reckon with


def key(layer: int, part: Part) -> int:
    """The number of a layer's row."""
    return layer * PARTS + part


@dataclass(slots=True)
class Numbers:
    """One capture. `rows` by `key`; `active`: by `key`, how many elements of each unit were not zero;
    `sharded`: the layers whose parameters are spread over processes; `features`: sums for the attribution, [5,
    features]; `finite`: whether every number that was measured is.
    """

    step: int
    samples: int = 0
    rows: Mapping[int, Row] = field(default_factory=dict)
    active: "Mapping[int, Counts]" = field(default_factory=dict)
    sharded: frozenset[int] = frozenset()
    features: torch.Tensor | None = None
    finite: bool = True


class Values(Mapping[str, float | None]):
    """The column values of one layer in one capture, by name, each computed when it is asked for; None: no meaning."""

    __slots__ = ("_first", "_rows", "dead_units", "layer", "step")

    def __init__(self, layer: Layer, rows: Mapping[int, Row], step: int, dead_units: float | None) -> None:
        """`rows` by `key`, those of other layers among them."""
        self.layer, self.step, self.dead_units = layer, step, dead_units
        self._rows, self._first = rows, layer.index * PARTS

    def row(self, part: int) -> Row | None:
        """The statistics themselves; None where nothing was measured."""
        return self._rows.get(self._first + part)

    def __getitem__(self, name: str) -> float | None:
        return FORMULAS[name](self)

    def __iter__(self) -> Iterator[str]:
        return iter(FORMULAS)

    def __len__(self) -> int:
        return len(FORMULAS)


Formula = Callable[[Values], float | None]


def _of(part: Part, formula: Callable[[Row], float], *, finite: bool = True) -> Formula:
    """`formula` of the row of `part`; with `finite`, no value where no element is finite."""

    def value(values: Values) -> float | None:
        row = values.row(part)
        return None if row is None or (finite and not row[Slot.COUNT]) else formula(row)

    return value


def _norm(row: Row) -> float:
    return math.sqrt(max(0.0, square_sum(row)))


def _largest(row: Row) -> float:
    return max(row[Slot.MAX], -row[Slot.MIN])  # in this order, since -0.0 equals 0.0


def _saturated(values: Values) -> float | None:
    return _of(Part.OUTPUT, lambda row: row[Slot.SATURATED] / row[Slot.COUNT])(values) if values.layer.bounds else None


def _update_ratio(values: Values) -> float | None:
    weight, update = values.row(Part.WEIGHT), values.row(Part.UPDATE)
    if weight is None or update is None:
        return None
    size = square_sum(weight)
    return math.sqrt(max(0.0, square_sum(update)) / size) if size > 0 else None


def _gradient(prefix: str, part: Part) -> dict[str, Formula]:
    return {
        f"{prefix}_norm": _of(part, _norm, finite=False),
        f"{prefix}_mean": _of(part, lambda row: row[Slot.MAGNITUDE] / row[Slot.COUNT]),
        f"{prefix}_max": _of(part, _largest),
        f"{prefix}_zeros": _of(part, lambda row: row[Slot.ZEROS] / row[Slot.COUNT]),
        f"{prefix}_non_finite": _of(part, lambda row: row[Slot.NON_FINITE], finite=False),
    }


FORMULAS: dict[str, Formula] = {
    "step": lambda values: values.step,
    "dead_units": lambda values: values.dead_units,
    "activation_mean": _of(Part.OUTPUT, lambda row: row[Slot.MEAN]),
    "activation_std": _of(Part.OUTPUT, lambda row: math.sqrt(max(0.0, row[Slot.M2] / row[Slot.COUNT]))),
    "activation_min": _of(Part.OUTPUT, lambda row: row[Slot.MIN]),
    "activation_max": _of(Part.OUTPUT, lambda row: row[Slot.MAX]),
    "activation_norm": _of(Part.OUTPUT, _norm, finite=False),
    "activation_zeros": _of(Part.OUTPUT, lambda row: row[Slot.ZEROS] / row[Slot.COUNT]),
    "activation_non_finite": _of(Part.OUTPUT, lambda row: row[Slot.NON_FINITE], finite=False),
    "saturated": _saturated,
    **_gradient("output_gradient", Part.OUTPUT_GRADIENT),
    **_gradient("gradient", Part.GRADIENT),
    "weight_norm": _of(Part.WEIGHT, _norm, finite=False),
    "weight_max": _of(Part.WEIGHT, _largest),
    "weight_non_finite": _of(Part.WEIGHT, lambda row: row[Slot.NON_FINITE], finite=False),
    "update_ratio": _update_ratio,
}
