"""The page of a run: numbers are formatted for readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

COLUMNS: dict[str, list[float]] = {
    "step": [0, 10, 20],
    "gradient_norm": [0.123456, 0.5, 1e-07],
    "update_ratio": [0.01, 0.02, 0.03],
}
FINDING = {
    "rule": "learning-rate-too-high", "severity": "critical", "layer": None, "message": "It is too high!",
    "fix": "Divide it by 10.", "step": 3, "value": 2.0, "threshold": 0.5,
}  # fmt: skip
SYMPTOM = FINDING | {"rule": "dead-units", "severity": "warning", "message": "Many are dead."}
RUN = {
    "schema": 1, "name": "soak", "kind": "training", "status": "complete", "session": None,
    "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:01:00Z",
    "source": {"commit": None, "tree": None, "dirty": False, "script": "train.py", "arguments": []},
    "environment": {
        "device": "cpu", "torch": "2", "python": "3", "precision": "float32", "world_size": 1, "seed": 1,
        "platform": "p",
    },
    "model": {}, "every": 1, "steps": 1, "history": {}, "layers": {}, "never_called": [], "without_gradient": [],
    "attribution": None, "metrics": {}, "notes": [], "errors": [],
    "overhead": {
        "share": 0.0, "steps_per_second": 1.0, "samples_per_second": None, "peak_memory_bytes": None, "captures": 1,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "threshold", "shown"),
    [
        (102266.0, 10000.0, "Measured 102266 against a threshold of 10000, at step 630."),
        ("Infinity", 1e-05, "Measured Infinity against a threshold of 1e-05, at step 630."),
        (None, 0.25, "Measured – against a threshold of 0.25, at step 630."),
    ],
)
def test_what_was_measured_is_a_figure(value: object, threshold: float, shown: str, tmp_path: Path) -> None:
    finding = {"rule": "r", "severity": "critical", "layer": "0", "message": "m", "fix": "f", "step": 630}
    finding |= {"value": value, "threshold": threshold}
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write(
        "diagnostics/results/20260101T000000Z-soak.json",
        json.dumps(RUN | {"diagnosis": {"severity": "critical", "findings": [finding]}}),
    )
    repo.commit()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    assert shown in (repo.path / "docs/tracker/runs/20260101t000000z-soak.md").read_text("utf-8")


def built(tmp_path: Path, *runs: dict[str, object]) -> list[str]:
    """The pages of these runs, which began a minute apart."""
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    for minute, run in enumerate(runs):
        started = {"started": f"2026-01-01T00:{minute:02}:00Z"}
        repo.write(f"diagnostics/results/20260101T00{minute:02}00Z-soak.json", json.dumps(RUN | started | run))
    repo.commit()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    names = [f"docs/tracker/runs/20260101t00{minute:02}00z-soak.md" for minute in range(len(runs))]
    return [(repo.path / name).read_text("utf-8") for name in names]


def faulty() -> dict[str, object]:
    return {
        "diagnosis": {
            "severity": "critical", "findings": [FINDING, SYMPTOM], "cause": FINDING["rule"],
            "explained": ["dead-units"], "confidence": 0.9,
        },
        "history": {"step": [10, 20, 30], "epoch": [0, 1, 2], "train_loss": [2, 1, 0.5], "val_loss": [2, 0.75, 1]},
        "layers": {"0": {"type": "Linear", "units": 4, "parameters": 20, "columns": COLUMNS}},
    }  # fmt: skip


def test_the_cause_comes_first_with_what_it_explains(tmp_path: Path) -> None:
    (page,) = built(tmp_path, faulty())
    assert "**Cause: `learning-rate-too-high`**. It is too high! It explains `dead-units`. Confidence 90%." in page
    assert page.index("**Try first:** Divide it by 10.") < page.index("### 1.") < page.index("Many are dead.")
    assert page.count("It is too high!") == 1
    assert "best epoch 1: 0.75" in page
    assert "Loss (logarithmic)" in page
    assert "<script" not in page


def test_the_numbers_of_a_chart_stand_beside_it(tmp_path: Path) -> None:
    (page,) = built(tmp_path, faulty())
    for value in (*COLUMNS["gradient_norm"], *COLUMNS["update_ratio"]):
        assert f"<td>{value}</td>" in page
    assert "<title>0 (Linear), step 10: 0.02</title>" in page


def test_what_became_of_the_cause_of_the_run_before(tmp_path: Path) -> None:
    first, second = built(tmp_path, faulty(), {"diagnosis": {"severity": "ok", "findings": []}})
    assert "Compared with" not in first
    assert "The cause learning-rate-too-high is gone." in second


def test_the_page_of_a_large_model_is_small(tmp_path: Path) -> None:
    """200 layers × 500 points: under 400 kB."""
    points = [float(f"{1.23456 / (1 + step % 97):.6g}") for step in range(500)]
    columns = dict.fromkeys(("gradient_norm", "update_ratio", "dead_units", "saturated", "weight_norm"), points)
    layer = {"type": "Linear", "units": 4, "parameters": 20, "columns": {"step": list(range(500)), **columns}}
    layers = {f"encoder.layers.{index}.linear": layer for index in range(200)}
    history = {"step": list(range(500)), "epoch": list(range(500)), "train_loss": points, "val_loss": points}
    (page,) = built(tmp_path, faulty() | {"layers": layers, "history": history})
    assert len(page.encode()) < 400_000
