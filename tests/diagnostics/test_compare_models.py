"""Several models on the same data: networks, and the real libraries where they are installed."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import LibraryModel
from diagnostics.models.records import judge
from diagnostics.models.result import ComparedModel, ModelComparison
from diagnostics.result import content_digest

ROWS = 600
TREES = {
    "xgboost": ("xgboost.XGBRegressor", {"n_estimators": 40, "max_depth": 3, "n_jobs": 1}),
    "lightgbm": ("lightgbm.LGBMRegressor", {"n_estimators": 40, "n_jobs": 1}),
    "catboost": ("catboost.CatBoostRegressor", {"iterations": 40, "thread_count": 1}),
    "sklearn": ("sklearn.ensemble.GradientBoostingRegressor", {"n_estimators": 40}),
}
CLASSIFIERS = {
    "xgboost": ("xgboost.XGBClassifier", {"n_estimators": 20, "n_jobs": 1}),
    "lightgbm": ("lightgbm.LGBMClassifier", {"n_estimators": 20, "n_jobs": 1}),
    "catboost": ("catboost.CatBoostClassifier", {"iterations": 20, "thread_count": 1}),
    "sklearn": ("sklearn.ensemble.RandomForestClassifier", {"n_estimators": 20}),
}


def data(scale: float = 1.0, noise: float = 0.1) -> dict[str, Any]:
    """Four features, of which the first two make the target; the last two are `scale` times larger."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(2 * ROWS, 4, generator=random)
    y = x[:, 0] + x[:, 1].abs() + noise * torch.randn(2 * ROWS, generator=random)
    x = x * torch.tensor([1.0, 1.0, scale, scale])
    names = ["first", "second", "third", "fourth"]
    return {"x": x[:ROWS], "y": y[:ROWS], "x_val": x[ROWS:], "y_val": y[ROWS:], "feature_names": names}


def network(split: Any, attach: Callable[..., diagnostics.Observer], steps: int = 300) -> nn.Module:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    attach(model, optimizer=optimizer, every=10)
    loss_of = nn.MSELoss()
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(model(split["x"])[:, 0], split["y"]).backward()
        optimizer.step()
    return model


def fails(split: Any) -> nn.Module:
    raise RuntimeError("out of\nmemory")


def compared(
    models: dict[str, Any], tmp_path: Path, **options: Any
) -> tuple[ModelComparison, dict[str, ComparedModel]]:
    given: dict[str, Any] = {"data": data(), "name": "test", "directory": tmp_path} | options
    made: ModelComparison = diagnostics.compare(models, **given)
    return made, {one.name: one for one in made.models}


@pytest.mark.parametrize("library", TREES)
def test_a_library_by_its_own_record_and_importances(library: str, tmp_path: Path) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    kind, parameters = TREES[library]
    made, models = compared({"trees": LibraryModel(kind, parameters)}, tmp_path)
    one = models["trees"]
    assert (one.status, one.library, one.kind, one.rank) == ("complete", library, kind.rpartition(".")[2], 1)
    assert isinstance(one.score, float)
    assert one.score > 0.5
    assert list(one.importances)[:2] in (["first", "second"], ["second", "first"])
    assert math.isclose(sum(float(share or 0) for share in one.importances.values()), 1, abs_tol=1e-4)
    assert one.curve["round"] == list(range(1, 41))
    assert len(one.curve["train"]) == len(one.curve["validation"]) == 40
    assert float(one.curve["validation"][-1] or 0) < float(one.curve["validation"][0] or 0)
    assert made.status == "complete"


