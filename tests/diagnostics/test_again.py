"""The quick way, by which a capture measures what goes as it went before, says what the long way says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics.capture import Capture
from diagnostics.statistics import native

pytestmark = pytest.mark.skipif(native.library() is None, reason="no C compiler: there is no quick way")

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


def watched(make: Callable[[], nn.Module], step: Step, folder: Path, every: int = 1) -> tuple[Any, int, int]:
    """The result of a short training, and the samples that it saw, and how often the quick way was gone."""
    quick = 0
    again = Capture.again

    def counted(self: Capture, *args: Any) -> bool:
        nonlocal quick
        done = again(self, *args)
        quick += done
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Capture, "again", counted)
        torch.manual_seed(0)
        model = make()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=every, directory=folder)
        for number in range(30):
            optimizer.zero_grad()
            step(model, number).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return observer.detach(), observer._recorder.samples, quick


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
    model: str, step: Step, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if model == "norms" and step is inside_a_transform:
        pytest.skip("BatchNorm updates its statistics in place, which vmap refuses, watched or not")
    quickly, samples, quick = watched(MODELS[model], step, tmp_path / "quick", every)
    assert quick > 0
    monkeypatch.setattr(Capture, "again", lambda *_: False)
    slowly, samples_too, none = watched(MODELS[model], step, tmp_path / "slow", every)
    assert none == 0
    assert samples == samples_too > 0
    assert quickly.errors == []
    assert told(quickly) == told(slowly)
