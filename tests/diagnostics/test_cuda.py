"""What must hold on a GPU: the same bits with and without an observer, no waiting for the device, the numbers of
the CPU.

Where there is no GPU, what can run on the CPU does, so that the tests themselves are tested."""

import copy
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics.result import Result
from diagnostics.statistics import SAMPLE, Accumulator, Key, Part, Sampler, StatSpec
from tests.diagnostics.test_statistics import agree, reference
from tests.diagnostics.training import FAMILIES, Run, train

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS is first used: for reproducible sums

gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
two_gpus = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="there are no two GPUs here")
on_each_device = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=gpu)])


@pytest.fixture
def reproducible() -> Iterator[None]:
    """Only a training that repeats itself to the bit can show that watching changes none."""
    before = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    torch.use_deterministic_algorithms(True, warn_only=True)
    yield
    torch.use_deterministic_algorithms(False)
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = before


def same(one: Run, two: Run) -> bool:
    """To the bit."""
    return (
        all(torch.equal(weight, two.weights[name]) for name, weight in one.weights.items())
        and torch.equal(torch.stack(one.losses), torch.stack(two.losses))
        and torch.equal(one.random_state, two.random_state)
    )


_bare: dict[tuple[str, str], Run] = {}


@pytest.mark.usefixtures("reproducible")
@on_each_device
@pytest.mark.parametrize("every", [1, 3, 10, 100])
@pytest.mark.parametrize("family", FAMILIES)
def test_bit_identical(family: str, every: int, device: str, tmp_path: Path) -> None:
    if device == "cpu" and every != 10:
        pytest.skip("tests/diagnostics/test_passive.py has the CPU at every interval")
    bare = _bare.get((family, device))
    if bare is None:
        bare = _bare[family, device] = train(FAMILIES[family], None, device=device)
        if not same(bare, train(FAMILIES[family], None, device=device)):
            del _bare[family, device]
            pytest.skip(f"without an observer the {family} does not repeat itself on {device}")
    watched = train(FAMILIES[family], tmp_path, device=device, every=every)
    assert watched.result is not None
    assert watched.result.errors == []
    assert watched.result.overhead.captures == len(range(0, 50, every))
    assert same(bare, watched)


def plain(device: str) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 1)).to(device)


def step(model: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor) -> None:
    optimizer.zero_grad()
    model(x).square().mean().backward()
    optimizer.step()


def attach(model: nn.Module, optimizer: Any, folder: Path, every: int = 1) -> diagnostics.Observer:
    return diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=every, directory=folder)


def batches(count: int, device: str) -> list[torch.Tensor]:
    return list(torch.randn(count, 64, 6, generator=torch.Generator().manual_seed(1)).to(device))


@contextmanager
def no_waiting(device: str) -> Iterator[None]:
    """Every operation that makes the host wait for the device raises."""
    if device == "cpu":
        yield
        return
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


MODELS: dict[str, Callable[[], nn.Module]] = {
    "mlp": lambda: plain("cpu"),
    "cnn": FAMILIES["cnn"].model,
    "embedding": lambda: nn.Sequential(nn.Embedding(20, 8), nn.Flatten(), nn.Linear(80, 1)),
}


@on_each_device
@pytest.mark.parametrize("kind", MODELS)
def test_a_captured_step_waits_for_nothing(kind: str, device: str, tmp_path: Path) -> None:
    """Neither in a hook, nor when the step is over, nor when an earlier capture is read. A wait raises inside the
    observer's border: it would be among the errors."""
    family = {"cnn": FAMILIES["cnn"], "embedding": FAMILIES["lstm"]}.get(kind)
    model = MODELS[kind]().to(device)
    data = batches(8, device) if family is None else [family.data()[0].to(device) for _ in range(8)]
    bare = copy.deepcopy(model)
    alone = torch.optim.Adam(bare.parameters())
    step(bare, alone, data[0])
    with no_waiting(device):
        step(bare, alone, data[1])  # the training itself must wait for nothing, or this shows nothing
    optimizer = torch.optim.Adam(model.parameters())
    observer = attach(model, optimizer, tmp_path)
    for x in data[:2]:  # kernels are compiled, buffers made
        step(model, optimizer, x)
    with no_waiting(device):
        for x in data[2:]:
            step(model, optimizer, x)
    result = observer.detach()
    assert result.errors == []
    assert (result.status, result.overhead.captures) == ("complete", 8)
    assert result.attribution is not None


