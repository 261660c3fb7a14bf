"""The statistics of a tensor against float64: exact ones to the last digits, those of a sample within its error."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.statistics import (
    GRADIENT,
    SAMPLE,
    Accumulator,
    Key,
    Measured,
    Part,
    Sampler,
    Stat,
    StatSpec,
    merge,
)

CPU = torch.device("cpu")
OUTPUT = StatSpec(moments=True, bounds=(-0.98, 0.98))
KEY = Key(Part.OUTPUT, 0)


def measured(*tensors: torch.Tensor, spec: StatSpec = OUTPUT, units: int | None = None) -> Measured:
    made = Accumulator(CPU, Sampler())
    for tensor in tensors:
        made.add(KEY, tensor, spec)
        if units is not None:
            made.add_units(0, tensor, units)
    packed = made.close()
    assert packed.ready()
    return packed.read()


def reference(*tensors: torch.Tensor) -> Stat:
    x = torch.cat([tensor.flatten().double() for tensor in tensors])
    return Stat(
        float(len(x)), x.mean().item(), (x - x.mean()).square().sum().item(), x.abs().sum().item(), x.min().item(),
        x.max().item(), float((x == 0).sum()), float((x.abs() >= 0.98).sum()),
    )  # fmt: skip


def agree(found: Stat, wanted: Stat, tolerance: float, sampled: float = 0.0) -> None:
    """Relative to the tensor's root mean square; `sampled`: the error allowed to shares."""
    rms = math.sqrt(wanted.squares / wanted.elements) or 1.0
    assert found.elements == wanted.elements
    for name in ("mean", "low", "high"):
        assert abs(getattr(found, name) - getattr(wanted, name)) <= tolerance * rms, name
    assert found.norm == pytest.approx(wanted.norm, rel=tolerance)
    deviation = math.sqrt(wanted.m2 / wanted.elements)
    assert math.sqrt(found.m2 / found.elements) == pytest.approx(deviation, rel=tolerance + 2 * sampled, abs=1e-6 * rms)
    assert found.magnitude == pytest.approx(wanted.magnitude, rel=tolerance + 2 * sampled)
    for name in ("zeros", "saturated"):
        assert abs(getattr(found, name) - getattr(wanted, name)) <= sampled * wanted.elements + 1e-6, name


def tensors(rows: int) -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(rows, 24, generator=random)
    outlier = x + 1.0
    outlier[0, 0] = 1e4
    return {
        "normal": x,
        "rectified": x.relu(),
        "constant": torch.full((rows, 24), 0.3),
        "zeros": torch.zeros(rows, 24),
        "mean 1e4": x + 1e4,
        "small": x * 1e-15,
        "large": x * 1e15,
        "all positive": x.abs() + 0.1,
        "transposed": torch.randn(24, rows, generator=random).t(),
        "sliced": torch.randn(2 * rows, 48, generator=random)[::2, ::2],
        "expanded": torch.randn(1, 24, generator=random).expand(rows, 24),
        "channels last": torch.randn(rows, 2, 3, 4, generator=random).to(memory_format=torch.channels_last),
    }


@pytest.mark.parametrize("kind", tensors(1))
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_small_tensors_are_measured_whole(kind: str, dtype: torch.dtype) -> None:
    x = tensors(37)[kind].to(dtype)
    if not torch.isfinite(x).all():
        pytest.skip("beyond the range of this type")
    before = x.clone()
    agree(measured(x).stats[KEY], reference(x), 1e-4)
    assert torch.equal(x, before)


@pytest.mark.parametrize("kind", tensors(1))
def test_large_tensors(kind: str) -> None:
    x = tensors(20_000)[kind]
    agree(measured(x).stats[KEY], reference(x), 1e-4, sampled=5 * 0.5 / math.sqrt(SAMPLE))


@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_squares_beyond_float32(factor: float) -> None:
    x = torch.randn(37, 24, generator=torch.Generator().manual_seed(0)) * factor
    for spec in (OUTPUT, GRADIENT):
        found, wanted = measured(x, spec=spec).stats[KEY], reference(x)
        assert found.norm == pytest.approx(wanted.norm, rel=1e-3)
        assert found.non_finite == 0


def test_millions_of_equal_elements() -> None:
    """One float32 sum over so many is off by a thousandth."""
    x = torch.full((3 * 2**20 + 5,), 1.1)
    assert measured(x).stats[KEY].norm == pytest.approx(1.1 * math.sqrt(len(x)), rel=1e-6)


@pytest.mark.parametrize("rows", [37, 20_000])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_one_element_that_is_not_finite(rows: int, bad: float) -> None:
    """It is never missed, also where the sample misses it."""
    x = torch.randn(rows, 24)
    x[3, 4] = bad
    found = measured(x).stats[KEY]
    assert found.non_finite >= 1
    assert rows > 1000 or found.non_finite == 1
    assert not math.isfinite(found.norm)


def test_a_sample_is_no_stride() -> None:
    """Zeros in every second row, or column, or in the first half: any fixed stride would lie about one of them."""
    for count in (7, 8, 1000, 1024):
        x = torch.ones(64, count, 16)
        patterns = [x.clone() for _ in range(3)]
        patterns[0][::2] = 0
        patterns[1][:, :, ::2] = 0
        patterns[2][:32] = 0
        for pattern in patterns:
            found = measured(pattern).stats[KEY]
            assert found.zeros / found.elements == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("unit", [0, 1, -1])
@pytest.mark.parametrize("shape", [(5,), (3, 4, 5), (2, 6, 5, 7), (1, 1), (70, 130), (400, 300), (8, 64, 32, 32)])
def test_active_units(shape: tuple[int, ...], unit: int) -> None:
    if unit >= len(shape):
        pytest.skip("no such dimension")
    x = torch.rand(shape) + 0.1
    dead = slice(0, shape[unit] // 2)
    x.movedim(unit, 0)[dead] = 0
    active = measured(x, units=unit).active[0]
    assert active.tolist() == [index >= shape[unit] // 2 for index in range(shape[unit])]


def test_calls_add_up() -> None:
    """Several calls, of different sizes and means, are one set of elements."""
    random = torch.Generator().manual_seed(2)
    parts = [torch.randn(n, 6, generator=random) + mean for n, mean in ((3, 100.0), (50, -7.0), (1, 0.0), (20, 1e3))]
    agree(measured(*parts).stats[KEY], reference(*parts), 1e-4)


def test_nothing_changes_the_random_state() -> None:
    before = torch.get_rng_state()
    measured(torch.ones(500, 500), units=1)
    assert torch.equal(before, torch.get_rng_state())


@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=40), st.lists(st.floats(-1e6, 1e6, width=32), max_size=40))
@settings(max_examples=50, deadline=None)
def test_merging_is_measuring_together(a: list[float], b: list[float]) -> None:
    rows = [reference(torch.tensor(each)) if each else Stat() for each in (a, b)]
    if a + b:
        agree(merge(*rows), reference(torch.tensor(a + b)), 1e-6)
