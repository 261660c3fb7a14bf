"""Statistics on an accelerator: one packed buffer, written by kernels in stream order and read by nobody
until it is complete.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import torch

from diagnostics.statistics import WIDTH, Ask, Slot
from diagnostics.statistics.room import Together, add_together
from diagnostics.statistics.rows import Found, counts

Measure = Callable[[torch.Tensor, torch.Tensor, torch.Tensor | None, Ask], None]


def measure_into(tensor: torch.Tensor, row: torch.Tensor, active: torch.Tensor | None, ask: Ask) -> None:
    """Merge the statistics of `tensor` into `row` ([WIDTH], float32, same device) and `active` ([units])
    without reading any.

    The eager reference: several kernels a tensor. Two passes over the finite elements, so no mean is too
    large for the variance."""
    values = tensor.detach().float()
    finite = torch.isfinite(values)
    kept = torch.where(finite, values, 0.0)
    count = finite.sum(dtype=torch.float32)
    mean = kept.sum() / count.clamp(min=1)
    m2 = torch.where(finite, values - mean, 0.0).square().sum()
    low = torch.where(finite, values, float("inf")).amin()
    high = torch.where(finite, values, float("-inf")).amax()
    below, above = ask.bounds or (float("-inf"), float("inf"))
    saturated = (finite & ((values <= below) | (values >= above))).sum(dtype=torch.float32) if ask.bounds else count * 0
    zeros = (values == 0).sum(dtype=torch.float32)
    new = torch.stack([count, mean, m2, kept.abs().sum(), low, high, zeros, saturated, values.numel() - count])
    _merge(row, new)
    if active is not None and ask.unit_dim is not None:
        others = [dim for dim in range(tensor.ndim) if dim != ask.unit_dim % tensor.ndim]
        answered = (values != 0).float()
        active += answered.sum(others) if others else answered


def _merge(row: torch.Tensor, new: torch.Tensor) -> None:
    """`diagnostics.statistics.merge` on the device."""
    count = row[Slot.COUNT] + new[Slot.COUNT]
    delta = new[Slot.MEAN] - row[Slot.MEAN]
    share = new[Slot.COUNT] / count.clamp(min=1)
    merged = row + new
    merged[Slot.MEAN] = row[Slot.MEAN] + delta * share
    merged[Slot.M2] += delta * delta * row[Slot.COUNT] * share
    merged[Slot.MIN] = torch.minimum(row[Slot.MIN], new[Slot.MIN])
    merged[Slot.MAX] = torch.maximum(row[Slot.MAX], new[Slot.MAX])
    row.copy_(merged)


class Transfer:
    """Tensors on their way to the host, none of which anyone waits for. On the host they are there already, and must
    not be changed.
    """

    def __init__(self, tensors: list[torch.Tensor]) -> None:
        self._host = [tensor if tensor.device.type == "cpu" else _pinned(tensor) for tensor in tensors]
        self._event = None
        device = next((tensor.device for tensor in tensors if tensor.device.type == "cuda"), None)
        if device is not None:
            self._event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._event.record(torch.cuda.current_stream(device))

    def ready(self) -> bool:
        """Whether all have arrived."""
        return self._event is None or bool(self._event.query())  # type: ignore[no-untyped-call]

    def tensors(self) -> list[torch.Tensor]:
        """The tensors on the host; waits for them."""
        if self._event is not None:
            self._event.synchronize()
        return self._host


def _pinned(tensor: torch.Tensor) -> torch.Tensor:
    pinned = tensor.device.type == "cuda"
    return torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=pinned).copy_(tensor, non_blocking=pinned)


class DeviceLedger:
    """One packed float32 buffer; its rows are handed out as they are first needed."""

    def __init__(self, device: torch.device, measure: Measure = measure_into, capacity: int = 256) -> None:
        self._measure = measure
        self._device = device
        self._buffers = [self._blank(capacity)]
        self._places: dict[int, torch.Tensor] = {}
        self._active: dict[int, torch.Tensor] = {}
        self._free = capacity
        self._transfer: Transfer | None = None

    def _blank(self, capacity: int) -> torch.Tensor:
        buffer = torch.zeros(capacity, WIDTH, device=self._device)
        buffer[:, Slot.MIN] = float("inf")
        buffer[:, Slot.MAX] = float("-inf")
        return buffer

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        if not tensor.numel():
            return
        if key not in self._places:
            if not self._free:
                self._free = len(self._buffers[-1])
                self._buffers.append(self._blank(self._free))
            self._free -= 1
            self._places[key] = self._buffers[-1][self._free]
        active = None
        if ask.unit_dim is not None:
            units = tensor.shape[ask.unit_dim]
            active = self._active.get(key)
            if active is None:
                active = self._active[key] = torch.zeros(units, device=self._device)
            elif len(active) != units:
                active = None  # other units: those of the first call stay the ones that are followed
        self._measure(tensor, self._places[key], active, ask)

    def again(self, *_: object) -> bool:
        """See `Ledger.again`: none is quicker than the others."""
        return False

    def add_all(self, tensors: Sequence[tuple[int, torch.Tensor]], ask: Ask) -> None:
        """See `Ledger.add_all`."""
        for key, tensor in tensors:
            self.add(key, tensor, ask)

    def again_together(self, *_: object) -> bool:
        """See `Ledger.again_together`: none is quicker than the others."""
        return False

    def add_together(self, together: Together, part: int, ask: Ask) -> None:
        """See `Ledger.add_together`."""
        add_together(self, together, part, ask)

    def close(self) -> None:
        """See `Ledger.close`: two copies, whatever the number of layers."""
        active = list(self._active.values())
        packed = torch.cat(active) if active else torch.zeros(0, device=self._device)
        rows = list(self._places.values())
        self._transfer = Transfer([torch.stack(rows) if rows else torch.zeros(0, WIDTH, device=self._device), packed])

    def ready(self) -> bool:
        """See `Ledger.ready`."""
        return self._transfer is not None and self._transfer.ready()

    def read(self) -> Found:
        """See `Ledger.read`."""
        if self._transfer is None:
            raise RuntimeError("the ledger is read before it is closed")
        rows, active = self._transfer.tensors()
        numbers: Iterator[float] = iter(active.tolist())
        return Found(
            dict(zip(self._places, rows.tolist(), strict=True)),
            {key: counts(islice(numbers, len(each))) for key, each in self._active.items()},
            not rows[:, Slot.NON_FINITE].any(),
        )
