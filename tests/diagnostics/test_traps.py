"""What real training code does to an observer. Each trap: the weights of the bare run, and right numbers."""

import copy
import gc
import io
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.utils.checkpoint import checkpoint

import diagnostics
from diagnostics.observer import Observer
from diagnostics.result import Result

Scenario = Callable[[Callable[..., Any]], nn.Module]
Watch = Callable[..., Any]


def both(scenario: Scenario, directory: Path, **options: Any) -> Result:
    """Run `scenario` bare and watched; the same weights must come out. It is given what to call with its model."""
    observers: list[Observer] = []

    def attach(model: nn.Module, **more: Any) -> Any:
        arguments = {"every": 1, "quiet": True, **options, **more}
        observer = diagnostics.attach(model, name="run", directory=directory, **arguments)
        observers.append(observer)
        return observer

    torch.manual_seed(0)
    bare = scenario(lambda model, **_: None).state_dict()
    state = torch.get_rng_state()
    torch.manual_seed(0)
    watched = scenario(attach).state_dict()
    assert torch.equal(state, torch.get_rng_state())
    assert bare.keys() == watched.keys()
    for name, weight in bare.items():
        assert torch.equal(weight, watched[name]), name
    result = observers[0].detach()
    assert result.errors == []
    return result


def column(result: Result, layer: str, name: str) -> list[float]:
    values = result.layers[layer].columns[name]
    assert all(isinstance(value, float | int) for value in values), values
    return values  # type: ignore[return-value]


def sgd(model: nn.Module, lr: float = 0.01) -> torch.optim.SGD:
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)


def loop(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 3, features: int = 6) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(torch.randn(8, features)).square().mean()
        loss.backward()
        optimizer.step()


def plain() -> nn.Sequential:
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))


@pytest.mark.parametrize("first", [nn.Linear(6, 8), nn.Embedding(6, 8)])
def test_a_weight_that_changes_when_it_is_looked_at(first: nn.Module, tmp_path: Path) -> None:
    """Spectral normalisation takes a step of its iteration each time its weight is read while training."""

    def scenario(watch: Watch) -> nn.Module:
        model = nn.Sequential(spectral_norm(copy.deepcopy(first)), nn.ReLU(), spectral_norm(nn.Linear(8, 2)))
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        for _ in range(3):
            optimizer.zero_grad()
            batch = torch.randint(6, (8,)) if isinstance(first, nn.Embedding) else torch.randn(8, 6)
            model(batch).square().mean().backward()
            optimizer.step()
        return model

    result = both(scenario, tmp_path)
    assert result.attribution is not None
    assert result.attribution.layer == "0"
    assert list(result.layers) == ["0", "1", "2"]  # what computes a weight is a part of its layer
    assert len(column(result, "0", "update_ratio")) == 3


