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
from itertools import chain
from typing import NamedTuple, cast

import torch

SAMPLE = 1024  # elements of a tensor from which shares are estimated
SMALL = 2**13  # elements of a tensor up to which it is copied, and measured with others when the capture is complete
NARROWEST, ROWS = 256, 64  # elements of the smallest tensors' rows, and rows, of a bucket
REDRAWN, SIZES = 64, 256  # uses after which the positions of a sample are drawn again, and sizes that have some
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


class Sampler:
    """Draws random positions with generators of its own, so that the training's random state stays untouched."""

    def __init__(self) -> None:
        self._generators: dict[torch.device, torch.Generator] = {}
        self._drawn: dict[tuple[torch.device, int], tuple[int, torch.Tensor]] = {}

    def positions(self, count: int, size: int, device: torch.device) -> torch.Tensor:
        """`count` positions below `size`, drawn with replacement: [count] whole numbers on `device`."""
        generator = self._generators.get(device)
        if generator is None:
            generator = self._generators[device] = torch.Generator(device).manual_seed(0)
        return torch.randint(size, (count,), generator=generator, device=device)

    def elements(self, tensor: torch.Tensor) -> torch.Tensor:
        """`SAMPLE` random elements, or all where there are no more, filled up with zeros: [SAMPLE].

        The positions serve the next tensors of this size too, then they are drawn again."""
        count = tensor.numel()
        if count <= SAMPLE:
            return torch.nn.functional.pad(tensor.reshape(-1), (0, SAMPLE - count))
        uses, drawn = self._drawn.get((tensor.device, count), (REDRAWN, None))
        if drawn is None or uses >= REDRAWN:
            if len(self._drawn) >= SIZES:
                self._drawn.clear()
            uses, drawn = 0, self.positions(SAMPLE, count, tensor.device)
        self._drawn[tensor.device, count] = (uses + 1, drawn)
        return tensor.take(drawn)

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


class Bucket:
    """Copies of small tensors of similar sizes, one a row and filled up with zeros, that a few calls measure together.

    The memory serves every capture."""

    def __init__(self, width: int, device: torch.device) -> None:
        self.entries: list[Entry] = []
        self._matrix = torch.zeros(ROWS, width, device=device)
        self._places: list[torch.Tensor] = []  # where the tensors go: parts of the rows
        self._uses, self._sampled, self._drawn = 0, [0], torch.zeros(0)

    def place(self, entry: Entry, shape: torch.Size) -> torch.Tensor:
        """Where the tensor of `entry` is to be copied to."""
        row = len(self.entries)
        self.entries.append(entry)
        if row == len(self._places):
            self._places.append(self._matrix[row, : entry.elements].view(shape))
        elif self._places[row].shape != shape:
            self._places[row] = self._matrix[row].zero_()[: entry.elements].view(shape)
        return self._places[row]

    def scalars(self) -> torch.Tensor:
        """Norm, lowest, highest and sum of each row, one behind the other: [4 × rows]."""
        rows = self._matrix[: len(self.entries)]
        return torch.cat([torch.linalg.vector_norm(rows, dim=1), rows.amin(1), rows.amax(1), rows.sum(1)])

    def sample(self, sampler: Sampler) -> torch.Tensor | None:
        """The samples of the rows whose spec asks for one: [these, SAMPLE]."""
        chosen = [row for row, entry in enumerate(self.entries) if entry.spec.sample]
        if not chosen:
            return None
        sizes = [self.entries[row].elements for row in chosen]
        if self._sampled != [*chosen, *sizes] or self._uses >= REDRAWN // 4:
            self._draw(chosen, sizes, sampler)
        self._uses += 1
        if self._matrix.shape[1] <= SAMPLE:
            rows = self._matrix.index_select(0, self._drawn)
            return torch.nn.functional.pad(rows, (0, SAMPLE - rows.shape[1]))
        return self._matrix.view(-1).index_select(0, self._drawn).view(-1, SAMPLE)

    def _draw(self, rows: list[int], sizes: list[int], sampler: Sampler) -> None:
        """Positions in the matrix, or whole rows of a narrow one: those of a wide one have more than `SAMPLE`."""
        self._uses, self._sampled = 0, [*rows, *sizes]
        width, device = self._matrix.shape[1], self._matrix.device
        if width <= SAMPLE:
            self._drawn = torch.tensor(rows, device=device)
            return
        parts = [row * width + sampler.positions(SAMPLE, size, device) for row, size in zip(rows, sizes, strict=True)]
        self._drawn = torch.cat(parts)


