"""Statistics on the CPU: the few operations that PyTorch has vectorised there, and a careful path where they
would lie.

Sum, 2-norm and `aminmax` cost about 0.3 ns an element together; `var_mean` alone costs 3 to 6. The variance
that follows from sum and norm is right unless the mean outweighs it, and then, or when something is not
finite, everything is taken again in float64."""

import math

import torch

from diagnostics.statistics import EMPTY, Ask, Row, Slot, merge

CANCELLATION = 1e-3  # below this share of the sum of squares, a float32 variance by subtraction has lost its digits


def measure(tensor: torch.Tensor, ask: Ask) -> tuple[Row, torch.Tensor | None]:
    """The row of `tensor`, and the active elements of each unit ([units], float32) where `ask.unit_dim` is
    given.
    """
    count = tensor.numel()
    if not count:
        return list(EMPTY), None
    if tensor.dtype in (torch.float16, torch.bfloat16):
        tensor = tensor.float()
    total = tensor.sum().item() if ask.moments else 0.0
    squares = torch.linalg.vector_norm(tensor).item() ** 2
    low, high = (value.item() for value in torch.aminmax(tensor))
    m2 = squares - total * total / count
    row: Row = [float(count), total / count, m2, 0.0, low, high, 0.0, 0.0, 0.0]
    lost = squares < 1e-30 and (low or high)  # the squares are below what float32 holds
    if lost or not math.isfinite(squares) or not math.isfinite(total) or m2 < CANCELLATION * squares:
        row = _careful(tensor)
    active = None
    if ask.shares:
        nonzero = torch.empty_like(tensor)
        torch.ne(tensor, 0, out=nonzero)
        if ask.unit_dim is None:
            row[Slot.ZEROS] = count - nonzero.sum().item()
        else:
            unit = ask.unit_dim % tensor.ndim
            others = [dim for dim in range(tensor.ndim) if dim != unit]
            active = nonzero.sum(others) if others else nonzero
            row[Slot.ZEROS] = count - active.sum().item()
        if row[Slot.NON_FINITE] == 0:
            row[Slot.MAGNITUDE] = total if ask.moments and low >= 0 else tensor.abs().sum().item()
    if ask.bounds:
        below, above = ask.bounds
        saturated = (tensor <= below) | (tensor >= above)
        if row[Slot.NON_FINITE]:
            saturated &= torch.isfinite(tensor)
        row[Slot.SATURATED] = float(saturated.sum().item())
    return row, active


def _careful(tensor: torch.Tensor) -> Row:
    """Mean, M2, magnitude and extremes of the finite elements, in float64."""
    finite = tensor[torch.isfinite(tensor)].double()
    count = finite.numel()
    row = list(EMPTY)
    row[Slot.NON_FINITE] = float(tensor.numel() - count)
    if count:
        mean = finite.mean()
        low, high = torch.aminmax(finite)
        row[: Slot.ZEROS] = [
            float(count), mean.item(), (finite - mean).square().sum().item(), finite.abs().sum().item(),
            low.item(), high.item()
        ]  # fmt: skip
    return row


class HostLedger:
    """Rows as Python numbers: on the CPU a value costs 0.2 µs to read, less than another tensor would."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._active: dict[int, torch.Tensor] = {}

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        row, active = measure(tensor, ask)
        known = self._rows.get(key)
        self._rows[key] = row if known is None else merge(known, row)
        if active is not None:
            total = self._active.setdefault(key, torch.zeros_like(active))
            if total.shape == active.shape:  # else other units: those of the first call stay the ones that are followed
                total += active

    def close(self) -> None:
        """Nothing to bring over."""

    def ready(self) -> bool:
        """Always: the numbers are here."""
        return True

    def rows(self) -> dict[int, Row]:
        """See `Ledger.rows`."""
        return self._rows

    def active(self) -> dict[int, torch.Tensor]:
        """See `Ledger.active`."""
        return self._active
