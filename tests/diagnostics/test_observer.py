"""attach → observe → detach, and the file it leaves."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import provenance
from diagnostics.units import WINDOW
from tests.diagnostics.training import FAMILIES, train


def read(path: Path) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    return loaded


def simple(inputs: int = 3) -> tuple[nn.Sequential, torch.optim.Optimizer]:
    model = nn.Sequential(nn.Linear(inputs, 8), nn.ReLU(), nn.Linear(8, 1))
    return model, torch.optim.SGD(model.parameters(), lr=0.01)


def step(model: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor) -> None:
    optimizer.zero_grad()
    model(x).square().mean().backward()
    optimizer.step()


def test_importing_loads_no_torch() -> None:
    code = "import sys, diagnostics, diagnostics.result, diagnostics.rules; diagnostics.rules.registry(); "
    code += "assert 'torch' not in sys.modules; diagnostics.attach; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_result_file(tmp_path: Path) -> None:
    model, optimizer = simple()
    names = ["a", "b", "c"]
    with diagnostics.attach(
        model, name="A run / 1", optimizer=optimizer, every=2, feature_names=names, directory=tmp_path, session="88"
    ) as observer:
        for epoch in range(3):
            for _ in range(3):
                step(model, optimizer, torch.randn(16, 3))
            observer.epoch(train_loss=torch.tensor(1.0 / (epoch + 1)), val_loss=2.0, lr=0.01)
        observer.metric("accuracy", 0.5)
    result = observer.detach()
    assert observer.detach() is result
    (path,) = tmp_path.iterdir()
    assert path == observer.path
    assert path.name.endswith("Z-a-run-1.json")
    written = read(path)
    assert json.loads(result.to_json()) == written
    assert written["status"] == "complete"
    assert written["session"] == "88"
    assert (written["steps"], written["every"], written["overhead"]["captures"]) == (9, 2, 5)
    assert written["history"]["train_loss"] == [1.0, 0.5, 0.333333]
    assert written["history"]["step"] == [3, 6, 9]
    assert written["metrics"]["accuracy"] == 0.5
    assert written["metrics"]["best_train_loss"] == 0.333333
    assert written["attribution"]["features"] == names
    assert list(written["layers"]) == ["0", "1", "2"]
    assert written["layers"]["0"]["columns"]["step"] == [0, 2, 4, 6, 8]
    assert (written["layers"]["0"]["units"], written["layers"]["1"]["units"]) == (8, 8)
    assert written["overhead"]["steps_per_second"] > 0
    assert 0 < written["overhead"]["share"] <= 1
    assert written["overhead"]["samples_per_second"] == pytest.approx(
        16 * written["overhead"]["steps_per_second"], rel=1e-4
    )


def test_numbers_are_those_of_the_tensors(tmp_path: Path) -> None:
    model, optimizer = simple()
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    x = torch.randn(16, 3)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    hidden = model[0](x)  # counts as a call of its own, before the one of the whole model
    del hidden
    step(model, optimizer, x)
    result = observer.detach()
    columns = result.layers["0"].columns
    first = model[0]
    assert isinstance(first, nn.Linear)
    weight, bias = before[:2]
    out = (x @ weight.T + bias).double()
    gradients = torch.cat([parameter.grad.flatten() for parameter in first.parameters() if parameter.grad is not None])
    change = first.weight.detach() - weight
    expected = {
        "activation_mean": out.mean(),
        "activation_std": out.std(correction=0),
        "activation_min": out.min(),
        "activation_max": out.max(),
        "gradient_norm": gradients.norm(),
        "gradient_mean": gradients.abs().mean(),
        "gradient_max": gradients.abs().max(),
        "weight_norm": weight.norm(),
        "weight_max": weight.abs().max(),
        "update_ratio": change.norm() / weight.norm(),
    }
    for name, value in expected.items():
        assert columns[name] == [pytest.approx(value.item(), rel=1e-4)], name
    found = result.parameters["0.bias"]
    assert first.bias.grad is not None
    assert found["norm"] == [pytest.approx(bias.norm().item(), rel=1e-4)]
    assert found["gradient_norm"] == [pytest.approx(first.bias.grad.norm().item(), rel=1e-4)]
    assert found["update_ratio"] == [pytest.approx(((first.bias - bias).norm() / bias.norm()).item(), rel=1e-4)]
    assert (found["step"], found["non_finite"]) == ([0], [0])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_every_number_against_float64(dtype: torch.dtype, tmp_path: Path) -> None:
    """Every column of every layer, of tensors that others' hooks see; relative to the tensor's root mean square."""
    model = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 2)).to(dtype)
    with torch.no_grad():
        next(model.parameters()).mul_(3)
    seen: dict[str, torch.Tensor] = {}
    for name, module in model.named_children():

        def look(_module: nn.Module, _inputs: object, out: torch.Tensor, name: str = name) -> None:
            seen[name] = out.detach().clone().double()
            out.register_hook(lambda gradient: seen.update({f"{name} gradient": gradient.double()}))  # type: ignore[no-untyped-call]

        module.register_forward_hook(look)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    before = {name: parameter.detach().double().clone() for name, parameter in model.named_parameters()}
    step(model, optimizer, torch.randn(40, 5).to(dtype))
    result = observer.detach()
    assert result.errors == []
    tolerance = 1e-3 if dtype in (torch.float32, torch.float64) else 1e-2
    for name, layer in result.layers.items():
        out, own = seen[name], [key for key in before if key.startswith(f"{name}.")]
        expected = {
            "activation_mean": out.mean(), "activation_std": out.std(correction=0), "activation_min": out.min(),
            "activation_max": out.max(), "activation_norm": out.norm(), "activation_zeros": (out == 0).double().mean(),
            "activation_non_finite": torch.tensor(0.0),
        }  # fmt: skip
        scales = dict.fromkeys(expected, out.square().mean().sqrt())
        scales["activation_norm"] = out.norm()
        if layer.type == "Tanh":
            expected["saturated"] = (out.abs() >= 0.98).double().mean()
        groups = {"output_gradient": seen[f"{name} gradient"]}
        if own:
            now: dict[str, Any] = dict(model.named_parameters())
            weights = before[f"{name}.weight"]
            changes = now[f"{name}.weight"].detach().double() - weights
            groups["gradient"] = torch.cat([now[key].grad.double().flatten() for key in own])
            expected |= {"weight_norm": weights.norm(), "weight_max": weights.abs().max()}
            expected |= {"weight_non_finite": torch.tensor(0.0), "update_ratio": changes.norm() / weights.norm()}
        for prefix, gradient in groups.items():
            expected |= {
                f"{prefix}_norm": gradient.norm(), f"{prefix}_mean": gradient.abs().mean(),
                f"{prefix}_max": gradient.abs().max(), f"{prefix}_zeros": (gradient == 0).double().mean(),
                f"{prefix}_non_finite": torch.tensor(0.0),
            }  # fmt: skip
        assert layer.columns.keys() == {"step", *expected}
        for column, value in expected.items():
            near = tolerance * float(scales.get(column, value.abs()))
            assert layer.columns[column] == [pytest.approx(value.item(), abs=near)], (name, column)


def test_attribution_is_the_input_gradient(tmp_path: Path) -> None:
    model, optimizer = simple()
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    x = torch.randn(16, 3, requires_grad=True)
    step(model, optimizer, x)
    attribution = observer.detach().attribution
    assert attribution is not None
    assert x.grad is not None
    assert attribution.gradient == pytest.approx(x.grad.abs().mean(0).tolist(), rel=1e-4)
    assert attribution.values == pytest.approx((x.grad * x.detach()).abs().mean(0).tolist(), rel=1e-4)


@pytest.mark.parametrize("functional", [False, True])
def test_dead_units_not_zeros(functional: bool, tmp_path: Path) -> None:
    """Two of eight units can never be active; about half of the others' outputs are zero and mean nothing."""

    class Functional(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = nn.Linear(3, 8), nn.Linear(8, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.last(nn.functional.relu(self.first(x), inplace=True))
            return out

    model: nn.Module = Functional() if functional else simple()[0]
    first = next(module for module in model.modules() if isinstance(module, nn.Linear))
    with torch.no_grad():
        first.bias[:2] = -1e3
        first.bias[2:] = 0.0
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    for _ in range(WINDOW + 1):
        step(model, optimizer, torch.randn(64, 3))
    result = observer.detach()
    layer = "first" if functional else "1"
    assert result.layers[layer].columns["dead_units"] == [None] * WINDOW + [0.25]
    if not functional:
        zeros = result.layers[layer].columns["activation_zeros"][0]
        assert isinstance(zeros, float)
        assert zeros > 0.4
        assert "dead_units" not in result.layers["0"].columns
    (finding,) = [finding for finding in result.diagnosis.findings if finding.rule == "dead-units"]
    assert (finding.layer, finding.value, finding.severity) == (layer, 0.25, "info")


def test_non_finite_stays_valid_json(tmp_path: Path) -> None:
    model, optimizer = simple()
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    step(model, optimizer, torch.full((4, 3), float("inf")))
    observer.epoch(train_loss=float("nan"), val_loss=float("-inf"))
    result = observer.detach()
    written = read(observer.path)
    assert written["history"]["train_loss"] == ["NaN"]
    assert written["metrics"]["val_loss"] == "-Infinity"
    assert result.diagnosis.findings[0].rule == "non-finite"
    assert result.diagnosis.findings[0].layer == "0"
    assert result.diagnosis.findings[0].step == 0


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (None, ["0", "1", "2.0", "2.1", "4"]),
        (["*"], ["0", "1", "2.0", "2.1", "3", "4"]),
        ([nn.Linear], ["0", "2.0", "4"]),
        (["2.*", nn.Dropout], ["2.0", "2.1", "3"]),
    ],
)
def test_chosen_by_type_pattern_or_all(selection: Any, wanted: list[str], tmp_path: Path) -> None:
    inner = nn.Sequential(nn.Linear(8, 8), nn.Tanh())
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), inner, nn.Dropout(0.1), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    options: dict[str, Any] = {"name": "run", "optimizer": optimizer, "every": 1, "directory": tmp_path}
    observer = diagnostics.attach(model, layers=selection, **options)
    step(model, optimizer, torch.randn(16, 3))
    result = observer.detach()
    assert result.errors == []
    assert list(result.layers) == wanted
    assert all(layer.columns["activation_mean"] for layer in result.layers.values())