class Accumulator:
    """Statistics on one device: of one capture after the other, collected as small tensors, packed and read once.

    Small tensors are copied and measured together when the capture is complete, since a call of PyTorch costs more than
    reading them. Large ones are measured when they come."""

    def __init__(self, device: torch.device, sampler: Sampler) -> None:
        self._device, self._sampler = device, sampler
        self._buckets: dict[int, list[Bucket]] = {}  # by width
        self._zero = torch.zeros((), device=device)
        self._begin()

    def _begin(self) -> None:
        self._entries: list[Entry] = []  # of the large
        self._scalars: list[torch.Tensor] = []  # of the large: norm, lowest, highest, sum of each
        self._samples: list[torch.Tensor] = []  # of the large, where the spec asks for one
        self._active: list[torch.Tensor] = []
        self._followed: list[tuple[int, int]] = []  # layer and number of units of each of these

    def add(self, key: Key, tensor: torch.Tensor, spec: StatSpec, unit_dim: int | None = None) -> None:
        """Merge the statistics of `tensor` (real floating dtype, any shape) into those of `key`; with `unit_dim`, note
        which of its units are active, for the layer of `key`."""
        tensor = tensor.detach()
        place = self._place(key, tensor, spec)
        if place is None:
            self._add_large(key, tensor, spec)
        else:
            place.copy_(tensor)
        if unit_dim is not None:
            self.add_units(key.number, tensor, unit_dim)

    def add_all(self, part: Part, tensors: Iterable[tuple[int, torch.Tensor]], spec: StatSpec) -> None:
        """As `add`, of several by their numbers, which are copied together."""
        places, small = [], []
        for number, given in tensors:
            tensor, key = given.detach(), Key(part, number)
            place = self._place(key, tensor, spec)
            if place is None:
                self._add_large(key, tensor, spec)
            else:
                places.append(place)
                small.append(tensor)
        if places:
            torch._foreach_copy_(places, small)

    def _place(self, key: Key, tensor: torch.Tensor, spec: StatSpec) -> torch.Tensor | None:
        """Where a small tensor is to be copied to; None for a large one, and where the zeros behind it would count."""
        count = tensor.numel()
        width = max(NARROWEST, 1 << (count - 1).bit_length())
        if count > SMALL or tensor.dtype is torch.float64 or (spec.moments and count != width):
            return None
        buckets = self._buckets.get(width)
        if buckets is None:
            buckets = self._buckets[width] = []
        bucket = next((each for each in buckets if len(each.entries) < ROWS), None)
        if bucket is None:
            bucket = Bucket(width, self._device)
            buckets.append(bucket)
        return bucket.place(Entry(key, spec, count), tensor.shape)

    def _add_large(self, key: Key, tensor: torch.Tensor, spec: StatSpec) -> None:
        values = tensor if tensor.dtype in PRECISE else tensor.float()
        self._entries.append(Entry(key, spec, values.numel()))
        low, high = torch.aminmax(values) if spec.extremes else (self._zero, self._zero)
        self._scalars += (norm(values), low, high, values.sum() if spec.moments else self._zero)
        if spec.sample:
            self._samples.append(self._sampler.elements(values))

    def add_units(self, layer: int, tensor: torch.Tensor, dim: int) -> None:
        """Note which units (positions of `dim`) are active in `tensor`: not zero in any of its sampled rows."""
        units = self._sampler.rows(tensor.detach(), dim).abs().amax(0)
        self._active.append(units)
        self._followed.append((layer, len(units)))

    def close(self) -> "Packed":
        """The capture is complete: pack everything into one buffer and start to bring it to the host."""
        wide = torch.float32 if self._device.type == "mps" else torch.float64
        buckets = [each for same in self._buckets.values() for each in same if each.entries]
        parts = [each.scalars() for each in buckets]
        if self._scalars:
            parts.append(torch.stack(_of_one_dtype(self._scalars)))
        samples = [found for each in buckets if (found := each.sample(self._sampler)) is not None]
        if self._samples:
            samples.append(torch.stack(_of_one_dtype(self._samples)))
        groups = [*(each.entries for each in buckets), self._entries]
        parts = [torch.cat([each.to(wide) for each in parts])] if parts else []
        if samples:
            sampled = [entry for group in groups for entry in group if entry.spec.sample]
            parts.append(_sample_sums(torch.cat(_of_one_dtype(samples)), sampled, wide).flatten())
        parts += [units.to(wide) for units in self._active]
        transfer = Transfer(torch.cat(parts) if parts else torch.zeros(0))
        packed = Packed(transfer, groups, self._followed)
        for each in buckets:
            each.entries = []
        self._begin()
        return packed


