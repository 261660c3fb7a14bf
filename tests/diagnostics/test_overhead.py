"""The cost of watching that a result states."""

import pytest

from diagnostics import overhead
from diagnostics.overhead import ENOUGH, StepTimes


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(overhead, "process_time", lambda: now[0])
    return now


def run(clock: list[float], every: int, steps: int = 20 * ENOUGH) -> StepTimes:
    """Steps of 1 s; a capture costs 0.5 s, and every fourth one 2 s more to read."""
    times = StepTimes()
    for step in range(steps):
        captured = step % every == 0
        clock[0] += 1.5 if captured else 1.0
        if captured and step // every % 4 == 3:
            begun = clock[0]
            clock[0] += 2.0
            times.read(begun)
        times.step(captured)
    return times


def test_reading_counts(clock: list[float]) -> None:
    """It falls on few steps, which a median would miss."""
    times = run(clock, every=2)
    captures = 10 * ENOUGH
    wanted = (0.5 * captures + 2.0 * (captures // 4)) / clock[0]
    assert times.share(captures, inside=0.3 * captures, wall=clock[0]) == pytest.approx(wanted)


def test_captures_that_look_at_more_count(clock: list[float]) -> None:
    """Losses are looked at in every fourth one, which a median would miss."""
    times = StepTimes()
    for step in range(160 * ENOUGH):
        captured = step % 4 == 0
        clock[0] += (2.0 if step % 16 == 0 else 1.5) if captured else 1.0
        times.step(captured)
    captures = 40 * ENOUGH
    wanted = (0.5 * 0.75 + 1.0 * 0.25) * captures / clock[0]
    assert times.share(captures, inside=captures, wall=clock[0]) == pytest.approx(wanted, rel=0.1)


def test_a_colder_step_behind_a_capture_counts(clock: list[float]) -> None:
    times = StepTimes()
    for step in range(20 * ENOUGH):
        clock[0] += (1.5, 1.25, 1.0, 1.0)[step % 4]
        times.step(step % 4 == 0)
    captures = 5 * ENOUGH
    wanted = (0.5 + 0.25) * captures / clock[0]
    assert times.share(captures, inside=0.4 * captures, wall=clock[0]) == pytest.approx(wanted)


def test_what_a_training_does_in_captured_steps_alone_does_not_count(clock: list[float]) -> None:
    """As a validation every hundred steps."""
    times, captures = run(clock, every=2), 10 * ENOUGH
    counted = times.share(captures, inside=0.1 * captures, wall=clock[0]) * clock[0]
    assert counted == pytest.approx(0.2 * captures + 2.0 * (captures // 4))


def test_without_other_steps_the_time_inside_counts(clock: list[float]) -> None:
    times = run(clock, every=1)
    assert times.share(20 * ENOUGH, inside=clock[0] / 4, wall=clock[0]) == 0.25


def test_never_more_than_all(clock: list[float]) -> None:
    assert StepTimes().share(1, inside=5.0, wall=2.0) == 1.0
    assert StepTimes().share(0, inside=0.0, wall=0.0) == 0.0
