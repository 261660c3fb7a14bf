"""Statistics of tensors, computed with public PyTorch operations and read from the device once a capture.

Sum, 2-norm and extremes are exact and cost about 0.1 ns an element each on a CPU core. The numbers that would need a
slow pass over the whole tensor (shares of zeros, mean magnitude, saturation, the number of non-finite elements) come
from a random sample of `SAMPLE` elements, so a share is right to ± 0.03 (95%). Tensors of at most that size are
measured whole."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, cast

import torch

SAMPLE = 1024  # elements of a tensor from which shares are estimated
ACTIVITY = 2**15  # elements, at most, of the rows in which active units are looked for
CHUNK = 4096  # elements that one float32 accumulator adds up: a norm of millions in one go is off by 1e-3
CANCELLATION = 1e-3  # below this share of the sum of squares, a float32 variance by subtraction has lost its digits
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

    def positions(self, count: int, size: int, device: torch.device) -> torch.Tensor:
        """`count` positions below `size`, drawn with replacement: [count] whole numbers on `device`."""
        generator = self._generators.get(device)
        if generator is None:
            generator = self._generators[device] = torch.Generator(device).manual_seed(0)
        return torch.randint(size, (count,), generator=generator, device=device)

    def elements(self, tensor: torch.Tensor) -> torch.Tensor:
        """A copy of `SAMPLE` random elements, or of all where there are no more: one dimension."""
        if tensor.numel() <= SAMPLE:
            return tensor.flatten().clone() if tensor.is_contiguous() else tensor.flatten()
        return tensor.take(self.positions(SAMPLE, tensor.numel(), tensor.device))

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


class Measured(NamedTuple):
    """What an accumulator measured. `active`: by layer index, how many sampled elements of each unit were not zero."""

    stats: dict[Key, Stat]
    active: dict[int, torch.Tensor]


@dataclass(slots=True)
class _Entry:
    key: Key
    spec: StatSpec
    count: int
    sampled: int


class Accumulator:
    """Statistics of one capture on one device: collected as small tensors, packed and read once."""

    def __init__(self, device: torch.device, sampler: Sampler) -> None:
        self._device, self._sampler = device, sampler
        self._entries: list[_Entry] = []
        self._values: list[torch.Tensor] = []  # scalars, in the order of the entries
        self._samples: list[torch.Tensor] = []
        self._active: list[torch.Tensor] = []
        self._followed: list[tuple[int, int]] = []  # layer and number of units of each of these
        self._transfer: Transfer | None = None

    def add(self, key: Key, tensor: torch.Tensor, spec: StatSpec) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape) into those of `key`."""
        if tensor.numel():
            values = full_precision(tensor)
            self._add(key, values, spec, norm(values))

    def add_all(self, tensors: Sequence[tuple[Key, torch.Tensor]], spec: StatSpec) -> None:
        """As `add`, of many, with one call for the norms of those that are small."""
        present = [(key, full_precision(tensor)) for key, tensor in tensors if tensor.numel()]
        small = [values for _, values in present if values.numel() <= CHUNK * 16]
        norms = iter(torch._foreach_norm(small) if small else ())
        for key, values in present:
            self._add(key, values, spec, next(norms) if values.numel() <= CHUNK * 16 else norm(values))

    def _add(self, key: Key, values: torch.Tensor, spec: StatSpec, size: torch.Tensor) -> None:
        found = [size]
        if spec.extremes:
            found += torch.aminmax(values)
        if spec.moments:
            found.append(values.sum())
        sampled = 0
        if spec.sample:
            sample = self._sampler.elements(values)
            sampled = len(sample)
            self._samples.append(sample)
            if spec.bounds:
                low, high = spec.bounds
                found.append(((sample <= low) | (sample >= high)).sum().float())
        self._values += found
        self._entries.append(_Entry(key, spec, values.numel(), sampled))

    def add_units(self, layer: int, tensor: torch.Tensor, dim: int) -> None:
        """Note which units (positions of `dim`) are active in `tensor`: not zero in any of its sampled rows."""
        units = self._sampler.rows(tensor.detach(), dim).abs().amax(0).float()
        self._active.append(units)
        self._followed.append((layer, len(units)))

    def close(self) -> None:
        """Nothing more is added: pack everything into one buffer and start to bring it to the host."""
        wide = torch.float32 if self._device.type == "mps" else torch.float64
        parts = []
        if self._values:
            parts.append(torch.stack(_of_one_dtype(self._values)).to(wide))
        if self._samples:
            parts.append(_sample_sums(self._samples, wide).flatten())
        parts += [units.to(wide) for units in self._active]
        self._transfer = Transfer(torch.cat(parts) if parts else torch.zeros(0))
        self._values, self._samples, self._active = [], [], []

    def ready(self) -> bool:
        """Whether `read` would wait for no device."""
        return self._transfer is not None and self._transfer.ready()

    def read(self) -> Measured:
        """What was measured, after `close`."""
        if self._transfer is None:
            raise RuntimeError("the accumulator is read before it is closed")
        buffer = self._transfer.tensor()
        sizes = sum(_width(entry.spec) for entry in self._entries)
        sampled = sum(1 for entry in self._entries if entry.spec.sample)
        values = iter(buffer[:sizes].tolist())
        sums = iter(buffer[sizes : sizes + 5 * sampled].view(5, sampled).T.tolist())
        stats: dict[Key, Stat] = {}
        for entry in self._entries:
            scalars = [next(values) for _ in range(_width(entry.spec))]
            stat = _stat(entry, scalars, next(sums) if entry.spec.sample else None)
            known = stats.get(entry.key)
            stats[entry.key] = stat if known is None else merge(known, stat)
        return Measured(stats, self._units(buffer[sizes + 5 * sampled :]))

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