@gpu
def test_waiting_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail."""
    from diagnostics.capture import Capture

    whole = Capture.output

    def waits(*args: Any, **kwargs: Any) -> Any:
        torch.ones(1, device="cuda").item()
        return whole(*args, **kwargs)

    monkeypatch.setattr(Capture, "output", waits)
    model = plain("cuda")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    observer = attach(model, optimizer, tmp_path)
    with no_waiting("cuda"):
        step(model, optimizer, batches(1, "cuda")[0])
    assert any("synchroniz" in error for error in observer.detach().errors)


@on_each_device
def test_numbers_are_those_of_the_cpu(device: str, tmp_path: Path) -> None:
    def run(where: str) -> Result:
        model = plain(where)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        observer = attach(model, optimizer, tmp_path)
        for x in batches(25, where):
            step(model, optimizer, x)
        result = observer.detach()
        assert result.errors == []
        return result

    there, here = run(device), run("cpu")
    assert there.layers.keys() == here.layers.keys()
    for name, layer in here.layers.items():
        assert there.layers[name].columns.keys() == layer.columns.keys(), name
        for column, values in layer.columns.items():
            wanted = [None if value is None else pytest.approx(value, rel=1e-2, abs=1e-6) for value in values]
            assert there.layers[name].columns[column] == wanted, (name, column)
    assert there.attribution is not None
    assert here.attribution is not None
    assert there.attribution.values == pytest.approx(here.attribution.values, rel=1e-2)
    assert (there.overhead.peak_memory_bytes is None) == (device == "cpu")


TENSORS: dict[str, Callable[[], torch.Tensor]] = {
    "square": lambda: torch.randn(37, 24),
    "odd": lambda: torch.randn(1_000_003),
    "large": lambda: torch.randn(16, 32, 56, 56),
    "channels last": lambda: torch.randn(8, 16, 9, 9).contiguous(memory_format=torch.channels_last),
    "strided": lambda: torch.randn(64, 50)[:, ::3],
    "far from zero": lambda: torch.randn(512, 33) + 1e4,
    "spoiled": lambda: torch.tensor([1.0, float("nan"), float("inf"), -2.0, 0.0, float("-inf")] * 100),
    "constant": lambda: torch.full((300,), 0.3),
    "one": lambda: torch.tensor([2.0]),
}


@on_each_device
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("kind", TENSORS)
def test_statistics(kind: str, dtype: torch.dtype, device: str) -> None:
    """Against float64, of the elements as they are in their own precision; two calls."""
    if kind == "far from zero" and dtype in (torch.float16, torch.bfloat16):
        pytest.skip("nearly all elements are equal in this precision: a sample sees no deviation")
    tensor = TENSORS[kind]().to(device, dtype)
    made, key = Accumulator(tensor.device, Sampler()), Key(Part.OUTPUT, 0)
    for _ in range(2):
        made.add(key, tensor, StatSpec(moments=True, bounds=(-0.98, 0.98)))
    found = made.close().read().stats[key]
    if not torch.isfinite(tensor).all():
        assert found.non_finite >= 1
    else:
        agree(found, reference(tensor.cpu(), tensor.cpu()), 1e-3, 0.08 if tensor.numel() > SAMPLE else 0.0)


def recorded(directory: Path | None) -> tuple[list[torch.Tensor], Result | None]:
    """A whole step as a CUDA graph, as PyTorch's notes have it: three on a side stream, one recorded, replays."""
    torch.manual_seed(0)
    model = plain("cuda")
    optimizer = torch.optim.Adam(model.parameters(), capturable=True)
    observer = None
    if directory is not None:
        observer = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=directory)
    x = torch.zeros(64, 6, device="cuda")
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for batch in batches(3, "cuda"):
            x.copy_(batch)
            step(model, optimizer, x)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        model(x).square().mean().backward()
        optimizer.step()
    for batch in batches(10, "cuda"):
        x.copy_(batch)
        graph.replay()
    result = observer.detach() if observer is not None else None
    torch.cuda.synchronize()
    return [parameter.detach().clone() for parameter in model.parameters()], result


@gpu
@pytest.mark.usefixtures("reproducible")
def test_a_recorded_graph_is_left_alone(tmp_path: Path) -> None:
    """Neither broken nor made longer; the steps that hooks saw are measured, the replays are not, as a note says."""
    bare, _ = recorded(None)
    watched, result = recorded(tmp_path)
    assert all(torch.equal(one, two) for one, two in zip(bare, watched, strict=True))
    assert result is not None
    assert (result.errors, result.steps) == ([], 3)
    assert any("CUDA graph" in note for note in result.notes)


