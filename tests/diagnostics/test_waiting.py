"""Nothing is read back from an accelerator while a step runs; between captures nothing is launched on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

import diagnostics
from diagnostics import file
from diagnostics.capture import Capture
from diagnostics.result import Result
from diagnostics.statistics import Accumulator
from tests.diagnostics.training import FAMILIES, train

aten = torch.ops.aten
READS = {  # what makes the host wait for a device
    aten._local_scalar_dense.default, aten.nonzero.default, aten.masked_select.default, aten.equal.default,
    aten.is_nonzero.default, aten.index.Tensor, aten.unique_dim.default, aten._unique2.default,
}  # fmt: skip
STEP = ("output", "gradient", "before_update", "after_update", "close")


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Fails on a read, and counts operations, while the observer is at work in a step."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.inside = 0
        self.operations = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self.inside:
            self.operations += 1
            if func in READS and not (func is aten.index.Tensor and not _masked(args)):
                raise AssertionError(f"{func} waits for the device")
        return func(*args, **(kwargs or {}))


def _masked(args: Any) -> bool:
    return any(index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1])


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """`Watch` sees all that a capture does before it is read: the same operations on every device."""
    mode = Watch()

    def entering(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            mode.inside += 1
            try:
                return method(*args, **kwargs)
            finally:
                mode.inside -= 1

        return call

    for name in STEP:
        monkeypatch.setattr(Capture, name, entering(getattr(Capture, name)))
    with mode:
        yield mode


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_read_in_a_step(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(monkeypatch) as mode:
        result = train(FAMILIES[family], tmp_path, steps=22, every=1).result
    assert result is not None
    assert result.errors == []
    assert mode.operations > 1000
    assert any("dead_units" in layer.columns for layer in result.layers.values())


def test_the_watch_sees_a_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail."""
    add = Accumulator.add

    def reading(self: Accumulator, key: Any, tensor: torch.Tensor, *rest: Any) -> None:
        tensor.sum().item()
        add(self, key, tensor, *rest)

    monkeypatch.setattr(Accumulator, "add", reading)
    with watched(monkeypatch):
        result = train(FAMILIES["mlp"], tmp_path, steps=2, every=1).result
    assert result is not None
    assert "waits for the device" in result.errors[0]


def test_between_captures_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No hook on any module, no operation: the optimizer's hooks count, and that is all."""
    monkeypatch.setattr(file, "FIRST_SECONDS", float("inf"))  # on a slow machine the file would be renewed
    monkeypatch.setattr(file, "RENEW_SECONDS", float("inf"))
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    observer = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=10, directory=tmp_path)
    counted = []
    with watched(monkeypatch) as mode:
        for step in range(31):
            before = mode.operations
            hooked = any(module._forward_hooks for module in model.modules())
            model(torch.ones(4, 3)).sum().backward()
            optimizer.step()
            counted.append(mode.operations > before)
            assert hooked == counted[-1] == (step % 10 == 0)
    result = observer.detach()
    assert (result.errors, result.steps, result.overhead.captures) == ([], 31, 4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("family", FAMILIES)
def test_no_synchronisation_on_a_gpu(family: str, tmp_path: Path) -> None:
    """CUDA itself raises where the host waits. The first captures compile kernels, which may wait."""
    torch.manual_seed(0)
    model = FAMILIES[family].model().cuda()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    batches = [tuple(each.cuda() for each in FAMILIES[family].data()) for _ in range(30)]
    observer = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)

    def run(some: list[tuple[torch.Tensor, ...]]) -> None:
        for x, y in some:
            optimizer.zero_grad()
            FAMILIES[family].loss(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    run(batches[:5])
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        run(batches[5:])
    finally:
        torch.cuda.set_sync_debug_mode("default")
    result: Result = observer.detach()
    assert (result.errors, result.overhead.captures) == ([], 30)