@pytest.mark.parametrize("library", CLASSIFIERS)
@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_a_classifier(library: str, metric: str, tmp_path: Path) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed")
    split = data()
    for name in ("y", "y_val"):
        split[name] = (split[name] > 0.8).long()
    made, models = compared({"trees": LibraryModel(*CLASSIFIERS[library])}, tmp_path, data=split, metric=metric)
    score = float(models["trees"].score or 0)
    assert score > 0.9 if metric == "accuracy" else score < 0.3
    assert made.better == ("higher" if metric == "accuracy" else "lower")


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_a_network_that_classifies(outputs: int, metric: str, tmp_path: Path) -> None:
    """Its outputs are logits, of each class or of the second of two; the data are a tuple."""
    split = data()
    parts = (split["x"], (split["y"] > 0.8).long(), split["x_val"], (split["y_val"] > 0.8).long())

    def train(given: Any, attach: Callable[..., diagnostics.Observer]) -> nn.Module:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, outputs))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        attach(model, optimizer=optimizer)
        for _ in range(200):
            optimizer.zero_grad()
            logits, y = model(given[0]), given[1]
            binary = nn.functional.binary_cross_entropy_with_logits
            loss = binary(logits[:, 0], y.float()) if outputs == 1 else nn.functional.cross_entropy(logits, y)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return model

    made, models = compared({"network": train}, tmp_path, data=parts, metric=metric)
    score = float(models["network"].score or 0)
    assert score > 0.9 if metric == "accuracy" else score < 0.3
    assert made.data.features == ["feature_0", "feature_1", "feature_2", "feature_3"]


def test_boosters_that_their_libraries_trained(tmp_path: Path) -> None:
    """The raw interface keeps no record: the rounds are unknown, and say so."""
    split = data()
    models = {}
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    matrix = xgboost.DMatrix(split["x"].numpy(), split["y"].numpy())
    models["xgboost"] = xgboost.train({"nthread": 1}, matrix, 20)
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    rows = lightgbm.Dataset(split["x"].numpy(), split["y"].numpy())
    models["lightgbm"] = lightgbm.train({"verbose": -1, "num_threads": 1}, rows, 20)
    made, found = compared(models, tmp_path)
    assert [one.status for one in made.models] == ["complete", "complete"]
    for one in found.values():
        assert float(one.score or 0) > 0.7
        assert "first" in list(one.importances)[:2]
        assert (one.diagnosis.severity, one.diagnosis.cause) == ("unknown", None)
        assert "eval_set" in str(one.diagnosis.reason)


