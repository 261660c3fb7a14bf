"""Captures wait and are read many at a time: no number depends on it, and none that waits is lost."""

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import file, observer
from diagnostics.observer import TOGETHER, Observer
from diagnostics.result import Result
from tests.diagnostics.training import FAMILIES


def model_of() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))


def steps(model: nn.Module, optimizer: torch.optim.Optimizer, count: int) -> None:
    for _ in range(count):
        optimizer.zero_grad()
        model(torch.randn(8, 6)).square().mean().backward()
        optimizer.step()


def watched(directory: Path, every: int = 1, **options: Any) -> tuple[nn.Module, torch.optim.Optimizer, Observer]:
    model = model_of()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    watching = diagnostics.attach(
        model, name="run", quiet=True, optimizer=optimizer, every=every, directory=directory, **options
    )  # fmt: skip
    return model, optimizer, watching


def written(directory: Path) -> dict[str, Any]:
    (path,) = directory.glob("*.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_numbers_whenever_they_are_read(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one, in groups, or all at the end; batches of changing size, and two of them a step now and then."""

    def result_of(together: int) -> Result:
        monkeypatch.setattr(observer, "TOGETHER", together)
        torch.manual_seed(0)
        kind = FAMILIES[family]
        model = kind.model()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        watching = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)
        for step in range(45):
            optimizer.zero_grad()
            for _ in range(1 + (step % 7 == 3)):
                x, y = kind.data()
                if step % 11 == 5:
                    x, y = x[:-2], y[:-2]
                kind.loss(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if step == 30:
                watching.epoch(train_loss=1.0)
        return watching.detach()

    first, *others = [result_of(together) for together in (1, 16, 1000)]
    assert (first.errors, first.overhead.captures) == ([], 45)
    for other in others:
        assert other.layers == first.layers
        assert other.attribution == first.attribution
        assert other.diagnosis == first.diagnosis
        assert other.overhead.captures == 45


CHANGES: dict[str, Callable[[torch.Tensor], object]] = {
    "in place": lambda y: y.add_(100.0),
    "behind autograd's back": lambda y: y.data.add_(100.0),
    "other data": lambda y: setattr(y, "data", y.data + 100.0),
    "other memory": lambda y: y.detach().numpy().__iadd__(100.0),
    "its gradient": lambda y: y.register_hook(lambda gradient: gradient.mul_(100.0)),  # type: ignore[no-untyped-call]
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_place_that_begins_late(change: str, tmp_path: Path) -> None:
    """What a layer gave is recorded, never what became of it, from the first changed step on."""
    if change == "other memory":
        pytest.importorskip("numpy")

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last, self.changes = nn.Linear(6, 6), nn.Linear(6, 2), False

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.first(x)
            if self.changes:
                CHANGES[change](y)
            out: torch.Tensor = self.last(y)
            return out

    model = Model()
    given: list[float] = []
    gradients: list[float] = []

    def look(_module: nn.Module, _inputs: object, out: torch.Tensor) -> None:
        given.append(out.detach().double().mean().item())
        out.register_hook(lambda gradient: gradients.append(gradient.double().norm().item()))  # type: ignore[no-untyped-call]

    model.first.register_forward_hook(look)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    watching = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)
    steps(model, optimizer, 5)
    model.changes = True
    steps(model, optimizer, TOGETHER)
    result = watching.detach()
    assert result.errors == []
    columns = result.layers["first"].columns
    assert columns["activation_mean"] == pytest.approx(given, rel=1e-4, abs=1e-6)
    assert columns["output_gradient_norm"] == pytest.approx(gradients, rel=1e-4)


def ends_by_detaching(directory: Path) -> None:
    model, optimizer, watching = watched(directory)
    steps(model, optimizer, 5)
    watching.detach()


def ends_by_an_error(directory: Path) -> None:
    model, optimizer, watching = watched(directory)
    with pytest.raises(ValueError, match="mine"), watching:  # noqa: PT012 - leaving it is what is tested
        steps(model, optimizer, 5)
        raise ValueError("mine")


def ends_by_an_interrupt(directory: Path) -> None:
    model, optimizer, watching = watched(directory)
    with pytest.raises(KeyboardInterrupt), watching:  # noqa: PT012
        steps(model, optimizer, 5)
        model(torch.randn(8, 6))  # a capture is open
        raise KeyboardInterrupt


def ends_with_the_model(directory: Path) -> None:
    model, optimizer, _ = watched(directory)
    steps(model, optimizer, 5)
    del model, optimizer
    gc.collect()


def ends_by_a_failure_of_its_own(directory: Path) -> None:
    model, optimizer, watching = watched(directory)
    steps(model, optimizer, 5)
    watching.failed("planted")
    steps(model, optimizer, 5)
    watching.detach()


SCRIPT = """
import sys, torch, diagnostics
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
observer = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=sys.argv[1])
for _ in range(5):
    optimizer.zero_grad()
    model(torch.randn(8, 6)).square().mean().backward()
    optimizer.step()
"""


def ends_with_the_interpreter(directory: Path) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT, str(directory)], check=True)


