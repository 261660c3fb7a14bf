"""The processes of one distributed training: each measures its own part, the first one writes the numbers of all.

A capture is one gather of one packed buffer, in a process group of its own: on the CPU, and in no order with the
training's own operations. No process ever waits for another while training: the group is made and its operations run
in the background, so that a process that is not watched, or died, blocks none."""

import threading
import time
import traceback
import zlib
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from diagnostics.layers import WatchedLayer
from diagnostics.numbers import Numbers
from diagnostics.replicas import LENGTH, ReplicaChecks, ReplicaWatch
from diagnostics.statistics import WIDTH, Key, Part, Stat, merge_all

TIMEOUT = 30.0  # seconds that an operation may take, and that a capture waits for the other processes
FEATURES = 4096  # of an attribution, at most, that processes exchange
PATIENCE = 10.0  # seconds, at most, that the end of a run waits for captures that are on their way
GRACE = 2.0  # seconds, in which another process that has not been heard of may still say that it is watched
ALONE = "some captures are those of the first process alone: the others' did not come"
APART = "dead units are those of the first process alone: the others' layers have other units"
_attached: Counter[str] = Counter()  # runs of a name in this process: the processes attach in the same order


class Processes:
    """This process among the others."""

    def __init__(
        self, name: str, layers: Sequence[WatchedLayer], parameters: int, features: int, replicas: ReplicaWatch
    ) -> None:
        """Not before `torch.distributed` is initialised. All processes have the same `layers`, and as many `parameters`
        and `features` to attribute to."""
        _attached[name] += 1
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.notes: dict[str, None] = {}
        self._packing = Packing(layers, parameters, features)
        self._replicas = replicas
        self._fingerprints: dict[int, torch.Tensor] = {}
        self._group: Any = None
        self._over = False  # the others cannot be reached any more
        self._stop = threading.Event()
        self._waiting: deque[tuple[float, Numbers]] = deque()  # since when, until there is a group
        self._sent: deque[tuple[float, Numbers, Any, list[torch.Tensor]]] = deque()
        self._prefix = f"diagnostics/{name}/{_attached[name]}"
        self._store: Any = None
        self._meeting = threading.Thread(target=self._meet, name="diagnostics", daemon=True)
        self._meeting.start()

    def send(self, numbers: Numbers) -> None:
        """A capture of this process is complete."""
        self._fingerprints[numbers.step] = self._replicas.fingerprint(numbers.step)
        self._waiting.append((time.monotonic(), numbers))
        self._post()

    def received(self) -> list[Numbers]:
        """The next captures that can be recorded: on the first process what all saw, on another its own."""
        self._post()
        found = []
        now = time.monotonic()
        while self._sent and (self._sent[0][2].is_completed() or self._over):
            found.append(self._combined(*self._sent.popleft()[1:]))
        oldest = (self._sent or self._waiting or ((now,),))[0][0]
        if self._over or now - oldest > TIMEOUT:
            self._over = True
            found += [each[1] for each in self._sent] + [each[1] for each in self._waiting]
            self.notes[ALONE] = None
            self._sent.clear()
            self._waiting.clear()
        return found

    def finish(self) -> list[Numbers]:
        """As `received`, and waits for what is on its way. After that nothing is sent."""
        begun = time.monotonic()
        found = self.received()
        while self._sent or self._waiting:
            waited = time.monotonic() - begun
            if waited > PATIENCE or (waited > GRACE and not self._others()):
                break
            time.sleep(0.005)
            found += self.received()
        self._over = self._over or bool(self._sent or self._waiting)
        self._stop.set()
        self._meeting.join(PATIENCE)  # an interpreter that ends while a thread is inside torch aborts the process
        found += self.received() if self._over else []
        if self._over and hasattr(self._group, "abort"):  # otherwise it would be waited for
            self._group.abort()
        return found

    # -- in the background

    def _meet(self) -> None:
        pause = 0.005
        try:
            store = connection(dist.distributed_c10d._get_default_store())
            self._store = dist.distributed_c10d.PrefixStore(self._prefix, store)
            self._store.set(str(self.rank), "here")
            while not self._others():
                if self._stop.wait(pause):
                    return
                pause = min(2 * pause, 0.5)
            group = dist.distributed_c10d.ProcessGroupGloo
            self._group = group(self._store, self.rank, self.size, timeout=timedelta(seconds=TIMEOUT))
        except Exception:
            self.notes[f"the processes could not meet: {traceback.format_exc(limit=0).splitlines()[-1]}"] = None
            self._over = True

    def _others(self) -> bool:
        """Whether all are watched."""
        try:
            return bool(self._store.check([str(rank) for rank in range(self.size)]))
        except (RuntimeError, AttributeError):  # the store went with another process, or is not there yet
            return False

    def _post(self) -> None:
        while self._group is not None and self._waiting and not self._over:
            since, numbers = self._waiting.popleft()
            packed = self._packing.pack(numbers, self._fingerprints.pop(numbers.step))
            room = [torch.empty_like(packed) for _ in range(self.size)] if self.rank == 0 else []
            options = dist.GatherOptions()
            options.rootRank = 0
            try:
                work = self._group.gather([room] if room else [], [packed], options)
            except Exception:
                self._over = True
                self._waiting.appendleft((since, numbers))
            else:
                self._sent.append((since, numbers, work, room))

    def _combined(self, numbers: Numbers, work: Any, room: list[torch.Tensor]) -> Numbers:
        if self._over or _has_failed(work):
            self._over = True
            self.notes[ALONE] = None
            return numbers
        return self._packing.combine(numbers, room, self.notes, self._replicas.checks) if room else numbers


