"""The quick way, by which a capture measures what goes as it went before, says what the long way says."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics.capture import Capture
from diagnostics.statistics import native_kernel

pytestmark = pytest.mark.skipif(native_kernel.library() is None, reason="no C compiler: there is no quick way")

Step = Callable[[nn.Module, int], torch.Tensor]


class Branches(nn.Module):
    """A layer that is called twice, one that is called now and then, and outputs that lie in memory in turns."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.shared, self.seldom, self.last = (nn.Linear(6, 6) for _ in range(4))
        self.rectifier, self.inplace = nn.ReLU(), nn.ReLU(inplace=True)
        self.steps = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.rectifier(self.first(x))
        x = self.inplace(self.shared(self.shared(x)))
        if self.steps % 3 == 0:
            x = self.seldom(x)
        if self.steps % 4 == 1:
            x = x.t().contiguous().t()
        self.steps += 1
        out: torch.Tensor = self.last(self.rectifier(x))
        return out


def batch(rows: int, columns: int = 6) -> torch.Tensor:
    return torch.randn(rows, columns)


def loss_of(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    loss: torch.Tensor = model(x).float().square().mean()
    return loss


def alike(model: nn.Module, _: int) -> torch.Tensor:
    return loss_of(model, batch(8))


def last_batch_is_smaller(model: nn.Module, step: int) -> torch.Tensor:
    return loss_of(model, batch(3 if step % 5 == 4 else 8))


def evaluates_in_between(model: nn.Module, step: int) -> torch.Tensor:
    loss = loss_of(model, batch(8))
    model.eval()
    model(batch(5))  # recorded by autograd, too
    if step % 2:
        with torch.no_grad():
            model(batch(8))
    model.train()
    return loss


def two_passes(model: nn.Module, _: int) -> torch.Tensor:
    return loss_of(model, batch(8)) + loss_of(model, batch(8))


def backward_twice(model: nn.Module, _: int) -> torch.Tensor:
    loss = loss_of(model, batch(8))
    loss.backward(retain_graph=True)  # type: ignore[no-untyped-call]
    return loss


def inputs_that_require_gradients(model: nn.Module, _: int) -> torch.Tensor:
    return loss_of(model, batch(8).requires_grad_())


def inside_a_transform(model: nn.Module, step: int) -> torch.Tensor:
    if step % 3 == 2:
        torch.vmap(lambda x: model(x.unsqueeze(0)), randomness="different")(batch(8))
    return loss_of(model, batch(8))


def in_bfloat16_now_and_then(model: nn.Module, step: int) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16, enabled=step % 3 == 1):
        return loss_of(model, batch(8))


STEPS: list[Step] = [
    alike, last_batch_is_smaller, evaluates_in_between, two_passes, backward_twice, inputs_that_require_gradients,
    inside_a_transform, in_bfloat16_now_and_then,
]  # fmt: skip
MODELS: dict[str, Callable[[], nn.Module]] = {
    "branches": Branches,
    "bounded": lambda: nn.Sequential(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 5), nn.Sigmoid(), nn.Linear(5, 1)),
    "frozen below": lambda: nn.Sequential(nn.Linear(6, 7).requires_grad_(False), nn.ReLU(), nn.Linear(7, 1)),
    "norms": lambda: nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 1)),
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of the quick ways was gone."""
    gone: Counter[str] = Counter()

    def counted(name: str) -> Callable[..., bool]:
        way = getattr(Capture, name)

        def go(self: Capture, *args: Any) -> bool:
            done: bool = way(self, *args)
            gone[name] += done
            return done

        return go

    for name in ("again", "begins_again", "ends_again"):
        monkeypatch.setattr(Capture, name, counted(name))
    return gone


def blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no quick ways any more."""
    for name in ("again", "begins_again", "ends_again"):
        monkeypatch.setattr(Capture, name, lambda *_: False)


def watched(make: Callable[[], nn.Module], step: Step, folder: Path, every: int = 1) -> tuple[Any, int]:
    """The result of a short training, and the samples that it saw."""
    torch.manual_seed(0)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=every, directory=folder)
    for number in range(30):
        optimizer.zero_grad()
        step(model, number).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return observer.detach(), observer._recorder.samples


def told(result: Any) -> dict[str, Any]:
    """What a result says of the training, and not of the time that it took."""
    return {
        "errors": result.errors, "notes": result.notes, "attribution": result.attribution,
        "never called": result.never_called, "without gradient": result.without_gradient,
        "diagnosis": result.diagnosis, "captures": result.overhead.captures,
        "layers": {name: layer.columns for name, layer in result.layers.items()},
    }  # fmt: skip


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_both_ways_say_the_same(
    model: str, step: Step, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: Counter[str]
) -> None:
    if model == "norms" and step is inside_a_transform:
        pytest.skip("BatchNorm updates its statistics in place, which vmap refuses, watched or not")
    quickly, samples = watched(MODELS[model], step, tmp_path / "quick", every)
    assert quick["again"] > 0
    assert (quick["begins_again"] > 0) == (model != "frozen below")  # which has parameters without a gradient
    assert quick["begins_again"] == quick["ends_again"]
    blocked(monkeypatch)
    slowly, samples_too = watched(MODELS[model], step, tmp_path / "slow", every)
    assert samples == samples_too > 0
    assert quickly.errors == []
    assert told(quickly) == told(slowly)


