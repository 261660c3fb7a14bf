"""Silent errors of distributed and mixed training: two processes and gloo, each kind of fault and its healthy twin."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import distributed as dist
from torch import nn
from torch.multiprocessing.spawn import start_processes

import diagnostics
from diagnostics import rules
from diagnostics.evidence import Evidence
from diagnostics.master_weights import distance, masters_held
from diagnostics.replicas import HEAD, LENGTH, ReplicaChecks, ReplicaWatch, projected
from diagnostics.statistics import Key, Part, Stat

STEPS, BATCH, ROWS = 12, 16, 64
KINDS = {
    "rank-data-overlap", "rank-dtype", "gradients-not-averaged", "replicas-drift", "master-weights",
    "parameter-never-moves", "equal-dropout",
}  # fmt: skip
SOME: tuple[str, ...] = ()


def network(seed: int = 0, dropout: float = 0.0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 2))


class Run:
    """How one training of two processes runs; each kind of fault changes one thing."""

    seed_of_model: Callable[[int], int] = staticmethod(lambda rank: 0)
    seed: Callable[[int], int] = staticmethod(lambda rank: 1 + rank)
    order: Callable[[int], int] = staticmethod(lambda rank: 0)
    dropout = 0.0
    ddp = True
    all_rows = False

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(model.parameters(), lr=0.05)

    def casting(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def before_update(self, model: nn.Module, step: int) -> None:
        """Nothing: the gradients are what they should be."""

    def after_update(self, model: nn.Module, step: int) -> None:
        """Nothing: the weights are what they should be."""

    def batches(self) -> Iterator[torch.Tensor]:
        """Rows of a small data set, in an order that all processes draw in the same way, split among them."""
        data = torch.randn(ROWS, 6, generator=torch.Generator().manual_seed(5))
        for step in range(STEPS):
            order = torch.randperm(ROWS, generator=torch.Generator().manual_seed(1000 * self.order(self.rank) + step))
            places = slice(0, BATCH) if self.all_rows else slice(self.rank * BATCH, (self.rank + 1) * BATCH)
            yield data[order[places]]


class Dropout(Run):
    dropout = 0.3


class EqualDropout(Dropout):
    seed = staticmethod(lambda rank: 1)


class NotAveraged(Run):
    ddp = False


class LocalSteps(NotAveraged):
    """Weights are averaged every other step: nothing is wrong at the end."""

    def after_update(self, model: nn.Module, step: int) -> None:
        if step % 2 == 0:
            average(tensor.data for tensor in model.parameters())


class Stages(NotAveraged):
    """Other models of the same shapes in the processes: nothing is wrong."""

    seed_of_model = staticmethod(lambda rank: rank)


class BeganApart(Stages):
    """Gradients are averaged, but not the weights at the start."""

    def before_update(self, model: nn.Module, step: int) -> None:
        average(tensor.grad for tensor in model.parameters() if tensor.grad is not None)


class Drift(Run):
    def optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(model.parameters(), lr=0.05, weight_decay=0.1 * self.rank)


class SameData(Run):
    all_rows = True


class OtherOrder(Run):
    order = staticmethod(lambda rank: rank)


class OtherDtype(Run):
    def casting(self) -> AbstractContextManager[Any]:
        return torch.autocast("cpu", torch.bfloat16) if self.rank else nullcontext()


class NeverMoves(Run):
    def optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        first, *others = list(model.parameters())
        groups: list[dict[str, Any]] = [{"params": [first], "lr": 0.0}, {"params": others}]
        return torch.optim.SGD(groups, lr=0.05)


RUNS: dict[str, tuple[type[Run], str | None, tuple[str, ...]]] = {
    "healthy": (Run, None, SOME),
    "dropout": (Dropout, None, SOME),
    "equal dropout": (EqualDropout, "equal-dropout", SOME),
    "not averaged": (NotAveraged, "gradients-not-averaged", ("replicas-drift",)),
    "stages": (Stages, None, SOME),
    "began apart": (BeganApart, "replicas-drift", SOME),
    "drift": (Drift, "replicas-drift", SOME),
    "same data": (SameData, "rank-data-overlap", SOME),
    "other order": (OtherOrder, "rank-data-overlap", SOME),
    "other dtype": (OtherDtype, "rank-dtype", SOME),
    "never moves": (NeverMoves, "parameter-never-moves", SOME),
    "local steps": (LocalSteps, None, ("gradients-not-averaged",)),
}
"""By name: how it runs, the fault that is expected as a warning or worse, and what else may be found."""


def average(tensors: Any) -> None:
    for tensor in tensors:
        dist.all_reduce(tensor)
        tensor /= dist.get_world_size()


def train(rank: int, folder: str) -> None:
    """One of the two processes: all runs, one after the other."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    for name, (kind, _, _) in RUNS.items():
        run = kind(rank)
        net: nn.Module = network(run.seed_of_model(rank), run.dropout)
        model = nn.parallel.DistributedDataParallel(net) if run.ddp else net
        optimizer = run.optimizer(model)
        torch.manual_seed(run.seed(rank))
        with diagnostics.attach(model, name=name, optimizer=optimizer, every=1, directory=folder, quiet=True):
            for step, batch in enumerate(run.batches()):
                optimizer.zero_grad()
                with run.casting():
                    loss = model(batch).square().mean()
                loss.backward()
                run.before_update(model, step)
                optimizer.step()
                run.after_update(model, step)
        dist.barrier()
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The results of all runs by name, of one pair of processes."""
    folder = tmp_path_factory.mktemp("replicas")
    get_context("forkserver").set_forkserver_preload([__name__, "torch._dynamo"])
    start_processes(train, (str(folder),), nprocs=2, start_method="forkserver")  # type: ignore[no-untyped-call]
    found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
    return {one["name"]: one for one in found}


@pytest.mark.slow
@pytest.mark.xdist_group("distributed")
@pytest.mark.skipif(not dist.is_available() or sys.platform == "win32", reason="needs torch.distributed with gloo")
@pytest.mark.parametrize("name", RUNS)
def test_a_fault_of_the_processes(name: str, results: dict[str, dict[str, Any]]) -> None:
    """Its kind is found, and nothing of another kind; healthy runs have none."""
    _, fault, others = RUNS[name]
    result = results[name]
    assert (result["notes"], result["errors"]) == ([], [])
    grave = {one["rule"]: one for one in result["diagnosis"]["findings"] if one["rule"] in KINDS}
    warned = {rule for rule, one in grave.items() if one["severity"] != "info"}
    assert warned - set(others) == ({fault} if fault else set()), grave
    assert set(grave) <= {fault, *others}
    if fault in ("gradients-not-averaged", "replicas-drift"):
        assert result["diagnosis"]["cause"] == fault
    if fault == "rank-dtype":
        assert grave["rank-dtype"]["message"].startswith("Rank 1 has")


@pytest.mark.parametrize("stale", [False, True])
def test_master_weights(stale: bool, tmp_path: Path) -> None:
    """A model in 16 bits whose optimizer has copies in 32: one of them is copied back after each step, or all."""
    model = network().bfloat16()
    weights = list(model.parameters())
    masters = [nn.Parameter(weight.detach().float()) for weight in weights]
    optimizer = torch.optim.SGD(masters, lr=0.5)
    with diagnostics.attach(model, name="m", optimizer=optimizer, every=1, directory=tmp_path, quiet=True) as observer:
        for _ in range(STEPS):
            loss = model(torch.randn(BATCH, 6).bfloat16()).float().square().mean()
            loss.backward()
            for weight, master in zip(weights, masters, strict=True):
                master.grad, weight.grad = (weight.grad.float() if weight.grad is not None else None), None
            optimizer.step()
            with torch.no_grad():
                for weight, master in zip(weights[stale:], masters[stale:], strict=True):
                    weight.copy_(master)
    result = observer.detach()
    assert result.steps == STEPS
    found = {one.rule for one in result.diagnosis.findings}
    assert ("master-weights" in found) is stale
    assert "not-in-optimizer" not in found
    if stale:
        assert result.diagnosis.cause == "master-weights"


def test_a_parameter_that_never_moves_in_a_single_process(tmp_path: Path) -> None:
    """Its update is lost in the rounding of its dtype, that of the others is not."""
    model = nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8).bfloat16(), nn.Linear(8, 1))

    class Cast(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.bfloat16()

    net = nn.Sequential(model[0], Cast(), model[1], model[2].bfloat16())
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-4)
    with diagnostics.attach(net, name="n", optimizer=optimizer, every=1, directory=tmp_path, quiet=True) as observer:
        for _ in range(STEPS):
            optimizer.zero_grad()
            (net(torch.randn(BATCH, 6)).float() - 1).square().mean().backward()
            optimizer.step()
    (finding,) = [one for one in observer.detach().diagnosis.findings if one.rule == "parameter-never-moves"]
    assert "2.weight" in finding.message
    assert "0.weight" not in finding.message


def test_a_gradient_of_rounding_moves_nothing() -> None:
    """As that of a bias in front of a batch normalisation."""

    def columns(gradient: float, update: float) -> dict[str, list[float]]:
        return {"norm": [1.0] * 9, "gradient_norm": [gradient] * 9, "update_ratio": [update] * 9}

    for gradient, cause in ((1e-9, None), (1e-2, "parameter-never-moves")):
        run = Evidence(parameters={"0.weight": columns(0.1, 1e-3), "0.bias": columns(gradient, 0.0)})
        assert rules.diagnose(rules.build(None), run).cause == cause


def test_which_optimizers_hold_master_weights() -> None:
    half = list(network().bfloat16().parameters())
    masters = [weight.detach().float() for weight in half]
    held = masters_held(torch.optim.SGD(masters, lr=1), half)
    assert [(a is b, c is d) for (a, c), b, d in zip(held, half, masters, strict=True)] == [(True, True)] * 4
    assert masters_held(torch.optim.SGD(half, lr=1), half) == []
    assert masters_held(torch.optim.SGD(masters[1:], lr=1), half) == []
    assert masters_held(torch.optim.SGD(masters, lr=1), [weight.float() for weight in half]) == []


def test_the_distance_of_a_weight_from_its_copy() -> None:
    master = torch.tensor([1.0, 0.001, 0.0])
    assert float(distance(master.bfloat16(), master)) == 0
    assert float(distance(torch.tensor([1.0078125, 0.001, 0.0]).bfloat16(), master)) == 1
    assert float(distance(torch.tensor([2.0, 0.001, 0.0]).bfloat16(), master)) == 128


def test_rows_have_the_same_number_in_any_batch() -> None:
    rows = torch.randn(8, 3, 7)
    assert torch.equal(projected(rows)[2:5], projected(rows[2:5]))
    assert len(set(projected(rows).tolist())) == 8
    assert projected(torch.ones(200, 500)).shape == (64,)
    assert projected(torch.arange(6).reshape(3, 2)).dtype is torch.float64


@pytest.mark.parametrize(
    "odd",
    [
        torch.zeros(0, 3), torch.zeros(3, 0), torch.tensor(1.0), torch.zeros(2, 2, dtype=torch.complex64),
        torch.eye(3).to_sparse(), torch.zeros(2, device="meta"),
        torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
    ],
)  # fmt: skip
def test_inputs_without_rows_that_can_be_compared(odd: torch.Tensor) -> None:
    watch = ReplicaWatch()
    watch.inputs(0, odd)
    assert torch.equal(watch.fingerprint(0), torch.zeros(LENGTH, dtype=torch.float64))


def stats(norm: float) -> dict[Key, Stat]:
    return {Key(part, 0): Stat(1.0, norm, 0.0, 0.0, norm, norm) for part in (Part.WEIGHT, Part.GRADIENT)}


def test_differences_of_rounding_are_none() -> None:
    checks = ReplicaChecks()
    for step in range(5):
        checks.add(step, [stats(1.0), stats(1.0 + 1e-7)], torch.zeros(2, LENGTH), frozenset())
    assert checks.faults() == []


def test_data_of_few_different_rows_is_no_overlap() -> None:
    """Rows that one process has twice say that equal rows prove nothing."""
    checks = ReplicaChecks()
    for step in range(50):
        fingerprints = torch.zeros(2, LENGTH, dtype=torch.float64)
        drawn = torch.randint(1, 17, (2, 8), generator=torch.Generator().manual_seed(step))
        fingerprints[:, HEAD : HEAD + 8] = drawn.double()
        checks.add(step, [stats(1.0), stats(1.0)], fingerprints, frozenset())
    assert checks.faults() == []


def test_sharded_models_have_no_replicas() -> None:
    """Tensor parallelism: the same data and random numbers in all processes are right."""
    fingerprints = torch.zeros(2, LENGTH, dtype=torch.float64)
    fingerprints[:, 1] = 1
    fingerprints[:, HEAD:] = torch.arange(1, LENGTH - HEAD + 1)
    sharded, whole = ReplicaChecks(), ReplicaChecks()
    for step in range(5):
        sharded.add(step, [stats(1.0), stats(2.0)], fingerprints, frozenset({0}))
        whole.add(step, [stats(1.0), stats(1.0)], fingerprints, frozenset())
    assert sharded.faults() == []
    assert [fault.kind for fault in whole.faults()] == ["rank-data-overlap", "equal-dropout"]
