"""The page of a comparison of models: the numbers of the result, links to the runs, and what the command refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnostics.models.result import ComparedData, ComparedModel, ModelComparison
from diagnostics.result import Diagnosis, Finding, Source
from tests.command import tracker
from tests.gitrepo import GitRepo
from tests.publish.test_run_page import RUN
from tracker.commands.compare import read_spec

FINDING = Finding("feature-scale-imbalance", "critical", "0", 99393.1, 10000, "Scales <differ>.", "Normalise.", 0)


def made() -> ModelComparison:
    why = "raw lost to trees (r2 -0.001 against 0.9456): the cause is feature-scale-imbalance. Scales <differ>."
    models = [
        ComparedModel(
            "trees", "xgboost", "3.2.0", "XGBRegressor", score=0.945612, train_score=0.99, rank=1,
            seconds=1.5,
            curve={"round": [1, 2], "train": [2, 1], "validation": [2.5, 1.25]}, curve_metric="rmse",
            importances={"a": 0.75, "b": 0.25}, method="gain", diagnosis=Diagnosis("ok"),
        ),
        ComparedModel(
            "raw", "torch", "2", "Sequential", score=-0.001, rank=2, why=why, run="20260101T000000Z-soak.json",
            diagnosis=Diagnosis("critical", [FINDING], "feature-scale-imbalance"),
        ),
        ComparedModel("gone", "unknown", status="missing", error="not installed", why="gone was not compared: x"),
    ]  # fmt: skip
    return ModelComparison(
        1, "tabular", "comparison", "partial", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", None, Source(),
        "r2", "higher", ComparedData(8192, 2048, ["a", "b", "c"], "sha256:0"), models,
        "trees", "raw", why, {"trees": 0.945612},
    )  # fmt: skip


def page_of(tmp_path: Path, text: str) -> str:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write("diagnostics/results/20260101T000000Z-soak.json", json.dumps(RUN | {"diagnosis": {"severity": "ok"}}))
    repo.write("diagnostics/results/20260101T000001Z-tabular.json", text)
    repo.commit()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    return (repo.path / "docs/tracker/runs/20260101t000001z-tabular.md").read_text("utf-8")


def test_it_shows_the_numbers_of_the_result(tmp_path: Path) -> None:
    page = page_of(tmp_path, made().to_json())
    assert "3 models on 8192 training and 2048 validation rows of 3 features, by `r2`: higher is better." in page
    assert "| 1 | trees | 0.945612 | 0.99 |" in page
    assert "| 2 | [raw](20260101t000000z-soak.md) | -0.001 | – | `feature-scale-imbalance` |" in page
    assert "missing</span>" in page
    assert "**raw lost to trees (r2 -0.001 against 0.9456): the cause is feature-scale-imbalance." in page
    assert "<differ>" not in page
    assert "trees: rmse by round" in page
    assert "trees: share of importance (gain), 2 of 3 features" in page
    assert ", measured" in page


def test_a_comparison_of_another_schema_is_shown_as_values(tmp_path: Path) -> None:
    page = page_of(tmp_path, json.dumps(json.loads(made().to_json()) | {"schema": 9}))
    assert "| `models[0].name` | `trees` |" in page
    assert ", edited" in page


def test_the_specification_is_checked_with_places(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yml"
    spec.write_text("data: a.py:b\nmodels:\n  a: {train: x, type: y}\n  b: {kind: z}\n", "utf-8")
    done = tracker("diagnose", "--compare", str(spec), cwd=tmp_path)
    assert done.code == 2
    assert "spec.yml:3:6: models.a: expected exactly one of train, type, result" in done.err
    assert "spec.yml:4:7: models.b.kind: unknown key" in done.err
    assert "there is no such file" in tracker("diagnose", "--compare", "none.yml", cwd=tmp_path).err


@pytest.mark.parametrize(
    ("written", "value"), [("100", 100), ("0.5", 0.5), ("true", True), ("squared_error", "squared_error")]
)
def test_parameters_have_the_types_of_json(written: str, value: object, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yml"
    spec.write_text(f"data: a.py:b\nmodels:\n  a: {{type: sklearn.x.Y, parameters: {{p: {written}}}}}\n", "utf-8")
    found = json.loads(read_spec(spec, None))
    assert found["models"] == {"a": {"type": "sklearn.x.Y", "parameters": {"p": value}}}
    assert found["folder"] == str(tmp_path)
