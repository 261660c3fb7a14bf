"""Every rule has a training that shows its fault; trainings without a fault have no warning."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import diagnostics
from diagnostics import rules
from diagnostics.evidence import Evidence, Rate
from diagnostics.loss_graph import shows_shapes
from diagnostics.result import Finding, Layer, Result
from diagnostics.rules.reference import with_tables

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Data = tuple[torch.Tensor, torch.Tensor]


def classes(samples: int = 256) -> Data:
    """Four classes, the quadrants of a plane among eight features."""
    x = torch.randn(samples, 8)
    return x, (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()


def numbers(samples: int = 256) -> Data:
    x = torch.randn(samples, 8)
    return x, x[:, 0] + 0.5 * x[:, 1]


def answers() -> Data:
    x, y = numbers()
    return x, (y > 0).float()


def mlp(outputs: int, *last: nn.Module, depth: int = 2, activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Linear(8, 32), activation()]
    for _ in range(depth - 1):
        layers += [nn.Linear(32, 32), activation()]
    return nn.Sequential(*layers, nn.Linear(32, outputs), *last)


def squared(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(output.squeeze(1), target)


@dataclass
class Training:
    """One training: 160 steps of Adam by default."""

    model: Callable[[], nn.Module] = lambda: mlp(4)
    data: Callable[[], Data] = classes
    loss: Loss = F.cross_entropy
    optimizer: Callable[[Any], torch.optim.Optimizer] = lambda parameters: torch.optim.Adam(parameters, lr=3e-3)
    held: Callable[[Any], Any] = lambda model: model.parameters()
    clear: bool = True
    late_clear: bool = False  # between backward and step
    update: bool = True
    shuffle: bool = True
    evaluate: bool = False
    clip: float | None = None
    epochs: list[dict[str, float]] = field(default_factory=list)
    steps: int = 160
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, folder: Path) -> Result:
        torch.manual_seed(0)
        model, (x, y) = self.model(), self.data()
        optimizer = self.optimizer(self.held(model))
        observer = diagnostics.attach(
            model, name="run", optimizer=optimizer, every=4, directory=folder, quiet=True, **self.options
        )
        for step in range(self.steps):
            model.train(not self.evaluate or step < 20)
            batch = torch.randperm(len(x))[:32] if self.shuffle else (torch.arange(32) + 32 * step) % len(x)
            if self.clear:
                optimizer.zero_grad()
            self.loss(model(x[batch]), y[batch]).backward()  # type: ignore[no-untyped-call]
            if self.clip:
                nn.utils.clip_grad_norm_(model.parameters(), self.clip)
            if self.late_clear:
                optimizer.zero_grad()
            if self.update:
                optimizer.step()
        for values in self.epochs:
            observer.epoch(**values)
        result = observer.detach()
        assert result.errors == []
        return result


def sgd(lr: float, **options: Any) -> Callable[[Any], torch.optim.Optimizer]:
    return lambda parameters: torch.optim.SGD(parameters, lr=lr, **options)


def adam(lr: float) -> Callable[[Any], torch.optim.Optimizer]:
    return lambda parameters: torch.optim.Adam(parameters, lr=lr)


def scaled() -> Data:
    x, y = classes()
    return x * torch.tensor([1.0, 1, 1, 1, 1, 1, 1, 1e5]), y


def imbalanced() -> Data:
    x = torch.randn(2000, 8)
    return x, (torch.rand(2000) < 0.04).long()


def ordered() -> Data:
    x, y = classes(512)
    order = y.argsort()
    return x[order], y[order]


def spoiled() -> Data:
    x, y = classes()
    x[7, 0] = math.nan
    return x, y


def constant() -> nn.Module:
    model = mlp(4)
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    return model


def initialized(size: float) -> nn.Module:
    model = mlp(4, depth=4)
    for parameter in model.parameters():
        nn.init.normal_(parameter, 0, size)
    return model


def silent() -> nn.Module:
    model = mlp(4)
    nn.init.constant_(model[2].bias, -50.0)  # type: ignore[arg-type]
    return model


def half_frozen() -> nn.Module:
    model = mlp(4)
    model[4].requires_grad_(False)
    return model


class Parts(nn.Module):
    """An encoder and a head, cut apart where `cut`, with a layer that is not called where `spare`."""

    def __init__(self, cut: bool = False, spare: bool = False) -> None:
        super().__init__()
        self.cut, self.encoder, self.head = cut, nn.Linear(8, 16), nn.Linear(16, 4)
        self.spare = nn.Linear(8, 8) if spare else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(self.encoder(x))
        answer: torch.Tensor = self.head(hidden.detach() if self.cut else hidden)
        return answer


def large() -> Data:
    x, y = classes()
    return 400 * x, y


def blank() -> Data:
    x, y = numbers()
    return 0 * x, y


def spoiled_targets() -> Data:
    x, y = numbers()
    y[:4] = -3000.0
    return x, y


def unrelated() -> Data:
    x, y = classes()
    return x, y[torch.randperm(len(y))]


def growing() -> nn.Module:
    """Activations and gradients grow by two thirds a layer, from weights of an ordinary size."""
    model = mlp(1, depth=14)
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, 0, 2.4 / layer.in_features**0.5)
    return model


def divergence(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return F.kl_div(output, F.one_hot(target, 4).float(), reduction="batchmean")


def two_terms(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The first term compares what a ReLU lets through, the second one everything."""
    goal = target.unsqueeze(1)
    return F.mse_loss(output.relu(), goal.relu()) + F.mse_loss(output, goal)