class Called(nn.Module):
    """Two linear layers, joined by a function."""

    def __init__(self, join: Callable[["Called", torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.first, self.last, self.join = nn.Linear(6, 6), nn.Linear(6, 2), join

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.join(self, x)


def test_in_place(tmp_path: Path) -> None:
    """What overwrites an output comes after the numbers were taken."""

    def join(self: Called, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        y += 100.0
        y.relu_()
        return self.last(y)  # type: ignore[no-any-return]

    def scenario(watch: Watch) -> nn.Module:
        model = Called(join)
        watch(model)
        loop(model, sgd(model, lr=1e-6))  # a larger rate diverges
        return model

    result = both(scenario, tmp_path)
    assert all(abs(mean) < 10 for mean in column(result, "first", "activation_mean"))
    assert all(norm > 0 for norm in column(result, "first", "output_gradient_norm"))


class Nested(nn.Module):
    """Takes keywords, returns a nest."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(6, 6))

    def forward(self, *, x: torch.Tensor, scale: float = 1.0) -> dict[str, Any]:
        return {"a": [x @ self.weight, None], "b": (x * scale + self.weight[0], "text"), "n": torch.ones(3).long()}


def test_nested_outputs_and_keywords(tmp_path: Path) -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.nested, self.last = Nested(), nn.Linear(6, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out = self.nested(x=x, scale=2.0)
            result: torch.Tensor = self.last(input=out["a"][0] + out["b"][0])
            return result

    def scenario(watch: Watch) -> nn.Module:
        model = Model()
        watch(model)
        loop(model, sgd(model))
        return model

    result = both(scenario, tmp_path)
    assert all(norm > 0 for norm in column(result, "nested", "output_gradient_norm"))
    assert result.attribution is not None
    assert result.attribution.layer == "last"


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(reentrant: bool, tmp_path: Path) -> None:
    """The second forward pass does not count, and gives the same numbers as none."""

    def scenario_of(again: bool) -> Scenario:
        def join(self: Called, x: torch.Tensor) -> torch.Tensor:
            x.requires_grad_()
            y = checkpoint(self.first, x, use_reentrant=reentrant) if again else self.first(x)
            out: torch.Tensor = self.last(torch.relu(y))
            return out

        def scenario(watch: Watch) -> nn.Module:
            model = Called(join)
            watch(model)
            loop(model, sgd(model))
            return model

        return scenario

    with_it, without = both(scenario_of(True), tmp_path), both(scenario_of(False), tmp_path)
    assert with_it.layers["first"].columns == without.layers["first"].columns


def test_reused_module(tmp_path: Path) -> None:
    """Numbers over all calls together."""
    seen: list[torch.Tensor] = []

    def join(self: Called, x: torch.Tensor) -> torch.Tensor:
        first = self.first(x)
        second = self.first(torch.tanh(first))
        seen[:] = [first.detach(), second.detach()]
        return self.last(second)  # type: ignore[no-any-return]

    def scenario(watch: Watch) -> nn.Module:
        model = Called(join)
        watch(model)
        loop(model, sgd(model), 1)
        return model

    result = both(scenario, tmp_path)
    together = torch.cat(seen).double()
    assert column(result, "first", "activation_mean") == [pytest.approx(together.mean().item(), rel=1e-4)]
    assert column(result, "first", "activation_std") == [pytest.approx(together.std(correction=0).item(), rel=1e-4)]


def test_gradient_accumulation(tmp_path: Path) -> None:
    """Two micro-batches are one step; the gradient is the sum."""
    final: list[torch.Tensor] = []

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        for _ in range(2):
            optimizer.zero_grad()
            for _ in range(2):
                model(torch.randn(8, 6)).square().mean().backward()
            final[:] = [torch.cat([p.grad.flatten() for p in model[0].parameters() if p.grad is not None])]
            optimizer.step()
        return model

    result = both(scenario, tmp_path)
    assert result.steps == 2
    assert column(result, "0", "gradient_norm")[-1] == pytest.approx(final[0].norm().item(), rel=1e-4)
    assert result.overhead.samples_per_second == pytest.approx(
        16 * float(result.overhead.steps_per_second or 0), rel=1e-4
    )


@pytest.mark.parametrize("unscale", [True, False])
@pytest.mark.parametrize("fused", [False, True])
def test_autocast_and_scaler(unscale: bool, fused: bool, tmp_path: Path) -> None:
    """Parameter gradients are those of a run without a scaler, wherever its factor is divided out: `unscale_`, the
    scaler's `step`, or a fused optimizer inside its own."""

    def scenario_of(scaled: bool) -> Scenario:
        def scenario(watch: Watch) -> nn.Module:
            model = plain()
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01, fused=fused)
            watch(model, optimizer=optimizer)
            scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, enabled=scaled)
            for _ in range(3):
                optimizer.zero_grad()
                with torch.autocast("cpu", torch.bfloat16):
                    loss = model(torch.randn(8, 6)).float().square().mean()
                scaler.scale(loss).backward()
                if unscale:
                    scaler.unscale_(optimizer)
                scaler.step(optimizer)
                scaler.update()
            return model

        return scenario

    scaled, straight = both(scenario_of(True), tmp_path), both(scenario_of(False), tmp_path)
    assert column(scaled, "0", "gradient_norm") == pytest.approx(column(straight, "0", "gradient_norm"), rel=1e-2)
    assert scaled.steps == 3


@pytest.mark.parametrize("fused", [False, True])
def test_a_scaler_that_overflows(fused: bool, tmp_path: Path) -> None:
    """Its step is skipped, and counts as such: one is no finding. A fused optimizer is called all the same."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-9, fused=fused)  # a larger rate diverges
        watch(model, optimizer=optimizer)
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**126, growth_interval=1000, backoff_factor=2.0**-100)
        for _ in range(3):
            optimizer.zero_grad()
            scaler.scale(model(torch.randn(8, 6) * 100).square().mean()).backward()
            scaler.step(optimizer)
            scaler.update()
        assert scaler.get_scale() == 2.0**26
        return model

    result = both(scenario, tmp_path)
    assert (result.steps, result.captures.skipped, result.diagnosis.findings) == (3, 1, [])
    lost, *finite = column(result, "0", "gradient_non_finite")
    assert (lost > 0, finite) == (True, [0, 0])
    norms = result.layers["0"].columns["gradient_norm"]
    assert norms[0] == "NaN"
    assert all(0 < float(norm or 0) < 1e6 for norm in norms[1:])


def test_optimizer_in_backward(tmp_path: Path) -> None:
    """An optimizer for each parameter, stepping as soon as its gradient is there: still one step a pass."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizers = {parameter: torch.optim.SGD([parameter], lr=0.01) for parameter in model.parameters()}

        def update(parameter: torch.Tensor) -> None:
            assert isinstance(parameter, nn.Parameter)
            optimizers[parameter].step()
            optimizers[parameter].zero_grad()

        for parameter in model.parameters():
            parameter.register_post_accumulate_grad_hook(update)  # type: ignore[no-untyped-call]
        watch(model)
        for _ in range(3):
            model(torch.randn(8, 6)).square().mean().backward()
        return model

    result = both(scenario, tmp_path)
    assert result.steps == 3
    assert result.without_gradient == []
    assert len(column(result, "0", "gradient_norm")) == 3


def test_frozen_sparse_and_tied_parameters(tmp_path: Path) -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(12, 6, sparse=True)
            self.frozen, self.head, self.again = (
                nn.Linear(6, 6),
                nn.Linear(6, 6, bias=False),
                nn.Linear(6, 6, bias=False),
            )
            self.again.weight = self.head.weight
            self.unused, self.idle = nn.Linear(6, 6), nn.Parameter(torch.ones(2))
            self.frozen.requires_grad_(False)

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.again(self.head(self.frozen(self.embedding(tokens))))
            return out

    def scenario(watch: Watch) -> nn.Module:
        model = Model()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randint(12, (4,))).square().mean().backward()
            optimizer.step()
        return model

    result = both(scenario, tmp_path)
    assert result.never_called == ["unused"]
    assert result.without_gradient == ["idle", "unused.weight", "unused.bias"]
    assert column(result, "head", "gradient_norm") == column(result, "again", "gradient_norm")
    assert len(column(result, "embedding", "gradient_norm")) == 3
    assert "gradient_norm" not in result.layers["frozen"].columns


@dataclass
class Pair:
    """An output as some libraries give it, unknown to PyTorch."""

    hidden: torch.Tensor
    rest: dict[str, torch.Tensor]


def test_an_output_that_is_a_dataclass(tmp_path: Path) -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.last = Inner(), nn.Linear(6, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.last(self.inner(x).hidden)
            return out

    class Inner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(6, 6))

        def forward(self, x: torch.Tensor) -> Pair:
            return Pair(x @ self.weight, {"twice": 2 * x})

    def scenario(watch: Watch) -> nn.Module:
        model = Model()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        loop(model, optimizer)
        return model

    result = both(scenario, tmp_path)
    assert {"activation_mean", "output_gradient_norm"} <= result.layers["inner"].columns.keys()


def test_functional_transforms(tmp_path: Path) -> None:
    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}

        def loss(weights: dict[str, torch.Tensor], row: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = torch.func.functional_call(model, weights, (row,))
            return out.square().sum()

        per_sample = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(parameters, torch.randn(4, 6))
        for name, parameter in model.named_parameters():
            parameter.grad = per_sample[name].mean(0)
        optimizer.step()
        return model

    result = both(scenario, tmp_path)
    assert any("torch.func" in note for note in result.notes)
    assert "activation_mean" not in result.layers["0"].columns
    assert len(column(result, "0", "gradient_norm")) == 1


def test_evaluation_does_not_count(tmp_path: Path) -> None:
    def scenario_of(evaluate: bool) -> Scenario:
        def scenario(watch: Watch) -> nn.Module:
            model = plain()
            optimizer = sgd(model)
            watch(model, optimizer=optimizer)
            data, extra = torch.randn(3, 8, 6), torch.full((8, 6), 1e6)
            for x in data:
                if evaluate:
                    model.eval()
                    model(extra)
                    model.train()
                    with torch.no_grad():
                        model(extra)
                    with torch.inference_mode():
                        model(extra)
                optimizer.zero_grad()
                model(x).square().mean().backward()
                optimizer.step()
            return model

        return scenario

    assert both(scenario_of(True), tmp_path).layers == both(scenario_of(False), tmp_path).layers


def test_several_models_optimizers_and_observers(tmp_path: Path) -> None:
    """A GAN: two models, an optimizer each, trained alternately; and one of them watched twice."""
    results: list[Result] = []

    def scenario(watch: Watch) -> nn.Module:
        one, two = plain(), nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
        optimizers = sgd(one), sgd(two)
        observers = [watch(one, optimizer=optimizers[0]), watch(two, optimizer=optimizers[1], every=2), watch(one)]
        for _ in range(4):
            for optimizer in optimizers:
                optimizer.zero_grad()
                two(one(torch.randn(8, 6))).square().mean().backward()
                optimizer.step()
        results.extend(observer.detach() for observer in observers if observer is not None)
        return nn.ModuleList([one, two])

    both(scenario, tmp_path)
    first, second, again = results
    assert (first.steps, second.steps, again.steps) == (4, 4, 4)
    assert [result.overhead.captures for result in results] == [4, 2, 4]
    assert first.layers == again.layers
    assert [result.errors for result in results] == [[], [], []]


def test_one_model_with_two_optimizers(tmp_path: Path) -> None:
    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizers = sgd(model[0]), sgd(model[2])
        watch(model, optimizer=optimizers)
        for turn in range(6):
            for optimizer in optimizers:
                optimizer.zero_grad()
            model(torch.randn(8, 6)).square().mean().backward()
            optimizers[0].step()
            if turn % 2:
                optimizers[1].step()
        return model

    result = both(scenario, tmp_path)
    assert result.steps >= 5
    assert result.without_gradient == []


def test_lbfgs(tmp_path: Path) -> None:
    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)
        watch(model, optimizer=optimizer)
        x = torch.randn(8, 6)

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            loss: torch.Tensor = model(x).square().mean()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        for _ in range(3):
            optimizer.step(closure)  # type: ignore[no-untyped-call]
        return model

    result = both(scenario, tmp_path)
    assert result.steps == 3
    assert result.without_gradient == []
    assert len(column(result, "0", "gradient_norm")) == 3


