"""The numbers of one tensor against float64, whoever measures: the CPU, eager on a device, the Triton kernel."""

import importlib.util
import math
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.capture import GRADIENT, WEIGHT
from diagnostics.statistics import EMPTY, Ask, Ledger, Row, Slot, merge
from diagnostics.statistics.device import DeviceLedger
from diagnostics.statistics.host import HostLedger
from diagnostics.statistics.native import Memory, NativeLedger
from diagnostics.statistics.native_kernel import library
from diagnostics.statistics.pack import Pack

CPU = torch.device("cpu")
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"


def device_ledger() -> DeviceLedger:
    return DeviceLedger(CPU, capacity=2)


def kernel_ledger() -> DeviceLedger:
    from diagnostics.statistics.kernel import measure_into

    return DeviceLedger(CPU, measure=measure_into, capacity=2)


def native_ledger() -> NativeLedger:
    kernel = library()
    if kernel is None:
        pytest.skip("no C compiler here")
    return NativeLedger(Memory(kernel))


Maker = Callable[[], Ledger]
ON_CPU: dict[str, Maker] = {"host": HostLedger, "native": native_ledger}
LEDGERS: dict[str, Maker] = {"kernel": kernel_ledger} if INTERPRETED else {**ON_CPU, "device": device_ledger}


def reference(*tensors: torch.Tensor, bounds: tuple[float, float] | None = None) -> list[float]:
    x = torch.cat([tensor.flatten().double() for tensor in tensors])
    kept = x[torch.isfinite(x)]
    row = list(EMPTY)
    row[Slot.NON_FINITE] = float(len(x) - len(kept))
    row[Slot.ZEROS] = float((x == 0).sum())
    if bounds:
        row[Slot.SATURATED] = float(((kept <= bounds[0]) | (kept >= bounds[1])).sum())
    if len(kept):
        mean = kept.mean()
        row[:6] = [
            len(kept), mean.item(), (kept - mean).square().sum().item(), kept.abs().sum().item(), kept.min().item(),
            kept.max().item(),
        ]  # fmt: skip
    return row


def agree(found: Row, wanted: Row, tolerance: float) -> None:
    """Counts to the last one; everything else relative to the tensor's root mean square."""
    for slot in (Slot.COUNT, Slot.ZEROS, Slot.SATURATED, Slot.NON_FINITE):
        assert found[slot] == wanted[slot], slot
    count = wanted[Slot.COUNT]
    if not count:
        return
    rms = math.sqrt(wanted[Slot.M2] / count + wanted[Slot.MEAN] ** 2) or 1.0
    for slot in (Slot.MEAN, Slot.MIN, Slot.MAX):
        assert abs(found[slot] - wanted[slot]) <= tolerance * rms, slot
    assert abs(found[Slot.MAGNITUDE] - wanted[Slot.MAGNITUDE]) <= tolerance * rms * count
    deviations = [math.sqrt(max(0.0, row[Slot.M2]) / count) for row in (found, wanted)]
    assert abs(deviations[0] - deviations[1]) <= tolerance * max(deviations[1], 1e-3 * rms)


