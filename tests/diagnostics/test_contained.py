"""Whatever fails inside the observer, training goes on as if nobody watched, and the result tells."""

import errno
from pathlib import Path
from typing import Any

import pytest
import torch

from diagnostics import attribution, capture, clock, observer, rules, series
from diagnostics.statistics import host
from tests.diagnostics.training import FAMILIES, Run, train

PARTS = {
    "hook": (capture.Capture, "output"),
    "gradient hook": (capture.Capture, "gradient"),
    "parameter gradients": (capture.Capture, "gradients"),
    "weights": (capture.Capture, "weights"),
    "updates": (capture.Capture, "updates"),
    "end of capture": (capture.Capture, "close"),
    "new capture": (observer.Observer, "_open"),
    "clock before": (clock.Clock, "before"),
    "clock after": (clock.Clock, "after"),
    "statistics": (host, "measure"),
    "numbers": (capture.Capture, "numbers"),
    "columns": (capture.Numbers, "columns"),
    "series": (series.Columns, "append"),
    "dead units": (observer.Observer, "_dead_units"),
    "attribution": (attribution.FeatureAttribution, "add"),
    "attribution means": (attribution.FeatureAttribution, "means"),
    "rules": (rules.Rule, "capture"),
    "diagnosis": (rules, "diagnose"),
    "writing": (observer, "write_atomically"),
    "building the result": (observer.Observer, "_all_metrics"),
}
LATE = 7  # calls that go well: attaching, which may raise, is over by then


@pytest.fixture(scope="module")
def bare() -> Run:
    return train(FAMILIES["mlp"], None)


@pytest.mark.parametrize("part", PARTS)
def test_planted_failure(part: str, bare: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name = PARTS[part]
    whole, calls = getattr(owner, name), 0
    well = {"writing": 1, "building the result": 1, "diagnosis": 1}.get(part, LATE)

    def broken(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > well:
            raise OSError(errno.ENOSPC, "planted")
        return whole(*args, **kwargs)

    monkeypatch.setattr(owner, name, broken)
    if part == "rules":
        monkeypatch.setattr(rules.features.FeatureScaleImbalance, name, broken)  # type: ignore[attr-defined]
    watched = train(FAMILIES["mlp"], tmp_path, every=1)
    assert calls > well, "the failure was never reached"
    assert watched.result is not None
    assert any("planted" in error for error in watched.result.errors), watched.result.errors
    if part not in ("rules", "diagnosis"):
        assert watched.result.status == "partial"
        assert any("Traceback" in error and name in error for error in watched.result.errors)
    for key, weight in bare.weights.items():
        assert torch.equal(weight, watched.weights[key]), key
    assert torch.equal(torch.stack(bare.losses), torch.stack(watched.losses))
    assert torch.equal(bare.random_state, watched.random_state)
