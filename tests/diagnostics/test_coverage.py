"""A run is never 'ok' for what was not measured: the reason and what to do stand in the result."""

import contextlib
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import file
from diagnostics.result import Result


def plain() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))


def attach(model: nn.Module, folder: Path, **options: Any) -> diagnostics.Observer:
    return diagnostics.attach(model, name="run", directory=folder, **{"every": 1, "quiet": True, **options})


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=1e-3)


def train(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 25) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.randn(32, 6)).square().mean().backward()
        optimizer.step()


def nothing(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """The run ends before it begins."""


def by_hand(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    for _ in range(5):
        model(torch.randn(32, 6)).square().mean().backward()
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter.sub_(1e-3 * parameter.grad)
                parameter.grad = None


def forgotten_step(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    for _ in range(5):
        optimizer.zero_grad()
        model(torch.randn(32, 6)).square().mean().backward()


def forgotten_backward(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    for _ in range(5):
        model(torch.randn(32, 6)).square().mean()


def evaluation(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    model.eval()
    train(model, optimizer)


def another_copy(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    other = copy.deepcopy(model)
    train(other, sgd(other))


def forward_alone(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Hooks do not run."""
    layers = list(model.children())
    for _ in range(25):
        optimizer.zero_grad()
        layers[2].forward(layers[1].forward(layers[0].forward(torch.randn(32, 6)))).square().mean().backward()
        optimizer.step()


def functional(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    parameters = {name: each.detach().clone() for name, each in model.named_parameters()}

    def loss(parameters: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = torch.func.functional_call(model, parameters, (x,)).square().mean()
        return out

    for _ in range(5):
        gradients = torch.func.grad(loss)(parameters, torch.randn(32, 6))
        parameters = {name: each - 1e-3 * gradients[name] for name, each in parameters.items()}


UNKNOWN: dict[Callable[[nn.Module, torch.optim.Optimizer], None], str] = {
    nothing: "No training step was seen",
    by_hand: "no optimizer stepped",
    forgotten_step: "no optimizer stepped",
    forgotten_backward: "call loss.backward()",
    evaluation: "call model.train()",
    another_copy: "another copy",
    forward_alone: "not layer.forward(x)",
    functional: "inside torch.func transforms",
}


@pytest.mark.parametrize("run", UNKNOWN, ids=lambda run: run.__name__)
def test_unknown(run: Callable[[nn.Module, torch.optim.Optimizer], None], tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    run(model, optimizer)
    result = observer.detach()
    assert (result.errors, result.diagnosis.severity, result.diagnosis.measured) == ([], "unknown", 0.0)
    assert UNKNOWN[run] in str(result.diagnosis.reason)


def test_losses_that_are_not_finite_and_without_an_update(tmp_path: Path) -> None:
    """The steps between them were measured, but they do not speak for the training."""
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    for batch in range(75):  # what a GradScaler does, by hand
        optimizer.zero_grad()
        loss = model(torch.randn(32, 6)).square().mean() * (1.0 if batch % 3 == 2 else float("nan"))
        loss.backward()
        if loss.isfinite():
            optimizer.step()
    result = observer.detach()
    assert (result.errors, result.diagnosis.severity, result.steps) == ([], "unknown", 25)
    assert "In 50 of 75 backward passes the loss was not finite" in str(result.diagnosis.reason)


def test_an_empty_batch_is_noted(tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    model(torch.randn(0, 6)).square().sum().backward()
    optimizer.step()
    assert "0: empty tensors are not measured" in observer.detach().notes


def test_an_optimizer_that_goes_leaves_the_other_one_as_the_only_one(tmp_path: Path) -> None:
    """No step fails here, so no captured step is left out."""
    model = plain()
    observer = attach(model, tmp_path, every=2)
    first, second = sgd(model), sgd(model)
    for _ in range(4):
        train(model, first, 1)
        train(model, second, 1)
    del first
    train(model, second, 12)
    result = observer.detach()
    assert (result.errors, result.notes) == ([], [])


def test_a_scripted_model(tmp_path: Path) -> None:
    model = torch.jit.script(plain())
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 3)
    result = observer.detach()
    assert result.diagnosis.severity == "unknown"
    assert "torch.jit.script" in str(result.diagnosis.reason)


def test_a_graph_that_is_reused(tmp_path: Path) -> None:
    """The second model of a class, compiled in one process: it is seen, or the reason names the cause."""
    torch._dynamo.reset()
    first, second = plain(), plain()
    first.compile(backend="aot_eager")
    train(first, sgd(first), 2)
    second.compile(backend="aot_eager")
    optimizer = sgd(second)
    observer = attach(second, tmp_path, optimizer=optimizer)
    train(second, optimizer)
    result = observer.detach()
    if "activation_mean" not in result.layers["0"].columns:
        assert result.diagnosis.severity == "unknown"
        assert "another model of this class was compiled before" in str(result.diagnosis.reason)


def test_an_optimizer_that_is_made_again(tmp_path: Path) -> None:
    model = plain()
    observer = attach(model, tmp_path, optimizer=sgd(model))
    train(model, sgd(model))
    result = observer.detach()
    assert (result.steps, result.captures.taken, result.diagnosis.severity) == (25, 25, "ok")
    assert result.not_in_optimizer == []


def replaced(model: nn.Module) -> None:
    model.load_state_dict({name: tensor.clone() for name, tensor in model.state_dict().items()}, assign=True)


def test_parameters_that_are_replaced_after_the_optimizer_was_made(tmp_path: Path) -> None:
    """Although the weights were trained and the loss had fallen: no optimizer holds what the model has now."""
    model = plain()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 100)
    replaced(model)
    train(model, optimizer)
    found = observer.detach()
    assert (found.diagnosis.severity, found.diagnosis.cause) == ("critical", "not-in-optimizer")
    assert found.not_in_optimizer == [name for name, _ in model.named_parameters()]
    observer = attach(model, tmp_path)
    train(model, optimizer)
    found = observer.detach()
    assert (found.diagnosis.severity, found.diagnosis.findings) == ("unknown", [])
    assert "holds no parameter of this model" in str(found.diagnosis.reason)


def test_a_part_that_is_updated_by_hand(tmp_path: Path) -> None:
    """No optimizer holds it, but it learns: that is no fault, and not measured."""
    model = plain()
    optimizer = torch.optim.SGD(model[2].parameters(), lr=1e-3)
    observer = attach(model, tmp_path, optimizer=optimizer)
    for _ in range(25):
        model.zero_grad()
        model(torch.randn(32, 6)).square().mean().backward()
        optimizer.step()
        for each in model[0].parameters():
            assert each.grad is not None
            each.data -= 1e-3 * each.grad
    found = observer.detach()
    assert found.not_in_optimizer == ["0.weight", "0.bias"]
    assert "not-in-optimizer" not in [finding.rule for finding in found.diagnosis.findings]
    assert "Updated without an optimizer" in str(found.diagnosis.reason)


def test_whole_and_partly_measured(tmp_path: Path) -> None:
    class Partly(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Linear(6, 8), nn.Linear(8, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden = torch.nn.functional.linear(x, self.first.weight, self.first.bias)
            out: torch.Tensor = self.last(hidden)
            return out

    for model, share in ((plain(), 1.0), (Partly(), 0.5)):
        optimizer = sgd(model)
        observer = attach(model, tmp_path, optimizer=optimizer)
        train(model, optimizer)
        result = observer.detach()
        assert (result.diagnosis.severity, result.diagnosis.measured) == ("ok", share)
        assert (result.diagnosis.reason is None) == (share == 1.0)
        assert (result.never_called, result.without_gradient) == ([], [])  # its weight is used, without a call


def test_few_captures_do_not_judge_dead_units(tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 5)
    assert "Dead units were not judged" in str(observer.detach().diagnosis.reason)


def test_a_parameter_without_an_optimizer(tmp_path: Path) -> None:
    model = plain()
    optimizer = torch.optim.SGD(model[0].parameters(), lr=1e-3)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer)
    result = observer.detach()
    assert result.not_in_optimizer == ["2.weight", "2.bias"]
    assert (result.without_gradient, result.never_called) == ([], [])


@pytest.mark.parametrize("fused", [False, True])
def test_batches_of_nan_under_a_scaler(fused: bool, tmp_path: Path) -> None:
    """Most steps are skipped: that is not 'ok', at any interval."""
    for every in (1, 7):
        model = plain()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, fused=fused)
        scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
        observer = attach(model, tmp_path, optimizer=optimizer, every=every)
        for step in range(100):
            optimizer.zero_grad()
            batch = torch.randn(32, 6) * (1 if step % 5 == 0 else torch.nan)
            scaler.scale(model(batch).square().mean()).backward()
            scaler.step(optimizer)
            scaler.update()
        result = observer.detach()
        assert (result.errors, result.steps, result.diagnosis.severity) == ([], 100, "critical")
        assert result.diagnosis.findings[0].rule == "non-finite"
        assert result.captures.skipped >= (80 if not fused else 0.7 * result.captures.taken)


@pytest.mark.parametrize("mode", [contextlib.nullcontext(), torch.device("cpu")], ids=["plain", "default device"])
def test_a_scaler_that_overflows_often(mode: Any, tmp_path: Path) -> None:
    """Gradients overflow although every activation is finite. Under a default device `backward()` calls itself."""
    model = plain()
    optimizer = sgd(model)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**126, backoff_factor=0.999)
    observer = attach(model, tmp_path, optimizer=optimizer)
    with mode:
        for _ in range(30):
            optimizer.zero_grad()
            scaler.scale(model(torch.randn(32, 6) * 1000).square().mean()).backward()
            scaler.step(optimizer)
            scaler.update()
    result = observer.detach()
    assert (result.captures.skipped, result.diagnosis.severity) == (30, "critical")
    assert "GradScaler skipped 100%" in result.diagnosis.findings[0].message
    assert "GradScaler" not in torch.amp.GradScaler.step.__module__  # the original is back


def test_parameters_that_are_replaced(tmp_path: Path) -> None:
    """`load_state_dict(assign=True)` and `to_empty` give the model other parameters."""
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 3)
    model.load_state_dict({name: tensor.clone() for name, tensor in model.state_dict().items()}, assign=True)
    train(model, sgd(model), 3)
    result = observer.detach()
    assert (result.errors, result.steps, result.without_gradient, result.not_in_optimizer) == ([], 6, [], [])
    assert result.parameters["0.weight"]["step"] == [0, 1, 2, 3, 4, 5]
    assert result.layers["0"].columns["step"] == [0, 1, 2, 3, 4, 5]


def test_layers_that_are_added_or_replaced(tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 3)
    model[2] = nn.Linear(16, 4)
    model.append(nn.Linear(4, 1))
    train(model, sgd(model), 3)
    result = observer.detach()
    assert (result.errors, result.never_called, result.without_gradient) == ([], [], [])
    # the change is noticed at the next capture, or when an optimizer is new
    assert result.layers["2"].columns["step"] == [0, 1, 2, 3, 4, 5]
    assert result.layers["3"].columns["step"] in ([3, 4, 5], [4, 5])
    assert result.layers["2"].units == 4
    assert [note for note in result.notes if "after watching began" in note] == [
        "2 (Linear) was replaced after watching began", "3 (Linear) was added after watching began",
    ]  # fmt: skip


def test_a_bad_value_is_noted(tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 2)
    observer.epoch(train_loss="high", accuracy=0.5, val_loss=torch.ones(3))  # type: ignore[arg-type]
    observer.metric("score", object())  # type: ignore[arg-type]
    train(model, optimizer, 2)
    result = observer.detach()
    assert (result.errors, result.status, result.captures.taken) == ([], "complete", 4)
    assert result.history["accuracy"] == [0.5]
    assert [note.partition(":")[0] for note in result.notes] == ["train_loss", "val_loss", "score"]


def test_a_results_folder_that_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "FIRST_SECONDS", 0.0)
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path / "results", optimizer=optimizer)
    observer.path.unlink()
    observer.path.parent.rmdir()
    train(model, optimizer, 2)
    assert observer.path.exists()
    observer.path.unlink()
    observer.path.parent.rmdir()
    result: Result = observer.detach()
    assert result.errors == []
    assert observer.path.exists()


def without_gradients(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Evolution strategies and the like: gradients are set by hand."""
    for _ in range(3):
        with torch.no_grad():
            model(torch.randn(4, 6))
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter)
        optimizer.step()


def inside_vmap(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Gradients of single samples, computed by torch.func alone."""

    def loss(weights: dict[str, torch.Tensor], row: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = torch.func.functional_call(model, weights, (row,))
        return out.square().sum()

    weights = {name: parameter.detach() for name, parameter in model.named_parameters()}
    for _ in range(3):
        each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(weights, torch.randn(4, 6))
        for name, parameter in model.named_parameters():
            parameter.grad = each[name].mean(0)
        optimizer.step()


@pytest.mark.parametrize(
    ("run", "reason"),
    [(without_gradients, "only seen without gradients"), (inside_vmap, "outputs of the layers that were called")],
)
def test_the_reason_is_the_true_one(
    run: Callable[[nn.Module, torch.optim.Optimizer], None], reason: str, tmp_path: Path
) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    run(model, optimizer)
    result = observer.detach()
    assert (result.errors, result.captures.taken, result.diagnosis.severity) == ([], 3, "unknown")
    assert reason in str(result.diagnosis.reason)


def test_evaluation_mode_for_a_part_of_the_run(tmp_path: Path) -> None:
    """What was not measured is stated as a share of the captures."""
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 10)
    model.eval()
    train(model, optimizer, 30)
    diagnosis = observer.detach().diagnosis
    assert diagnosis.measured == 0.25
    assert "In 30 of 40 captured steps the model was in evaluation mode" in str(diagnosis.reason)


def test_what_was_not_asked_for_is_stated(tmp_path: Path) -> None:
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer, groups=("activations",), layers=["0"])
    train(model, optimizer, 3)
    diagnosis = observer.detach().diagnosis
    assert diagnosis.reason == (
        "Only the layers that `layers` names were watched. "
        "Not asked for: activation_gradients, units, gradients, weights."
    )


def test_a_model_without_parameters(tmp_path: Path) -> None:
    model = nn.Sequential(nn.ReLU())
    observer = attach(model, tmp_path)
    inputs = torch.randn(4, 6, requires_grad=True)
    optimizer = torch.optim.SGD([inputs], lr=0.1)
    model(inputs).sum().backward()
    optimizer.step()
    diagnosis = observer.detach().diagnosis
    assert diagnosis.severity == "unknown"
    assert "no parameters" in str(diagnosis.reason)


def test_a_model_on_the_meta_device(tmp_path: Path) -> None:
    with torch.device("meta"):
        model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.randn(4, 6, device="meta")).square().mean().backward()
        optimizer.step()
    result = observer.detach()
    assert (result.errors, result.diagnosis.severity) == ([], "unknown")
    assert "0: meta tensors are not measured" in result.notes


def test_lazy_parameters(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="call it once with a batch"):
        attach(nn.Sequential(nn.LazyLinear(3)), tmp_path)


def test_a_layer_without_units(tmp_path: Path) -> None:
    """Its output has no elements: the others are measured, and the share is stated."""
    model = nn.Sequential(nn.Linear(6, 0), nn.Linear(0, 1))
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 25)
    result = observer.detach()
    assert (result.errors, result.captures.taken, result.diagnosis.measured) == ([], 25, 0.5)


def test_a_value_that_cannot_even_be_shown(tmp_path: Path) -> None:
    class Bad:
        def __float__(self) -> float:
            raise RuntimeError("no number")

        def __repr__(self) -> str:
            raise RuntimeError("no text")

    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    observer.epoch(train_loss=Bad())
    train(model, optimizer, 2)
    result = observer.detach()
    assert (result.errors, result.status, result.captures.taken) == ([], "complete", 2)
    assert result.notes == ["train_loss: not recorded, a value of type Bad is not a number (RuntimeError)"]


def test_layers_that_are_removed(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 3)
    del model[1]
    train(model, optimizer, 3)
    result = observer.detach()
    assert "2 (Linear) was removed after watching began" in result.notes
    assert "gradient_norm" in result.layers["2"].columns  # what was measured before stays


def test_steps_without_a_capture_show_the_cost(tmp_path: Path) -> None:
    """With every=1 there would be no other step to compare with."""
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    train(model, optimizer, 240)
    result = observer.detach()
    assert (result.steps, result.captures.taken) == (240, 208)


def test_the_file_is_renewed_between_captures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed between two captures has said how far it came."""
    monkeypatch.setattr(file, "FIRST_SECONDS", 0.0)
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer, every=1000)
    train(model, optimizer, 2)
    assert json.loads(observer.path.read_text(encoding="utf-8"))["steps"] >= 1
    observer.detach()


def test_an_evaluation_behind_the_last_step(tmp_path: Path) -> None:
    """With gradients, as people do it who do not know torch.no_grad: it is no captured step."""
    model = plain()
    optimizer = sgd(model)
    observer = attach(model, tmp_path, optimizer=optimizer)
    for _ in range(25):
        train(model.train(), optimizer, 1)
        model.eval()
        model(torch.randn(8, 6))
    diagnosis = observer.detach().diagnosis
    assert (diagnosis.severity, diagnosis.measured, diagnosis.reason) == ("ok", 1.0, None)