def full_precision(tensor: torch.Tensor) -> torch.Tensor:
    """`tensor` without its history, in float32 where it has fewer digits."""
    tensor = tensor.detach()
    return tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.float()


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


def _sample_sums(samples: list[torch.Tensor], wide: torch.dtype) -> torch.Tensor:
    """Sum, sum of squares, of magnitudes, and the numbers of non-zero and of non-finite elements: [5, samples]."""
    matrix = torch.nn.utils.rnn.pad_sequence(_of_one_dtype(samples), batch_first=True)  # the zeros change no sum
    precise = matrix.to(wide)
    bits = torch.empty_like(matrix)
    return torch.stack([
        precise.sum(1), torch.linalg.vecdot(precise, precise), matrix.abs().sum(1).to(wide),
        torch.ne(matrix, 0, out=bits).sum(1).to(wide), torch.ne(matrix - matrix, 0, out=bits).sum(1).to(wide),
    ])  # fmt: skip


def _width(spec: StatSpec) -> int:
    return 1 + 2 * spec.extremes + spec.moments + (spec.bounds is not None and spec.sample)


def _stat(entry: _Entry, scalars: Sequence[float], sums: Sequence[float] | None) -> Stat:
    """The statistics of one tensor from its scalars (see `Accumulator._add`) and the sums over its sample."""
    spec, count = entry.spec, float(entry.count)
    values = iter(scalars)
    size = next(values)
    low, high = (next(values), next(values)) if spec.extremes else (0.0, 0.0)
    mean = next(values) / count if spec.moments else 0.0
    saturated = next(values, 0.0)
    squares = size * size
    m2 = squares - count * mean * mean
    if sums is None:
        lost = float(not math.isfinite(size if not spec.extremes else high - low))
        return Stat(count, mean, max(0.0, m2), 0.0, low, high, 0.0, 0.0, lost)
    share = count / entry.sampled
    total, square, magnitude, nonzero, lost = (value * share for value in sums)
    finite = math.isfinite(low) and math.isfinite(high)
    if finite and not (TINY < size < HUGE or low == high == 0):  # beyond what float32 squares can hold
        m2 = square - (total * total / count if spec.moments else 0.0)
    elif finite and m2 < CANCELLATION * squares:
        m2 = square - total * total / count
    non_finite = 0.0 if finite else max(1.0, round(lost))
    return Stat(
        count,
        mean,
        max(0.0, m2) if finite else m2,
        magnitude,
        low,
        high,
        count - nonzero,
        saturated * share,
        non_finite,
    )