BY_HEART = [{"train_loss": 1 / (1 + epoch), "val_loss": 0.5 + abs(epoch - 3) / 10} for epoch in range(12)]

FAULTY: dict[str, Training] = {
    "feature-scale-imbalance": Training(data=scaled),
    "class-imbalance": Training(lambda: mlp(2), imbalanced, optimizer=sgd(0.05)),
    "unshuffled-data": Training(data=ordered, shuffle=False),
    "output-loss-mismatch": Training(lambda: mlp(4, nn.Softmax(dim=1))),
    "broadcast-target": Training(lambda: mlp(1), numbers, F.mse_loss),
    "cut-graph": Training(lambda: Parts(cut=True)),
    "never-fired": Training(lambda: Parts(spare=True)),
    "not-in-optimizer": Training(held=lambda model: model[-1].parameters()),
    "frozen-parameters": Training(half_frozen),
    "gradients-not-cleared": Training(clear=False),
    "eval-mode": Training(lambda: nn.Sequential(nn.Dropout(0.2), *mlp(4)), evaluate=True),
    "symmetric-weights": Training(constant),
    "poor-initialization": Training(lambda: initialized(0.001), optimizer=sgd(0.01)),
    "learning-rate-too-high": Training(lambda: mlp(1), numbers, squared, sgd(5.0)),
    "learning-rate-too-low": Training(optimizer=sgd(1e-6)),
    "updates-too-small": Training(optimizer=sgd(0.01), clip=1e-4),
    "vanishing-gradient": Training(lambda: mlp(4, depth=10, activation=nn.Sigmoid)),
    "saturated-activation": Training(lambda: mlp(4, activation=nn.Tanh), large, optimizer=sgd(1e-3)),
    "exploding-gradient": Training(growing, numbers, squared, sgd(1e-9)),
    "collapsed-output": Training(lambda: mlp(1), blank, squared),
    "loss-spike": Training(lambda: mlp(1), spoiled_targets, squared),
    "loss-not-decreasing": Training(data=unrelated, optimizer=sgd(0.01)),
    "dead-units": Training(silent),
    "non-finite": Training(data=spoiled),
    "overfitting": Training(epochs=BY_HEART),
}

SYMPTOMS: dict[str, Training] = {
    "loss-plateau": Training(data=unrelated, optimizer=sgd(0.01)),
    "loss-oscillation": Training(optimizer=sgd(20.0, momentum=0.9)),
    "stalled-training": Training(optimizer=sgd(0.0)),
}

HEALTHY: dict[str, Training] = {
    "classification": Training(),
    "regression": Training(lambda: mlp(1), numbers, squared),
    "sgd": Training(optimizer=sgd(0.2, momentum=0.5)),
    "log-probabilities": Training(lambda: mlp(4, nn.LogSoftmax(dim=1)), loss=F.nll_loss),
    "no shuffling of independent samples": Training(shuffle=False),
    "dropout and normalisation": Training(lambda: nn.Sequential(nn.BatchNorm1d(8), nn.Dropout(0.1), *mlp(4))),
    "a difference by hand": Training(lambda: mlp(1), numbers, lambda o, y: (o.squeeze(1) - y).square().mean()),
    "clipped at 1": Training(clip=1.0),
    "a loss of two terms": Training(lambda: mlp(1), numbers, two_terms),
    "log-probabilities into kl_div": Training(lambda: mlp(4, nn.LogSoftmax(dim=1)), loss=divergence),
    "a plain RNN over few steps": Training(lambda: Last(), lambda: first_of(6)),
}


