"""Two processes and gloo: one result, of what both saw."""

import json
import sys
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.multiprocessing.spawn import start_processes

import diagnostics
from diagnostics import distributed, file
from diagnostics.distributed import Packing, connection
from diagnostics.layers import watched as watched_layers
from diagnostics.numbers import Numbers
from diagnostics.statistics import GRADIENT, Accumulator, Key, Part, Sampler, merge

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("distributed"),  # one process from which all others are forked
    pytest.mark.skipif(not dist.is_available() or sys.platform == "win32", reason="needs torch.distributed with gloo"),
]

STEPS, BATCH = 22, 8
SOON = 2.0  # seconds that are enough to wait for what does not come
LOADED = [__name__, "torch._dynamo", "torch.distributed.fsdp"]
"""By the process that all others are forked from: to load torch takes seconds, and nothing is computed there."""


def model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))


def data(steps: int) -> torch.Tensor:
    return torch.randn(steps, 2, BATCH, 6, generator=torch.Generator().manual_seed(1))


def train(rank: int, kind: str, watched: tuple[int, ...], folder: str, uneven: str) -> None:
    """One of the two processes; `uneven`: what the second one does otherwise."""
    torch.set_num_threads(1)
    if uneven:
        distributed.PATIENCE = SOON
    if rank and uneven == "writes often":
        file.FIRST_SECONDS = file.RENEW_SECONDS = file.RENEW_SHARE = 0
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    net: nn.Module = model()
    if kind == "fsdp":
        from torch.distributed.fsdp import fully_shard

        mesh = init_device_mesh("cpu", (2,))
        for layer in (net[0], net[2], net):  # type: ignore[index]
            fully_shard(layer, mesh=mesh)
    else:
        net = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    observer = None
    started = time.monotonic()
    if rank in watched:
        every = 3 if rank and uneven == "every third step" else 1
        observer = diagnostics.attach(net, name="run", optimizer=optimizer, every=every, directory=f"{folder}/results")
    for step, batches in enumerate(data(STEPS)):
        if rank and step == 5 and observer is not None:
            if uneven == "detached early":
                observer.detach()
            if uneven == "failed":
                observer.failed("planted")
        optimizer.zero_grad()
        net(batches[rank]).square().mean().backward()
        optimizer.step()
    if observer is not None:
        errors = observer.detach().errors
        assert errors == (["planted"] if rank and uneven == "failed" else []), errors
    Path(folder, f"seconds{rank}").write_text(str(time.monotonic() - started), encoding="utf-8")
    weights = {name: getattr(p, "full_tensor", lambda p=p: p)().detach() for name, p in net.named_parameters()}
    torch.save(list(weights.values()), f"{folder}/weights{rank}")
    dist.barrier()
    dist.destroy_process_group()


def test_a_store_of_an_older_torch() -> None:
    """One that cannot be cloned is connected to once more."""
    server = dist.TCPStore(  # type: ignore[attr-defined]
        "localhost", 0, is_master=True, wait_for_workers=False
    )
    store = SimpleNamespace(underlying_store=SimpleNamespace(underlying_store=server))
    own = connection(store)
    assert own is not server
    own.set("key", "value")
    assert server.get("key") == b"value"
    other = dist.HashStore()  # type: ignore[attr-defined]
    assert connection(SimpleNamespace(underlying_store=other)) is other


def run(
    kind: str, watched: tuple[int, ...], folder: Path, uneven: str = ""
) -> tuple[list[torch.Tensor], list[dict[str, Any]]]:
    """The weights at the end, and the results."""
    folder.mkdir(exist_ok=True)
    get_context("forkserver").set_forkserver_preload(LOADED)
    start_processes(train, (kind, watched, str(folder), uneven), nprocs=2, start_method="forkserver")  # type: ignore[no-untyped-call]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("results/*.json")]
    return torch.load(folder / "weights0"), found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> list[torch.Tensor]:
    """The weights of an unwatched training under DDP."""
    weights, none = run("ddp", (), tmp_path_factory.mktemp("bare"))
    assert none == []
    return weights


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_one_result_of_all(kind: str, bare: list[torch.Tensor], tmp_path: Path) -> None:
    """As if one process had trained on both halves of each batch."""
    if kind == "fsdp":
        pytest.importorskip("torch.distributed.fsdp", reason="no FSDP here")
        if not hasattr(torch.distributed.fsdp, "fully_shard"):
            pytest.skip("this torch has no fully_shard")
    if kind != "ddp":
        bare, none = run(kind, (), tmp_path / "bare")
        assert none == []
    weights, (result,) = run(kind, (0, 1), tmp_path / "watched")
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
    assert result["environment"]["world_size"] == 2
    assert (result["status"], result["steps"], result["notes"]) == ("complete", STEPS, [])
    assert result["overhead"]["captures"] == STEPS

    net = model()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    observer = diagnostics.attach(net, name="alone", optimizer=optimizer, every=1, directory=tmp_path)
    for batches in data(STEPS):
        optimizer.zero_grad()
        net(batches.flatten(0, 1)).square().mean().backward()
        optimizer.step()
    expected_attribution, alone = (found := observer.detach()).attribution, found.layers
    assert expected_attribution is not None
    doubled = [2 * float(value or 0) for value in expected_attribution.values]
    assert result["attribution"]["values"] == pytest.approx(doubled, rel=1e-3)
    assert alone.keys() == result["layers"].keys()
    for name, layer in alone.items():
        columns = result["layers"][name]["columns"]
        for column, values in layer.columns.items():
            expected = [v if v is None or "output_gradient_m" not in column else 2 * float(v) for v in values]
            if column == "output_gradient_norm":  # a process divides its loss by its own half alone
                expected = [2 * float(v or 0) for v in values]
            assert columns[column] == [v if v is None else pytest.approx(v, rel=1e-3, abs=1e-6) for v in expected], (
                column
            )


