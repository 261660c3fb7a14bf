"""One tensor on the CPU: the few operations that PyTorch has vectorised there, and a careful path where they would lie.

Sum, dot product, `aminmax`, `abs`, `sign` and `ne` cost 0.05 to 0.1 ns an element while it is in the cache;
`var_mean`, `count_nonzero`, `isfinite` and the 1- and infinity-norm cost 10 to 100 times as much. So a tensor is read
in pieces that stay in the cache, their sums are added up in float64, and only what these sums make doubtful is read
again: shifted where the mean outweighs the variance, in float64 where an element or a square is not finite."""

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from diagnostics.statistics import CANCELLATION, EMPTY, TINY, Ask, Row, Slot, merge
from diagnostics.statistics.layout import matrix
from diagnostics.statistics.rows import counts

if TYPE_CHECKING:
    from diagnostics.statistics import Counts

PIECE = 2**17  # elements: a piece and as much room fit into a core's cache, and a float32 sum of it is good to 1e-5
HALF = (torch.float16, torch.bfloat16)
ZERO = torch.zeros(())  # comparing with a tensor takes half as long as comparing with a number


def measure(tensor: torch.Tensor, ask: Ask) -> "tuple[Row, Counts | None]":
    """The row of `tensor` (which must not require a gradient), and the active elements of each unit where
    `ask.unit_dim` is given.
    """
    if not tensor.numel():
        return list(EMPTY), None
    flat, _, columns, units = matrix(tensor, ask.unit_dim)
    flat, count = flat.view(-1), flat.numel()
    size = PIECE if ask.unit_dim is None else max(1, PIECE // columns) * columns
    pieces: Sequence[torch.Tensor] = flat.split(size) if count > size else (flat,)  # type: ignore[no-untyped-call]
    room = torch.empty(min(size, count), dtype=torch.float32 if flat.dtype in HALF else flat.dtype)
    sums = _Sums(ask, columns, units, room)
    for piece in pieces:
        sums.add(piece.float() if piece.dtype in HALF else piece)
    active = sums.active_units()
    zeros = count - sums.active if ask.zeros else 0.0
    low, high = sums.low, sums.high
    if not math.isfinite(sums.squares) or (sums.squares < TINY and (low or high)):
        row = _carefully(pieces, ask)
        row[Slot.ZEROS] = zeros
        return row, active
    mean, m2 = 0.0, sums.squares
    if ask.moments:
        mean = sums.total / count
        m2 -= sums.total * mean
        if m2 < CANCELLATION * sums.squares:
            mean, m2 = _shifted(pieces, mean)
    return [float(count), mean, m2, sums.magnitude, low, high, zeros, sums.saturated, 0.0], active


class _Sums:
    """What the pieces of one tensor add up to."""

    def __init__(self, ask: Ask, columns: int, units: int, room: torch.Tensor) -> None:
        """`columns`, `units`: see `layout.matrix`; `room` for a piece, which stays in the cache."""
        self._ask, self._columns, self._units, self._room = ask, columns, units, room
        self.total = self.magnitude = self.squares = self.active = self.saturated = 0.0
        self.low, self.high = math.inf, -math.inf
        self._answers: list[torch.Tensor] = []

    def add(self, x: torch.Tensor) -> None:
        """One more piece, flat; of whole rows, where units are followed."""
        ask = self._ask
        room = self._room[: len(x)]
        magnitudes = torch.abs(x, out=room) if ask.magnitude else None
        if magnitudes is None or ask.moments:
            least, most = x.aminmax()
            low, high = least.item(), most.item()
        else:
            low, high = 0.0, magnitudes.amax().item()
        self.low, self.high = min(self.low, low), max(self.high, high)
        self.squares += x.dot(x).item()
        if ask.moments:
            self.total += x.sum().item()
        if magnitudes is not None:
            self.magnitude += magnitudes.sum().item()
        if ask.unit_dim is not None:
            answers = torch.ne(x, ZERO, out=room).view(-1, self._columns)  # NaN is not zero
            self._answers.append(answers.sum(1 if self._units else 0))
        elif ask.zeros:
            self.active += len(x) if low > 0 or high < 0 else torch.ne(x, ZERO, out=room).sum().item()
        if ask.bounds:
            self.saturated += beyond(x, low, high, ask.bounds)

    def active_units(self) -> "Counts | None":
        """The active elements of each unit, where they are followed; counts them all, too."""
        if not self._answers:
            return None
        if self._units:
            found = torch.cat(self._answers).view(-1, self._units).sum(0)
        else:
            found = functools.reduce(torch.add, self._answers)
        self.active = found.sum().item()
        return counts(found.tolist())


def beyond(x: torch.Tensor, low: float, high: float, bounds: tuple[float, float]) -> float:
    """How many elements of `x`, which lie between `low` and `high`, are at the bounds or beyond."""
    below = x.le(bounds[0]).sum().item() if low <= bounds[0] else 0
    return below + (x.ge(bounds[1]).sum().item() if high >= bounds[1] else 0)


def _shifted(pieces: Sequence[torch.Tensor], shift: float) -> tuple[float, float]:
    """Mean and M2 by differences from `shift`, which is near the mean: no digits are lost."""
    total = squares = 0.0
    near = torch.tensor(shift, dtype=torch.float64 if pieces[0].dtype is torch.float64 else torch.float32)
    for piece in pieces:
        apart = piece - near if piece.dtype not in HALF else piece.float() - near
        total += apart.sum().item()
        squares += apart.dot(apart).item()
    count = sum(len(piece) for piece in pieces)
    return near.item() + total / count, squares - total * total / count


def _carefully(pieces: Sequence[torch.Tensor], ask: Ask) -> list[float]:
    """All but the zeros, of the finite elements, in float64."""
    row = list(EMPTY)
    for piece in pieces:
        x = piece[torch.isfinite(piece)].double()
        part = list(EMPTY)
        part[Slot.NON_FINITE] = float(len(piece) - len(x))
        if len(x):
            low, high = (value.item() for value in x.aminmax())
            mean = x.mean()
            part[: Slot.ZEROS] = [
                float(len(x)), mean.item(), (x - mean).square().sum().item(), x.abs().sum().item(), low, high,
            ]  # fmt: skip
            if ask.bounds:
                part[Slot.SATURATED] = beyond(x, low, high, ask.bounds)
        row = merge(row, part)
    return row