ENDS: dict[Callable[[Path], None], str] = {
    ends_by_detaching: "complete",
    ends_by_an_error: "failed",
    ends_by_an_interrupt: "partial",
    ends_with_the_model: "partial",
    ends_by_a_failure_of_its_own: "partial",
    ends_with_the_interpreter: "partial",
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_every_way_to_end(end: Callable[[Path], None], tmp_path: Path) -> None:
    end(tmp_path)
    result = written(tmp_path)
    assert result["status"] == ENDS[end]
    assert result["overhead"]["captures"] == 5
    assert result["layers"]["0"]["columns"]["step"] == [0, 1, 2, 3, 4]
    assert all(value is not None for value in result["layers"]["0"]["columns"]["update_ratio"])


def test_a_renewed_file_has_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(file, "RENEW_SECONDS", 0.0)
    monkeypatch.setattr(file, "RENEW_SHARE", 0)
    model, optimizer, watching = watched(tmp_path, every=3)
    for captures in range(1, 6):
        steps(model, optimizer, 3)
        result = written(tmp_path)
        assert (result["status"], result["overhead"]["captures"]) == ("partial", captures)
    watching.detach()


@pytest.mark.slow
def test_a_process_that_is_killed_loses_what_came_after(tmp_path: Path) -> None:
    """Nothing half written, and no more than the last interval is lost: the sixth capture is the last to be written."""
    lines = SCRIPT.replace(
        "observer =",
        "from diagnostics import file\nfile.FIRST_SECONDS = file.RENEW_SECONDS = file.RENEW_SHARE = 0\nobserver =",
    )
    code = lines + "file.RENEW_SHARE = 1e9\n" + SCRIPT[SCRIPT.index("for _ in") :] + "import os; os._exit(9)\n"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    result = written(tmp_path)
    assert (result["status"], result["overhead"]["captures"]) == ("partial", 6)


def test_an_epoch_comes_after_the_captures_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[int] = []
    model, optimizer, watching = watched(tmp_path)
    rule = watching._recorder._rules[0]
    monkeypatch.setattr(rule, "captures", lambda readings: reported.extend(reading.step for reading in readings))
    monkeypatch.setattr(rule, "epoch", lambda reading: reported.append(-reading.step))
    steps(model, optimizer, 3)
    assert reported == []
    watching.epoch(train_loss=1.0)
    steps(model, optimizer, TOGETHER)
    assert reported == [0, 1, 2, -3, *range(3, 3 + TOGETHER)]
    watching.detach()


def test_no_more_than_a_group_waits(tmp_path: Path) -> None:
    model, optimizer, watching = watched(tmp_path, every=5)
    for _ in range(5 * 2 * TOGETHER):
        steps(model, optimizer, 1)
        assert len(watching._pending) < TOGETHER
    assert watching.detach().overhead.captures == 2 * TOGETHER
