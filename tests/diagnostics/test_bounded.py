"""A run of any length leaves a small file and a memory that does not grow."""

import tracemalloc
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim.optimizer import _global_optimizer_post_hooks, _global_optimizer_pre_hooks

import diagnostics
from diagnostics import file


@pytest.mark.slow
def test_a_million_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The optimizer's turns alone are a run's length: every thousandth is captured, in twenty layers. The file is not
    renewed, since what is computed for it would make the memory depend on when that was.
    """
    monkeypatch.setattr(file, "RENEW_SECONDS", float("inf"))
    model = nn.Sequential(*(nn.Linear(1, 1) for _ in range(20)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    observer = diagnostics.attach(model, name="long", quiet=True, optimizer=optimizer, every=1000, directory=tmp_path)
    model(torch.ones(1, 1)).sum().backward()
    held = 0
    for step in range(1_000_000):
        for hooks in (_global_optimizer_pre_hooks, _global_optimizer_post_hooks):
            for hook in list(hooks.values()):
                hook(optimizer, (), {})
        if step % 1000 == 0:
            observer.epoch(train_loss=step / 3, val_loss=step / 7)
        if step == 0:
            tracemalloc.start()
        if step == 500_000:  # as far into a round of thinning as at the end
            held = tracemalloc.get_traced_memory()[0]
    grown = tracemalloc.get_traced_memory()[0] - held
    tracemalloc.stop()
    result = observer.detach()
    assert (result.errors, result.steps, result.overhead.captures) == ([], 1_000_000, 1_000)
    assert observer.path.stat().st_size < 1_000_000
    assert grown < 250_000
    steps = result.layers["0"].columns["step"]
    assert steps[-1] == 999_000
    assert steps[0] == 0


@pytest.mark.slow
def test_a_wide_model(tmp_path: Path) -> None:
    """Many layers: under 2 MB with at least 64 rows a column, and the thinning is stated."""
    model = nn.Sequential(*(nn.Linear(4, 4) for _ in range(160)))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    observer = diagnostics.attach(model, name="wide", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    for _ in range(100):
        optimizer.zero_grad()
        model(torch.randn(8, 4)).square().mean().backward()
        optimizer.step()
    result = observer.detach()
    assert result.errors == []
    assert observer.path.stat().st_size < 2_000_000
    assert (result.captures.taken, result.captures.kept) == (100, len(result.layers["0"].columns["step"]))
    assert 64 <= result.captures.kept < 100
    assert any(note.startswith(f"columns keep {result.captures.kept} of 100 captures") for note in result.notes)
    assert {"activation_mean", "gradient_norm", "update_ratio"} <= result.layers["0"].columns.keys()