@gpu
@pytest.mark.usefixtures("reproducible")
def test_graphed_callables(tmp_path: Path) -> None:
    """The optimizer steps outside of the graph: parameters are measured, and layers are reported as not seen."""
    runs: list[list[torch.Tensor]] = []
    for watch in (False, True):
        model = plain("cuda")
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        called = cast("nn.Module", torch.cuda.make_graphed_callables(model, (torch.randn(64, 6, device="cuda"),)))
        observer = None
        if watch:
            observer = diagnostics.attach(
                model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path
            )
        for x in batches(5, "cuda"):
            step(called, optimizer, x)
        runs.append([parameter.detach().clone() for parameter in model.parameters()])
        if observer is not None:
            result = observer.detach()
            assert (result.errors, result.steps) == ([], 5)
            assert (result.never_called, result.diagnosis.severity) == ([], "unknown")
            assert len(result.layers["0"].columns["gradient_norm"]) == 5
    assert all(torch.equal(one, two) for one, two in zip(*runs, strict=True))


@pytest.mark.usefixtures("reproducible")
@on_each_device
@pytest.mark.parametrize("fused", [False, True])
def test_mixed_precision(fused: bool, device: str, tmp_path: Path) -> None:
    """fp16 on the GPU, bf16 on the CPU, and a GradScaler."""
    runs: list[list[torch.Tensor]] = []
    for watch in (False, True):
        model = plain(device)
        optimizer = torch.optim.Adam(model.parameters(), fused=fused)
        scaler = torch.amp.GradScaler(device, init_scale=1024.0)
        observer = None
        if watch:
            observer = diagnostics.attach(
                model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path
            )
        for x in batches(5, device):
            optimizer.zero_grad()
            with torch.autocast(device, torch.bfloat16 if device == "cpu" else torch.float16):
                loss = model(x).float().square().mean()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        runs.append([parameter.detach().clone() for parameter in model.parameters()])
        if observer is not None:
            result = observer.detach()
            assert (result.errors, result.steps) == ([], 5)
            norms = result.layers["0"].columns["gradient_norm"]
            assert all(isinstance(norm, float) and norm < 10 for norm in norms)  # scaled they are in the hundreds
    assert all(torch.equal(one, two) for one, two in zip(*runs, strict=True))


@on_each_device
def test_attribution_of_samples(device: str) -> None:
    """A recurrent layer in evaluation mode has a gradient on every device."""

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.head = nn.LSTM(3, 8, batch_first=True), nn.Linear(8, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.head(self.lstm(x)[0][:, -1])
            return out

    found = diagnostics.attribute(Recurrent().to(device), torch.randn(4, 5, 3, device=device))
    assert found.complete
    assert found.values.device.type == device


@gpu
@pytest.mark.slow
@pytest.mark.usefixtures("reproducible")
def test_compiled(tmp_path: Path) -> None:
    runs: list[list[torch.Tensor]] = []
    for watch in (False, True):
        torch._dynamo.reset()
        model = plain("cuda")
        model.compile(fullgraph=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        observer = None
        if watch:
            observer = diagnostics.attach(
                model, name="run", quiet=True, optimizer=optimizer, every=2, directory=tmp_path
            )
        for x in batches(6, "cuda"):
            step(model, optimizer, x)
        runs.append([parameter.detach().clone() for parameter in model.parameters()])
        if observer is not None:
            result = observer.detach()
            assert (result.errors, result.never_called) == ([], [])
            assert {"activation_mean", "output_gradient_norm"} <= result.layers["0"].columns.keys()
    assert all(torch.equal(one, two) for one, two in zip(*runs, strict=True))


@two_gpus
def test_data_parallel(tmp_path: Path) -> None:
    """Replicas on two devices, each with its own hooks, sums and backward thread; the numbers of the whole batch."""
    columns = []
    for parallel in (False, True):
        model = plain("cuda")
        called = nn.DataParallel(model, [0, 1]) if parallel else model
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        observer = diagnostics.attach(called, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)
        for x in batches(3, "cuda"):
            step(called, optimizer, x)
        result = observer.detach()
        assert result.errors == []
        assert result.attribution is not None
        columns.append((result.layers["0"].columns, result.attribution.values))
    for name, values in columns[0][0].items():
        assert columns[1][0][name] == pytest.approx(values, rel=1e-2), name
    assert columns[1][1] == pytest.approx(columns[0][1], rel=1e-2)
