"""Watching changes nothing: not a bit of the weights, the losses or the random state."""

from pathlib import Path

import pytest
import torch

from tests.diagnostics.training import FAMILIES, Run, train

_bare: dict[str, Run] = {}


@pytest.mark.parametrize("every", [1, 3, 10, 100])
@pytest.mark.parametrize("family", FAMILIES)
def test_bit_identical(family: str, every: int, tmp_path: Path) -> None:
    bare = _bare.get(family) or _bare.setdefault(family, train(FAMILIES[family], None))
    watched = train(FAMILIES[family], tmp_path, every=every)
    assert watched.result is not None
    assert watched.result.errors == []
    assert watched.result.overhead.captures == len(range(0, 50, every))
    assert bare.weights.keys() == watched.weights.keys()
    for name, weight in bare.weights.items():
        assert torch.equal(weight, watched.weights[name]), name
    assert torch.equal(torch.stack(bare.losses), torch.stack(watched.losses))
    assert torch.equal(bare.random_state, watched.random_state)