def tensors() -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(37, 24, generator=random)
    spoiled = x.clone()
    spoiled[3, 4], spoiled[5, 6], spoiled[7, 8] = float("nan"), float("inf"), float("-inf")
    outlier = x + 1.0
    outlier[0, 0] = 1e4
    return {
        "normal": x,
        "rectified": x.relu(),
        "constant": torch.full((20, 24), 0.3),
        "zeros": torch.zeros(20, 24),
        "mean 1e4": x + 1e4,
        "small": x * 1e-15,
        "large": x * 1e15,
        "outlier first": outlier,
        "all positive": x.abs() + 0.1,
        "all negative": -x.abs() - 0.1,
        "non-finite": spoiled,
        "nothing finite": torch.full((4, 24), float("nan")),
        "one": torch.ones(1, 24),
        "transposed": torch.randn(24, 37, generator=random).t(),
        "sliced": torch.randn(40, 48, generator=random)[::2, ::2],
        "expanded": torch.randn(1, 24, generator=random).expand(30, 24),
    }


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("kind", tensors())
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_against_float64(ledger: str, kind: str, dtype: torch.dtype) -> None:
    x = tensors()[kind].to(dtype)
    before = x.clone()
    made = LEDGERS[ledger]()
    made.add(7, x, Ask(bounds=(-0.98, 0.98), unit_dim=1))
    made.close()
    agree(made.read().rows[7], reference(x, bounds=(-0.98, 0.98)), 1e-3)
    assert made.read().finite == bool(torch.isfinite(x).all())
    assert list(made.read().active[7]) == (x != 0).sum(0).tolist()
    assert torch.equal(x.nan_to_num(), before.nan_to_num())


@pytest.mark.parametrize("ledger", ON_CPU)
@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_squares_out_of_range_on_the_host(ledger: str, factor: float) -> None:
    """Beyond 1e±19 a float32 square is zero or infinite; the CPU can afford to notice."""
    x = torch.randn(37, 24, generator=torch.Generator().manual_seed(0)) * factor
    made = ON_CPU[ledger]()
    made.add(0, x, Ask())
    made.close()
    agree(made.read().rows[0], reference(x), 1e-3)


@pytest.mark.parametrize("ledger", LEDGERS)
@pytest.mark.parametrize("shape", [(5,), (3, 4, 5), (2, 6, 5, 7), (1, 1), (4099,), (70, 130), (2, 3, 4, 5, 6)])
@pytest.mark.parametrize("unit", [0, 1, -1])
def test_units_of_any_shape(ledger: str, shape: tuple[int, ...], unit: int) -> None:
    if unit >= len(shape):
        pytest.skip("no such dimension")
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1)).relu()
    if len(shape) == 4:
        x = x.to(memory_format=torch.channels_last)
    made = LEDGERS[ledger]()
    made.add(0, x, Ask(unit_dim=unit))
    made.add(1, x, Ask())
    made.close()
    others = [dim for dim in range(x.ndim) if dim != unit % x.ndim]
    counts = (x != 0).int()
    assert list(made.read().active[0]) == (counts.sum(others) if others else counts).tolist()
    agree(made.read().rows[0], reference(x), 1e-4)
    agree(made.read().rows[1], reference(x), 1e-4)


@pytest.mark.parametrize("ledger", LEDGERS)
def test_calls_add_up(ledger: str) -> None:
    """Several micro-batches, of different sizes and means, are one set of elements; more rows than the buffer had."""
    random = torch.Generator().manual_seed(2)
    parts = [
        torch.randn(size, 6, generator=random) + mean for size, mean in ((3, 100.0), (50, -7.0), (1, 0.0), (20, 1e3))
    ]
    made = LEDGERS[ledger]()
    for part in parts:
        for key in range(5):
            made.add(key, part * (key + 1), Ask(unit_dim=-1))
    made.close()
    assert made.ready()
    for key in range(5):
        agree(made.read().rows[key], reference(*(part * (key + 1) for part in parts)), 1e-4)
        assert list(made.read().active[key]) == [74.0] * 6


