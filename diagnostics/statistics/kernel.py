"""The statistics of one tensor on a GPU, in one read of it: a Triton kernel in two stages.

Stage one: each program goes through tiles of the tensor and keeps, in every lane, sums that are shifted by the
lane's first finite element, so that no mean is too large for the variance. Stage two merges the programs' partial
rows, always in the same order, into the row of the packed buffer: results are reproducible. Unit counts are whole
numbers below 2^24 in a tile's sums, so the order in which they are added does not show either.
"""

import math

import torch
import triton
import triton.language as tl

from diagnostics.statistics import WIDTH, Ask
from diagnostics.statistics.layout import matrix

LANES = 4096  # elements of a tile
PROGRAMS = 1024  # at most; each leaves one partial row
MERGED = triton.next_power_of_2(PROGRAMS)


@triton.jit  # type: ignore[untyped-decorator]
def _reduce(  # type: ignore[no-untyped-def]
    x, partials, active, rows, columns, units, below, above,
    where: tl.constexpr, bounded: tl.constexpr, high: tl.constexpr, wide: tl.constexpr, width: tl.constexpr,
):  # fmt: skip
    """One partial row: x is [rows, columns]. Units: where=0 none, 1 the columns, 2 row r has r % units."""
    program = tl.program_id(0)
    block = tl.program_id(1)
    offsets_c = block * wide + tl.arange(0, wide)
    tiles = tl.cdiv(rows, high)
    count = tl.zeros([high, wide], tl.float32)
    shift = tl.zeros([high, wide], tl.float32)
    total = tl.zeros([high, wide], tl.float32)
    squares = tl.zeros([high, wide], tl.float32)
    magnitude = tl.zeros([high, wide], tl.float32)
    low = tl.full([high, wide], float("inf"), tl.float32)
    top = tl.full([high, wide], float("-inf"), tl.float32)
    zeros = tl.zeros([high, wide], tl.float32)
    saturated = tl.zeros([high, wide], tl.float32)
    lost = tl.zeros([high, wide], tl.float32)
    answers = tl.zeros([wide], tl.float32)
    for tile in range(program, tiles, tl.num_programs(0)):
        offsets_r = tile * high + tl.arange(0, high)
        inside = (offsets_r[:, None] < rows) & (offsets_c[None, :] < columns)
        places = offsets_r[:, None].to(tl.int64) * columns + offsets_c[None, :]
        value = tl.load(x + places, mask=inside, other=0.0).to(tl.float32)
        finite = inside & (tl.abs(value) < float("inf"))
        shift = tl.where(finite & (count == 0.0), value, shift)
        centred = tl.where(finite, value - shift, 0.0)
        count += tl.where(finite, 1.0, 0.0)
        total += centred
        squares += centred * centred
        magnitude += tl.where(finite, tl.abs(value), 0.0)
        low = tl.minimum(low, tl.where(finite, value, float("inf")))
        top = tl.maximum(top, tl.where(finite, value, float("-inf")))
        zeros += tl.where(inside & (value == 0.0), 1.0, 0.0)
        lost += tl.where(inside & (finite == 0), 1.0, 0.0)
        if bounded:
            saturated += tl.where(finite & ((value <= below) | (value >= above)), 1.0, 0.0)
        if where > 0:
            answered = tl.where(inside & (value != 0.0), 1.0, 0.0)
            if where == 1:
                answers += tl.sum(answered, 0)
            else:
                tl.atomic_add(active + offsets_r % units, tl.sum(answered, 1), mask=offsets_r < rows)
    if where == 1:
        tl.atomic_add(active + offsets_c, answers, mask=offsets_c < columns)
    lane_mean = shift + total / tl.maximum(count, 1.0)
    lane_m2 = squares - total * total / tl.maximum(count, 1.0)
    elements = tl.sum(tl.sum(count, 1), 0)
    mean = tl.sum(tl.sum(count / tl.maximum(elements, 1.0) * lane_mean, 1), 0)
    apart = tl.where(count > 0.0, lane_mean - mean, 0.0)
    m2 = tl.sum(tl.sum(tl.maximum(lane_m2, 0.0) + count * apart * apart, 1), 0)
    place = partials + (block * tl.num_programs(0) + program) * width
    tl.store(place + 0, elements)
    tl.store(place + 1, mean)
    tl.store(place + 2, m2)
    tl.store(place + 3, tl.sum(tl.sum(magnitude, 1), 0))
    tl.store(place + 4, tl.min(tl.min(low, 1), 0))
    tl.store(place + 5, tl.max(tl.max(top, 1), 0))
    tl.store(place + 6, tl.sum(tl.sum(zeros, 1), 0))
    tl.store(place + 7, tl.sum(tl.sum(saturated, 1), 0))
    tl.store(place + 8, tl.sum(tl.sum(lost, 1), 0))