@pytest.mark.parametrize("watched", [(0,), (1,)])
def test_one_process_alone_is_watched(
    watched: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rank waits for another, beyond a few seconds at the end, and the result says so."""
    _, results = run("ddp", watched, tmp_path)
    assert len(results) == (watched == (0,))
    for result in results:
        assert result["steps"] == STEPS
        assert "first process alone" in result["notes"][0]


def test_processes_that_write_at_different_times(tmp_path: Path) -> None:
    """What a process computes for its file must not wait for the others: their weights are spread over all."""
    fsdp = pytest.importorskip("torch.distributed.fsdp", reason="no FSDP here")
    if not hasattr(fsdp, "fully_shard"):
        pytest.skip("this torch has no fully_shard")
    bare, _ = run("fsdp", (), tmp_path / "bare")
    for watched in ((0, 1), (1,)):
        weights, _ = run("fsdp", watched, tmp_path / f"watched{len(watched)}", "writes often")
        assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))


@pytest.mark.parametrize("uneven", ["every third step", "detached early", "failed"])
def test_captures_that_not_all_processes_make(uneven: str, bare: list[torch.Tensor], tmp_path: Path) -> None:
    """Training is what it was, nothing hangs, and the result says whose numbers they are."""
    weights, (result,) = run("ddp", (0, 1), tmp_path / "watched", uneven)
    assert float((tmp_path / "watched" / "seconds0").read_text(encoding="utf-8")) < SOON + 10
    assert all(torch.equal(one, two) for one, two in zip(bare, weights, strict=True))
    assert (result["status"], result["steps"], result["overhead"]["captures"]) == ("complete", STEPS, STEPS)
    assert any("first process alone" in note for note in result["notes"])


def test_packed_numbers() -> None:
    """What goes into a buffer comes out of it; sharded parameters and samples add up, other parameters do not."""
    layers = watched_layers(model(), None)
    random = torch.Generator().manual_seed(3)
    keys = [Key(part, layer.index) for layer in layers for part in (Part.OUTPUT, Part.WEIGHT)]
    parts = []
    for rank in range(3):
        made = Accumulator(torch.device("cpu"), Sampler())
        for each in keys:
            x = torch.randn(rank + 2, 8, generator=random) + 1e4
            x[:, rank] = 0
            made.add(each, x, GRADIENT)
            if each.part is Part.OUTPUT:
                made.add_units(each.number, x, -1)
        found = made.close().read()
        features = torch.full((5, 4), float(rank + 1))
        parts.append(Numbers(7, 10 + rank, found.stats, found.active, frozenset({2}), features))
    packing, notes = Packing(layers, 4, 4), dict[str, None]()
    together = packing.combine(parts[0], [packing.pack(part) for part in parts], notes)
    assert (together.step, together.samples) == (7, 33)
    assert together.features is not None
    assert together.features.tolist() == [[6.0] * 4] * 5
    for each in keys:
        stats = [numbers.stats[each] for numbers in parts]
        if each.part is Part.WEIGHT and each.number != 2:
            assert together.stats[each] == stats[0]
        else:
            assert together.stats[each] == pytest.approx(merge(merge(stats[0], stats[1]), stats[2]), rel=1e-9)
    late = replace(parts[1], step=8)
    assert packing.combine(parts[0], [packing.pack(parts[0]), packing.pack(late)], notes) is parts[0]
    assert "first process alone" in str(notes)


def test_units_of_all_processes() -> None:
    """A unit is active where it is active in any process."""
    layers = watched_layers(model(), None)
    packing = Packing(layers, 4, 0)
    own, other = (Numbers(0, 1, active={1: torch.tensor(active)}) for active in ([True, False], [False, False]))
    for numbers in (own, other):
        numbers.active[1] = torch.tensor([numbers is own, False, numbers is other, False])  # type: ignore[index]
    together = packing.combine(own, [packing.pack(own), packing.pack(other)], {})
    assert together.active[1].tolist() == [True, False, True, False]
