"""A run of any length leaves a small file and a memory that does not grow."""

import tracemalloc
from pathlib import Path

import pytest
import torch
from torch import nn

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
    observer = diagnostics.attach(model, name="long", optimizer=optimizer, every=1000, directory=tmp_path)
    model(torch.ones(1, 1)).sum().backward()
    held = 0
    for step in range(1_000_000):
        for hooks in (optimizer._optimizer_step_pre_hooks, optimizer._optimizer_step_post_hooks):
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
