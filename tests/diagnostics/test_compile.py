"""Watched from inside a compiled graph: whole, compiled once, the same bits."""

from pathlib import Path
from typing import cast

import pytest
import torch
import torch._dynamo
import torch._dynamo.testing
from torch import nn

import diagnostics
from diagnostics.result import Result


class Net(nn.Module):
    """An in-place ReLU and a layer with a tuple for an output."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.relu = nn.Linear(8, 16), nn.ReLU(inplace=True)
        self.attention, self.last = nn.MultiheadAttention(16, 2, batch_first=True), nn.Linear(16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.relu(self.first(x)).unsqueeze(1)
        mixed, _ = self.attention(hidden, hidden, hidden)
        out: torch.Tensor = self.last(mixed + hidden)
        return out


def run(backend: str, when: str, folder: Path) -> tuple[list[torch.Tensor], int, Result | None]:
    """Weights after 12 steps, graphs compiled, the result; `when`: never, before or after the first call."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    counter = torch._dynamo.testing.CompileCounterWithBackend(backend)
    compiled = torch.compile(model, backend=counter, fullgraph=True)
    observer = None
    if when == "before":
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=5, directory=folder)
    compiled(torch.ones(4, 8))
    if when == "after":
        observer = diagnostics.attach(
            cast("nn.Module", compiled), name="run", optimizer=optimizer, every=5, directory=folder
        )
    for _ in range(12):
        optimizer.zero_grad()
        compiled(torch.randn(4, 8)).square().mean().backward()
        optimizer.step()
    result = observer.detach() if observer is not None else None
    compiled(torch.ones(4, 8)).sum().backward()  # what stays in the graph does nothing any more
    return [p.detach() for p in model.parameters()], counter.frame_count, result


@pytest.mark.parametrize("backend", ["aot_eager", pytest.param("inductor", marks=pytest.mark.slow)])
def test_compiled(backend: str, tmp_path: Path) -> None:
    bare, graphs, _ = run(backend, "never", tmp_path)
    weights, watched_graphs, result = run(backend, "before", tmp_path)
    assert result is not None
    assert (result.errors, result.never_called, result.without_gradient) == ([], [], [])
    assert watched_graphs <= graphs + 1
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
    for name in ("first", "relu", "attention", "last"):
        means = result.layers[name].columns["activation_mean"]
        assert len(means) == 3, name
        assert None not in means, name
    assert result.layers["relu"].columns["activation_min"] == [0, 0, 0]
    first = result.layers["first"].columns["activation_min"]
    assert all(isinstance(low, float) and low < 0 for low in first)  # taken before the ReLU wrote over it
    assert len(result.layers["first"].columns["gradient_norm"]) == 3
    assert any("compiled" in note for note in result.notes)


def test_too_late_is_reported(tmp_path: Path) -> None:
    weights, graphs, result = run("aot_eager", "after", tmp_path)
    bare, _, _ = run("aot_eager", "never", tmp_path)
    assert result is not None
    assert result.never_called == ["first", "relu", "attention", "last"]
    assert graphs == 1
    assert len(result.layers["first"].columns["gradient_norm"]) == 3
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
