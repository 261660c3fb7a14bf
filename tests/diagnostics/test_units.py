"""Dead units against the definition: active in none of the last captures."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.units import WINDOW, DeadUnitTracker


@given(st.data())
def test_by_the_definition(data: st.DataObject) -> None:
    units = data.draw(st.integers(1, 4))
    quiet = st.lists(st.sampled_from([True] + [False] * 7), min_size=units, max_size=units)
    captures = data.draw(st.lists(quiet, min_size=1, max_size=3 * WINDOW))
    tracker = DeadUnitTracker()
    for number, active in enumerate(captures, 1):
        window = captures[max(0, number - WINDOW) : number]
        dead = sum(not any(unit) for unit in zip(*window, strict=True)) / units
        assert tracker.dead_share(torch.tensor(active)) == (dead if number >= WINDOW else None)


def test_other_units_are_counted_anew() -> None:
    tracker = DeadUnitTracker()
    assert [tracker.dead_share(torch.tensor([False] * 3)) for _ in range(WINDOW)][-1] == 1.0
    assert [tracker.dead_share(torch.tensor([False] * 2)) for _ in range(WINDOW)] == [None] * (WINDOW - 1) + [1.0]