def test_data_parallel_without_devices(tmp_path: Path) -> None:
    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        wrapped = nn.DataParallel(model)
        watch(wrapped, optimizer=optimizer)
        loop(wrapped, optimizer)
        return model

    assert list(both(scenario, tmp_path).layers) == ["0", "1", "2"]


def test_a_wrapper_that_goes(tmp_path: Path) -> None:
    """What counts is the module inside: its mode, and how long it lives."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        watch(nn.DataParallel(model), optimizer=optimizer)
        gc.collect()
        loop(model, optimizer, 2)
        model.eval()
        wrapped = nn.DataParallel(model)  # says that it is training
        wrapped(torch.full((8, 6), 1e6))
        model.train()
        loop(wrapped, optimizer, 1)
        return model

    result = both(scenario, tmp_path)
    assert result.steps == 3
    assert all(value < 100 for value in column(result, "0", "activation_max"))


class Replicas(nn.DataParallel[nn.Module]):
    """What DataParallel does, two replicas in a thread each, where there are no devices to put them on."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with ThreadPoolExecutor(2) as pool:
            return torch.cat(list(pool.map(self._call, x.chunk(2))))

    def _call(self, rows: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = replica(self.module)(rows)
        return out


def replica(module: nn.Module) -> nn.Module:
    """As `torch.nn.parallel.replicate`: the hooks of the original, parameters that are not leaves."""
    copied: nn.Module = module._replicate_for_data_parallel()  # type: ignore[no-untyped-call]
    for name, child in module.named_children():
        copied._modules[name] = replica(child)
    for name, parameter in module.named_parameters(recurse=False):
        setattr(copied, name, parameter * 1)
    return copied


def test_data_parallel_replicas(tmp_path: Path) -> None:
    """The numbers of all replicas together, which are those of the whole batch."""

    def scenario_of(parallel: bool) -> Scenario:
        def scenario(watch: Watch) -> nn.Module:
            model = plain()
            optimizer = sgd(model)
            wrapped = Replicas(model) if parallel else model
            watch(wrapped, optimizer=optimizer)
            loop(wrapped, optimizer)
            return model

        return scenario

    replicas, whole = both(scenario_of(True), tmp_path), both(scenario_of(False), tmp_path)
    for name, layer in whole.layers.items():
        for key, values in layer.columns.items():
            assert column(replicas, name, key) == pytest.approx(values, rel=1e-3, abs=1e-7), (name, key)
    assert replicas.attribution is not None
    assert whole.attribution is not None
    assert replicas.attribution.values == pytest.approx(whole.attribution.values, rel=1e-3)


def test_a_cuda_graph_is_left_alone_while_it_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is measured, copied or counted: tests/diagnostics/test_cuda.py records a real one."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        with monkeypatch.context() as patched:
            patched.setattr(torch.cuda, "is_initialized", lambda: True)
            patched.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)
            loop(model, optimizer, 2)
        loop(model, optimizer, 1)
        return model

    result = both(scenario, tmp_path)
    assert (result.steps, result.overhead.captures) == (1, 1)
    assert any("CUDA graph" in note for note in result.notes)
    assert len(column(result, "0", "activation_mean")) == 1


