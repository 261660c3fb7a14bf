"""A failure inside the observer leaves the training as it was, and the result reports it."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import diagnostics
from diagnostics import (
    attribution,
    capture,
    file,
    numbers,
    observer,
    parameters,
    readings,
    recorder,
    rules,
    series,
    statistics,
    step_tracker,
    units,
)
from diagnostics.rules.features import FeatureScaleImbalance
from tests.diagnostics.training import FAMILIES, Run, train

PARTS = {
    "hook": (capture.Capture, "output"),
    "gradient hook": (capture.Capture, "gradient"),
    "before the update": (capture.Capture, "before_update"),
    "after the update": (capture.Capture, "after_update"),
    "parameter gradients": (capture, "gradient_of"),
    "weights": (parameters.Update, "_now"),
    "updates": (parameters.Update, "changes"),
    "end of capture": (capture.Capture, "close"),
    "new capture": (observer.Observer, "_open"),
    "changed layers": (observer.Observer, "_follow_changes"),
    "steps before": (step_tracker.StepTracker, "before"),
    "steps after": (step_tracker.StepTracker, "after"),
    "statistics": (statistics.Accumulator, "add"),
    "statistics of parameters": (statistics.Accumulator, "add_all"),
    "sampling": (statistics.Sampler, "elements"),
    "packing": (statistics, "_sample_sums"),
    "reading": (statistics.Packed, "read"),
    "numbers": (capture.Capture, "numbers"),
    "recording": (recorder.Recorder, "captures"),
    "columns": (numbers.Values, "stat"),
    "series": (series.Thinned, "append"),
    "dead units": (units.DeadUnitTracker, "dead_share"),
    "attribution": (attribution, "feature_sums"),
    "attribution's end": (attribution.FeatureTap, "close"),
    "attribution means": (readings.FeatureMeans, "_mean"),
    "rules": (FeatureScaleImbalance, "captures"),
    "diagnosis": (rules, "diagnose"),
    "writing": (file, "write_atomically"),
    "building the result": (recorder.Recorder, "metrics"),
}
LATE = 7  # calls that go well: attaching, which may raise, is over by then
AT_FIRST = (
    "before the update", "after the update", "parameter gradients", "weights", "updates", "steps before", "recording",
    "rules", "attribution means", "numbers",
)  # fmt: skip
AT_SECOND = ("writing", "building the result", "diagnosis", "new capture", "changed layers", "reading")
WELL = dict.fromkeys(AT_FIRST, 0) | dict.fromkeys(AT_SECOND, 1)


@pytest.fixture(scope="module")
def bare() -> Run:
    return train(FAMILIES["mlp"], None)


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Makes a part fail after its first calls; the failure must be reached before the test is over."""
    calls: dict[str, int] = {}

    def planted(part: str) -> None:
        owner, name = PARTS[part]
        whole, calls[part] = getattr(owner, name), -WELL.get(part, LATE)

        def broken(*args: Any, **kwargs: Any) -> Any:
            calls[part] += 1
            if calls[part] > 0:
                raise OSError(errno.ENOSPC, "planted")
            return whole(*args, **kwargs)

        monkeypatch.setattr(owner, name, broken)

    yield planted
    assert all(count > 0 for count in calls.values()), "the failure was never reached"


def test_an_interrupt_is_meant_for_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a hook runs; code that catches it can go on, watched or not."""
    model = FAMILIES["mlp"].model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    whole = capture.Capture.output
    watching = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)

    def interrupted(*_: Any) -> Any:
        monkeypatch.setattr(capture.Capture, "output", whole)
        raise KeyboardInterrupt

    monkeypatch.setattr(capture.Capture, "output", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model(torch.randn(4, 12))
    model(torch.randn(4, 12)).sum().backward()
    optimizer.step()
    result = watching.detach()
    assert (result.errors, result.steps, result.status) == ([], 1, "complete")


@pytest.mark.parametrize("part", PARTS)
def test_planted_failure(part: str, bare: Run, plant: Callable[[str], None], tmp_path: Path) -> None:
    plant(part)
    watched = train(FAMILIES["mlp"], tmp_path, every=1)
    assert watched.result is not None
    assert any("planted" in error for error in watched.result.errors), watched.result.errors
    if part not in ("rules", "diagnosis"):
        assert watched.result.status == "partial"
        assert any("Traceback" in error and PARTS[part][1] in error for error in watched.result.errors)
    for key, weight in bare.weights.items():
        assert torch.equal(weight, watched.weights[key]), key
    assert torch.equal(torch.stack(bare.losses), torch.stack(watched.losses))
    assert torch.equal(bare.random_state, watched.random_state)


@pytest.mark.parametrize("part", ["before the update", "after the update"])
def test_an_optimizer_calls_the_hooks_of_others_after_a_failure(
    part: str, plant: Callable[[str], None], tmp_path: Path
) -> None:
    """Whose hooks stand behind the observer's, in the same list."""
    model = FAMILIES["mlp"].model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    called: list[str] = []
    watching = diagnostics.attach(model, name="run", quiet=True, optimizer=optimizer, every=1, directory=tmp_path)
    optimizer.register_step_pre_hook(lambda *_: called.append("before"))
    optimizer.register_step_post_hook(lambda *_: called.append("after"))
    plant(part)
    for _ in range(12):
        model(torch.randn(4, 12)).sum().backward()
        optimizer.step()
    assert called == ["before", "after"] * 12
    result = watching.detach()
    assert (len(result.errors), result.status) == (1, "partial")
    assert result.steps < 12
