"""Whatever fails inside the observer, training goes on as if nobody watched, and the result tells."""

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
    clock,
    file,
    numbers,
    observer,
    parameters,
    readings,
    recorder,
    rules,
    series,
)
from diagnostics.rules.features import FeatureScaleImbalance
from diagnostics.statistics import host, lines, native, native_kernel, pack, room
from tests.diagnostics.training import FAMILIES, Run, train

PARTS = {
    "hook": (capture.Capture, "output"),
    "gradient hook": (capture.Capture, "gradient"),
    "before the update": (capture.Capture, "before_update"),
    "after the update": (capture.Capture, "after_update"),
    "parameter gradients": (parameters.Parameters, "gradients"),
    "weights": (parameters.Parameters, "before_update"),
    "updates": (parameters.Parameters, "updates"),
    "end of capture": (capture.Capture, "close"),
    "new capture": (observer.Observer, "_open"),
    "clock before": (clock.Clock, "before"),
    "clock after": (clock.Clock, "after"),
    "parameters together": (room.Room, "copied"),
    "their update": (room.Room, "changed"),
    "small tensors": (pack.Pack, "place"),
    "their sums": (lines.Layout, "reduce"),
    "their numbers": (lines.Layout, "read"),
    "statistics": (host, "measure"),
    "looking for a compiler": (native_kernel, "library"),
    "the kernel": (native.NativeLedger, "add"),
    "the kernel again": (native.NativeLedger, "again"),
    "the kernel, of parameters": (native.NativeLedger, "add_together"),
    "the kernel, of parameters again": (native.NativeLedger, "again_together"),
    "the parameters' optimizer": (parameters.Parameters, "of"),
    "the kernel's numbers": (native.NativeLedger, "read"),
    "numbers": (capture.Capture, "numbers"),
    "recording": (recorder.Recorder, "captures"),
    "columns": (numbers.Values, "row"),
    "series": (series.Columns, "append"),
    "dead units": (recorder.Recorder, "_dead_units"),
    "attribution": (attribution, "feature_sums"),
    "attribution's end": (attribution.FeatureTap, "close"),
    "attribution means": (readings.FeatureMeans, "_mean"),
    "rules": (FeatureScaleImbalance, "captures"),
    "diagnosis": (rules, "diagnose"),
    "writing": (file, "write_atomically"),
    "building the result": (recorder.Recorder, "metrics"),
}
LATE = 7  # calls that go well: attaching, which may raise, is over by then
EAGER = ("parameters together", "their update", "small tensors", "their sums", "their numbers", "statistics")
WELL = {
    "looking for a compiler": 0,
    "before the update": 0,
    "after the update": 0,
    "parameter gradients": 0,
    "weights": 0,
    "updates": 0,
    "clock before": 0,
    "the kernel's numbers": 1,
    "the kernel, of parameters": 1,
    "their update": 1,
    "writing": 1,
    "recording": 0,
    "dead units": 0,
    "their numbers": 1,
    "rules": 0,
    "building the result": 1,
    "diagnosis": 1,
    "attribution means": 0,
}


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
    """Ctrl-C while a hook runs; whoever catches it can go on, watched or not."""
    model = FAMILIES["mlp"].model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    whole = capture.Capture.output
    watching = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)

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
def test_planted_failure(
    part: str, bare: Run, plant: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if part in EAGER:
        monkeypatch.setattr(native_kernel, "library", lambda: None)
    elif "kernel" in part and native_kernel.library() is None:
        pytest.skip("no C compiler here")
    if part == "statistics":  # nothing is small then
        monkeypatch.setattr(pack, "LARGEST", 0)
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


@pytest.mark.parametrize("part", ["before the update", "after the update", "the kernel, of parameters again"])
def test_an_optimizer_calls_the_hooks_of_others_after_a_failure(
    part: str, plant: Callable[[str], None], tmp_path: Path
) -> None:
    """Whose hooks stand behind the observer's, in the same list."""
    if "kernel" in part and native_kernel.library() is None:
        pytest.skip("no C compiler here")
    model = FAMILIES["mlp"].model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    called: list[str] = []
    watching = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
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
    assert len(optimizer._optimizer_step_pre_hooks) == len(optimizer._optimizer_step_post_hooks) == 1