def test_parameters_alone(tmp_path: Path) -> None:
    """Without hooks it is unknown which layers were called, and no layer is accused."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        watch(model, groups=["gradients", "weights"])
        loop(model, sgd(model))
        return model

    result = both(scenario, tmp_path)
    assert (result.never_called, result.notes) == ([], [])
    assert set(result.layers["0"].columns) >= {"gradient_norm", "update_ratio"}
    assert "activation_mean" not in result.layers["0"].columns


@pytest.mark.parametrize("between", [False, True])
def test_saving_and_copying(between: bool, tmp_path: Path) -> None:
    """During a capture, when hooks are there, and between captures; copies work and are not watched."""

    def scenario(watch: Watch) -> nn.Module:
        model = plain()
        optimizer = sgd(model)
        watch(model, optimizer=optimizer, every=100 if between else 1)
        loop(model, optimizer, 1)
        buffer = io.BytesIO()
        torch.save(model, buffer)
        buffer.seek(0)
        copies = [
            copy.deepcopy(model), pickle.loads(pickle.dumps(model)), torch.load(buffer, weights_only=False),
        ]  # fmt: skip
        for each in copies:
            each(torch.full((8, 6), 1e6))
            for name, weight in model.state_dict().items():
                assert torch.equal(weight, each.state_dict()[name])
        loop(model, optimizer, 1)
        return model

    result = both(scenario, tmp_path)
    assert all(value < 100 for value in column(result, "0", "activation_max"))


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "partial"), (ValueError, "failed")])
def test_exceptions(error: type[BaseException], status: str, tmp_path: Path) -> None:
    model = plain()
    observer = diagnostics.attach(model, name="run", directory=tmp_path, every=1)
    optimizer = sgd(model)
    with pytest.raises(error, match="mine"), observer:  # noqa: PT012 - leaving the context is what is tested
        loop(model, optimizer, 2)
        raise error("mine")
    assert (observer.detach().status, observer.detach().steps) == (status, 2)
    assert not any(module._forward_hooks for module in model.modules())
    loop(model, optimizer, 2)
    assert observer.detach().steps == 2


def test_an_exception_in_the_model_leaves_the_next_step_whole(tmp_path: Path) -> None:
    def join(self: Called, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        if x.shape[0] == 1:
            raise ValueError
        return self.last(y)  # type: ignore[no-any-return]

    def scenario(watch: Watch) -> nn.Module:
        model = Called(join)
        optimizer = sgd(model)
        watch(model, optimizer=optimizer)
        for _ in range(2):
            with pytest.raises(ValueError):
                model(torch.randn(1, 6))
            loop(model, optimizer, 1)
        return model

    result = both(scenario, tmp_path)
    assert (result.steps, result.overhead.captures) == (2, 2)


def test_complex_and_integer_outputs(tmp_path: Path) -> None:
    def join(self: Called, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.fft.ifft(self.spectrum(torch.fft.fft(self.first(x)))).real)  # type: ignore[no-any-return,operator]

    class Spectrum(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gain = nn.Parameter(torch.ones(6, dtype=torch.complex64))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.gain

    def scenario(watch: Watch) -> nn.Module:
        model = Called(join)
        model.spectrum = Spectrum()
        watch(model)
        loop(model, sgd(model))
        return model

    result = both(scenario, tmp_path)
    assert any("complex" in note for note in result.notes)
    assert result.diagnosis.measured == pytest.approx(2 / 3, abs=1e-3)  # of three layers, one has complex parameters
    assert "spectrum" in str(result.diagnosis.reason)