def test_the_network_that_loses_and_the_repaired_one(tmp_path: Path) -> None:
    """The loser's cause is the observer's, and trees do not have it."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    split = data(scale=1e5)
    mean, deviation = split["x"].mean(0), split["x"].std(0)

    class Repaired(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            scaled: torch.Tensor = self.inner((x - mean) / deviation)
            return scaled

    def repaired(split: Any, attach: Any) -> nn.Module:
        return Repaired(network(split | {"x": (split["x"] - mean) / deviation}, attach))

    models = {"raw": network, "repaired": repaired, "trees": LibraryModel(*TREES["sklearn"])}
    made, found = compared(models, tmp_path, data=split)
    assert made.loser == "raw"
    assert found["raw"].diagnosis.cause == "feature-scale-imbalance"
    assert found["repaired"].diagnosis.cause is None
    assert "raw lost to repaired" in made.sentence
    assert "the cause is feature-scale-imbalance." in made.sentence
    assert "This does not affect trees" in made.sentence
    runs = {path.name for path in tmp_path.glob("*-test-*.json")}
    assert {found["raw"].run, found["repaired"].run} == runs


def test_the_file_is_a_result_with_a_digest(tmp_path: Path) -> None:
    made, _ = compared({"network": network}, tmp_path)
    (path,) = (path for path in tmp_path.glob("*.json") if path.name.endswith("Z-test.json"))
    written = json.loads(path.read_text("utf-8"))
    assert written["digest"] == content_digest(written) == made.digest
    assert (written["kind"], written["schema"]) == ("comparison", 1)
    assert written["metrics"] == {"network": written["models"][0]["score"]}
    assert written["data"] == {
        "train_rows": ROWS, "validation_rows": ROWS, "features": ["first", "second", "third", "fourth"],
        "digest": made.data.digest,
    }  # fmt: skip


def test_what_fails_leaves_the_others(tmp_path: Path) -> None:
    """A model that raises, one of a missing library and one of no kind: one line each."""

    def half(split: Any, attach: Any) -> nn.Module:
        model = network(split, attach, steps=30)
        assert model.training
        raise ValueError("diverged")

    class Unknown:
        pass

    models = {
        "fails": fails, "half": half, "missing": LibraryModel("xgboost.no_such_part.Model"), "odd": Unknown(),
        "wrong": LibraryModel("os.system"), "network": network,
    }  # fmt: skip
    made, found = compared(models, tmp_path)
    assert (made.status, made.winner, made.loser) == ("partial", "network", None)
    assert found["fails"].error == "RuntimeError: out of memory"
    assert found["missing"].status == "missing"
    assert "pip install 'session-tracker[trees]'" in str(found["missing"].error)
    assert "expected torch.nn.Module, XGBoost" in str(found["odd"].error)
    assert "expected a class of xgboost" in str(found["wrong"].error)
    assert found["half"].run in {path.name for path in tmp_path.glob("*.json")}
    half_run = json.loads((tmp_path / str(found["half"].run)).read_text("utf-8"))
    assert (half_run["status"], half_run["steps"]) == ("failed", 30)
    assert all(one.why for one in made.models if one.name != "network")


def test_what_was_measured_is_kept_when_the_process_ends(tmp_path: Path) -> None:
    def stopped(split: Any) -> nn.Module:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compared({"network": network, "stopped": stopped}, tmp_path)
    (path,) = tmp_path.glob("*Z-test.json")
    written = json.loads(path.read_text("utf-8"))
    assert (written["status"], [one["name"] for one in written["models"]]) == ("partial", ["network"])


def test_models_that_the_rows_do_not_distinguish(tmp_path: Path) -> None:
    """The same network twice: neither lost."""
    made, found = compared({"one": network, "two": network}, tmp_path)
    assert found["two"].tied
    assert "not distinguishable from one on 600 validation rows" in made.sentence


def test_the_same_cause_on_both_sides_explains_nothing(tmp_path: Path) -> None:
    finding = {"rule": "dead-units", "severity": "critical", "layer": None, "value": 1, "threshold": 0, "message": "M.",
               "fix": "F.", "step": 1}  # fmt: skip
    diagnosis = {"severity": "critical", "cause": "dead-units", "findings": [finding]}
    runs = {name: {"diagnosis": diagnosis, "metrics": {"r2": score}} for name, score in (("a", 0.9), ("b", 0.5))}
    made, found = compared(runs | {"c": {"diagnosis": {}, "metrics": {}}}, tmp_path)
    assert "b lost to a (r2 0.5 against 0.9): the cause is unknown; a has the same cause" in str(found["b"].why)
    assert (
        found["c"].why == "c was not ranked: its result has no metric r2: report it with observer.metric('r2', value)"
    )
    assert made.notes[0] == "a: measured elsewhere; that its data and split are the same is not checked"


def test_nan_is_never_best(tmp_path: Path) -> None:
    runs = {name: {"diagnosis": {}, "metrics": {"rmse": score}} for name, score in (("a", "NaN"), ("b", 5))}
    assert compared(runs, tmp_path, metric="rmse")[0].winner == "b"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"x": None}, "there is no x"), ({"y": torch.zeros(3)}, "x has 600 rows and y has 3"),
        ({"x_val": torch.zeros(600, 5)}, "same columns"), ({"feature_names": ["one"]}, "1 feature_names for 4"),
        ({"y": torch.full((600,), math.nan)}, "not finite"), ({"x": [["a"]]}, "no table of numbers"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_compared(wrong: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says):
        compared({"network": network}, tmp_path, data=data() | wrong)
    assert list(tmp_path.iterdir()) == []


def test_arguments(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected one of r2"):
        compared({"network": network}, tmp_path, metric="beauty")
    with pytest.raises(ValueError, match="class labels"):
        compared({"network": network}, tmp_path, metric="accuracy")
    with pytest.raises(TypeError, match="two results"):
        diagnostics.compare({})  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("validation", "options", "cause"),
    [
        ([1 - 0.05 * n for n in range(10)] + [0.56 + 0.01 * n for n in range(20)], {}, "overfitting"),
        ([1 - 0.05 * n for n in range(10)] + [0.56 + 0.01 * n for n in range(20)], {"stopped_early": True}, None),
        ([0.95**n for n in range(30)], {}, "too-few-rounds"),
        ([0.5 + 0.5**n for n in range(60)], {}, None),
        ([0.5] * 20, {"beats_constant": False}, "no-better-than-constant"),
        ([1.0, 2.0], {}, None),
    ],
)
def test_what_a_record_says(validation: list[float], options: dict[str, Any], cause: str | None) -> None:
    record: dict[str, list[Any]] = {"round": list(range(1, len(validation) + 1)), "validation": validation}
    usual: dict[str, Any] = {"stopped_early": False, "boosted": True, "beats_constant": True, "importances": {}}
    assert judge(record, "rmse", **usual | options).cause == cause
    higher = {**record, "validation": [-value for value in validation]}
    assert judge(higher, "auc", **usual | options).cause == cause


def test_one_feature_that_dominates_is_no_cause() -> None:
    found = judge(
        {}, None, stopped_early=False, boosted=False, beats_constant=True, importances={"id": 0.95, "x": 0.05}
    )
    assert (found.severity, found.cause, found.findings[0].rule) == ("info", None, "one-feature-dominates")


SPEC_MODULE = """\
import torch
def make():
    x = torch.arange(40.0).reshape(20, 2)
    return {"x": x, "y": x[:, 0], "x_val": x, "y_val": x[:, 0]}
