"""Rules are told captures many at a time: how many makes no difference to what they find."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from diagnostics import rules
from diagnostics.layers import watched
from diagnostics.numbers import Part, Values, key
from diagnostics.readings import FeatureMeans, Reading
from diagnostics.statistics import Row

LAYERS = watched(nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1)), None)
NAMES = ["feature-scale-imbalance", "non-finite", "vanishing-gradient", "dead-units"]


def row(square: float, lost: float) -> Row:
    return [1.0, 0.0, square, 0.0, 0.0, 0.0, 0.0, 0.0, lost]


@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    """As captures of a network could be whose gradients come and go."""
    found = []
    for step in range(draw(st.integers(1, 12))):
        rows = {}
        for layer in LAYERS:
            if draw(st.sampled_from([True, True, True, False])):
                square = draw(st.sampled_from([0.0, 1e-14, 1e-8, 1.0]))
                lost = draw(st.sampled_from([0.0, 0.0, 0.0, 0.0, 2.0]))
                rows[key(layer.index, Part.OUTPUT_GRADIENT)] = row(square, 0.0)
                rows[key(layer.index, Part.WEIGHT)] = row(1.0, lost)
        finite = not any(each[8] for each in rows.values())
        dead = draw(st.sampled_from([None, 0.0, 0.5, 1.0]))
        reading = Reading(step, [Values(layer, rows, step, dead) for layer in LAYERS], finite)
        if draw(st.booleans()):
            scale = draw(st.sampled_from([1.0, 1e5]))
            sums = [[1.0, scale], [1.0, 1.0], [1.0, scale], [1.0, 1.0], [1.0, 1.0]]
            reading.features, reading.feature_layer = FeatureMeans(torch.tensor(sums)), "0"
        found.append(reading)
    return found


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_in_any_batches(name: str, data: st.DataObject) -> None:
    told = data.draw(readings())
    settings: Any = {"patience": 2} if name == "vanishing-gradient" else {}
    one_by_one, in_batches = (rules.registry()[name](settings) for _ in range(2))
    for reading in told:
        one_by_one.captures([reading])
    while told:
        size = data.draw(st.integers(1, len(told)))
        in_batches.captures([])
        in_batches.captures(told[:size])
        del told[:size]
    assert list(in_batches.findings()) == list(one_by_one.findings())


def test_each_of_them_is_found() -> None:
    """Else equal batches would be equal for want of findings."""
    rows = {key(layer.index, Part.OUTPUT_GRADIENT): row(10.0 ** (30 * layer.index - 60), 1.0) for layer in LAYERS}
    rows |= {key(layer.index, Part.WEIGHT): row(1.0, 1.0) for layer in LAYERS}
    reading = Reading(3, [Values(layer, rows, 3, 0.9) for layer in LAYERS], finite=False)
    reading.features = FeatureMeans(torch.tensor([[1.0, 1e5], [1.0, 1.0], [1.0, 1e5], [1.0, 1.0], [1.0, 1.0]]))
    for name in NAMES:
        rule = rules.registry()[name]({})
        rule.captures([reading] * 5)
        assert [finding.rule for finding in rule.findings()][:1] == [name]
