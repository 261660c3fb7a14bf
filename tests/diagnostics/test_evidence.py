"""What the observer sees beyond the numbers of layers, and what follows from it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import diagnostics
from diagnostics.evidence import Evidence
from diagnostics.loss_graph import is_linear
from tests.diagnostics.test_rules import Parts, Training, classes, mlp, numbers, of, sgd, squared

ROOT = Path(__file__).resolve().parents[2]
STRAY = """
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
x = torch.randn(200, 4)
for _ in range(60):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), 2 * x[:, :1]).backward()
    optimizer.step()
"""


@pytest.mark.slow
def test_an_optimizer_of_another_model(tmp_path: Path) -> None:
    """The model that trains is found through its gradients."""
    (tmp_path / "train.py").write_text(STRAY, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "diagnostics", "--directory", ".", "train.py"], cwd=tmp_path, check=True,
        capture_output=True, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    results = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")]
    assert "not-in-optimizer" in {result["diagnosis"].get("cause") for result in results}


class Listed(nn.Module):
    """A hidden layer in a list, one frozen there, and a tensor that is no parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = [nn.Linear(8, 8), nn.Linear(8, 8).requires_grad_(False)]
        self.scale = torch.ones(8, requires_grad=True)
        self.shift = torch.zeros(1, 8, requires_grad=True).reshape(8)
        self.last = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.hidden:
            x = torch.relu(layer(x))
        answer: torch.Tensor = self.last(x * self.scale + self.shift)
        return answer


def test_layers_in_a_list(tmp_path: Path) -> None:
    result = Training(Listed).run(tmp_path)
    assert result.not_in_optimizer == ["hidden.0.weight", "hidden.0.bias", "scale", "shift"]
    assert result.diagnosis.cause == "not-in-optimizer"


def test_fine_tuning_without_freezing_is_no_fault(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, (x, y) = mlp(4), classes()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    training = Training(lambda: model, held=lambda each: each[-1].parameters())
    assert [finding.severity for finding in of("not-in-optimizer", training.run(tmp_path))] == ["info"]


def test_units_that_begin_equal(tmp_path: Path) -> None:
    """A random last layer lets them drift apart, slowly; zeros are meant."""

    def equal(value: float) -> nn.Module:
        model = mlp(4, depth=1)
        nn.init.constant_(model[0].weight, value)  # type: ignore[arg-type]
        return model

    slow = Training(lambda: equal(0.1), optimizer=sgd(0.01)).run(tmp_path)
    assert [finding.severity for finding in of("symmetric-weights", slow)] == ["warning"]
    assert of("symmetric-weights", Training(lambda: equal(0.0)).run(tmp_path)) == []


class Own(nn.Module):
    """A layer of one's own, [inputs, units]."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((8, 16), 0.1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x @ self.weight)


def test_equal_units_of_ones_own_layer(tmp_path: Path) -> None:
    result = Training(lambda: nn.Sequential(Own(), nn.Linear(16, 4)), optimizer=sgd(0.01)).run(tmp_path)
    assert result.diagnosis.cause == "symmetric-weights"


def test_models_that_train_alternately(tmp_path: Path) -> None:
    """The losses of two networks that work against each other say nothing about either."""
    torch.manual_seed(0)
    first, second = nn.Linear(4, 4), nn.Linear(4, 1)
    optimizers = [torch.optim.SGD(each.parameters(), lr=0.05) for each in (first, second)]
    with diagnostics.attach(first, name="run", optimizer=optimizers[0], directory=tmp_path, quiet=True) as observer:
        for _ in range(80):
            for sign, optimizer in zip((1, -1), optimizers, strict=True):
                optimizer.zero_grad()
                loss = 3 + sign * torch.tanh(second(first(torch.randn(16, 4)))).mean()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
    assert not {each.rule for each in observer.detach().diagnosis.findings} & {"loss-not-decreasing", "loss-plateau"}


@pytest.mark.parametrize(
    ("model", "linear"),
    [
        (nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.1), nn.Linear(4, 3)), True),
        (nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 3)), True),
        (nn.Sequential(nn.Linear(4, 4), nn.SiLU(), nn.Linear(4, 3)), False),
        (nn.Linear(4, 3), False),
    ],
)
def test_networks_without_a_nonlinear_function(model: nn.Module, linear: bool) -> None:
    outputs = model(torch.randn(8, 4))
    target = torch.zeros(8, 3)
    for loss in (F.cross_entropy(outputs, target.argmax(1)), F.mse_loss(outputs, target), (outputs - target).mean()):
        assert is_linear(loss) == linear


def test_an_activation_that_is_never_called(tmp_path: Path) -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.act, self.b = nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            answer: torch.Tensor = self.b(self.a(x))
            return answer

    assert [finding.layer for finding in of("never-fired", Training(Forgetful).run(tmp_path))] == ["act"]
    assert of("never-fired", Training(Parts).run(tmp_path)) == []


class Squashing(nn.Module):
    """Activations that are called as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.c(torch.sigmoid(self.b(torch.tanh(self.a(x)))))
        return answer


def test_saturated_functions(tmp_path: Path) -> None:
    def large() -> Any:
        x, y = classes()
        return 400 * x, y

    result = Training(Squashing, large, optimizer=sgd(1e-3)).run(tmp_path)
    assert result.diagnosis.cause == "saturated-activation"
    assert "the tanh behind layer a" in result.diagnosis.findings[0].message
    assert of("saturated-activation", Training(Squashing).run(tmp_path)) == []


@pytest.mark.parametrize("model", [lambda: mlp(4, activation=nn.Tanh), Squashing])
def test_what_a_learning_rate_saturates_is_no_cause(model: Callable[[], nn.Module], tmp_path: Path) -> None:
    """It began after the first update."""
    training = Training(model, optimizer=lambda parameters: torch.optim.Adam(parameters, lr=3.0))
    assert training.run(tmp_path).diagnosis.cause == "learning-rate-too-high"


def test_outliers_of_inputs(tmp_path: Path) -> None:
    """A few broken rows: the spikes are the cause, not the learning rate."""

    def broken() -> Any:
        x, y = numbers()
        x[:3] = 9999.0
        return x, y

    diagnosis = Training(lambda: mlp(1), broken, squared, sgd(0.02)).run(tmp_path).diagnosis
    assert diagnosis.cause != "learning-rate-too-high"


def test_updates_that_are_rare(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, (x, y) = mlp(4), classes()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, directory=tmp_path, quiet=True)
    for step in range(240):
        (F.cross_entropy(model(x), y) / 20).backward()  # type: ignore[no-untyped-call]
        if step % 20 == 19:
            optimizer.step()
            optimizer.zero_grad()
    assert observer.detach().diagnosis.cause == "updates-too-small"


def test_evidence_of_nothing() -> None:
    """Without a number nothing is known, and nothing raises."""
    run = Evidence()
    assert (run.trend.suffers, run.trend.remaining, run.outliers, run.blank) == (None, None, False, False)
    assert run.since("0", "dead_units", (0.5).__le__) == 0