Habit = Callable[[nn.Sequential, torch.optim.Optimizer, int], object]


def a_gradient_is_missing(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step % 3 == 1:
        model[0].bias.grad = None
    optimizer.step()


def all_gradients_are_missing(_: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step % 3 == 1:
        optimizer.zero_grad()
    optimizer.step()


def gradient_of(parameter: nn.Parameter) -> torch.Tensor:
    assert parameter.grad is not None
    return parameter.grad


def gradients_lie_otherwise(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step % 3 == 1:
        weight = model.get_parameter("0.weight")
        weight.grad = gradient_of(weight).t().contiguous().t()
    if step % 3 == 2:
        bias = model.get_parameter("2.bias")
        bias.grad = torch.complex(gradient_of(bias), -gradient_of(bias)).conj().imag
        assert bias.grad.is_neg()
    optimizer.step()


def gradients_are_scaled(_: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    """As a GradScaler leaves them to a fused optimizer."""
    if step % 3 == 1:
        optimizer.grad_scale = torch.tensor(4.0)  # type: ignore[attr-defined]
    optimizer.step()
    optimizer.__dict__.pop("grad_scale", None)


def with_a_closure_now_and_then(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_of(model, torch.ones(8, 6))
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(*[closure] * (step % 3 == 1))  # type: ignore[arg-type]


def a_layer_joins(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step == 10:
        optimizer.add_param_group({"params": model.get_submodule("2").parameters()})
    optimizer.step()


def a_parameter_is_another(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step == 10:
        parameters = optimizer.param_groups[0]["params"]
        parameters[0], parameters[-1] = parameters[-1], parameters[0]
    optimizer.step()


def weights_are_replaced(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    weight = model.get_parameter("0.weight")
    weight.data = weight.data * 0.9
    optimizer.step()


def in_float64_at_last(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    optimizer.step()
    if step == 20:
        model.get_submodule("2").double().register_forward_pre_hook(lambda _, args: args[0].double())


def fewer_units_from_now_on(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step == 10:
        optimizer.zero_grad()
        prune(model)
    optimizer.step()


def fewer_units_by_an_update(model: nn.Sequential, optimizer: torch.optim.Optimizer, step: int) -> None:
    if step == 10:
        optimizer.register_step_pre_hook(lambda *_: prune(model))
    optimizer.step()


def prune(model: nn.Sequential) -> None:
    """Leave out half of the units that are left."""
    weight, bias, last = (model.get_parameter(name) for name in ("0.weight", "0.bias", "2.weight"))
    left = max(1, len(weight) // 2)
    weight.data, bias.data, last.data = weight.data[:left], bias.data[:left], last.data[:, :left].clone()
    for parameter in model.parameters():
        parameter.grad = None


HABITS: list[Habit] = [
    a_gradient_is_missing, all_gradients_are_missing, gradients_lie_otherwise, gradients_are_scaled,
    with_a_closure_now_and_then, a_layer_joins, a_parameter_is_another, weights_are_replaced, in_float64_at_last,
    fewer_units_from_now_on, fewer_units_by_an_update,
]  # fmt: skip


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_both_ways_say_the_same_of_updates(
    habit: Habit, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: Counter[str]
) -> None:
    def train(folder: Path) -> tuple[Any, nn.Sequential]:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(6, 900), nn.ReLU(), nn.Linear(900, 1))
        joins = habit is a_layer_joins
        fused = habit is gradients_are_scaled
        optimizer = torch.optim.SGD((model[0] if joins else model).parameters(), lr=0.01, fused=fused)
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=every, directory=folder)
        for number in range(31):
            optimizer.zero_grad()
            loss_of(model, batch(8)).backward()  # type: ignore[no-untyped-call]
            habit(model, optimizer, number)
        return observer.detach(), model

    quickly, model = train(tmp_path / "quick")
    assert min(quick["begins_again"], quick["ends_again"]) > 0
    blocked(monkeypatch)
    slowly, _ = train(tmp_path / "slow")
    assert quickly.errors == []
    assert told(quickly) == told(slowly)
    if habit is fewer_units_from_now_on:
        columns = quickly.layers["0"].columns
        assert columns["weight_max"][-1] == pytest.approx(largest(model[0]), rel=0.05)
        assert None not in columns["update_ratio"][:5]


def largest(layer: nn.Module) -> float:
    return max(parameter.abs().max().item() for parameter in layer.parameters())