@triton.jit  # type: ignore[untyped-decorator]
def _combine(partials, row, programs, merged: tl.constexpr, width: tl.constexpr):  # type: ignore[no-untyped-def]
    """Merge `programs` partial rows and the row that is there (Chan, Golub & LeVeque 1979, for many sets at once)."""
    index = tl.arange(0, merged)
    some = index < programs
    place = partials + index * width
    known = tl.load(row)
    known_mean = tl.load(row + 1)
    count = tl.load(place, mask=some, other=0.0)
    means = tl.load(place + 1, mask=some, other=0.0)
    elements = tl.sum(count, 0) + known
    share = tl.maximum(elements, 1.0)
    mean = tl.sum(count / share * means, 0) + known / share * known_mean
    apart = tl.where(count > 0.0, means - mean, 0.0)
    m2 = tl.sum(tl.load(place + 2, mask=some, other=0.0) + count * apart * apart, 0)
    m2 += tl.load(row + 2) + known * (known_mean - mean) * (known_mean - mean)
    tl.store(row, elements)
    tl.store(row + 1, mean)
    tl.store(row + 2, m2)
    low = tl.min(tl.load(place + 4, mask=some, other=float("inf")), 0)
    high = tl.max(tl.load(place + 5, mask=some, other=float("-inf")), 0)
    tl.store(row + 4, tl.minimum(low, tl.load(row + 4)))
    tl.store(row + 5, tl.maximum(high, tl.load(row + 5)))
    tl.store(row + 3, tl.load(row + 3) + tl.sum(tl.load(place + 3, mask=some, other=0.0), 0))
    tl.store(row + 6, tl.load(row + 6) + tl.sum(tl.load(place + 6, mask=some, other=0.0), 0))
    tl.store(row + 7, tl.load(row + 7) + tl.sum(tl.load(place + 7, mask=some, other=0.0), 0))
    tl.store(row + 8, tl.load(row + 8) + tl.sum(tl.load(place + 8, mask=some, other=0.0), 0))


def measure_into(tensor: torch.Tensor, row: torch.Tensor, active: torch.Tensor | None, ask: Ask) -> None:
    """As `diagnostics.statistics.device.measure_into`: merge the statistics of `tensor` (floating dtype, any shape
    and dense strides) into `row` ([WIDTH], float32) and `active` ([units], float32), reading the tensor
    once and nothing back.
    """
    flat, rows, columns, units = matrix(tensor.detach(), ask.unit_dim if active is not None else None)
    if active is None and (even := math.gcd(columns, LANES)) >= 64:  # else one long row, many blocks
        rows, columns = columns // even, even
    wide = min(triton.next_power_of_2(columns), LANES)
    high = LANES // wide
    blocks = triton.cdiv(columns, wide)
    programs = max(1, min(triton.cdiv(rows, high), PROGRAMS // blocks))
    partials = torch.empty(programs * blocks, WIDTH, device=tensor.device)
    below, above = ask.bounds or (0.0, 0.0)
    merged = MERGED if blocks <= PROGRAMS else triton.next_power_of_2(programs * blocks)
    with torch.cuda.device_of(tensor):  # type: ignore[no-untyped-call]
        _reduce[(programs, blocks)](
            flat, partials, row if active is None else active, rows, columns, max(1, units), below, above,
            where=0 if active is None else 2 if units else 1, bounded=ask.bounds is not None,
            high=high, wide=wide, width=WIDTH,
        )  # fmt: skip
        _combine[(1,)](partials, row, programs * blocks, merged=merged, width=WIDTH)