def of(rule: str, result: Result) -> list[Finding]:
    return [finding for finding in result.diagnosis.findings if finding.rule == rule]


def has_no_shapes() -> bool:
    """Whether graphs show no shapes (torch 2.4), so that broadcasts are not seen."""
    return not shows_shapes(torch.zeros(1, requires_grad=True).sum())


@pytest.mark.parametrize("rule", FAULTY)
def test_a_faulty_training(rule: str, tmp_path: Path) -> None:
    """The fault is the cause, comes first, and has a sentence and a fix."""
    if rule == "broadcast-target" and has_no_shapes():
        pytest.skip("this torch shows no shapes in a graph")
    result = FAULTY[rule].run(tmp_path)
    diagnosis = result.diagnosis
    assert diagnosis.cause == rule, diagnosis
    first = diagnosis.findings[0]
    assert (first.rule, first.severity) == (rule, diagnosis.severity)
    assert first.message.endswith(".")
    assert first.fix
    assert 0 < float(diagnosis.confidence or 0) <= 1
    assert rule not in diagnosis.explained


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_training(name: str, tmp_path: Path) -> None:
    diagnosis = HEALTHY[name].run(tmp_path).diagnosis
    assert [each for each in diagnosis.findings if each.severity != "info"] == []
    assert diagnosis.cause is None


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_a_symptom_of_the_loss(rule: str, tmp_path: Path) -> None:
    assert of(rule, SYMPTOMS[rule].run(tmp_path))


