"""The numbers of one tensor in one pass, and where they are kept until a capture is complete.

A tensor is reduced to a row of sufficient statistics (`Slot`). Rows merge by Chan's formula, so several calls
of a layer, several micro-batches and several ranks give the numbers of all their elements together.
`Ledgers` chooses, in one place, who reduces."""

import importlib.util
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from array import array

    import torch

    from diagnostics.statistics.room import Room, Together
    from diagnostics.statistics.rows import Found

    Counts = array[float] | memoryview[float]


class Slot(IntEnum):
    """The positions of a row. All but `NON_FINITE` speak of the finite elements; those in brackets only when
    asked for.
    """

    COUNT = 0
    MEAN = 1
    M2 = 2  # sum of squared differences from the mean
    MAGNITUDE = 3  # sum of |x| (`Ask.magnitude`)
    MIN = 4
    MAX = 5
    ZEROS = 6  # (`Ask.zeros`)
    SATURATED = 7  # elements at or beyond `Ask.bounds`
    NON_FINITE = 8


NON_FINITE = int(Slot.NON_FINITE)  # an enumeration's members are slow to reckon with
Row = Sequence[float]
EMPTY: Row = [0.0, 0.0, 0.0, 0.0, math.inf, -math.inf, 0.0, 0.0, 0.0]
WIDTH = len(Slot)
CANCELLATION = 1e-3  # below this share of the sum of squares, a float32 variance by subtraction has lost its digits
TINY = 1e-30  # below this a float32 sum of squares has lost some of them


@dataclass(frozen=True, slots=True)
class Ask:
    """What to measure of a tensor besides its sum of squares and its extremes.

    `moments`: mean, M2 and both extremes; without, whoever measures may leave the mean 0, M2 the sum of squares, and
    of the extremes only the largest magnitude. `magnitude`, `zeros`: these slots. `bounds`: an activation is saturated
    at or below the first or at or above the second. `unit_dim`: the dimension of the units whose active (non-zero)
    elements are counted one by one."""

    moments: bool = True
    magnitude: bool = True
    zeros: bool = True
    bounds: tuple[float, float] | None = None
    unit_dim: int | None = None


class Ledger(Protocol):
    """Rows and unit counts of one capture on one device."""

    def add(self, key: int, tensor: "torch.Tensor", ask: Ask) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape and strides, no gradient required) into row
        `key`.
        """

    def again(self, key: int, tensor: "torch.Tensor", ask: Ask, /) -> bool:
        """As `add`, if that is quick because `tensor` is like the one before it; whether it was."""

    def add_all(self, tensors: "Sequence[tuple[int, torch.Tensor]]", ask: Ask) -> None:
        """As `add`, of many."""

    def add_together(self, together: "Together", part: int, ask: Ask) -> None:
        """As `add`, of tensors that are joined; to the rows whose keys lie `part` behind those of the room."""

    def again_together(
        self, room: "Room", parts: tuple[int, ...], tensors: "Iterable[torch.Tensor | None]", use: int, /
    ) -> bool:
        """As `add_together`, if that is quick because the tensors are like those before them; whether it was. Of two
        parts those of the second, to which `use` applies, follow on those of the first; None is unlike anything."""

    def ready(self) -> bool:
        """Whether `read` would wait for no device."""

    def read(self) -> "Found":
        """What was measured, once it is closed."""

    def close(self) -> None:
        """No more rows are added: start to bring them to the host."""


def merge(a: Row, b: Row) -> list[float]:
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


def all_finite(rows: Mapping[int, Row]) -> bool:
    """Whether none of the rows has seen a number that is not."""
    return not any(row[NON_FINITE] for row in rows.values())


def square_sum(row: Sequence[float]) -> float:
    """The sum of squares of a row's elements."""
    return row[Slot.M2] + row[Slot.COUNT] * row[Slot.MEAN] ** 2


class Ledgers:
    """Chooses who measures. One for all captures of an observer, which come one after the other: on the CPU they share
    the room that small tensors are copied to.
    """

    def __init__(self) -> None:
        self._makers: dict[torch.device, Callable[[], Ledger]] = {}
        self.host: Callable[[], Ledger] | None = None  # makes those for the CPU, once one was wanted

    def prepare(self, device: "torch.device") -> None:
        """Do now what the first ledger for `device` would have to wait for."""
        if device not in self._makers:
            self._makers[device] = _maker(device)
            if device.type == "cpu":
                self.host = self._makers[device]

    def on(self, device: "torch.device") -> Ledger:
        """A capture's ledger for `device`: on the CPU a kernel, or cheap eager operations where none can be compiled;
        elsewhere one packed buffer on the device, which a kernel writes or eager operations do.
        """
        self.prepare(device)
        return self._makers[device]()


def _maker(device: "torch.device") -> "Callable[[], Ledger]":
    if device.type == "cpu":
        from diagnostics.statistics.native import Memory, NativeLedger
        from diagnostics.statistics.native_kernel import library

        kernel = library()
        if kernel is not None:
            return partial(NativeLedger, Memory(kernel))
        from diagnostics.statistics.host import HostLedger
        from diagnostics.statistics.pack import Pack

        return partial(HostLedger, Pack())
    from diagnostics.statistics.device import DeviceLedger

    if device.type == "cuda" and importlib.util.find_spec("triton") is not None:
        from diagnostics.statistics.kernel import measure_into

        return partial(DeviceLedger, device, measure=measure_into)
    return partial(DeviceLedger, device)
