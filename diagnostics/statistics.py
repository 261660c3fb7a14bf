"""Statistics of tensors, computed with public PyTorch operations and read from the device once a capture.

Sum, 2-norm and extremes are exact and cost about 0.1 ns an element each on a CPU core. The numbers that would need a
slow pass over the whole tensor (shares of zeros, mean magnitude, saturation, the number of non-finite elements) come
from a random sample of `SAMPLE` elements, so a share is right to ± 0.03 (95%). Tensors of at most that size are
measured whole."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import NamedTuple, cast

import torch

SAMPLE = 1024  # elements of a tensor from which shares are estimated
SMALL = 2**14  # elements of a tensor up to which it is copied, and measured with others when the capture is complete
REDRAWN = 16  # captures after which the positions of a sample are drawn again
ACTIVITY = 2**15  # elements, at most, of the rows in which active units are looked for
CHUNK = 4096  # elements that one float32 accumulator adds up: a norm of millions in one go is off by 1e-3
CANCELLATION = 1e-3  # below this share of the sum of squares, a float32 variance by subtraction has lost its digits
PRECISE = (torch.float32, torch.float64)
SUMS = 6  # numbers that are taken of a sample
TINY, HUGE = 1e-15, 1e18  # norms outside of these have lost digits to the range of float32 squares


class Part(IntEnum):
    """What a statistic describes: a layer's output or its gradient, or a parameter's gradient, value or update."""

    OUTPUT = 0
    OUTPUT_GRADIENT = 1
    GRADIENT = 2
    WEIGHT = 3
    UPDATE = 4


class Key(NamedTuple):
    """Identifies a statistic. `number` counts layers for outputs and their gradients, else parameters."""

    part: Part
    number: int


class Stat(NamedTuple):
    """Sufficient statistics of a set of elements; `m2` is the sum of squared differences from the mean."""

    elements: float = 0.0
    mean: float = 0.0
    m2: float = 0.0
    magnitude: float = 0.0  # sum of |x|
    low: float = math.inf
    high: float = -math.inf
    zeros: float = 0.0
    saturated: float = 0.0
    non_finite: float = 0.0

    @property
    def squares(self) -> float:
        """The sum of squares."""
        return self.m2 + self.elements * self.mean**2

    @property
    def norm(self) -> float:
        """The 2-norm."""
        return math.sqrt(max(0.0, self.squares)) if not math.isnan(self.squares) else math.nan

    @property
    def largest(self) -> float:
        """The largest magnitude."""
        return max(self.high, -self.low)


WIDTH = len(Stat._fields)


def merge(a: Stat, b: Stat) -> Stat:
    """The statistics of two sets of elements together (Chan, Golub & LeVeque 1979, for mean and m2).

    >>> merge(Stat(), Stat(2.0, 1.0, 0.5, 2.0, 0.5, 1.5)) == Stat(2.0, 1.0, 0.5, 2.0, 0.5, 1.5)
    True
    """
    count = a.elements + b.elements
    if not a.elements or not b.elements:
        return a if a.elements else b
    delta = b.mean - a.mean
    return Stat(
        count,
        a.mean + delta * b.elements / count,
        a.m2 + b.m2 + delta * delta * a.elements * b.elements / count,
        a.magnitude + b.magnitude,
        math.nan if math.isnan(a.low + b.low) else min(a.low, b.low),
        math.nan if math.isnan(a.high + b.high) else max(a.high, b.high),
        a.zeros + b.zeros,
        a.saturated + b.saturated,
        a.non_finite + b.non_finite,
    )


def merge_all(stats: Iterable[Stat]) -> Stat:
    """`merge` of any number."""
    total = Stat()
    for stat in stats:
        total = merge(total, stat)
    return total


@dataclass(frozen=True, slots=True)
class StatSpec:
    """What to measure of a tensor besides its norm. Without `moments` the mean stays 0 and `m2` is the sum of squares.

    `bounds`: an activation is saturated at or below the first, or at or above the second."""

    moments: bool = False
    extremes: bool = True
    sample: bool = True
    bounds: tuple[float, float] | None = None


GRADIENT = StatSpec()
WEIGHT = StatSpec(sample=False)
UPDATE = StatSpec(extremes=False, sample=False)


class Sampler:
    """Draws random positions with generators of its own, so that the training's random state stays untouched."""

    def __init__(self) -> None:
        self._generators: dict[torch.device, torch.Generator] = {}
        self._drawn: dict[tuple[torch.device, tuple[int, ...]], tuple[int, torch.Tensor]] = {}

    def positions(self, count: int, size: int, device: torch.device) -> torch.Tensor:
        """`count` positions below `size`, drawn with replacement: [count] whole numbers on `device`."""
        generator = self._generators.get(device)
        if generator is None:
            generator = self._generators[device] = torch.Generator(device).manual_seed(0)
        return torch.randint(size, (count,), generator=generator, device=device)

    def samples(self, sizes: Sequence[int], device: torch.device) -> torch.Tensor:
        """Positions in tensors of these sizes that lie one behind the other: [tensors, SAMPLE]. Of a tensor of at most
        `SAMPLE` elements all, filled up with the position behind the last tensor, where there is a zero.

        The positions serve some captures, then they are drawn again."""
        key = (device, tuple(sizes))
        uses, drawn = self._drawn.get(key, (REDRAWN, None))
        if drawn is None or uses >= REDRAWN:
            if len(self._drawn) >= REDRAWN:
                self._drawn.clear()
            uses, drawn = 0, self._draw(sizes, device)
        self._drawn[key] = (uses + 1, drawn)
        return drawn

    def _draw(self, sizes: Sequence[int], device: torch.device) -> torch.Tensor:
        rows, start, end = [], 0, sum(sizes)
        for size in sizes:
            if size > SAMPLE:
                rows.append(self.positions(SAMPLE, size, device) + start)
            else:
                places = torch.arange(start, start + SAMPLE, device=device)
                rows.append(torch.where(places < start + size, places, end))
            start += size
        return torch.stack(rows)

    def elements(self, tensor: torch.Tensor) -> torch.Tensor:
        """`SAMPLE` random elements, or all where there are no more, filled up with zeros: [SAMPLE]."""
        count = tensor.numel()
        if count <= SAMPLE:
            return torch.nn.functional.pad(tensor.reshape(-1), (0, SAMPLE - count))
        return tensor.take(self.samples([count], tensor.device)[0])

    def rows(self, tensor: torch.Tensor, dim: int) -> torch.Tensor:
        """Random rows along all dimensions but `dim`, or all where they are few: [rows, size of `dim`]."""
        moved = tensor.movedim(dim, -1)
        units = moved.shape[-1]
        if moved.numel() <= ACTIVITY:
            return moved.reshape(-1, units)
        count = max(1, ACTIVITY // units)
        return moved[tuple(self.positions(count, size, tensor.device) for size in moved.shape[:-1])]


class Transfer:
    """A tensor on its way to the host, which does not wait for it. On the host it is there already."""

    def __init__(self, tensor: torch.Tensor) -> None:
        pinned = tensor.device.type == "cuda"
        self._event = None
        self._host = tensor
        if tensor.device.type != "cpu":
            self._host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=pinned)
            self._host.copy_(tensor, non_blocking=pinned)
        if pinned:
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record(torch.cuda.current_stream(tensor.device))

    def ready(self) -> bool:
        """Whether it has arrived."""
        return self._event is None or bool(self._event.query())  # type: ignore[no-untyped-call]

    def tensor(self) -> torch.Tensor:
        """The tensor on the host; waits for it."""
        if self._event is not None:
            self._event.synchronize()
        return self._host


