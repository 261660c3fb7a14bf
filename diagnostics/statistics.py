"""Statistics of tensors, computed with public PyTorch operations and read from the device once a capture.

Sum, 2-norm and extremes are exact and cost about 0.15 ns an element each on a CPU core. The numbers that would need a
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
REDRAWN, SIZES = 64, 256  # uses after which the positions of a sample are drawn again, and sizes that have some
ACTIVITY = 2**16  # elements, at most, in which active units are looked for: those of random samples of the batch
CHUNK = 4096  # elements that one float32 accumulator adds up: a norm of millions in one go is off by 1e-3
CANCELLATION = 1e-3  # below this share of the sum of squares, a float32 variance by subtraction has lost its digits
WHOLE = 16 * CHUNK  # elements up to which one accumulator is enough
PRECISE = (torch.float32, torch.float64)
MOST_KNOWN = 2**14  # kinds of entries that are kept for the next capture
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
    """What to measure of a tensor besides its norm. Without `moments` the mean stays 0, `m2` is the sum of squares,
    and of the extremes only the larger magnitude counts.

    `bounds`: an activation is saturated at or below the first, or at or above the second."""

    moments: bool = False
    extremes: bool = True
    sample: bool = True
    bounds: tuple[float, float] | None = None


GRADIENT = StatSpec()
WEIGHT = StatSpec(sample=False)
UPDATE = StatSpec(extremes=False, sample=False)


@dataclass(slots=True)
class Drawn:
    """Positions of a sample, and how often they were used."""

    positions: torch.Tensor
    uses: int = 0


class Sampler:
    """Draws random positions with generators of its own, so that the training's random state stays untouched."""

    def __init__(self) -> None:
        self._generators: dict[torch.device, torch.Generator] = {}
        self._drawn: dict[int, Drawn] = {}  # by the number of elements

    def positions(self, count: int, size: int, device: torch.device) -> torch.Tensor:
        """`count` positions below `size`, drawn with replacement: [count] whole numbers on `device`."""
        generator = self._generators.get(device)
        if generator is None:
            generator = self._generators[device] = torch.Generator(device).manual_seed(0)
        return torch.randint(size, (count,), generator=generator, device=device)

    def elements(self, tensor: torch.Tensor) -> torch.Tensor:
        """`SAMPLE` random elements, or all where there are no more: [at most SAMPLE], possibly a view.

        The positions serve the next tensors of this size too, then they are drawn again."""
        count = tensor.numel()
        if count <= SAMPLE:
            return tensor.reshape(-1)
        drawn = self._drawn.get(count)
        if drawn is None or drawn.uses >= REDRAWN or drawn.positions.device != tensor.device:
            if len(self._drawn) >= SIZES:
                self._drawn.clear()
            drawn = self._drawn[count] = Drawn(self.positions(SAMPLE, count, tensor.device))
        drawn.uses += 1
        return tensor.take(drawn.positions)

    def part(self, tensor: torch.Tensor, dim: int) -> torch.Tensor:
        """Random entries along the first dimension, of about `ACTIVITY` elements; all where these are few, or `dim`
        is that dimension."""
        count = tensor.shape[0]
        if tensor.numel() <= ACTIVITY or count == 1 or dim % tensor.ndim == 0:
            return tensor
        chosen = self.positions(max(1, ACTIVITY * count // tensor.numel()), count, tensor.device)
        return tensor.index_select(0, chosen)


class Transfer:
    """A tensor on its way to the host, which does not wait for it. On the host it is there already."""

    def __init__(self, tensor: torch.Tensor) -> None:
        pinned = tensor.device.type == "cuda"
        self._event = None
        self._host = tensor
        if tensor.device.type != "cpu":
            self._host = torch.empty(tensor.shape, dtype=tensor.dtype, device="cpu", pin_memory=pinned)
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
    """Statistics on one device: of one capture after the other, collected as small tensors, packed and read once."""

    def __init__(self, device: torch.device, sampler: Sampler) -> None:
        self._device, self._sampler = device, sampler
        self._known: dict[tuple[Key, int], Entry] = {}  # shared by all captures: few objects for Python's collector
        self._zeros = torch.zeros(SAMPLE, device=device)
        self._begin()

    def _begin(self) -> None:
        self._entries: list[Entry] = []
        self._scalars: list[torch.Tensor] = []  # of each entry: norm, lowest and highest, sum, as its spec asks for
        self._samples: list[torch.Tensor] = []  # where the spec asks for one
        self._saturated: list[tuple[int, torch.Tensor]] = []  # number of a sample, and of its saturated elements
        self._active: list[torch.Tensor] = []
        self._followed: list[tuple[int, int]] = []  # layer and number of units of each of these
        self._double = False  # there is any tensor of float64

    def add(self, key: Key, tensor: torch.Tensor, spec: StatSpec, unit_dim: int | None = None) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape) into those of `key`; with `unit_dim`, note
        which of its units are active, for the layer of `key`."""
        values = tensor.detach()
        if values.dtype not in PRECISE:
            values = values.float()
        self._take(key, values, norm(values), spec)
        if unit_dim is not None:
            self.add_units(key.number, values, unit_dim)

    def add_all(self, part: Part, tensors: Sequence[tuple[int, torch.Tensor]], spec: StatSpec) -> None:
        """As `add`, of several by their numbers, whose norms are computed together."""
        values = [tensor if tensor.dtype in PRECISE else tensor.float() for _, tensor in tensors]
        for (number, _), value, size in zip(tensors, values, norms(values), strict=True):
            self._take(Key(part, number), value, size, spec)

    def _take(self, key: Key, values: torch.Tensor, size: torch.Tensor, spec: StatSpec) -> None:
        elements = values.numel()
        entry = self._known.get((key, elements))
        if entry is None or entry.spec is not spec:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            entry = self._known[key, elements] = Entry(key, spec, elements)
        self._entries.append(entry)
        self._double = self._double or values.dtype is torch.float64
        self._scalars.append(size)
        if spec.extremes:
            self._scalars += torch.aminmax(values)
        if spec.moments:
            self._scalars.append(values.sum())
        if spec.sample:
            sample = self._sampler.elements(values)
            self._samples.append(sample if elements > SAMPLE else sample.clone())  # it may change until it is packed
            if spec.bounds is not None:
                low, high = spec.bounds
                self._saturated.append((len(self._samples) - 1, ((sample <= low) | (sample >= high)).sum()))

    def add_units(self, layer: int, tensor: torch.Tensor, dim: int) -> None:
        """Note which units (positions of `dim`) are active in `tensor`: not zero anywhere in the part that is
        looked at."""
        part = self._sampler.part(tensor.detach(), dim)
        others = [other for other in range(part.ndim) if other != dim % part.ndim]
        units = part.abs().amax(others) if others else part.abs()
        self._active.append(units)
        self._followed.append((layer, len(units)))

    def close(self) -> "Packed":
        """The capture is complete: pack everything into one buffer and start to bring it to the host."""
        wide = torch.float32 if self._device.type == "mps" else torch.float64
        parts = []
        if self._scalars:
            parts.append(torch.stack(self._of_one_dtype(self._scalars)).to(wide))
        if self._samples:
            matrix = self._matrix(self._of_one_dtype(self._samples))
            parts.append(_sample_sums(matrix, self._saturated, wide).flatten())
        parts += [units.to(wide) for units in self._active]
        transfer = Transfer(torch.cat(parts) if parts else torch.zeros(0, device="cpu"))
        packed = Packed(transfer, self._entries, len(self._scalars), self._followed)
        self._begin()
        return packed

    def _matrix(self, samples: Sequence[torch.Tensor]) -> torch.Tensor:
        """The samples as rows, filled up with zeros: [samples, SAMPLE]. `pad_sequence` takes three operations a row."""
        if self._zeros.dtype is not samples[0].dtype:
            self._zeros = samples[0].new_zeros(SAMPLE)
        filled = []
        for sample in samples:
            filled += [sample, self._zeros[len(sample) :]] if len(sample) < SAMPLE else [sample]
        return torch.cat(filled).view(-1, SAMPLE)

    def _of_one_dtype(self, tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        return [tensor.double() for tensor in tensors] if self._double else tensors


@dataclass(frozen=True, slots=True)
class Packed:
    """What an accumulator measured in one capture, on its way to the host. `scalars`: how many; `followed`: layer and
    number of units."""

    transfer: Transfer
    entries: list[Entry]
    scalars: int
    followed: list[tuple[int, int]]

    def ready(self) -> bool:
        """Whether `read` would wait for no device."""
        return self.transfer.ready()

    def read(self) -> Measured:
        """What was measured."""
        buffer = self.transfer.tensor()
        end = len(buffer) - sum(count for _, count in self.followed)
        scalars, sums, units = buffer[: self.scalars], buffer[self.scalars : end], buffer[end:]
        finite = math.isfinite(float(scalars.sum()))  # a norm overflows float32 where the extremes do not
        stats = Stats((each.key for each in self.entries), finite, partial(_stats, self.entries, scalars, sums))
        return Measured(stats, self._units(units))

    def _units(self, buffer: torch.Tensor) -> dict[int, torch.Tensor]:
        active: dict[int, torch.Tensor] = {}
        split = (buffer != 0).split([count for _, count in self.followed])  # type: ignore[no-untyped-call]
        for (layer, count), units in zip(self.followed, split, strict=True):
            known = active.get(layer)
            if known is None:
                active[layer] = units
            elif len(known) == count:  # otherwise the units of the first call are the ones that are followed
                active[layer] = known | units
        return active


def norm(values: torch.Tensor) -> torch.Tensor:
    """The 2-norm of all elements, summed up in chunks so that float32 keeps its digits: no dimensions."""
    count = values.numel()
    if count <= WHOLE:
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


def norms(tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """`norm` of each; those of tensors of usual size are computed by one call."""
    usual = [tensor for tensor in tensors if tensor.numel() <= WHOLE]
    together = iter(torch._foreach_norm(usual) if usual else ())
    return [next(together) if tensor.numel() <= WHOLE else norm(tensor) for tensor in tensors]


def _sample_sums(
    matrix: torch.Tensor, saturated: Sequence[tuple[int, torch.Tensor]], wide: torch.dtype
) -> torch.Tensor:
    """Sum, 2-norm, sum of magnitudes, numbers of non-zero, of non-finite and of saturated elements of each row, which
    may be filled up with zeros: [SUMS, rows]."""
    precise, other = matrix.to(wide), torch.empty_like(matrix)
    bounded = matrix.new_zeros(len(matrix))
    for row, count in saturated:
        bounded[row] = count
    return torch.stack([
        precise.sum(1), torch.linalg.vector_norm(precise, dim=1),
        *(each.to(wide) for each in (
            torch.abs(matrix, out=other).sum(1), torch.ne(matrix, 0, out=other).sum(1),
            torch.sub(matrix, matrix, out=other).ne_(0).sum(1), bounded,
        )),
    ])  # fmt: skip


def _stats(entries: Sequence[Entry], scalars: torch.Tensor, sums: torch.Tensor) -> dict[Key, Stat]:
    """Those of all entries; several of one key are merged."""
    sampled = iter(sums.view(SUMS, -1).T.tolist() if len(sums) else ())
    numbers = iter(scalars.tolist())
    stats: dict[Key, Stat] = {}
    for entry in entries:
        size = next(numbers)
        low, high = (next(numbers), next(numbers)) if entry.spec.extremes else (0.0, 0.0)
        total = next(numbers) if entry.spec.moments else 0.0
        stat = _stat(entry, (size, low, high, total), next(sampled) if entry.spec.sample else None)
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
    share = count / sampled
    total, magnitude, nonzero, lost, saturated = (sums[index] * share for index in (0, 2, 3, 4, 5))
    square = sums[1] ** 2 * share if math.isfinite(sums[1]) else sums[1]
    if finite and not (TINY < size < HUGE or low == high == 0):  # beyond what float32 squares can hold
        m2 = square - (total * total / count if spec.moments else 0.0)
    elif finite and m2 < CANCELLATION * squares:
        m2 = square - total * total / count
    non_finite = 0.0 if finite else max(1.0, round(lost))
    return Stat(
        count, mean, max(0.0, m2) if finite else m2, magnitude, low, high, count - nonzero, saturated, non_finite
    )
