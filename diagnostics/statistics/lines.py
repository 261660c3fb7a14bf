"""What is left of the small tensors of a capture: a line of sums, made into numbers later, many lines at once.

While a model trains, a call of PyTorch that was not made for some milliseconds costs ten microseconds and more: so a
capture makes few of them, and what can wait is done for many captures together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from diagnostics.statistics import CANCELLATION, TINY, Ask, Row, Slot
from diagnostics.statistics.rows import counts
from diagnostics.statistics.single import ZERO, beyond, measure

if TYPE_CHECKING:
    from diagnostics.statistics import Counts

LEAST, MOST = math.sqrt(TINY), 1e18  # norms of rows between these have all their digits

Listed = list[tuple[int, Row, "Counts | None"]]  # key, row and, where units are followed, their active elements


@dataclass(slots=True)
class Place:
    """Where a tensor lies in a matrix: `count` elements from row `first` on, before row `last`, `view` of its shape."""

    key: int
    ask: Ask
    shape: torch.Size
    count: int
    first: int
    last: int
    view: torch.Tensor


def _others(place: Place) -> list[int]:
    """The dimensions that are not its units."""
    return [dim for dim in range(place.view.ndim) if dim != (place.ask.unit_dim or 0) % place.view.ndim]


class Line:
    """The sums of one capture."""

    __slots__ = ("_layout", "exact", "found", "sums")

    def __init__(self, layout: "Layout", sums: torch.Tensor, exact: dict[int, Row]) -> None:
        """`exact`: rows that were measured by themselves, by the position of their place."""
        self._layout, self.sums, self.exact = layout, sums, exact
        self.found: Listed | None = None

    def numbers(self) -> Listed:
        """Of each tensor, in the order in which they came."""
        if self.found is None:
            self._layout.read()
        return self.found or []


class Layout:
    """Tensors side by side in a matrix, and what reducing them takes: views of what is read and of what is written.

    A line holds, for each row of the matrix, the sum, the norm, the largest, the smallest and the number of active
    elements; then the active elements of each unit that is followed; then the saturated ones of each tensor with
    bounds."""

    def __init__(self, matrix: torch.Tensor, middle: int, places: Sequence[Place]) -> None:
        """`places`: those asked for their moments lie above row `middle` of `matrix`, where they end, the others below,
        where they begin: no row between them is free."""
        self._places = places
        self._waiting: list[Line] = []
        start, end = min(place.first for place in places), max(place.last for place in places)
        middle, height, width = min(max(middle, start), end), end - start, matrix.shape[1]
        counted = [place.last for place in places if place.ask.zeros or place.ask.unit_dim is not None]
        followed = [place for place in places if place.ask.unit_dim is not None]
        bounded = [place for place in places if place.ask.bounds is not None]
        self._signed = matrix[start:middle]
        last_counted = max(counted, default=start)

        self._units = [place.shape[place.ask.unit_dim or 0] for place in followed]
        self._line = torch.zeros(5 * height + sum(self._units) + len(bounded))
        table, units, saturated = self._line.split([5 * height, sum(self._units), len(bounded)])  # type: ignore[no-untyped-call]
        self._sums, self._norms, self._highs, self._lows, active = table.view(5, height)
        self._lows = self._lows[: middle - start]
        halves = [(first, last) for first, last in ((start, middle), (middle, end)) if first < last]
        # one after the other, since each fits into a core's cache and both together may not
        self._halves = [
            (
                matrix[a:b],
                a == middle,
                *(column[a - start : b - start] for column in (self._highs, self._sums, self._norms)),
            )
            for a, b in halves
        ]
        self._counted = [
            (matrix[a : min(b, last_counted)], active[a - start : min(b, last_counted) - start])
            for a, b in halves if a < last_counted
        ]  # fmt: skip
        self._followed = [
            (place.view, _others(place), room)
            for place, room in zip(followed, units.split(self._units), strict=True)
        ]  # fmt: skip
        self._bounded = [
            (place.view, place.ask.bounds or (0, 0), room) for place, room in zip(bounded, saturated, strict=True)
        ]

        rows, filled = torch.zeros(height, dtype=torch.long), torch.full((height,), float(width))
        self._ends = []  # what a tensor with moments has of a row that it does not fill: the zeros behind it could
        for index, place in enumerate(places):  # be taken for an extreme
            rows[place.first - start : place.last - start] = index
            last, rest = place.last - 1, place.count - (place.last - 1 - place.first) * width
            filled[last - start] = rest
            if place.ask.moments and rest < width:
                self._ends.append((last - start, matrix[last, :rest]))
        self._place_of = rows
        # times a row's sum: what its norm exceeds, if the variance keeps its digits
        self._limits: list[float] = (filled[: middle - start] * (1 - CANCELLATION)).rsqrt().tolist()
        self._signed_sums = self._sums[: middle - start]
        self._counts = torch.tensor([float(place.count) for place in places], dtype=torch.float64)
        self._with_moments = torch.tensor([place.ask.moments for place in places])
        self._with_zeros = torch.tensor([place.ask.zeros for place in places])
        self._with_bounds = [index for index, place in enumerate(places) if place.ask.bounds is not None]

    def reduce(self) -> Line:
        """The sums of what lies in the matrix now, which is overwritten."""
        torch.amin(self._signed, 1, out=self._lows)
        for half, magnitudes, highs, sums, norms in self._halves:
            if magnitudes:
                half.abs_()
            torch.amax(half, 1, out=highs)
            torch.sum(half, 1, out=sums)
            torch.linalg.vector_norm(half, dim=1, out=norms)
        for row, filled in self._ends:
            if not self._lows[row].item() < 0.0 < self._highs[row].item():
                self._lows[row], self._highs[row] = filled.aminmax()
        for view, bounds, room in self._bounded:
            room.fill_(beyond(view, -math.inf, math.inf, bounds))
        exact = {} if self._sure() else self._measured()
        for half, active in self._counted:
            torch.sum(half.ne_(ZERO), 1, out=active)
        for view, others, room in self._followed:
            torch.sum(view, others, out=room) if others else room.copy_(view)
        line = Line(self, self._line.clone(), exact)
        self._waiting.append(line)
        return line

    def _sure(self) -> bool:
        """Whether float32 was enough: no tensor loses digits of which no row does."""
        norms, sums = self._norms.tolist(), self._signed_sums.tolist()
        if not sum(norms) < MOST:  # nor where one of them is no number
            return False
        if not min(norms) > LEAST:
            highs, lows = self._highs.tolist(), self._lows.tolist()
            if any(norm <= LEAST and high for norm, high in zip(norms, highs, strict=True)):
                return False
            if any(norm <= LEAST and low for norm, low in zip(norms, lows, strict=False)):
                return False
        return all(
            -norm <= total * limit <= norm for norm, total, limit in zip(norms, sums, self._limits, strict=False)
        )

    def _measured(self) -> dict[int, Row]:
        """The rows of the places that need another look, by position."""
        found = {}
        for index, (place, row) in enumerate(zip(self._places, self._rows(self._line.unsqueeze(0))[0], strict=True)):
            m2 = row[Slot.M2]
            square = m2 + row[Slot.MEAN] ** 2 * place.count
            tiny = square < TINY and (row[Slot.MIN] or row[Slot.MAX])
            if not math.isfinite(square) or tiny or (place.ask.moments and m2 < CANCELLATION * square):
                found[index], _ = measure(place.view, place.ask)
        return found

    def read(self) -> None:
        """Make numbers of all lines that wait."""
        waiting, self._waiting = self._waiting, []
        lines = torch.stack([line.sums for line in waiting])
        first = 5 * len(self._place_of)
        units = lines[:, first : first + sum(self._units)].split(self._units, 1)  # type: ignore[no-untyped-call]
        for number, (line, rows) in enumerate(zip(waiting, self._rows(lines), strict=True)):
            for index, row in line.exact.items():
                rows[index] = row
            active = iter(units)
            line.found = [
                (place.key, row, None if place.ask.unit_dim is None else counts(next(active)[number].tolist()))
                for place, row in zip(self._places, rows, strict=True)
            ]

    def _rows(self, lines: torch.Tensor) -> list[list[Row]]:
        """The row of each place, of `lines` [lines, …]."""
        height, places = len(self._place_of), len(self._places)
        table = lines[:, : 5 * height].view(-1, 5, height).double()
        table[:, 1].square_()
        place_of = self._place_of.expand_as(table)
        added = table.new_zeros(len(table), 5, places).scatter_add_(2, place_of, table)
        total, square, active = added[:, 0], added[:, 1], added[:, 4]
        extremes = table.new_zeros(2, len(table), places)
        for found, row, reduce in ((extremes[0], 2, "amax"), (extremes[1], 3, "amin")):
            found.scatter_reduce_(1, place_of[:, row], table[:, row], reduce, include_self=False)
        mean = torch.where(self._with_moments, total / self._counts, 0.0)
        rows = torch.zeros(len(table), places, len(Slot), dtype=torch.float64)
        rows[..., Slot.COUNT] = self._counts
        rows[..., Slot.MEAN] = mean
        rows[..., Slot.M2] = square - total * mean
        rows[..., Slot.MAGNITUDE] = torch.where(self._with_moments, 0.0, total)
        rows[..., Slot.MAX], rows[..., Slot.MIN] = extremes
        rows[..., Slot.ZEROS] = torch.where(self._with_zeros, self._counts - active, 0.0)
        if self._with_bounds:
            rows[:, self._with_bounds, Slot.SATURATED] = lines[:, -len(self._with_bounds) :].double()
        listed: list[list[Row]] = rows.tolist()
        return listed