def constant(data):
    class Model(torch.nn.Module):
        def forward(self, x):
            return x[:, :1]
    return Model()
"""


def run_compare(spec: object, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text(SPEC_MODULE, "utf-8")
    (folder / "spec.json").write_text(spec if isinstance(spec, str) else json.dumps(spec), "utf-8")
    command = [sys.executable, "-m", "diagnostics", "compare", str(folder / "spec.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command(tmp_path: Path) -> None:
    models = {"good": {"train": "train.py:constant"}, "gone": {"type": "xgboost.nothing.Here"}}
    spec = {"name": "small", "data": "train.py:make", "models": models, "directory": str(tmp_path / "results")}
    done = run_compare(spec, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "  1  good          1  unknown" in done.stdout
    assert done.stderr.startswith("diagnostics: gone was not compared: XGBoost")
    assert len(done.stderr.splitlines()) == 1
    (result,) = (tmp_path / "results").glob("*Z-small.json")
    shown = subprocess.run(
        [sys.executable, "-m", "diagnostics", "show", str(result)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(shown.stdout)


@pytest.mark.parametrize(
    ("spec", "says"),
    [  # what the one line contains
        ("{", "expected a JSON object"), ({"models": {}}, "expected an object with data"),
        ({"data": "none.py:make", "models": {}}, "there is no file"),
        ({"data": "train.py:none", "models": {}}, "has no function none"),
        ({"data": "train.py:make", "models": {"a": {"result": "spec.json"}}}, "expected a result of a watched"),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in (
            ({"data": "train.py:make", "models": {"a": {"train": "x", "type": "y"}}}, "a: expected one of train"),
            ({"data": "train.py:make", "models": {"a": {"result": "none.json"}}}, "not a result"),
            ({"data": "train.py:make", "models": {}}, "nothing to compare"),
        )),
    ],
)  # fmt: skip
def test_a_wrong_specification_is_one_line(spec: object, says: str, tmp_path: Path) -> None:
    done = run_compare(spec, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
