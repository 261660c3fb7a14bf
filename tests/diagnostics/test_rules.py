"""Every rule has a training that shows its fault and one that does not."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import rules
from diagnostics.result import Finding, Result

STEPS = 60


def run(
    model: nn.Module, batch: Callable[[], torch.Tensor], folder: Path, lr: float = 1e-3,
    epochs: list[dict[str, float]] | None = None, **options: Any,
) -> Result:  # fmt: skip
    """Train on the sum of the inputs' squares."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    observer = diagnostics.attach(
        model, name="run", optimizer=optimizer, every=1, directory=folder, quiet=True, **options
    )
    for _ in range(STEPS):
        x = batch()
        optimizer.zero_grad()
        (model(x) - x.square().sum(1, keepdim=True).clamp(max=10)).square().mean().backward()
        optimizer.step()
    for values in epochs or []:
        observer.epoch(**values)
    result = observer.detach()
    assert result.errors == []
    return result


def ordinary() -> torch.Tensor:
    return torch.randn(64, 6)


def mlp(activation: Callable[[], nn.Module] = nn.ReLU, depth: int = 2) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Linear(6, 32), activation()]
    for _ in range(depth - 1):
        layers += [nn.Linear(32, 32), activation()]
    return nn.Sequential(*layers, nn.Linear(32, 1))


def scaled() -> torch.Tensor:
    return ordinary() * torch.tensor([1.0, 1.0, 1.0, 1.0, 1.0, 1e5])


def dead() -> nn.Sequential:
    model = mlp()
    with torch.no_grad():
        next(model[0].parameters())[:16] = 0.0
        list(model[0].parameters())[1][:16] = -100.0
    return model


def spoiled() -> Callable[[], torch.Tensor]:
    """One value of the 31st batch is not a number."""
    count = 0

    def batch() -> torch.Tensor:
        nonlocal count
        count += 1
        x = ordinary()
        if count == 31:
            x[0, 0] = math.nan
        return x

    return batch


LEARNED = [{"train_loss": 1 / (1 + epoch), "val_loss": 1.1 / (1 + epoch)} for epoch in range(12)]
BY_HEART = [{"train_loss": 1 / (1 + epoch), "val_loss": 0.5 + abs(epoch - 3) / 10} for epoch in range(12)]

FAULTY: dict[str, Callable[[Path], Result]] = {
    "feature-scale-imbalance": lambda folder: run(mlp(), scaled, folder, lr=1e-12),
    "non-finite": lambda folder: run(mlp(), spoiled(), folder),
    "vanishing-gradient": lambda folder: run(mlp(nn.Sigmoid, depth=10), ordinary, folder),
    "dead-units": lambda folder: run(dead(), ordinary, folder),
    "overfitting": lambda folder: run(mlp(), ordinary, folder, epochs=BY_HEART),
}
HEALTHY: dict[str, Callable[[Path], Result]] = {
    "feature-scale-imbalance": lambda folder: run(
        nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1)), lambda: ordinary() * 100, folder, lr=1e-9
    ),
    "non-finite": lambda folder: run(mlp(), ordinary, folder),
    "vanishing-gradient": lambda folder: run(mlp(nn.ReLU, depth=3), ordinary, folder),
    "dead-units": lambda folder: run(mlp(nn.LeakyReLU), ordinary, folder),
    "overfitting": lambda folder: run(mlp(), ordinary, folder, epochs=LEARNED),
}


def of(rule: str, result: Result) -> list[Finding]:
    return [finding for finding in result.diagnosis.findings if finding.rule == rule]


def test_every_rule_has_both() -> None:
    assert set(rules.registry()) == set(FAULTY) == set(HEALTHY)


@pytest.mark.parametrize("rule", FAULTY)
def test_a_faulty_training(rule: str, tmp_path: Path) -> None:
    """It is found, with a place, a value beyond its threshold, and a fix."""
    result = FAULTY[rule](tmp_path)
    found = of(rule, result)
    assert found, result.diagnosis
    assert result.diagnosis.findings[0].rule == rule
    assert result.diagnosis.severity == found[0].severity
    assert (found[0].layer is None) == (rule == "overfitting")
    assert found[0].message.endswith(".")
    assert found[0].fix


@pytest.mark.parametrize("rule", HEALTHY)
def test_a_healthy_training(rule: str, tmp_path: Path) -> None:
    result = HEALTHY[rule](tmp_path)
    assert (of(rule, result), result.diagnosis.severity) == ([], "ok")


def test_where_and_what(tmp_path: Path) -> None:
    """The numbers of the findings are those of the fault."""
    (non_finite,) = of("non-finite", FAULTY["non-finite"](tmp_path))
    assert (non_finite.step, non_finite.layer) == (30, "0")
    (units,) = of("dead-units", FAULTY["dead-units"](tmp_path))
    assert (units.layer, units.severity) == ("1", "critical")
    assert float(units.value or 0) == pytest.approx(0.5, abs=0.2)
    (scale,) = of("feature-scale-imbalance", FAULTY["feature-scale-imbalance"](tmp_path))
    assert float(scale.value or 0) == pytest.approx(1e5, rel=0.5)


THRESHOLDS = {
    "feature-scale-imbalance": {"warning": 1e9, "critical": 1e9},
    "non-finite": {"count": 1e9},
    "vanishing-gradient": {"warning": 0.0, "critical": 0.0},
    "dead-units": {"warning": 2.0, "critical": 2.0},
    "overfitting": {"warning": 1e9, "critical": 1e9},
}


@pytest.mark.parametrize("rule", THRESHOLDS)
def test_thresholds_decide(rule: str, tmp_path: Path) -> None:
    """A fault that is no fault by other thresholds is not found."""
    model, batch, options = {
        "feature-scale-imbalance": (mlp(), scaled, {"lr": 1e-12}),
        "non-finite": (mlp(), spoiled(), {}),
        "vanishing-gradient": (mlp(nn.Sigmoid, depth=10), ordinary, {}),
        "dead-units": (dead(), ordinary, {}),
        "overfitting": (mlp(), ordinary, {"epochs": BY_HEART}),
    }[rule]
    result = run(model, batch, tmp_path, thresholds={rule: THRESHOLDS[rule]}, **options)  # type: ignore[arg-type]
    assert of(rule, result) == []
