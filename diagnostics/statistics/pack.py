"""Small tensors measured together: a call of PyTorch costs more than reading ten thousand numbers.

Each tensor is copied into rows of its own of one matrix, and the matrix is reduced row by row when the capture is
complete: a small tensor costs one copy while the training runs, and all of them together a dozen calls."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from diagnostics.statistics import CANCELLATION, TINY, Ask, Row

WIDTH = 2048  # elements of the matrix's rows; what a tensor does not fill stays zero
HEIGHT = 256  # rows: 2 MB
LARGEST = 2**15  # elements of a tensor that goes in: above, copying it costs more than calls
DTYPES = (torch.float32, torch.float16, torch.bfloat16)
ZERO = torch.zeros(())  # comparing with a tensor takes half as long as comparing with a number


@dataclass(slots=True)
class Place:
    """Where a tensor lies: `count` elements from row `first` on, before row `last`. `active`: its view of the matrix of
    active elements and the dimensions to sum that over, where its units are followed."""

    key: int
    ask: Ask
    shape: torch.Size
    count: int
    first: int
    last: int
    view: torch.Tensor
    active: tuple[torch.Tensor, list[int]] | None


class Pack:
    """Tensors that are asked for their moments, or those that are not.

    A capture mostly brings the same tensors in the same order as the one before, so their places are there already."""

    def __init__(self, moments: bool, active: torch.Tensor) -> None:
        """`active`: [HEIGHT, WIDTH], needed only while `reduce` runs; packs may share it."""
        self._moments = moments
        self._matrix = torch.zeros(HEIGHT, WIDTH)
        self._active = active
        self._places: list[Place] = []
        self._taken = 0  # of these

    @staticmethod
    def fits(tensor: torch.Tensor) -> bool:
        """Whether `tensor` may go in; float64 may not, which would lose digits."""
        return tensor.numel() <= LARGEST and tensor.dtype in DTYPES

    def place(self, key: int, tensor: torch.Tensor, ask: Ask) -> torch.Tensor | None:
        """Where to copy a tensor that `fits`, for row `key`: of its shape. None where no room is left."""
        if self._taken < len(self._places):
            known = self._places[self._taken]
            if known.key == key and known.ask is ask and known.shape == tensor.shape:
                self._taken += 1
                return known.view
            del self._places[self._taken :]
        first = self._places[-1].last if self._places else 0
        count = tensor.numel()
        last = first + -(-count // WIDTH)
        if last > HEIGHT:
            return None
        self._matrix[last - 1].zero_()
        shape, start, end = tensor.shape, first * WIDTH, first * WIDTH + count
        active = None
        if ask.unit_dim is not None:
            others = [dim for dim in range(len(shape)) if dim != ask.unit_dim % len(shape)]
            active = self._active.view(-1)[start:end].view(shape), others
        view = self._matrix.view(-1)[start:end].view(shape)
        self._places.append(Place(key, ask, shape, count, first, last, view, active))
        self._taken += 1
        return view

    def reduce(self) -> Iterator[tuple[Place, Row | None, torch.Tensor | None]]:
        """The rows of what was copied in, and the active elements of units; None where only another look can tell the
        row. Room is free again when this is exhausted.
        """
        taken, self._taken = self._places[: self._taken], 0
        if not taken:
            return
        matrix = self._matrix[: taken[-1].last]
        if not self._moments:
            matrix.abs_()
        columns = [matrix.sum(1), torch.linalg.vector_norm(matrix, dim=1), matrix.amax(1)]
        columns.append(matrix.amin(1) if self._moments else columns[-1])
        table: list[list[float]] = torch.stack(columns).tolist()
        counted = next((place.last for place in reversed(taken) if place.ask.zeros or place.active), 0)
        active = torch.ne(self._matrix[:counted], ZERO, out=self._active[:counted]).sum(1)
        table.append(active.tolist())
        for place in taken:
            units = None
            if place.active is not None:
                each, others = place.active
                units = each.sum(others) if others else each.clone()
            yield place, self._row(place, table), units

    def _row(self, place: Place, table: list[list[float]]) -> Row | None:
        sums, norms, highs, lows, actives = table
        first, last, count = place.first, place.last, place.count
        if last - first == 1:
            total, square, low, high = sums[first], norms[first] ** 2, lows[first], highs[first]
        else:
            total, square = sum(sums[first:last]), sum([norm * norm for norm in norms[first:last]])
            low, high = min(lows[first:last]), max(highs[first:last])
        if not math.isfinite(square) or (square < TINY and (low or high)):
            return None
        active = sum(actives[first:last]) if place.ask.zeros else count
        zeros = count - active
        if not self._moments:
            return [float(count), 0.0, square, total, 0.0, high, zeros, 0.0, 0.0]
        mean = total / count
        m2 = square - total * mean
        if m2 < CANCELLATION * square:
            return None
        if not (zeros or (low and high)):  # one of them is that of the zeros behind the tensor
            low, high = (extreme.item() for extreme in place.view.aminmax())
        return [float(count), mean, m2, 0.0, low, high, zeros, 0.0, 0.0]
