"""Watched from inside a compiled graph: whole, compiled once, the same bits, the numbers of the uncompiled model."""

from pathlib import Path
from typing import cast

import pytest
import torch
import torch._dynamo
import torch._dynamo.testing
from torch import nn

import diagnostics
from diagnostics import compiled
from diagnostics.result import Result
from diagnostics.units import WINDOW

gradients = pytest.mark.skipif(not compiled.GRADIENTS, reason="this torch breaks graphs at hooks on tensors")


class Net(nn.Module):
    """An in-place ReLU, a layer with a tuple for an output, a sum of two branches."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.relu = nn.Linear(8, 16), nn.ReLU(inplace=True)
        self.attention, self.last = nn.MultiheadAttention(16, 2, batch_first=True), nn.Linear(16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.relu(self.first(x)).unsqueeze(1)
        mixed, _ = self.attention(hidden, hidden, hidden)
        out: torch.Tensor = self.last(mixed + hidden)
        return out


class Tokens(nn.Module):
    """Starts with an embedding, and its ReLU is a function."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.first, self.last = nn.Embedding(10, 8), nn.Linear(8, 8), nn.Linear(8, 1)
        with torch.no_grad():
            self.first.bias[:2] = -1e3

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.last(torch.relu(self.first(self.embedding(tokens))))
        return out


def steps(model: nn.Module, optimizer: torch.optim.Optimizer, batches: list[torch.Tensor]) -> None:
    for batch in batches:
        optimizer.zero_grad()
        model(batch).square().mean().backward()
        optimizer.step()


def run(backend: str, when: str, folder: Path, how: str = "torch.compile") -> tuple[list[torch.Tensor], int, Result]:
    """Weights after 12 steps, graphs compiled, the result; `when` to attach: never, before or after the first call;
    `how` to compile: "torch.compile", "Module.compile" or not at all."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    counter = torch._dynamo.testing.CompileCounterWithBackend(backend)
    called: nn.Module = model
    if how == "torch.compile":
        called = cast("nn.Module", torch.compile(model, backend=counter, fullgraph=True))
    elif how == "Module.compile":
        model.compile(backend=counter, fullgraph=True)

    def attach() -> diagnostics.Observer:
        folder.mkdir(exist_ok=True)
        return diagnostics.attach(
            called if when == "after" else model, name="run", quiet=True, optimizer=optimizer, every=5, directory=folder
        )

    observer = attach() if when == "before" else None
    called(torch.ones(4, 8))
    observer = attach() if when == "after" else observer
    steps(called, optimizer, [torch.randn(4, 8) for _ in range(12)])
    graphs = counter.frame_count
    result = observer.detach() if observer is not None else None
    called(torch.ones(4, 8)).sum().backward()
    assert counter.frame_count <= graphs + 1  # without the hooks it is another graph
    return [p.detach() for p in model.parameters()], graphs, cast("Result", result)


@gradients
@pytest.mark.parametrize(
    ("backend", "how"),
    [
        ("aot_eager", "torch.compile"),
        pytest.param("aot_eager", "Module.compile", marks=pytest.mark.slow),
        pytest.param("inductor", "torch.compile", marks=pytest.mark.slow),
    ],
)
def test_compiled(backend: str, how: str, tmp_path: Path) -> None:
    bare, graphs, _ = run(backend, "never", tmp_path, how)
    weights, watched_graphs, result = run(backend, "before", tmp_path, how)
    _, _, plain = run(backend, "before", tmp_path, "not")
    assert (result.errors, result.notes, result.never_called, result.without_gradient) == ([], [], [], [])
    assert watched_graphs == graphs
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
    assert list(result.layers) == list(plain.layers) == ["first", "relu", "attention", "last"]
    for name, layer in plain.layers.items():
        assert {"activation_mean", "output_gradient_norm"} <= layer.columns.keys()
        assert result.layers[name].columns.keys() == layer.columns.keys(), name
        for column, values in layer.columns.items():
            expected = [None if value is None else pytest.approx(value, rel=1e-3, abs=1e-6) for value in values]
            assert result.layers[name].columns[column] == expected, (name, column)
    lows = result.layers["first"].columns["activation_min"]
    assert all(isinstance(low, float) and low < 0 for low in lows)  # taken before the ReLU wrote over it
    assert result.attribution is not None
    assert plain.attribution is not None
    assert result.attribution.layer == plain.attribution.layer == "first"
    assert result.attribution.values == pytest.approx(plain.attribution.values, rel=1e-3)


@gradients
def test_tokens_and_dead_units_of_a_functional_relu(tmp_path: Path) -> None:
    results = []
    for backend in ("aot_eager", None):
        torch._dynamo.reset()
        torch.manual_seed(0)
        model = Tokens()
        if backend is not None:
            model.compile(backend=backend, fullgraph=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        observer = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)
        steps(model, optimizer, [torch.randint(10, (32, 4)) for _ in range(WINDOW + 1)])
        results.append(observer.detach())
    whole, plain = results
    assert whole.errors == plain.errors == []
    assert whole.layers["first"].columns["dead_units"] == [None] * WINDOW + [0.25]
    assert whole.attribution is not None
    assert plain.attribution is not None
    assert whole.attribution.features == [f"token {token}" for token in range(10)]
    assert whole.attribution.values == pytest.approx(plain.attribution.values, rel=1e-3)


def test_a_torch_that_breaks_graphs_at_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then gradients inside are left out, and said to be."""
    monkeypatch.setattr(compiled, "GRADIENTS", False)
    _, graphs, result = run("aot_eager", "before", tmp_path)
    assert (graphs, result.errors, result.attribution) == (1, [], None)
    assert any("torch before 2.13" in note for note in result.notes)
    assert "activation_mean" in result.layers["first"].columns
    assert "output_gradient_norm" not in result.layers["first"].columns


def test_too_late_is_reported(tmp_path: Path) -> None:
    weights, graphs, result = run("aot_eager", "after", tmp_path)
    bare, _, _ = run("aot_eager", "never", tmp_path)
    assert result.never_called == []
    assert result.diagnosis.severity == "unknown"
    assert "Attach before the model is compiled" in str(result.diagnosis.reason)
    assert graphs == 1
    assert len(result.layers["first"].columns["gradient_norm"]) == 3
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
