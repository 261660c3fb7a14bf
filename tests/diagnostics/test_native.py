"""The kernel that is compiled for the CPU: found or not, it leaves nothing behind, and it says what PyTorch says."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.statistics import WIDTH, Ask, Ledgers, Slot, native
from diagnostics.statistics.host import HostLedger
from diagnostics.statistics.native import NativeLedger
from diagnostics.statistics.native_kernel import library
from diagnostics.statistics.room import Room, Together, Use
from diagnostics.statistics.single import PIECE
from tests.diagnostics.test_statistics import agree, native_ledger, reference

CPU = torch.device("cpu")


@pytest.fixture
def anew() -> Iterator[None]:
    """The compiler is looked for again, and again after the test."""
    library.cache_clear()
    yield
    library.cache_clear()


@pytest.mark.usefixtures("anew")
@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not here")
def test_the_kernel_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else everything here would be skipped, and nobody would know."""
    monkeypatch.setenv("CC", "gcc -Wall -Wextra -Werror")
    assert library() is not None


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("compiler", ["no-such-compiler", "false", "cc --no-such-flag", "true"])
def test_without_a_compiler_that_works_pytorch_measures(compiler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", compiler)
    assert library() is None
    assert isinstance(Ledgers().on(CPU), HostLedger)


@pytest.mark.usefixtures("anew")
def test_a_compiler_that_does_not_know_this_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    native_ledger()
    library.cache_clear()
    compiler = tmp_path / "cc"
    compiler.write_text('#!/bin/sh\ncase "$*" in *-march=native*) exit 1;; esac\nexec cc "$@"\n')
    compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("CC", str(compiler))
    assert library() is not None


@pytest.mark.usefixtures("anew")
def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = native_ledger()
    assert list(tmp_path.iterdir()) == []
    made.add(0, torch.ones(5), Ask())
    assert made.read().rows[0][Slot.COUNT] == 5


numbers = st.floats(width=32, allow_subnormal=False) | st.sampled_from([0.0, -0.0, 1.0, 3e38, 1e-38])


@given(
    st.lists(numbers, min_size=1, max_size=70),
    st.integers(1, 200),
    st.sampled_from([torch.float32, torch.bfloat16, torch.float16]),
)
def test_any_numbers(values: list[float], repeats: int, dtype: torch.dtype) -> None:
    """Of any length, so that blocks and lanes are full or not."""
    x = torch.tensor(values).repeat(repeats).to(dtype)
    made = native_ledger()
    made.add(3, x, Ask(bounds=(-0.5, 0.5)))
    agree(made.read().rows[3], reference(x, bounds=(-0.5, 0.5)), 1e-3)


def test_parts_of_conjugates_have_their_own_sign() -> None:
    x = torch.complex(torch.randn(7, 5), torch.rand(7, 5)).conj().imag
    assert x.is_neg()
    made = native_ledger()
    made.add(0, x, Ask(unit_dim=1))
    agree(made.read().rows[0], reference(x), 1e-3)
    assert made.read().rows[0][Slot.MAX] < 0


def test_more_tensors_than_there_is_room_for_at_once() -> None:
    made = native_ledger()
    tensors = [torch.randn(9) for _ in range(3 * native.PAGE // WIDTH)]
    made.add_all(list(enumerate(tensors)), Ask())
    made.add(0, tensors[1], Ask())
    found = made.read().rows
    agree(found[0], reference(tensors[0], tensors[1]), 1e-3)
    for key, tensor in list(enumerate(tensors))[1:]:
        agree(found[key], reference(tensor), 1e-3)
    made.add(5, tensors[6], Ask())  # more after some were read
    agree(made.read().rows[5], reference(tensors[5], tensors[6]), 1e-3)


def test_large_tensors_are_left_to_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made = native_ledger()
    assert isinstance(made, NativeLedger)
    monkeypatch.setattr(torch, "get_num_threads", lambda: native.THREADS + 1)
    monkeypatch.setattr(made._memory.kernel, "take", None)  # to call it would fail
    x = torch.randn(PIECE + 1)
    made.add(0, x, Ask())
    agree(made.read().rows[0], reference(x), 1e-3)


@pytest.mark.parametrize("size", [9, PIECE + 1])
@pytest.mark.parametrize("part", [0, 1])
def test_a_number_that_is_not_finite_is_told_of_tensors_together(size: int, part: int) -> None:
    room, memory = Room([((0,), torch.zeros(3)), ((5,), torch.zeros(size))]), native_ledger()._memory
    for spoilt in (False, True, False):
        made = NativeLedger(memory)
        made.add_together(Together(room, [torch.ones(3), torch.ones(size)], Use.KEEP), 0, Ask())
        tensors = [torch.ones(each) for each in (3, size, 3, size)]
        if spoilt:
            tensors[2 * part + 1][4] = torch.nan
        assert made.again_together(room, (1, 2), tensors, Use.KEEP)
        made.close()
        assert made.read().finite != spoilt
        assert [made.read().rows[5 + each][Slot.NON_FINITE] for each in (1, 2)] == [
            spoilt * (part == each) for each in (0, 1)
        ]


def test_a_number_that_is_not_finite_is_told_of_a_tensor_like_the_one_before() -> None:
    memory, ask = native_ledger()._memory, Ask()
    NativeLedger(memory).add(0, torch.ones(4, 5), ask)
    for x in (torch.ones(4, 5), torch.full((4, 5), torch.inf), torch.ones(4, 5)):
        made = NativeLedger(memory)
        assert made.again(0, x, ask)
        assert not made.again(0, x.t(), ask)
        made.close()
        assert made.read().finite == bool(torch.isfinite(x).all())
        assert len(made.read().rows) == 1


SHAPES = [(3, 4), (3, 5), (1, 300), (2, 3, 4), ()]
ASKS = (Ask(), Ask(unit_dim=-1), Ask(moments=False), Ask(bounds=(-0.5, 0.5)))


@given(
    st.lists(  # captures of: key, shape, ask
        st.lists(st.tuples(st.sampled_from([0, 1, 2, 900]), st.integers(0, 4), st.integers(0, 3)), max_size=12),
        min_size=1, max_size=6,
    ),
    st.integers(1, 200), st.booleans(),
)  # fmt: skip
def test_captures_one_after_the_other(captures: list[list[tuple[int, int, int]]], page: int, at_once: bool) -> None:
    """Whatever comes in whatever order, through pages of any size, read at once or all at the end: each capture has its
    own numbers and no other's."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(native, "PAGE", page)
        memory = native_ledger()._memory
        closed = []
        for capture in captures:
            made, given_ = NativeLedger(memory), dict[int, list[tuple[torch.Tensor, Ask]]]()
            for key, shape, ask in capture:
                asked = ASKS[ask] if SHAPES[shape] else ASKS[0]
                x = torch.randn(SHAPES[shape]).relu()
                if not made.again(key, x, asked):
                    made.add(key, x, asked)
                given_.setdefault(key, []).append((x, asked))
            made.close()
            if at_once:
                made.read()
            closed.append((made, given_))
        for made, given_ in closed:
            found = made.read()
            assert found.rows.keys() == given_.keys()
            assert found.finite
            for key, each in given_.items():
                wanted = reference(*(x for x, _ in each))
                wanted[Slot.SATURATED] = sum(
                    reference(x, bounds=asked.bounds)[Slot.SATURATED] for x, asked in each if asked.bounds
                )
                agree(found.rows[key], wanted, 1e-3)
                followed = [(x != 0).flatten(0, -2).sum(0) for x, asked in each if asked.unit_dim is not None]
                assert (key in found.active) == bool(followed)
                if followed:
                    alike = [counts for counts in followed if counts.shape == followed[0].shape]
                    assert list(found.active[key]) == torch.stack(alike).sum(0).tolist()


def test_a_room_that_another_memory_knows() -> None:
    """What is written has numbers that only the memory knows which gave them."""
    room, tensors = Room([((0,), torch.zeros(3)), ((5,), torch.zeros(4))]), [torch.randn(3), torch.randn(4)]
    for used in range(3):
        made = native_ledger()
        for key in range(used):
            made.add(100 + key, tensors[0], Ask())
        assert not made.again_together(room, (1,), tensors, Use.KEEP)
        made.add_together(Together(room, tensors, Use.KEEP), 1, Ask())
        assert made.again_together(room, (2,), tensors, Use.CHANGE)
        found = made.read().rows
        agree(found[6], reference(tensors[1]), 1e-3)
        assert found[7][Slot.MAX] == found[7][Slot.MIN] == 0.0
