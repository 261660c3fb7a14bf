"""Watching changes nothing: not a bit of the weights, the losses or the random state."""

from pathlib import Path

import pytest
import torch

import diagnostics
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


PRECISIONS = ("float32", "float64", "bfloat16", "autocast")


def in_precision(family: str, precision: str, directory: Path | None) -> Run:
    """Some steps in another precision than the default."""
    kind = FAMILIES[family]
    torch.manual_seed(0)
    model = kind.model()
    dtype = torch.float32 if precision == "autocast" else getattr(torch, precision)
    model = model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
    observer = None
    if directory is not None:
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=2, directory=directory, quiet=True)
    losses = []
    for _ in range(12):
        x, y = kind.data()
        x = x.to(dtype) if x.is_floating_point() else x
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "autocast"):
            out = model(x)
            loss = kind.loss(out, y.to(out.dtype) if y.is_floating_point() else y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.detach())
    result = observer.detach() if observer is not None else None
    return Run(model.state_dict(), losses, torch.random.get_rng_state(), result)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("family", FAMILIES)
def test_bit_identical_in_every_precision(family: str, precision: str, tmp_path: Path) -> None:
    try:
        bare = in_precision(family, precision, None)
    except RuntimeError as error:
        if precision in ("float32", "float64"):
            raise
        pytest.skip(f"this torch cannot train {family} in {precision} on this CPU, watched or not: {error}")
    watched = in_precision(family, precision, tmp_path)
    assert watched.result is not None
    assert (watched.result.errors, watched.result.captures.taken) == ([], 6)
    assert all(torch.equal(weight, watched.weights[name]) for name, weight in bare.weights.items())
    assert torch.equal(torch.stack(bare.losses), torch.stack(watched.losses))
    assert torch.equal(bare.random_state, watched.random_state)