def _has_failed(work: Any) -> bool:
    """Whether a gather that is complete has failed. Its `exception()` cannot be read in torch 2.4."""
    try:
        work.wait()
    except RuntimeError:
        return True
    return False


class Packing:
    """Numbers as one float64 buffer, of one length in every process: step, samples, a mark of which units follow,
    the statistics by key, the active units, the sums of features, the fingerprint."""

    HEAD = 3

    def __init__(self, layers: Sequence[WatchedLayer], parameters: int, features: int) -> None:
        """`features`: how many the attribution has; more than FEATURES are not exchanged."""
        self._features = features if features <= FEATURES else 0
        self._keys = [Key(part, index) for part in (Part.OUTPUT, Part.OUTPUT_GRADIENT) for index in range(len(layers))]
        for part in (Part.GRADIENT, Part.WEIGHT, Part.UPDATE):
            self._keys += [Key(part, index) for index in range(parameters)]
        self._room = units = 0
        for layer in layers:
            units = layer.units or units  # an activation has those of the layer that it is called after
            self._room += units

    def pack(self, numbers: Numbers, fingerprint: torch.Tensor | None = None) -> torch.Tensor:
        """[HEAD + keys × WIDTH + units + 5 × features + LENGTH], float64; `fingerprint`: see `ReplicaWatch`."""
        rows = [numbers.stats.get(key, Stat()) for key in self._keys]
        active = [numbers.active[layer].double() for layer in sorted(numbers.active)]
        sizes = [(layer, len(numbers.active[layer])) for layer in sorted(numbers.active)]
        count = sum(size for _, size in sizes)
        fit = count <= self._room
        mark = float(zlib.crc32(repr(sizes).encode())) if fit else -1.0
        units = torch.zeros(self._room, dtype=torch.float64, device="cpu")
        if fit and active:
            units[:count] = torch.cat(active)
        head = torch.tensor([numbers.step, numbers.samples, mark], dtype=torch.float64, device="cpu")
        features = torch.zeros(5, self._features, dtype=torch.float64, device="cpu")
        if numbers.features is not None and numbers.features.shape == features.shape:
            features = numbers.features.double()
        stats = torch.tensor(rows, dtype=torch.float64, device="cpu")
        last = torch.zeros(LENGTH, dtype=torch.float64, device="cpu") if fingerprint is None else fingerprint
        return torch.cat([head, stats.view(-1), units, features.reshape(-1), last])

    def combine(
        self, own: Numbers, packed: Sequence[torch.Tensor], notes: dict[str, None], checks: ReplicaChecks | None = None
    ) -> Numbers:
        """`own`, of the first process, with what all have `packed`: their samples everywhere, their shards of
        parameters where they are sharded (otherwise all have the same parameters and, averaged, the same gradients).
        `checks` are given what each process has measured."""
        together = torch.stack(list(packed))
        head, rows, units, sums, fingerprints = torch.split(
            together, [self.HEAD, len(self._keys) * WIDTH, self._room, 5 * self._features, LENGTH], 1
        )
        if (head[:, 0] != own.step).any():
            notes[ALONE] = None
            return own
        if checks is not None:
            replicas = [self._of_parameters(each.view(-1, WIDTH)) for each in rows]
            checks.add(own.step, replicas, fingerprints, own.sharded)
        stats = dict(own.stats)
        for key, each in zip(self._keys, rows.view(len(packed), -1, WIDTH).transpose(0, 1).tolist(), strict=True):
            merged = merge_all(Stat(*row) for row in each)
            everywhere = key.part in (Part.OUTPUT, Part.OUTPUT_GRADIENT) or key.number in own.sharded
            if everywhere and merged.elements:
                stats[key] = merged
        active = own.active
        if active and (head[:, 2] == head[0, 2]).all() and head[0, 2] >= 0:
            layers = sorted(active)
            parts = (units.sum(0) > 0)[: sum(len(active[each]) for each in layers)]
            split = parts.split([len(active[each]) for each in layers])  # type: ignore[no-untyped-call]
            active = dict(zip(layers, split, strict=True))
        elif active:
            notes[APART] = None
        features = own.features
        if features is not None and features.shape == (5, self._features):
            features = sums.sum(0).view(5, -1)
        return replace(own, samples=int(head[:, 1].sum()), stats=stats, active=active, features=features)

    def _of_parameters(self, rows: torch.Tensor) -> dict[Key, Stat]:
        """The statistics of weights and gradients of one process, [keys, WIDTH], where they were measured."""
        pairs = zip(self._keys, rows.tolist(), strict=True)
        return {key: Stat(*row) for key, row in pairs if key.part in (Part.WEIGHT, Part.GRADIENT) and row[0]}


def connection(store: Any) -> Any:
    """A connection of our own to the store of the training's processes: waiting on theirs would make the training
    wait."""
    if hasattr(store, "clone"):  # since torch 2.8
        return store.clone()
    while hasattr(store, "underlying_store"):
        store = store.underlying_store
    kind: Any = getattr(dist, "TCPStore", None)
    if kind is not None and isinstance(store, kind):
        return kind(store.host, store.port, is_master=False, wait_for_workers=False)
    return store  # others hold nothing while they wait


def processes(
    name: str, layers: Sequence[WatchedLayer], parameters: int, features: int, replicas: ReplicaWatch | None = None
) -> Processes | None:
    """The processes of this training; None where it is a single one."""
    if several():
        return Processes(name, layers, parameters, features, replicas or ReplicaWatch())
    return None


def several() -> bool:
    """Whether this process is one of several of a training."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