@dataclass(frozen=True, slots=True)
class Packed:
    """What an accumulator measured in one capture, on its way to the host. `groups`: entries of each bucket, then the
    large ones; `followed`: layer and number of units."""

    transfer: Transfer
    groups: list[list[Entry]]
    followed: list[tuple[int, int]]

    def ready(self) -> bool:
        """Whether `read` would wait for no device."""
        return self.transfer.ready()

    def read(self) -> Measured:
        """What was measured."""
        buffer = self.transfer.tensor()
        entries = [entry for group in self.groups for entry in group]
        size = 4 * len(entries)
        width = len(buffer) - size - sum(count for _, count in self.followed)
        scalars, sums, units = buffer[:size], buffer[size : size + width], buffer[size + width :]
        finite = bool(torch.isfinite(scalars).all())  # a norm overflows float32 where the extremes do not
        stats = Stats((each.key for each in entries), finite, partial(_stats, self.groups, scalars, sums))
        return Measured(stats, self._units(units))

    def _units(self, buffer: torch.Tensor) -> dict[int, torch.Tensor]:
        active: dict[int, torch.Tensor] = {}
        for layer, count in self.followed:
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


def _sample_sums(matrix: torch.Tensor, entries: Sequence[Entry], wide: torch.dtype) -> torch.Tensor:
    """Sum, 2-norm, sum of magnitudes, numbers of non-zero, of non-finite and of saturated elements of each row:
    [SUMS, rows]. `entries`: what the rows are of."""
    bits = torch.empty_like(matrix)
    saturated = torch.zeros(len(matrix), dtype=wide, device=matrix.device)
    for row, entry in enumerate(entries):
        if entry.spec.bounds is not None:
            low, high = entry.spec.bounds
            saturated[row] = ((matrix[row] <= low) | (matrix[row] >= high)).sum()
    return torch.stack([
        matrix.sum(1, dtype=wide), torch.linalg.vector_norm(matrix, dim=1, dtype=wide),
        torch.abs(matrix, out=bits).sum(1, dtype=wide), torch.ne(matrix, 0, out=bits).sum(1, dtype=wide),
        torch.sub(matrix, matrix, out=bits).ne_(0).sum(1, dtype=wide), saturated,
    ])  # fmt: skip


def _stats(groups: Sequence[Sequence[Entry]], scalars: torch.Tensor, sums: torch.Tensor) -> dict[Key, Stat]:
    """Those of all entries; several of one key are merged."""
    sampled = iter(sums.view(SUMS, -1).T.tolist() if len(sums) else ())
    *buckets, large = groups
    rows: list[list[float]] = []
    for bucket in buckets:
        own, scalars = scalars.tensor_split([4 * len(bucket)])
        rows += own.view(4, -1).T.tolist()
    rows += scalars.view(-1, 4).tolist()
    stats: dict[Key, Stat] = {}
    for entry, four in zip((*chain.from_iterable(buckets), *large), rows, strict=True):
        stat = _stat(entry, four, next(sampled) if entry.spec.sample else None)
        known = stats.get(entry.key)
        stats[entry.key] = stat if known is None else merge(known, stat)
    return stats


def _stat(entry: Entry, scalars: Sequence[float], sums: Sequence[float] | None) -> Stat:
    """The statistics of one tensor from its scalars (norm, lowest, highest, sum) and the sums over its sample."""
    spec, count = entry.spec, float(entry.elements)
    size, low, high, total = scalars
    if not spec.moments:
        total = 0.0
    mean = total / count
    squares = size * size
    m2 = squares - count * mean * mean
    finite = math.isfinite(low) and math.isfinite(high) and (spec.extremes or math.isfinite(size))
    if sums is None:
        return Stat(count, mean, max(0.0, m2) if finite else m2, 0.0, low, high, 0.0, 0.0, float(not finite))
    sampled = min(entry.elements, SAMPLE)
    if spec.bounds and (spec.bounds[0] >= 0 or spec.bounds[1] <= 0):
        sums = [*sums[:-1], sums[-1] - (SAMPLE - sampled)]  # the zeros that fill up a small sample
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
