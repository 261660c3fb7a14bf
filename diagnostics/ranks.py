"""The processes of one distributed training: each measures its own part, the first one writes what all saw.

The numbers travel through the key-value store that torch.distributed keeps for its processes, not through a
collective operation: nobody ever waits for anybody, so that a process that is not watched, or died, can hang no
training."""

import json
import time
from collections import Counter
from typing import Any

import torch.distributed as dist

from diagnostics.capture import Numbers

PATIENCE = 10.0  # seconds that the first process waits at the end, for captures that are on their way
_attached: Counter[str] = Counter()  # runs of a name in this process: the processes attach in the same order


class Ranks:
    """This process among the others."""

    def __init__(self, name: str) -> None:
        """Not before `torch.distributed` is initialised."""
        _attached[name] += 1
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self._store: Any = dist.distributed_c10d._get_default_store()
        self._prefix = f"diagnostics/{name}/{_attached[name]}"

    def send(self, step: int, samples: int, numbers: Numbers) -> None:
        """Leave the numbers of a capture for the first process."""
        self._store.set(self._key(step, self.rank), json.dumps([samples, numbers.packed()]))

    def arrived(self, step: int) -> bool:
        """Whether the capture of `step` is there from all other processes."""
        return bool(self._store.check([self._key(step, rank) for rank in range(1, self.size)]))

    def await_until(self, step: int, deadline: float) -> bool:
        """As `arrived`, but waits until `time.monotonic()` is at `deadline`."""
        while not (there := self.arrived(step)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return there

    def add_others(self, step: int, numbers: Numbers) -> int:
        """Merge the others' part of a capture that has arrived into `numbers`; returns their samples."""
        samples = 0
        for rank in range(1, self.size):
            key = self._key(step, rank)
            theirs, packed = json.loads(self._store.get(key))
            self._store.delete_key(key)
            numbers.add(packed)
            samples += theirs
        return samples

    def _key(self, step: int, rank: int) -> str:
        return f"{self._prefix}/{step}/{rank}"


def ranks(name: str) -> Ranks | None:
    """The processes of this training; None where it is alone."""
    if dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1:
        return Ranks(name)
    return None
