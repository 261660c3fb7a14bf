"""Unusual trainings: they are left as they were, and a result never says more than was measured."""

import copy
import errno
import io
import pickle
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn import functional as F

import diagnostics
from diagnostics import file
from diagnostics.observer import Observer
from diagnostics.result import Result

Watch = Callable[..., Observer | None]
Training = Callable[[Watch], nn.Module]
TRAININGS: dict[str, Training] = {}
UNKNOWN: dict[str, str] = {}  # what the reason names, where nothing can be judged


def training(unknown: str = "") -> Callable[[Training], Training]:
    def register(function: Training) -> Training:
        TRAININGS[function.__name__] = function
        if unknown:
            UNKNOWN[function.__name__] = unknown
        return function

    return register


def mlp() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.05)


def data() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(32, 6, generator=torch.Generator().manual_seed(1))
    return x, 2 * x[:, :1]


def step(model: Callable[..., Any], optimizer: torch.optim.Optimizer | None) -> None:
    x, y = data()
    if optimizer is not None:
        optimizer.zero_grad()
    F.mse_loss(model(x), y).backward()  # type: ignore[no-untyped-call]
    if optimizer is not None:
        optimizer.step()


@training("no optimizer stepped")
def update_by_hand(watch: Watch) -> nn.Module:
    model = mlp()
    watch(model)
    for _ in range(25):
        step(model, None)
        with torch.no_grad():
            for each in model.parameters():
                assert each.grad is not None
                each.sub_(0.05 * each.grad)
                each.grad = None
    return model


@training("no optimizer stepped")
def forgotten_step(watch: Watch) -> nn.Module:
    model = mlp()
    watch(model, optimizer=sgd(model))
    for _ in range(25):
        model.zero_grad()
        step(model, None)
    return model


@training("evaluation mode")
def evaluation_mode(watch: Watch) -> nn.Module:
    model = mlp().eval()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for _ in range(25):
        step(model, optimizer)
    return model


@training("another copy")
def a_copy_is_trained(watch: Watch) -> nn.Module:
    model = mlp()
    watch(model)
    model = copy.deepcopy(model)
    optimizer = sgd(model)
    for _ in range(25):
        step(model, optimizer)
    return model


@training("torch.jit.trace")
def a_traced_copy_is_trained(watch: Watch) -> nn.Module:
    """The trace holds none of the observer's operations, or its own check would fail."""
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    traced: Any = torch.jit.trace(model, data()[0])  # type: ignore[no-untyped-call]
    for _ in range(5):
        step(traced, optimizer)
    return model


