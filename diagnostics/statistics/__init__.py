"""The numbers of one tensor in one pass, and where they are kept until a capture is complete.

A tensor is reduced to a row of sufficient statistics (`Slot`). Rows merge by Chan's formula, so several calls
of a layer, several micro-batches and several ranks give the numbers of all their elements together.
`ledger_for` chooses, in one place, who reduces."""

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch


class Slot(IntEnum):
    """The positions of a row. All but `NON_FINITE` speak of the finite elements; those in brackets only when
    asked for.
    """

    COUNT = 0
    MEAN = 1
    M2 = 2  # sum of squared differences from the mean
    MAGNITUDE = 3  # sum of |x| (`Ask.shares`)
    MIN = 4
    MAX = 5
    ZEROS = 6  # (`Ask.shares`)
    SATURATED = 7  # elements at or beyond `Ask.bounds`
    NON_FINITE = 8


Row = list[float]
EMPTY: Row = [0.0, 0.0, 0.0, 0.0, math.inf, -math.inf, 0.0, 0.0, 0.0]
WIDTH = len(Slot)


@dataclass(frozen=True, slots=True)
class Ask:
    """What to measure of a tensor besides its sum of squares and its extremes.

    `moments`: mean and M2; without, whoever measures may leave the mean 0 and M2 the sum of squares. `shares`:
    magnitude and zeros. `bounds`: an activation is saturated at or below the first or at or above the second.
    `unit_dim`: the dimension of the units whose active (non-zero) elements are counted one by one."""

    moments: bool = True
    shares: bool = True
    bounds: tuple[float, float] | None = None
    unit_dim: int | None = None


class Ledger(Protocol):
    """Rows and unit counts of one capture on one device."""

    def add(self, key: int, tensor: "torch.Tensor", ask: Ask) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape and strides) into row `key`."""

    def ready(self) -> bool:
        """Whether `rows` can be read without waiting for the device."""

    def rows(self) -> dict[int, Row]:
        """The rows by key."""

    def active(self) -> dict[int, "torch.Tensor"]:
        """The counts of active elements by key: one float32 tensor [units] each, on the CPU."""

    def close(self) -> None:
        """No more rows are added: start to bring them to the host."""


def merge(a: Sequence[float], b: Sequence[float]) -> Row:
    """The row of two sets of elements together (Chan, Golub & LeVeque 1979, for mean and M2).

    >>> merge(EMPTY, [2.0, 1.0, 0.5, 2.0, 0.5, 1.5, 0.0, 0.0, 0.0])
    [2.0, 1.0, 0.5, 2.0, 0.5, 1.5, 0.0, 0.0, 0.0]
    """
    count = a[0] + b[0]
    if not count:
        return [*EMPTY[:-1], a[8] + b[8]]
    delta = b[1] - a[1]
    return [
        count,
        a[1] + delta * b[0] / count,
        a[2] + b[2] + delta * delta * a[0] * b[0] / count,
        a[3] + b[3],
        min(a[4], b[4]),
        max(a[5], b[5]),
        a[6] + b[6],
        a[7] + b[7],
        a[8] + b[8],
    ]


def square_sum(row: Sequence[float]) -> float:
    """The sum of squares of a row's elements."""
    return row[Slot.M2] + row[Slot.COUNT] * row[Slot.MEAN] ** 2


def ledger_for(device: "torch.device") -> Ledger:
    """Who measures on `device`: the cheap eager operations on the CPU, one packed buffer on the device
    elsewhere.
    """
    from diagnostics.statistics.host import HostLedger

    if device.type == "cpu":
        return HostLedger()
    from diagnostics.statistics.device import DeviceLedger

    if device.type == "cuda" and importlib.util.find_spec("triton") is not None:
        from diagnostics.statistics.kernel import measure_into

        return DeviceLedger(device, measure=measure_into)
    return DeviceLedger(device)