COLUMNS = {
    "activations": {"activation_mean", "saturated"},
    "activation_gradients": {"output_gradient_norm"},
    "units": {"dead_units"},
    "gradients": {"gradient_norm"},
    "weights": {"weight_norm", "update_ratio"},
    "attribution": set(),
}


@pytest.mark.parametrize("group", COLUMNS)
def test_each_group_alone(group: str, tmp_path: Path) -> None:
    """Its columns, and none of the others'."""
    model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    options: dict[str, Any] = {"name": "run", "optimizer": optimizer, "every": 1, "directory": tmp_path}
    observer = diagnostics.attach(model, groups=(group,), **options)
    for _ in range(WINDOW + 1):
        step(model, optimizer, torch.randn(16, 3))
    result = observer.detach()
    assert result.errors == []
    found = {column for layer in result.layers.values() for column in layer.columns}
    others = set().union(*COLUMNS.values()) - COLUMNS[group]
    assert COLUMNS[group] <= found
    assert not others & found
    assert (result.attribution is not None) == (group == "attribution")


def test_misuse_is_an_error_at_attach(tmp_path: Path) -> None:
    model, optimizer = simple()
    other, _ = simple()
    good: dict[str, Any] = {"name": "run", "optimizer": optimizer, "directory": tmp_path}
    cases: list[tuple[type[Exception], str, dict[str, Any]]] = [
        (ValueError, "name", {"name": " "}),
        (ValueError, "every", {"every": 0}),
        (ValueError, "every", {"every": 2.5}),
        (TypeError, "optimizer", {"optimizer": "adam"}),
        (ValueError, "2 names.*has 3", {"feature_names": ["a", "b"]}),
        (TypeError, "sequence", {"feature_names": "abc"}),
        (ValueError, "did you mean 'dead-units'", {"thresholds": {"dead-unit": {}}}),
        (ValueError, "did you mean 'warning'", {"thresholds": {"dead-units": {"warnin": 1}}}),
        (ValueError, "must be a number", {"thresholds": {"dead-units": {"warning": "1"}}}),
        (ValueError, "encoder", {"layers": ["encoder.*"]}),
        (ValueError, "group", {"groups": ["parameters"]}),
    ]
    for error, match, bad in cases:
        with pytest.raises(error, match=match):
            diagnostics.attach(model, **{**good, **bad})
    with pytest.raises(ValueError, match="holds no parameter"):
        diagnostics.attach(other, **good)
    with pytest.raises(TypeError, match="Module"):
        diagnostics.attach("model", **good)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no layer"):
        diagnostics.attach(nn.Flatten(), name="run", directory=tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        diagnostics.attach(model, **{**good, "directory": blocked})
    assert list(tmp_path.iterdir()) == [blocked]
    step(model, optimizer, torch.randn(2, 3))
    assert not any(module._forward_hooks for module in model.modules())


def test_results_directory(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    assert provenance.results_directory(inside) == inside / "diagnostics" / "results"
    (tmp_path / "tracker.yml").write_text("project: x\nphases:\n  - results: no\n", encoding="utf-8")
    assert provenance.results_directory(inside) == tmp_path / "diagnostics" / "results"
    (tmp_path / "tracker.yml").write_text("project: x\nresults: 'runs/all'  # here\n", encoding="utf-8")
    assert provenance.results_directory(inside) == tmp_path / "runs" / "all"


def test_source_is_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    results = tmp_path / "diagnostics" / "results"
    results.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert provenance.source(results).commit is None
    git("init", "-q")
    assert provenance.source(results).commit is None
    (tmp_path / "train.py").write_text("", encoding="utf-8")
    (results / "old.json").write_text("{}", encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "first")
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "train.py"), "--lr", "1"])
    found = provenance.source(results)
    assert (found.commit, found.tree) == (git("rev-parse", "HEAD"), git("rev-parse", "HEAD^{tree}"))
    assert (found.dirty, found.script, found.arguments) == (False, "train.py", ["--lr", "1"])
    (results / "old.json").write_text("{ }", encoding="utf-8")
    (tmp_path / "new.py").write_text("", encoding="utf-8")
    assert provenance.source(results).dirty is False
    (tmp_path / "train.py").write_text("pass", encoding="utf-8")
    assert provenance.source(results).dirty is True


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_of_every_family_says_something(family: str, tmp_path: Path) -> None:
    result = train(FAMILIES[family], tmp_path, steps=3, every=1).result
    assert result is not None
    assert (result.errors, result.never_called, result.without_gradient) == ([], [], [])
    for name, layer in result.layers.items():
        wanted = {"gradient_norm", "weight_norm", "update_ratio"} if layer.parameters else {"activation_mean"}
        assert wanted <= layer.columns.keys(), name