def spelled(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """One sequence of 32 symbols."""
    sizes = torch.tensor([len(output)]), torch.tensor([3])
    return F.ctc_loss(output.unsqueeze(1), 1 + target[None, :3] % 3, *sizes)


def tagged(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Two sequences of 16 symbols, [sequences, classes, symbols]."""
    scores = output.reshape(2, 16, 4).transpose(1, 2)
    return F.nll_loss(scores.log_softmax(dim=2), target.reshape(2, 16))


MISMATCHES: dict[str, Training] = {
    "softmax over the batch": Training(lambda: mlp(4, nn.Softmax(dim=0))),
    "relu before the loss": Training(lambda: mlp(4, nn.ReLU())),
    "scores into nll_loss": Training(loss=F.nll_loss),
    "class numbers into a regression": Training(lambda: mlp(1), loss=lambda o, y: squared(o, y.float())),
    "relu for negative targets": Training(lambda: mlp(1, nn.ReLU()), numbers, squared),
    "softplus for negative targets": Training(lambda: mlp(1, nn.Softplus()), numbers, squared),
    "raw scores into ctc_loss": Training(loss=spelled),
    "softmax over another dimension than the classes": Training(loss=tagged),
    "probabilities into kl_div": Training(lambda: mlp(4, nn.Softmax(dim=1)), loss=divergence),
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_outputs_that_do_not_fit_the_loss(name: str, tmp_path: Path) -> None:
    assert MISMATCHES[name].run(tmp_path).diagnosis.cause == "output-loss-mismatch"


class Last(nn.Module):
    """A plain RNN whose last step answers."""

    def __init__(self, features: int = 1) -> None:
        super().__init__()
        self.cells, self.head = nn.RNN(features, 16, batch_first=True), nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.head(self.cells(x)[0][:, -1])
        return answer


def first_of(steps: int) -> Data:
    """Sequences of one number a step; the sign of the first is the class."""
    x = 0.2 * torch.randn(256, steps, 1)
    y = torch.randint(0, 2, (256,))
    x[:, 0, 0] = 2.0 * y - 1
    return x, y


def first_of_large(steps: int) -> Data:
    x, y = first_of(steps)
    return 500 * x, y


def uneven_series() -> Data:
    x, y = first_of(12)
    return torch.cat([1e4 * torch.rand_like(x), x], dim=2), y


def mismatched() -> Data:
    """Labels that do not belong to their inputs, few enough to learn them by heart."""
    x = torch.randn(64, 8)
    return x, torch.randint(0, 4, (64,))


def same() -> Data:
    x, y = classes()
    return torch.ones_like(x), y


class Cells(nn.Module):
    """An LSTM whose last step answers."""

    def __init__(self) -> None:
        super().__init__()
        self.cells, self.head = nn.LSTM(1, 16, batch_first=True), nn.Linear(16, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.head(self.cells(x)[0][:, -1])
        return answer


def equal_cells() -> nn.Module:
    model = Cells()
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)
    return model


def large_cells() -> nn.Module:
    model = Last()
    nn.init.orthogonal_(model.cells.weight_hh_l0, gain=8)  # type: ignore[arg-type]
    return model


def frozen_weights() -> nn.Module:
    model = mlp(4, depth=3)
    for layer in (model[0], model[2], model[4]):
        layer.weight.requires_grad_(False)
    return model


def offset() -> Data:
    x, y = classes()
    return x + torch.tensor([0.0, 0, 0, 0, 0, 0, 0, 1e5]), y


def pairs(output: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(output[::2], output[1::2])


def distant() -> Data:
    x, y = numbers()
    return x, 1e5 * (10 + y)


def one_large() -> Data:
    x, y = numbers()
    return x * torch.tensor([1.0, 1, 1, 1, 1, 1, 1, 400]), y


def clamped(limit: float) -> nn.Module:
    """Hooks cut every gradient off at `limit`."""
    model = mlp(4)
    for parameter in model.parameters():
        parameter.register_hook(lambda gradient: gradient.clamp(-limit, limit))  # type: ignore[no-untyped-call]
    return model


def small_and_normalised() -> nn.Module:
    """Wide layers between normalisations, with the small weights of GPT-2."""
    model = nn.Sequential(
        nn.Linear(8, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 64), nn.LayerNorm(64), nn.ReLU(), nn.Linear(64, 4)
    )
    for layer in (model[0], model[3], model[6]):
        nn.init.normal_(layer.weight, std=0.02)  # type: ignore[arg-type]
    return model


def adamw(lr: float, decay: float) -> Callable[[Any], torch.optim.Optimizer]:
    return lambda parameters: torch.optim.AdamW(parameters, lr=lr, weight_decay=decay)


FLAT = [{"train_loss": 1 / (1 + epoch), "val_loss": 0.8 + 0.001 * epoch} for epoch in range(40)]

NEVER = [{"train_loss": 1 / (1 + epoch), "val_loss": 1.4 + epoch / 10} for epoch in range(12)]

KINDS: dict[str, tuple[str, Training]] = {
    "no step": ("updates-too-small", Training(update=False)),
    "gradients cleared before the step": ("updates-too-small", Training(late_clear=True)),
    "the same inputs": ("collapsed-output", Training(data=same)),
    "a layer that answers nothing, in a short run": ("dead-units", Training(silent, steps=60)),
    "a plain RNN over many steps": ("vanishing-gradient", Training(Last, lambda: first_of(100))),
    "large inputs of a recurrent layer": (
        "saturated-activation",
        Training(Last, lambda: first_of_large(12), optimizer=sgd(0.02)),
    ),
    "uneven inputs of a recurrent layer": (
        "feature-scale-imbalance",
        Training(lambda: Last(2), uneven_series, optimizer=sgd(0.02)),
    ),
    "only equal pairs": ("collapsed-output", Training(lambda: mlp(4), loss=pairs, optimizer=adam(1e-2))),
    "targets far from the outputs": ("learning-rate-too-low", Training(lambda: mlp(1), distant, squared)),
    "a large input that makes the outputs large": (
        "feature-scale-imbalance",
        Training(lambda: mlp(1), one_large, squared),
    ),
    "equal units of an LSTM": ("symmetric-weights", Training(equal_cells, lambda: first_of(6))),
    "a recurrent layer that begins too large": (
        "poor-initialization",
        Training(large_cells, lambda: first_of(20), optimizer=sgd(0.01)),
    ),
    "frozen weights with a bias that learns": ("frozen-parameters", Training(frozen_weights)),
    "a decay of 10% a step": (
        "updates-too-small",
        Training(lambda: mlp(1), numbers, squared, sgd(0.1, weight_decay=1.0)),
    ),
    "uneven inputs that saturate the first layer": (
        "feature-scale-imbalance",
        Training(lambda: mlp(4, activation=nn.Tanh), offset),
    ),
    "the negative of the loss": (
        "loss-not-decreasing",
        Training(loss=lambda output, target: -F.cross_entropy(output, target)),
    ),
    "an optimizer that maximises the loss": (
        "loss-not-decreasing",
        Training(optimizer=sgd(0.03, maximize=True)),
    ),
    "labels learned by heart": ("loss-not-decreasing", Training(data=mismatched, epochs=NEVER, steps=300)),
    "learned by heart without a rise": ("overfitting", Training(epochs=FLAT)),
    "gradients that a hook clamps": ("updates-too-small", Training(lambda: clamped(1e-5), optimizer=sgd(0.1))),
    "small weights behind normalisation, with a tiny rate": (
        "learning-rate-too-low",
        Training(small_and_normalised, optimizer=adamw(1e-8, 0.1)),
    ),
    "a rate that makes a usual decay large": (
        "learning-rate-too-high",
        Training(lambda: mlp(4, depth=4), optimizer=adamw(0.5, 0.1)),
    ),
    "a large decay at a usual rate": ("updates-too-small", Training(optimizer=adamw(3e-3, 100))),
}

HEALTHY_KINDS: dict[str, Training] = {
    "gradients clamped above their usual size": Training(lambda: clamped(0.5)),
    "small weights behind normalisation": Training(small_and_normalised, optimizer=adamw(3e-3, 0.1)),
}


@pytest.mark.parametrize("name", HEALTHY_KINDS)
def test_what_is_like_a_kind_of_fault_but_learns(name: str, tmp_path: Path) -> None:
    assert HEALTHY_KINDS[name].run(tmp_path).diagnosis.severity in ("ok", "info")


@pytest.mark.parametrize("steps", [3, 8, 12, 25, 60])
def test_a_training_that_has_just_begun_raises_no_alarm(steps: int, tmp_path: Path) -> None:
    """Outputs of new weights differ little, and a loss needs time to fall."""
    for seed in range(4):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
        inputs = torch.randn(32, 6)
        targets = inputs.sum(1, keepdim=True) + torch.randn(32, 1)
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(inputs), targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        assert observer.detach().diagnosis.severity in ("ok", "info")


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_a_fault(name: str, tmp_path: Path) -> None:
    rule, training = KINDS[name]
    assert training.run(tmp_path).diagnosis.cause == rule


def test_a_learning_rate_that_becomes_too_high(tmp_path: Path) -> None:
    """Late, and the loss only returns to that of guessing."""
    torch.manual_seed(0)
    (x, y), model = classes(), mlp(4)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, directory=tmp_path, quiet=True)
    for step in range(600):
        optimizer.param_groups[0]["lr"] = 3e-3 if step < 400 else 3.0
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    result = observer.detach()
    assert result.diagnosis.cause == "learning-rate-too-high"
    assert (result.diagnosis.findings[0].step or 0) >= 400


def test_evaluation_mode_that_begins_late() -> None:
    """A share of the updates since then counts, not of the whole run."""
    rates = [Rate(step, 0.1, 0.0) for step in range(100)]
    run = Evidence(rates=rates, mode_matters=True, evaluating=10, training=90, first_evaluating=90)
    assert rules.diagnose(rules.build(None), run).cause == "eval-mode"
    run.first_evaluating = 10
    assert rules.diagnose(rules.build(None), run).cause is None


def test_a_loss_that_starts_low_and_never_returns() -> None:
    """The first steps throw it far up; what follows is no progress."""
    losses = [1.0, 9.0, 30.0, 20.0, 8.0, *[1.0] * 95]
    assert Evidence(losses=list(enumerate(losses))).trend.hurts
    assert Evidence(losses=list(enumerate([9.0, 8.0, *losses]))).trend.suffers is False


def test_one_spike_counts_where_the_data_jump() -> None:
    losses = [*[1.0] * 60, 400.0, *[1.0] * 60]
    run = Evidence(losses=list(enumerate(losses)), inputs=[(1.0, 3.0)] * 10)
    assert rules.diagnose(rules.build(None), run).cause != "loss-spike"
    jumped = Evidence(losses=list(enumerate(losses)), inputs=[(1.0, 3.0)] * 10 + [(90.0, 300.0)])
    assert rules.diagnose(rules.build(None), jumped).cause == "loss-spike"


@pytest.mark.skipif(has_no_shapes(), reason="this torch shows no shapes in a graph")
def test_a_broadcast_by_hand(tmp_path: Path) -> None:
    training = Training(lambda: mlp(1), numbers, lambda output, target: (output - target).square().mean())
    assert training.run(tmp_path).diagnosis.cause == "broadcast-target"


def test_a_fault_and_its_symptoms(tmp_path: Path) -> None:
    """Symptoms are listed under their cause."""
    diagnosis = FAULTY["symmetric-weights"].run(tmp_path).diagnosis
    assert set(diagnosis.explained) <= set(rules.registry()["symmetric-weights"].explains)


def test_thresholds_decide(tmp_path: Path) -> None:
    training = Training(
        data=scaled, options={"thresholds": {"feature-scale-imbalance": {"warning": 1e9, "critical": 1e9}}}
    )
    assert of("feature-scale-imbalance", training.run(tmp_path)) == []


def judged(losses: list[float], **columns: list[float]) -> dict[str, str]:
    """Rule → severity for a run with these losses and columns of two layers."""
    series: dict[str, Any] = {"step": list(range(len(losses))), **columns}
    layers = {name: Layer("Linear", 8, 72, dict(series)) for name in ("0", "2")}
    run = Evidence(steps=len(losses), losses=list(enumerate(losses)), layers=layers, captured=len(losses))
    return {each.rule: each.severity for each in rules.diagnose(rules.build(None), run).findings}


@pytest.mark.parametrize(
    ("rule", "losses", "columns"),
    [
        ("loss-not-decreasing", [1.0] * 100, {}),
        ("loss-plateau", [1.0] * 100, {}),
        ("loss-oscillation", [1.0, 3.0] * 50, {}),
        ("loss-spike", [9.0] * 10 + [*[1.0] * 30, 90.0] * 5, {}),
        ("loss-not-decreasing", [1.0 - 10 * step**2 for step in range(100)], {}),
        ("stalled-training", [1.0] * 100, {"update_ratio": [0.0] * 100}),
    ],
)
def test_symptoms_in_series_of_losses(rule: str, losses: list[float], columns: dict[str, list[float]]) -> None:
    assert rule in judged(losses, **columns)
    assert judged([1 / (1 + step / 10) for step in range(100)]) == {}


def test_noise_is_no_fault() -> None:
    """A loss of rare large values, and one whose first values happen to be small."""
    rare = [3.0 if step % 9 == 8 else 1.0 for step in range(120)]
    assert judged([12.0 if step % 40 == 39 else each for step, each in enumerate(rare)])["loss-spike"] == "info"
    wavers = [0.5, 0.6, 0.5, 0.7, 0.6, *[1.2, 0.8, 1.6] * 20, *[0.7, 0.4, 0.6] * 20]
    assert judged(wavers, update_ratio=[0.02] * len(wavers)) == {}


@pytest.mark.parametrize(
    ("name", "data"), [("cross_entropy", classes), ("binary_cross_entropy_with_logits", answers), ("mse_loss", numbers)]
)
def test_a_summed_loss_is_held_against_a_summed_answer(name: str, data: Callable[[], Data], tmp_path: Path) -> None:
    def loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        fitting = output if name == "cross_entropy" else output.squeeze(1)
        found: torch.Tensor = getattr(F, name)(fitting, target, reduction="sum")
        return found

    training = Training(lambda: mlp(4 if name == "cross_entropy" else 1), data, loss)
    assert training.run(tmp_path).diagnosis.cause is None


def test_new_weights_that_hardly_move_have_learned_nothing() -> None:
    """However the loss varies."""
    series: dict[str, Any] = {"step": list(range(200)), "update_ratio": [1e-7] * 200}
    run = Evidence(
        steps=200, losses=[(step, 1.0 - step / 500) for step in range(200)], captured=200, untrained=["0"],
        layers={"0": Layer("Linear", 8, 72, series)}, rates=[Rate(step, 1e-8, 0.0) for step in range(200)],
    )  # fmt: skip
    assert rules.diagnose(rules.build(None), run).cause == "learning-rate-too-low"
    run.untrained = []  # as in fine-tuning
    assert rules.diagnose(rules.build(None), run).cause is None


def test_every_rule_of_the_contract_is_registered() -> None:
    contract = (
        "dead-units vanishing-gradient exploding-gradient non-finite saturated-activation feature-scale-imbalance "
        "poor-initialization symmetric-weights learning-rate-too-high learning-rate-too-low loss-not-decreasing "
        "loss-plateau loss-oscillation loss-spike overfitting frozen-parameters not-in-optimizer cut-graph never-fired "
        "gradients-not-cleared updates-too-small collapsed-output output-loss-mismatch broadcast-target eval-mode "
        "unshuffled-data class-imbalance stalled-training "
        "rank-data-overlap rank-dtype gradients-not-averaged replicas-drift master-weights parameter-never-moves "
        "equal-dropout"
    )
    assert set(rules.registry()) == set(contract.split())


def test_the_tables_in_the_documentation_are_current() -> None:
    page = Path("docs/diagnostics.md").read_text(encoding="utf-8")
    assert with_tables(page) == page, "run make reference"
