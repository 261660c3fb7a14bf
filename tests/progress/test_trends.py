"""Trends of training health: the test, what is read, and where a drift is shown."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.model import MeasuredResult
from tracker.progress.trends import MEASURES, Drift, HealthTrend, mann_kendall, theil_sen, trend, trends


def run(
    loss: float = 1.0, dead: float = 0.0, norm: float = 1.0, gap: float = 0.0, steps: int = 100, **more: Any
) -> dict[str, Any]:
    """A training whose losses end at `loss`, with these numbers in its only layers."""
    step = list(range(0, steps + 1, 10))
    ends = [2 * loss] * (len(step) - 1) + [loss]
    history = {"step": step, "train_loss": [value * (1 - gap) for value in ends], "val_loss": ends}
    layers = {
        "0": {"units": None, "columns": {"gradient_norm": [norm * 0.6, "NaN", norm * 0.6]}},
        "1": {"units": 8, "columns": {"dead_units": [0.0, dead, None], "gradient_norm": [norm * 0.8] * 3}},
    }
    return {"kind": "training", "history": history, "layers": layers} | more


def found(*runs: Mapping[str, Any], status: str = "complete") -> dict[str, HealthTrend]:
    results = [
        MeasuredResult("soak", f"r{n}.json", data, status, None, None, None, False, None)  # type: ignore[arg-type]
        for n, data in enumerate(runs)
    ]
    return {one.measure: one for one in trends(results)}


@pytest.mark.parametrize(
    ("runs", "measure", "drift"),
    [
        ([run(dead=0.1 * n) for n in range(6)], "dead share", Drift.RISES),
        ([run(norm=2.0**n) for n in range(6)], "gradient norm", Drift.RISES),
        ([run(norm=2.0**-n) for n in range(6)], "gradient norm", Drift.FALLS),
        ([run(loss=1 + 0.1 * n) for n in range(6)], "loss at a fixed step", Drift.RISES),
        ([run(gap=0.1 * n) for n in range(6)], "overfit gap", Drift.RISES),
    ],
)
def test_a_drift_is_found_in_its_measure_alone(runs: list[dict[str, Any]], measure: str, drift: Drift) -> None:
    now = found(*runs)
    assert {name for name, one in now.items() if one.worse} == {measure}
    assert now[measure].drift is drift
    assert now.keys() == MEASURES.keys()


def test_what_gets_better_is_no_warning() -> None:
    now = found(*(run(loss=2 - 0.1 * n, dead=0.9 - 0.1 * n) for n in range(6)))
    assert now["dead share"].drift is now["loss at a fixed step"].drift is Drift.FALLS
    assert not any(one.worse for one in now.values())


def test_few_runs_and_tiny_changes_are_no_drift() -> None:
    assert found(*(run(loss=1 + n) for n in range(4)))["loss at a fixed step"].reason == "4 runs of at least 5"
    assert found(*(run(loss=1 + 0.001 * n) for n in range(9)))["loss at a fixed step"].drift is Drift.NONE
    assert found(run()) == {}


def test_only_complete_trainings_count() -> None:
    assert found(*(run(loss=1 + n) for n in range(6)), status="partial") == {}
    assert found(*(run(loss=1 + n, kind="benchmark") for n in range(6))) == {}


def test_the_fixed_step_is_one_that_all_runs_reached() -> None:
    """A longer run is read where the shorter ones end; one that hardly began is left out."""
    longer = run(steps=200) | {"history": {"step": [0, 200], "val_loss": [3.0, 1.0]}}
    now = found(*([run()] * 5), longer, run(loss=9, steps=10))["loss at a fixed step"]
    assert now.values == (1.0, 1.0, 1.0, 1.0, 1.0, 2.0)


def test_numbers_of_a_training() -> None:
    now = found(run(dead=0.5, norm=3.0, gap=0.25), run())
    assert now["dead share"].values[0] == 0.5
    assert now["gradient norm"].values[0] == pytest.approx(3.0)
    assert now["overfit gap"].values[0] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "odd",
    [
        {"history": 5, "layers": []}, {"history": {"step": "x", "val_loss": [1]}, "layers": {"a": 5}},
        {"history": {"step": [None, True], "val_loss": ["NaN", 9]}, "layers": {"a": {"columns": {"dead_units": 1}}}},
    ],
)  # fmt: skip
def test_odd_results_are_left_out(odd: dict[str, Any]) -> None:
    assert found({"kind": "training"} | odd, {"kind": "training"} | odd) == {}


def test_runs_without_a_trend_seldom_drift() -> None:
    """No more often than the test promises, on noise of any length."""
    noise = random.Random(0)
    samples = [[noise.gauss(1, 1) for _ in range(5 + n % 20)] for n in range(2000)]
    wrong = sum(trend("n", "m", sample, MEASURES["gradient norm"]).worse for sample in samples)
    assert wrong <= 0.02 * len(samples) * 1.3


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=25))
def test_the_test_has_no_side(values: list[int]) -> None:
    p = mann_kendall(values)
    assert 0 < p <= 1
    assert p == pytest.approx(mann_kendall(values[::-1])) == pytest.approx(mann_kendall([-v for v in values]))
    assert theil_sen(values) == -theil_sen(values[::-1])


@pytest.mark.parametrize("size", [5, 9, 12])
def test_against_scipy(size: int) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    numbers = random.Random(size)
    for _ in range(20):
        values = [numbers.random() + 0.1 * n for n in range(size)]
        expected = stats.kendalltau(range(size), values, method="exact").pvalue
        assert mann_kendall(values) == pytest.approx(expected)
        assert theil_sen(values) == pytest.approx(stats.theilslopes(values).slope)


def test_status_and_the_run_index_show_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    for n in range(5):
        repo.write(f"diagnostics/results/2026010{n + 1}T000000Z-soak.json", json.dumps(run(dead=0.125 * n)))
    repo.commit()
    sentence = "soak: the dead share rises over 5 runs, from 0 to 0.5 (Mann-Kendall p = 0.01667, 0.125 per run)"
    assert f"- {sentence}" in tracker("status", cwd=repo.path).out.splitlines()
    data = tracker("status", "--format", "json", cwd=repo.path).json["trends"]
    assert [one["sentence"] for one in data if one["worse"]] == [sentence]
    assert data[0]["values"] == [0, 0.125, 0.25, 0.375, 0.5]
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    index = (repo.path / "docs/tracker/runs/index.md").read_text("utf-8")
    assert "| soak (5) | dead share |" in index
    assert "rises | 0 → 0.5 | 0.125 | 0.0166667 |" in index