@training()
def gradients_by_hand(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    x, y = data()
    for _ in range(25):
        gradients = torch.autograd.grad(F.mse_loss(model(x), y), list(model.parameters()))
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
    return model


@training()
def optimizer_made_again(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for number in range(30):
        if number == 10:
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        step(model, optimizer)
    return model


@training()
def optimizers_in_backward(watch: Watch) -> nn.Module:
    model = mlp()
    optimizers = {each: torch.optim.SGD([each], lr=0.05) for each in model.parameters()}

    def update(parameter: nn.Parameter) -> None:
        optimizers[parameter].step()
        optimizers[parameter].zero_grad()

    for each in model.parameters():
        each.register_post_accumulate_grad_hook(update)  # type: ignore[no-untyped-call]
    watch(model)
    for _ in range(25):
        step(model, None)
    return model


@training()
def closures(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=3)
    watch(model, optimizer=optimizer)
    x, y = data()

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    for _ in range(25):
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return model


@training()
def detached_and_attached_again(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    for _ in range(2):
        observer = watch(model, optimizer=optimizer)
        for _ in range(25):
            step(model, optimizer)
        if observer is not None:
            observer.detach()
    return model


@training()
def detached_inside_a_step(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    observer = watch(model, optimizer=optimizer)
    if observer is not None:

        def detach(*_: object) -> None:
            if observer.steps == 25:
                observer.detach()

        optimizer.register_step_post_hook(detach)
    for _ in range(30):
        step(model, optimizer)
    return model


@training()
def exceptions(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for number in range(30):
        if number % 7 == 3:
            with pytest.raises(RuntimeError):
                model(torch.ones(4, 3))
        step(model, optimizer)
    return model


@training()
def threads(watch: Watch) -> nn.Module:
    """Two trainings, and one model that serves while it trains."""
    models = nn.ModuleList([mlp(), mlp()])
    optimizers = [sgd(each) for each in models]
    for model, optimizer in zip(models, optimizers, strict=True):
        watch(model, optimizer=optimizer)
    over = threading.Event()

    def train(number: int) -> None:
        for _ in range(40):
            step(models[number], optimizers[number])

    def serve() -> None:
        while not over.is_set():
            with torch.no_grad():
                models[0](data()[0])

    running = [threading.Thread(target=train, args=(number,)) for number in range(2)]
    serving = threading.Thread(target=serve)
    for each in (*running, serving):
        each.start()
    for each in running:
        each.join()
    over.set()
    serving.join()
    return models


@training()
def replicas(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    parallel = nn.DataParallel(model)
    watch(parallel, optimizer=optimizer)
    for _ in range(25):
        step(parallel, optimizer)
    return model


@training()
def copies_and_pickles(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for _ in range(25):
        x, y = data()
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        copy.deepcopy(model)(x)
        pickle.loads(pickle.dumps((model, optimizer)))[0](x)
        saved = io.BytesIO()
        torch.save(model, saved)
        saved.seek(0)
        torch.load(saved, weights_only=False)(x)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model


@training()
def fake_tensors(watch: Watch) -> nn.Module:
    """As a script estimates its memory."""
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for number in range(25):
        if number % 5 == 0:
            with FakeTensorMode(allow_non_fake_inputs=True) as mode:
                F.mse_loss(model(mode.from_tensor(data()[0])), data()[1])
        step(model, optimizer)
    return model


@training()
def another_default_device(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    x, y = data()
    torch.set_default_device("meta")
    try:
        watch(model, optimizer=optimizer)
        for _ in range(25):
            optimizer.zero_grad()
            F.mse_loss(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    finally:
        torch.set_default_device(None)
    return model


@training()
def a_gradient_penalty(watch: Watch) -> nn.Module:
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for _ in range(25):
        x, y = data()
        x.requires_grad_()
        optimizer.zero_grad()
        outputs = model(x)
        (slopes,) = torch.autograd.grad(outputs.sum(), x, create_graph=True)
        (F.mse_loss(outputs, y) + 0.01 * slopes.square().sum()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model


@training("cannot be measured")
def nested_inputs(watch: Watch) -> nn.Module:
    """Their norm is no operation of torch."""
    model = mlp()
    optimizer = sgd(model)
    watch(model, optimizer=optimizer)
    for _ in range(25):
        rows = [data()[0][:count] for count in (3, 2)]
        optimizer.zero_grad()
        model(torch.nested.nested_tensor(rows, layout=torch.jagged)).values().mean().backward()
        optimizer.step()
    return model


def run(function: Training, directory: Path | None, every: int = 1) -> tuple[nn.Module, torch.Tensor, list[Result]]:
    torch.manual_seed(0)
    observers = []

    def watch(model: nn.Module, **options: Any) -> Observer | None:
        if directory is None:
            return None
        observers.append(diagnostics.attach(model, name="run", quiet=True, every=every, directory=directory, **options))
        return observers[-1]

    model = function(watch)
    return model, torch.random.get_rng_state(), [each.detach() for each in observers]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", TRAININGS)
def test_unusual_training(name: str, tmp_path: Path) -> None:
    bare, state, _ = run(TRAININGS[name], None)
    for every in (1, 7):
        model, watched_state, results = run(TRAININGS[name], tmp_path, every)
        for key, weight in bare.state_dict().items():
            assert torch.equal(weight, model.state_dict()[key]), key
        assert torch.equal(state, watched_state)
        assert results
        assert [each.errors for each in results] == [[]] * len(results)
        for result in results:
            diagnosis = result.diagnosis
            if name in UNKNOWN:
                assert diagnosis.severity == "unknown"
                assert UNKNOWN[name] in (diagnosis.reason or "")
            else:
                assert diagnosis.severity in ("ok", "info")
                assert result.steps >= 25
                assert diagnosis.measured == 1.0


def test_a_scripted_loss_function(tmp_path: Path) -> None:
    """`torch.jit.script` finds the loss functions as they are without the observer."""
    model = mlp()
    optimizer = sgd(model)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)

    def loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return F.mse_loss(outputs, targets) + F.cross_entropy(outputs, targets)

    scripted = torch.jit.script(loss)
    x, y = data()
    assert torch.equal(scripted(model(x), y), loss(model(x), y))
    assert observer.detach().errors == []


def test_what_is_traced_holds_nothing_of_the_observer(tmp_path: Path) -> None:
    model = mlp()
    optimizer = sgd(model)
    x, _ = data()
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    step(model, optimizer)
    kinds = (False, True) if hasattr(torch.compiler, "_is_exporting_flag") else (False,)  # before torch 2.7
    graphs = [make_fx(model)(x).graph, *(torch.export.export(model, (x,), strict=each).graph for each in kinds)]
    names = {str(node.target) for graph in graphs for node in graph.nodes}
    assert any("linear" in name for name in names)
    assert not [name for name in names if "session_diagnostics" in name or "aminmax" in name or "norm" in name]
    assert observer.detach().errors == []


def test_a_step_that_fails_and_is_repeated(tmp_path: Path) -> None:
    """Its weights are not counted twice."""
    torch.manual_seed(0)
    model = mlp()
    optimizer = sgd(model)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    calls = 0

    def fails(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise ValueError("mine")

    optimizer.register_step_pre_hook(fails)
    norms = {}
    for _ in range(20):
        before = model.get_parameter("0.weight").detach().norm().item()
        try:
            step(model, optimizer)
        except ValueError:
            continue
        norms[observer.steps - 1] = before
    result = observer.detach()
    columns = result.layers["0"].columns
    assert (result.errors, result.steps) == ([], len(norms))
    assert 0 < len(columns["step"]) < len(norms)
    assert columns["weight_norm"] == pytest.approx([norms[int(number or 0)] for number in columns["step"]], rel=1e-5)
    assert any("failed and was called again" in note for note in result.notes)


@pytest.mark.parametrize("when", ["during the run", "at the end"])
def test_a_full_disk(when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watching may end; training goes on, and `detach` returns what is known."""
    monkeypatch.setattr(file, "FIRST_SECONDS", 0.0 if when == "during the run" else 1e9)
    bare, _, _ = run(optimizer_made_again, None)
    torch.manual_seed(0)
    observers = []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def watch(model: nn.Module, **options: Any) -> Observer:
        observers.append(diagnostics.attach(model, name="run", quiet=True, every=1, directory=tmp_path, **options))
        monkeypatch.setattr(file, "write_atomically", full)
        return observers[0]

    model = optimizer_made_again(watch)
    result = observers[0].detach()
    assert any("No space left" in error for error in result.errors)
    assert result.diagnosis.severity == "unknown"
    assert all(torch.equal(weight, model.state_dict()[key]) for key, weight in bare.state_dict().items())


def test_a_results_folder_that_is_gone_at_the_end(tmp_path: Path) -> None:
    model = mlp()
    optimizer = sgd(model)
    folder = tmp_path / "results"
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, directory=folder, quiet=True)
    for _ in range(12):
        step(model, optimizer)
    shutil.rmtree(folder)
    assert (observer.detach().status, observer.path.is_file()) == ("complete", True)