class Stats(Mapping[Key, Stat]):
    """Statistics by key, worked out when the first one is read: most captures are thinned out before that."""

    def __init__(self, keys: Iterable[Key], finite: bool, load: Callable[[], Mapping[Key, Stat]]) -> None:
        """`finite`: every measured element is."""
        self._keys, self.finite, self._load = dict.fromkeys(keys), finite, load
        self._loaded: Mapping[Key, Stat] | None = None

    def __getitem__(self, key: Key) -> Stat:
        if self._loaded is None:
            self._loaded = self._load()
            self._load = dict
        return self._loaded[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Measured(NamedTuple):
    """What an accumulator measured. `active`: by layer index, which units were active."""

    stats: Stats
    active: dict[int, torch.Tensor]


class Entry(NamedTuple):
    """One tensor that was measured."""

    key: Key
    spec: StatSpec
    elements: int


class Accumulator:
    """Statistics of one capture on one device: collected as small tensors, packed and read once.

    Small tensors are copied and measured together when the capture is complete, since a call of PyTorch costs more than
    reading them. Large ones are measured when they come."""

    def __init__(self, device: torch.device, sampler: Sampler) -> None:
        self._device, self._sampler = device, sampler
        self._small: list[torch.Tensor] = []
        self._small_entries: list[Entry] = []
        self._large_entries: list[Entry] = []
        self._scalars: list[tuple[torch.Tensor, ...]] = []  # of the large: norm, lowest, highest, sum
        self._samples: list[torch.Tensor] = []  # of the large, where the spec asks for one
        self._active: list[torch.Tensor] = []
        self._followed: list[tuple[int, int]] = []  # layer and number of units of each of these
        self._unfollowed: list[tuple[int, torch.Tensor, int]] = []  # small tensors that are looked at in the end
        self._zero = torch.zeros((), device=device)
        self._transfer: Transfer | None = None

    def add(self, key: Key, tensor: torch.Tensor, spec: StatSpec, unit_dim: int | None = None) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape) into those of `key`; with `unit_dim`, note
        which of its units are active, for the layer of `key`."""
        count = tensor.numel()
        values = tensor.detach() if tensor.dtype in PRECISE else tensor.detach().float()
        if count <= SMALL and values.dtype is torch.float32:
            self.add_owned(key, values.clone() if values.dtype is tensor.dtype else values, spec, unit_dim)
            return
        self._large_entries.append(Entry(key, spec, count))
        low, high = torch.aminmax(values) if spec.extremes else (self._zero, self._zero)
        self._scalars.append((norm(values), low, high, values.sum() if spec.moments else self._zero))
        if spec.sample:
            self._samples.append(self._sampler.elements(values))
        if unit_dim is not None:
            self._follow(key.number, values, unit_dim)

    def add_owned(self, key: Key, tensor: torch.Tensor, spec: StatSpec, unit_dim: int | None = None) -> None:
        """As `add`, of a tensor that needs no copy, since it will not change."""
        if tensor.numel() > SMALL or tensor.dtype is not torch.float32:
            self.add(key, tensor, spec, unit_dim)
            return
        self._small.append(tensor)
        self._small_entries.append(Entry(key, spec, tensor.numel()))
        if unit_dim is not None:
            self._unfollowed.append((key.number, tensor, unit_dim))

    def add_units(self, layer: int, tensor: torch.Tensor, dim: int) -> None:
        """Note which units (positions of `dim`) are active in `tensor`: not zero in any of its sampled rows."""
        self._follow(layer, tensor.detach(), dim)

    def _follow(self, layer: int, tensor: torch.Tensor, dim: int) -> None:
        units = self._sampler.rows(tensor, dim).abs().amax(0)
        self._active.append(units)
        self._followed.append((layer, len(units)))

    def close(self) -> None:
        """Nothing more is added: pack everything into one buffer and start to bring it to the host."""
        wide = torch.float32 if self._device.type == "mps" else torch.float64
        for request in self._unfollowed:
            self._follow(*request)
        scalars = [value for four in (*self._measure_small(), *self._scalars) for value in four]
        parts = [torch.stack(_of_one_dtype(scalars)).to(wide)] if scalars else []
        matrix = self._sample_matrix()
        if matrix is not None:
            parts.append(_sample_sums(matrix, self._bounds(), wide).flatten())
        parts += [units.to(wide) for units in self._active]
        self._transfer = Transfer(torch.cat(parts) if parts else torch.zeros(0))
        self._small, self._scalars, self._samples, self._active, self._unfollowed = [], [], [], [], []

    def _measure_small(self) -> list[tuple[torch.Tensor, ...]]:
        """Norm, lowest, highest and sum of each small tensor."""
        zero = self._zero
        norms = torch._foreach_norm(self._small) if self._small else ()
        return [
            (
                size,
                *(torch.aminmax(tensor) if entry.spec.extremes else (zero, zero)),
                tensor.sum() if entry.spec.moments else zero,
            )
            for size, tensor, entry in zip(norms, self._small, self._small_entries, strict=True)
        ]

    def _sample_matrix(self) -> torch.Tensor | None:
        """The samples of all entries whose spec asks for one, in their order: [entries, SAMPLE]."""
        parts = []
        small = [
            tensor.reshape(-1)
            for tensor, entry in zip(self._small, self._small_entries, strict=True) if entry.spec.sample
        ]  # fmt: skip
        if small:
            places = self._sampler.samples([len(each) for each in small], self._device)
            parts.append(torch.cat([*small, self._zero.reshape(1)]).index_select(0, places.view(-1)).view(-1, SAMPLE))
        if self._samples:
            parts.append(torch.stack(_of_one_dtype(self._samples)))
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else torch.cat(_of_one_dtype(parts))

    def _sampled(self) -> list[Entry]:
        return [entry for entry in (*self._small_entries, *self._large_entries) if entry.spec.sample]

    def _bounds(self) -> list[tuple[int, tuple[float, float]]]:
        return [(row, bounds) for row, entry in enumerate(self._sampled()) if (bounds := entry.spec.bounds)]

    def ready(self) -> bool:
        """Whether `read` would wait for no device."""
        return self._transfer is not None and self._transfer.ready()

    def read(self) -> Measured:
        """What was measured, after `close`."""
        if self._transfer is None:
            raise RuntimeError("the accumulator is read before it is closed")
        buffer = self._transfer.tensor()
        entries = [*self._small_entries, *self._large_entries]
        size = 4 * len(entries)
        scalars, rest = buffer[:size].view(-1, 4), buffer[size:]
        width = len(rest) - sum(count for _, count in self._followed)
        sums, units = rest[:width], rest[width:]
        # a norm overflows float32 where the extremes do not
        finite = bool(torch.isfinite(scalars[:, 1:3]).all()) and bool(torch.isfinite(scalars[:, 0]).all())
        stats = Stats((each.key for each in entries), finite, partial(_stats, entries, scalars, sums))
        return Measured(stats, self._units(units))

    def _units(self, buffer: torch.Tensor) -> dict[int, torch.Tensor]:
        active: dict[int, torch.Tensor] = {}
        for layer, count in self._followed:
            units, buffer = buffer[:count] != 0, buffer[count:]
            known = active.get(layer)
            if known is None:
                active[layer] = units
            elif len(known) == len(units):  # otherwise the units of the first call are the ones that are followed
                active[layer] = known | units
        return active


def norm(values: torch.Tensor) -> torch.Tensor:
    """The 2-norm of all elements, summed up in chunks so that float32 keeps its digits: no dimensions."""
    count = values.numel()
    if count <= 16 * CHUNK:
        return cast("torch.Tensor", torch.linalg.vector_norm(values))
    if not values.is_contiguous():  # as it lies in memory, so that nothing is copied
        strides = values.stride()
        values = values.permute(sorted(range(values.ndim), key=lambda dim: -strides[dim]))
    flat = values.reshape(-1)
    whole = count // CHUNK * CHUNK
    norms = torch.linalg.vector_norm(flat[:whole].view(-1, CHUNK), dim=1)
    if whole < count:
        norms = torch.cat([norms, torch.linalg.vector_norm(flat[whole:]).unsqueeze(0)])
    return norm(norms)


def _of_one_dtype(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    if any(tensor.dtype is torch.float64 for tensor in tensors):
        return [tensor.double() for tensor in tensors]
    return tensors


def _sample_sums(
    matrix: torch.Tensor, bounds: Sequence[tuple[int, tuple[float, float]]], wide: torch.dtype
) -> torch.Tensor:
    """Sum, sum of squares and of magnitudes, numbers of non-zero, of non-finite and of saturated elements of each row:
    [SUMS, rows]. `bounds`: of the rows that have any, by row."""
    precise, bits = matrix.to(wide), torch.empty_like(matrix)
    saturated = precise.new_zeros(len(matrix))
    for row, (low, high) in bounds:
        saturated[row] = ((matrix[row] <= low) | (matrix[row] >= high)).sum()
    counts = [
        torch.abs(matrix, out=bits).sum(1), torch.ne(matrix, 0, out=bits).sum(1),
        torch.sub(matrix, matrix, out=bits).ne_(0).sum(1),
    ]  # fmt: skip
    squares = torch.linalg.vecdot(precise, precise)
    return torch.stack([precise.sum(1), squares, *(each.to(wide) for each in counts), saturated])


def _stats(entries: Sequence[Entry], scalars: torch.Tensor, sums: torch.Tensor) -> dict[Key, Stat]:
    """Those of all entries; several of one key are merged."""
    sampled = iter(sums.view(SUMS, -1).T.tolist() if len(sums) else ())
    stats: dict[Key, Stat] = {}
    for entry, four in zip(entries, scalars.tolist(), strict=True):
        stat = _stat(entry, four, next(sampled) if entry.spec.sample else None)
        known = stats.get(entry.key)
        stats[entry.key] = stat if known is None else merge(known, stat)
    return stats


def _stat(entry: Entry, scalars: Sequence[float], sums: Sequence[float] | None) -> Stat:
    """The statistics of one tensor from its scalars (norm, lowest, highest, sum) and the sums over its sample."""
    spec, count = entry.spec, float(entry.elements)
    size, low, high, total = scalars
    mean = total / count
    squares = size * size
    m2 = squares - count * mean * mean
    finite = math.isfinite(low) and math.isfinite(high) and (spec.extremes or math.isfinite(size))
    if sums is None:
        return Stat(count, mean, max(0.0, m2) if finite else m2, 0.0, low, high, 0.0, 0.0, float(not finite))
    sampled = min(entry.elements, SAMPLE)
    if spec.bounds and (spec.bounds[0] >= 0 or spec.bounds[1] <= 0):
        sums = [*sums[:-1], sums[-1] - (SAMPLE - sampled)]  # the zeros that fill up a small sample
    total, square, magnitude, nonzero, lost, saturated = (value * (count / sampled) for value in sums)
    if finite and not (TINY < size < HUGE or low == high == 0):  # beyond what float32 squares can hold
        m2 = square - (total * total / count if spec.moments else 0.0)
    elif finite and m2 < CANCELLATION * squares:
        m2 = square - total * total / count
    non_finite = 0.0 if finite else max(1.0, round(lost))
    return Stat(
        count, mean, max(0.0, m2) if finite else m2, magnitude, low, high, count - nonzero, saturated, non_finite
    )
