"""Silent errors of distributed and mixed training, seen in captures: no reference run is needed.

Each process adds a short fingerprint to the numbers of a capture that it sends anyway: its random state, dtypes, a
projection of each input row, and how far its weights are from their master copies. The first process compares them,
and the statistics of weights and gradients, of which replicas have the same."""

import weakref
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.evidence import ReplicaFault
from diagnostics.master_weights import ROUNDINGS, copies_in_state, distance, masters_held
from diagnostics.parameters import is_sharded
from diagnostics.result import Severity
from diagnostics.statistics import Key, Part, Stat

ROWS, COLUMNS = 64, 64  # of an input, at most, that are compared
HEAD = 5  # random state, dropout, dtypes of parameters, dtypes of inputs, distance from master weights
LENGTH = HEAD + ROWS
TOLERANCE = 1e-5  # of a norm, by which replicas may differ: other devices round in another way
FEWEST = 3  # captures that must agree
FEW_REPEATED = 0.1  # rows that one process has twice in a step, by rows that several have: more, and the data repeats
SAME_ROWS, SOME_ROWS = 0.9, 0.02  # shares of rows that several processes have in one step: all, or by another order


@dataclass(slots=True)
class _Fingerprint:
    """Of one capture of this process, while it is made: on the device, so that nothing waits for it."""

    state: float = 0.0
    dropout: bool = False
    parameters: float = 0.0
    inputs: float = 0.0
    master: list[torch.Tensor] = field(default_factory=list)
    rows: torch.Tensor | None = None


class ReplicaWatch:
    """Takes the fingerprints of this process, and keeps what the comparisons have found. `alone`: there is no other
    process, and master weights are all that is compared."""

    def __init__(self, *, alone: bool = False) -> None:
        self.checks = ReplicaChecks()
        self._alone = alone
        self._taken: dict[int, _Fingerprint] = {}
        self._masters: weakref.WeakKeyDictionary[Optimizer, list[tuple[torch.Tensor, torch.Tensor]]]
        self._masters = weakref.WeakKeyDictionary()

    def inputs(self, step: int, tensor: torch.Tensor) -> None:
        """What the model received in a captured step; the first call counts."""
        if self._alone:
            return
        taken = self._taken.setdefault(step, _Fingerprint())
        if taken.rows is None and _has_rows(tensor):
            device = tensor.device.type
            cast = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else None
            taken.inputs = _code((tensor.dtype, cast))
            taken.rows = projected(tensor.detach())

    def before_update(self, step: int, model: nn.Module, optimizer: Optimizer) -> None:
        """`optimizer` is about to update the model in a captured step."""
        parameters = list(model.parameters())
        with torch.no_grad():
            copies = [distance(weight, master) for weight, master in self._copies(optimizer, parameters)]
        if self._alone and not copies:
            return
        taken = self._taken.setdefault(step, _Fingerprint())
        taken.master += copies
        if not self._alone:
            taken.parameters = _code(tuple(each.dtype for each in parameters))
            taken.dropout = any(_drops(module) for module in model.modules())
            taken.state = _random_state(parameters[0].device if parameters else torch.device("cpu"))

    def finished(self, step: int) -> None:
        """A captured step is over in the only process."""
        if step in self._taken:
            self.checks.add(step, [{}], self.fingerprint(step).unsqueeze(0), frozenset())

    def fingerprint(self, step: int) -> torch.Tensor:
        """[LENGTH], float64: of a captured step, which is over. It is not kept."""
        taken = self._taken.pop(step, _Fingerprint())
        for stale in [other for other in self._taken if other < step]:
            del self._taken[stale]
        packed = torch.zeros(LENGTH, dtype=torch.float64, device="cpu")
        master = max((float(each) for each in taken.master), default=0.0)
        numbers = [taken.state, taken.dropout, taken.parameters, taken.inputs, master]
        packed[:HEAD] = torch.tensor(numbers, dtype=torch.float64, device="cpu")
        if taken.rows is not None:
            packed[HEAD : HEAD + len(taken.rows)] = taken.rows.cpu()
        return packed

    def _copies(
        self, optimizer: Optimizer, parameters: Sequence[torch.Tensor]
    ) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Pairs of a weight and its master copy: in the optimizer's state, or a parameter of the optimizer."""
        known = self._masters.get(optimizer)
        if known is None:
            known = self._masters[optimizer] = list(masters_held(optimizer, parameters))
        found = [(weight, master) for weight in parameters for master in copies_in_state(optimizer, weight)]
        return [pair for pair in (*known, *found) if not any(map(is_sharded, pair))]


