"""Dead units, captures of which are counted many at a time, against what the words say."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from diagnostics.units import WINDOW, Silence


def dead(active: list[list[bool]], capture: int) -> float | None:
    """By the words: active nowhere in the captures of the window that ends with this one."""
    window = active[max(0, capture + 1 - WINDOW) : capture + 1]
    if len(window) < WINDOW:
        return None
    units = list(zip(*window, strict=True))
    return sum(not any(unit) for unit in units) / len(units)


@given(st.data())
def test_in_any_batches(data: st.DataObject) -> None:
    units = data.draw(st.integers(1, 4))
    quiet = st.lists(
        st.sampled_from([True, False, False, False, False, False, False, False]), min_size=units, max_size=units
    )
    active = data.draw(st.lists(quiet, min_size=1, max_size=3 * WINDOW))
    counts = [array("f", [2.0 * answered for answered in capture]) for capture in active]
    silence, found = Silence(), []
    while counts:
        size = data.draw(st.integers(1, len(counts)))
        found += silence.dead(counts[:size])
        del counts[:size]
    assert found == [dead(active, capture) for capture in range(len(active))]


def test_other_units_are_counted_anew() -> None:
    silence = Silence()
    assert silence.dead([array("f", [0.0] * 3)] * WINDOW)[-1] == 1.0
    assert silence.dead([array("f", [0.0] * 2)] * WINDOW) == [None] * (WINDOW - 1) + [1.0]


def test_what_was_measured_stays_as_it_is() -> None:
    counts = array("f", [0.0, 5.0])
    Silence().dead([counts])
    assert counts.tolist() == [0.0, 5.0]
