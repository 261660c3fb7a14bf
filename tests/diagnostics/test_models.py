"""The models that the observer is measured on have the shapes and sizes that their names promise."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from benchmarks.models import CASES, gpt2_small, resnet50

ROOT = Path(__file__).resolve().parents[2]


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def test_resnet50() -> None:
    """As published, and as counted by every library that has one."""
    with torch.device("meta"):
        model = resnet50()
        logits = model(torch.empty(2, 3, 224, 224))
        stages = model[:4](torch.empty(2, 3, 224, 224)), model[:-3](torch.empty(2, 3, 224, 224))
        logits.sum().backward()
    assert parameters(model) == 25_557_032
    assert logits.shape == (2, 1000)
    assert [tuple(stage.shape) for stage in stages] == [(2, 64, 56, 56), (2, 2048, 7, 7)]
    assert sum(isinstance(module, nn.Conv2d) for module in model.modules()) == 53
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_gpt2_small() -> None:
    with torch.device("meta"):
        model = gpt2_small()
        logits = model(torch.zeros(2, 16, dtype=torch.long))
        logits.sum().backward()
    assert parameters(model) == 124_439_808
    assert logits.shape == (2 * 16, 50257)
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_gpt2_looks_back_only() -> None:
    """A later token changes nothing before it."""
    from benchmarks.models import GPT

    model = GPT(16, 2, 2, 11, 8, tied=True)
    tokens = torch.randint(11, (1, 8))
    changed = tokens.clone()
    changed[0, 5] = (changed[0, 5] + 1) % 11
    before, after = model(tokens), model(changed)
    assert torch.equal(before[:5], after[:5])
    assert not torch.allclose(before[5:], after[5:])


@pytest.mark.parametrize("device", CASES)
def test_batches_fit(device: str) -> None:
    """Shapes alone, with nothing computed."""
    for case in CASES[device].values():
        with torch.device("meta"):
            loss = case.loss(case.model()(case.inputs()), case.targets())
        assert loss.shape == ()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
@pytest.mark.slow
def test_without_a_gpu_the_benchmark_says_so() -> None:
    command = [sys.executable, "-m", "benchmarks.observer", "--device", "cuda"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "not measured: no GPU\n"
