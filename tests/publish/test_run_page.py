"""The page of a run: numbers are formatted for readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

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