def test_the_update_of_a_large_weight(tmp_path: Path) -> None:
    """Too large to be compared whole, and few rows change: the sample is right to a tenth of ‖Δw‖ / ‖w‖."""
    model = nn.EmbeddingBag(20_000, 64)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    wanted = []
    for _ in range(4):
        before = model.weight.detach().clone()
        step(model, optimizer, torch.randint(20_000, (800, 10)))
        wanted.append(float((model.weight.detach() - before).norm() / before.norm()))
    assert observer.detach().parameters["weight"]["update_ratio"] == pytest.approx(wanted, rel=0.1)


@pytest.mark.parametrize("factor", [1e25, 1e-30])
def test_a_norm_beyond_float32_is_left_open(factor: float, tmp_path: Path) -> None:
    """Neither infinite nor zero: of weights nothing is sampled."""
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    with torch.no_grad():
        model.weight.fill_(factor)
    observer = diagnostics.attach(model, name="r", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    model(torch.zeros(2, 4)).sum().backward()
    optimizer.step()
    result = observer.detach()
    layer = result.layers["Linear"]
    assert "weight_norm" not in layer.columns
    assert "norm" not in result.parameters["weight"]
    assert layer.columns["weight_max"] == [factor]
    assert layer.columns["weight_non_finite"] == [0.0]