@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_same_numbers_every_time(ledger: str) -> None:
    x = torch.randn(300, 65, generator=torch.Generator().manual_seed(3))
    rows = []
    for _ in range(3):
        made = LEDGERS[ledger]()
        made.add(0, x, Ask(unit_dim=1))
        made.close()
        rows.append(made.read().rows[0])
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.skipif(INTERPRETED, reason="of the CPU alone")
@pytest.mark.parametrize("at_once", [True, False])
def test_small_tensors_share_their_room(at_once: bool) -> None:
    """Captures one after the other, whose tensors are the same ones, others, larger ones, and more than there is room
    for; whatever lay there before, and whatever is beside it, does not show; read one by one, or all at the end."""
    random = torch.Generator().manual_seed(4)
    shared = Pack()
    asks = (Ask(magnitude=False, unit_dim=-1), Ask(magnitude=False, bounds=(-0.98, 0.98)), GRADIENT, WEIGHT)
    kinds = list(tensors().values())
    rounds = []
    for round_, many in ((0, 12), (1, 12), (2, 7), (3, 40), (4, 600), (5, 12), (6, 12)):
        made = HostLedger(shared)
        given_ = {}
        for number in range(many):
            sizes = (256, 128) if number % 11 == 5 else (int(torch.randint(1, 90, (1,), generator=random)), 24)
            x = kinds[number % len(kinds)] if number % 3 else torch.randn(sizes, generator=random) * 10.0**-round_
            given_[number] = (x, asks[number % 4])
            if number % 2:
                made.add(number, x, asks[number % 4])
            else:
                made.add_all([(number, x)], asks[number % 4])
        made.close()
        if at_once:
            made.read()
        rounds.append((made, given_))
    for made, given_ in rounds:
        for number, (x, ask) in given_.items():
            wanted, found = reference(x, bounds=ask.bounds), list(made.read().rows[number])
            if not ask.moments:  # only the largest magnitude is asked for, and the sum of squares
                wanted[Slot.M2] += wanted[Slot.COUNT] * wanted[Slot.MEAN] ** 2
                found[Slot.M2] += found[Slot.COUNT] * found[Slot.MEAN] ** 2
                largest = max(-found[Slot.MIN], found[Slot.MAX])
                assert largest == pytest.approx(max(-wanted[Slot.MIN], wanted[Slot.MAX]), rel=1e-3)
                for slot in (Slot.MEAN, Slot.MIN, Slot.MAX):
                    found[slot] = wanted[slot]
            for slot, asked in ((Slot.MAGNITUDE, ask.magnitude), (Slot.ZEROS, ask.zeros)):
                if not asked:
                    found[slot] = wanted[slot]
            agree(found, wanted, 1e-3)
            if ask.unit_dim is not None:
                assert list(made.read().active[number]) == (x != 0).sum(0).tolist()


@pytest.mark.skipif(INTERPRETED, reason="of the CPU alone")
@pytest.mark.parametrize("kind", ["equal", "far from zero", "one is not finite", "transposed"])
def test_large_tensors_on_the_host(kind: str) -> None:
    """In float32 a norm of so many equal elements in one go is off by a hundredth."""
    x = torch.randn(3, 2**20, generator=torch.Generator().manual_seed(5))
    x = {"equal": torch.full_like(x, 1.1), "far from zero": x + 1e4, "transposed": x.t()}.get(kind, x)
    if kind == "one is not finite":
        x[1, 77] = float("inf")
    made = HostLedger()
    made.add(0, x, Ask(unit_dim=1 if kind == "transposed" else None))
    made.close()
    agree(made.read().rows[0], reference(x), 1e-4)


@given(st.lists(st.floats(-1e6, 1e6, width=32), max_size=40), st.lists(st.floats(-1e6, 1e6, width=32), max_size=40))
@settings(max_examples=50, deadline=None)
def test_merging_is_measuring_together(a: list[float], b: list[float]) -> None:
    one, two = torch.tensor(a), torch.tensor(b)
    agree(merge(reference(one), reference(two)), reference(one, two), 1e-6)
    assert merge(reference(one), EMPTY) == reference(one)


@pytest.mark.slow
@pytest.mark.skipif(INTERPRETED, reason="this is the inner run")
def test_triton_kernel_in_its_interpreter() -> None:
    """The same tests, in a process of its own: Triton reads the setting once, when it is loaded."""
    if importlib.util.find_spec("triton") is None or importlib.util.find_spec("numpy") is None:
        pytest.skip("Triton and NumPy, which its interpreter needs, are not installed")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "TRITON_INTERPRET": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