def projected(inputs: torch.Tensor) -> torch.Tensor:
    """One number for each of the first `ROWS` rows, [rows]: the same numbers for the same rows in any process."""
    rows = inputs[:ROWS].reshape(min(ROWS, len(inputs)), -1)
    stride = max(1, rows.shape[1] // COLUMNS)
    wide = torch.float32 if rows.device.type == "mps" else torch.float64
    taken = rows[:, ::stride][:, :COLUMNS].to(wide)
    weights = torch.sin(torch.arange(1, taken.shape[1] + 1, dtype=wide, device=taken.device))
    return (taken * weights).sum(1)


def _has_rows(tensor: torch.Tensor) -> bool:
    """Whether rows of this tensor can be compared without waiting for another process."""
    plain = tensor.layout is torch.strided and not (tensor.is_nested or tensor.is_meta or tensor.is_complex())
    return plain and tensor.ndim > 0 and tensor.numel() > 0 and not is_sharded(tensor)


def _drops(module: nn.Module) -> bool:
    return isinstance(module, nn.modules.dropout._DropoutNd) and module.training and 0 < module.p < 1


def _random_state(device: torch.device) -> float:
    state = torch.cuda.get_rng_state(device) if device.type == "cuda" else torch.get_rng_state()
    return float(zlib.crc32(bytes(state.numpy())))


def _code(value: object) -> float:
    return float(zlib.crc32(repr(value).encode()))


class ReplicaChecks:
    """Compares the processes capture by capture."""

    def __init__(self) -> None:
        self._captures = 0
        self._began_equal: bool | None = None
        self._together: int | None = None  # the last captured step in which the replicas had the same weights
        self._apart: tuple[int, float, int] | None = None  # first step, largest difference, parameters
        self._apart_now = self._gradients_apart = self._gradients_equal = False
        self._gradients: tuple[int, float] | None = None
        self._first: dict[str, int] = {}
        self._seen: Counter[str] = Counter()
        self._ranks: dict[str, list[int]] = {}
        self._rows = self._shared = self._repeated = 0
        self._master = 0.0

    def add(
        self, step: int, stats: Sequence[Mapping[Key, Stat]], fingerprints: torch.Tensor, sharded: frozenset[int]
    ) -> None:
        """One capture: the statistics of each process, and their fingerprints [processes, LENGTH]. `sharded`:
        parameters that are spread over processes; where there are any, the others do not train replicas."""
        self._captures += 1
        heads, rows = fingerprints[:, :HEAD], fingerprints[:, HEAD:]
        master = float(heads[:, 4].max())
        self._master = max(self._master, master)
        self._note("master-weights", step, master > ROUNDINGS)
        if len(stats) < 2:
            return
        self._unequal("rank-dtype", step, heads[:, 2:4])
        if sharded:
            return
        self._compare_weights(step, stats)
        equal = bool((heads[:, :2] == heads[0, :2]).all()) and bool(heads[0, 1])
        self._note("equal-dropout", step, equal)
        self._compare_rows(step, rows)

    def _compare_weights(self, step: int, stats: Sequence[Mapping[Key, Stat]]) -> None:
        apart = _differences(stats, Part.WEIGHT)
        gradients = _differences(stats, Part.GRADIENT)
        if self._began_equal is None:
            self._began_equal = not apart
        self._apart_now = bool(apart)
        if apart:
            first = self._apart or (step, 0.0, 0)
            self._apart = first[0], max(first[1], *apart.values()), max(first[2], len(apart))
        else:
            self._together = step
        if gradients:
            since = self._gradients or (step, 0.0)
            self._gradients = since[0], max(since[1], *gradients.values())
        elif any(key.part is Part.GRADIENT for key in stats[0]):
            self._gradients_equal = True

    def _compare_rows(self, step: int, rows: torch.Tensor) -> None:
        owners: Counter[float] = Counter()
        for each in rows:
            own = Counter(float(value) for value in each if value)
            owners.update(value for value, count in own.items() if count == 1)
            self._repeated += sum(count for count in own.values() if count > 1)
        shared = sum(count for count in owners.values() if count > 1)
        self._rows += sum(owners.values())
        self._shared += shared
        self._note("rank-data-overlap", step, shared > 0)

    def _unequal(self, kind: str, step: int, values: torch.Tensor) -> None:
        others = [rank for rank, each in enumerate(values) if not torch.equal(each, values[0])]
        self._note(kind, step, bool(others))
        if others:
            self._ranks[kind] = others

    def _note(self, kind: str, step: int, seen: bool) -> None:
        if seen:
            self._seen[kind] += 1
            self._first.setdefault(kind, step)

    def faults(self) -> list[ReplicaFault]:
        """What was found, the causes before their effects."""
        found = [self._dtype(), self._averaging(), self._drift(), self._data(), self._dropout(), self._copies()]
        return [each for each in found if each is not None]

    def _dtype(self) -> ReplicaFault | None:
        if not self._seen["rank-dtype"]:
            return None
        ranks = ", ".join(map(str, self._ranks["rank-dtype"]))
        message = f"Rank {ranks} has parameters or inputs of another dtype, or another autocast, than rank 0."
        return ReplicaFault("rank-dtype", "critical", self._seen["rank-dtype"], self._first["rank-dtype"], message)

    def _averaging(self) -> ReplicaFault | None:
        """Gradients that differ although the weights were the same. Where the weights are the same again at the end,
        they are averaged now and then instead (local SGD)."""
        if self._gradients is None or not self._began_equal or self._gradients_equal:
            return None
        step, difference = self._gradients
        severity: Severity = "critical" if self._apart_now else "info"
        message = f"The gradients of the processes differ by up to {difference:.2g} of their norm before the update."
        return ReplicaFault("gradients-not-averaged", severity, difference, step, message)

    def _drift(self) -> ReplicaFault | None:
        """Weights that were the same and differ; or that never were, although the gradients are averaged. Other models
        in other processes, such as the stages of a pipeline, differ in both."""
        if self._apart is None or not (self._began_equal or self._gradients_equal) or not self._apart_now:
            return None
        step, difference, count = self._apart
        how = "drift apart" if self._began_equal else "began with different weights"
        message = (
            f"The replicas {how}: {count} parameters differ between processes, by up to {difference:.2g} of their norm."
        )
        return ReplicaFault("replicas-drift", "critical", difference, step, message)

    def _data(self) -> ReplicaFault | None:
        share = self._shared / self._rows if self._rows else 0.0
        if (
            self._seen["rank-data-overlap"] < FEWEST
            or share < SOME_ROWS
            or self._repeated > FEW_REPEATED * self._shared
        ):
            return None
        message = (
            f"All processes train on the same rows: {share:.0%} of the rows of a step are in several processes."
            if share >= SAME_ROWS
            else f"A process has the data in another order: {share:.0%} of the rows of a step are in several processes."
        )
        return ReplicaFault("rank-data-overlap", "warning", share, self._first["rank-data-overlap"], message)

    def _dropout(self) -> ReplicaFault | None:
        if self._seen["equal-dropout"] < max(FEWEST, self._captures):
            return None
        message = "All processes draw the same random numbers, so dropout drops the same units in all of them."
        count, step = self._seen["equal-dropout"], self._first["equal-dropout"]
        return ReplicaFault("equal-dropout", "warning", count, step, message)

    def _copies(self) -> ReplicaFault | None:
        if self._seen["master-weights"] < FEWEST:
            return None
        message = (
            f"Weights differ from their master copies by up to {self._master:.3g} roundings: the copies are updated, "
            "and the weights that the model computes with are not."
        )
        return ReplicaFault("master-weights", "critical", self._master, self._first["master-weights"], message)


def _differences(stats: Sequence[Mapping[Key, Stat]], part: Part) -> dict[int, float]:
    """By parameter: how far a process is from the first one, as a share of the norm, where that is more than rounding.
    Of parameters that all processes have measured."""
    found = {}
    for key, one in stats[0].items():
        others = [each[key] for each in stats[1:] if key in each]
        if key.part is part and one.elements and len(others) == len(stats) - 1:
            apart = max(_apart(one, other) for other in others)
            if apart > TOLERANCE:
                found[key.number] = apart
    return found


def _apart(one: Stat, other: Stat) -> float:
    """The largest difference of two sets of elements that can be seen: of norm, mean, lowest and highest."""
    scale = max(one.norm, other.norm)
    if not scale > 0 or one.non_finite or other.non_finite:
        return 0.0
    pairs = [(one.norm, other.norm), (one.low, other.low), (one.high, other.high)]
    root = max(one.elements, 1.0) ** 0.5
    return float(max(*(abs(a - b) for a, b in pairs), root * abs(one.mean - other.mean)) / scale)
