"""Statistics on the CPU where the system has a C compiler: each tensor is read once, by a kernel that takes all of its
numbers for what PyTorch needs for one or two of them (`native.c`: 0.1 to 0.15 ns an element).

The kernel is compiled when a process first needs it, in a quarter of a second, and nothing is left on the disk: it is
made for the machine that it runs on, and no cache has to be trusted. `$CC` names another compiler."""

import ctypes
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import torch

from diagnostics.statistics import Ask, Row, Slot
from diagnostics.statistics.layout import matrix
from diagnostics.statistics.rows import Rows
from diagnostics.statistics.single import HALF, PIECE, measure

SOURCE = Path(__file__).with_name("native.c")
FLAGS = ("-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-march=native")
"""Nothing among them that lets the compiler reckon as if there were no NaN."""
SECONDS = 30
WIDTH = len(Slot) + 1
"""Numbers that the kernel writes of a tensor: in the places of mean and M2 sums of differences from the last."""
STEP = 8 * WIDTH
TENSORS = 64
"""For which there is room at once."""
THREADS = 4
"""PyTorch shares a large tensor among its threads; the kernel is faster than so many of them."""


@cache
def library() -> ctypes.CDLL | None:
    """The kernel; None where there is no compiler, or it cannot be used."""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    if not compiler or shutil.which(compiler[0]) is None or not SOURCE.is_file():
        return None
    for flags in (FLAGS, FLAGS[:-1]):  # not every compiler knows the last for every processor
        with suppress(OSError, subprocess.SubprocessError), tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "native.so")
            command = [*compiler, *flags, str(SOURCE), "-o", str(target), "-lm"]
            subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
            return _declared(ctypes.CDLL(str(target)))
    return None


def _declared(found: ctypes.CDLL) -> ctypes.CDLL:
    pointer, number, whole = ctypes.c_void_p, ctypes.c_float, ctypes.c_int64
    found.measure.argtypes, found.measure.restype = (pointer, whole, pointer), None
    found.beyond.argtypes, found.beyond.restype = (pointer, whole, number, number), ctypes.c_double
    found.active.argtypes, found.active.restype = (pointer, whole, whole, whole, pointer), None
    return found


class NativeLedger:
    """A capture's rows: what the kernel found stays as it is until somebody wants to read it."""

    def __init__(self, kernel: ctypes.CDLL) -> None:
        self._measure, self._beyond, self._active_of = kernel.measure, kernel.beyond, kernel.active
        self._keys: list[int] = []  # of what the kernel found, in its order
        self._sums: list[torch.Tensor] = []  # [TENSORS, WIDTH] each
        self._free = self._end = 0  # addresses in the last of these
        self._found = Rows()

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        count = tensor.numel()
        if not count or tensor.dtype is torch.float64 or (count > PIECE and torch.get_num_threads() > THREADS):
            row, active = measure(tensor, ask)
            self._found.add(key, row)
        else:
            active = self._add(key, tensor, count, ask)
        self._found.count(key, active)

    def _add(self, key: int, tensor: torch.Tensor, count: int, ask: Ask) -> torch.Tensor | None:
        if tensor.dtype in HALF:
            tensor = tensor.float()
        if tensor.is_neg():  # as parts of conjugates are: what lies in memory has the other sign
            tensor = tensor.resolve_neg()
        flat, rows, columns, units = matrix(tensor, ask.unit_dim)
        address, room = flat.data_ptr(), self._free
        if room == self._end:
            self._sums.append(torch.zeros(TENSORS, WIDTH, dtype=torch.float64))
            room = self._sums[-1].data_ptr()
            self._end = room + TENSORS * STEP
        self._measure(address, count, room)
        if ask.bounds is not None:
            saturated = ctypes.c_double.from_address(room + 8 * Slot.SATURATED)
            saturated.value = self._beyond(address, count, *ask.bounds)
        self._keys.append(key)
        self._free = room + STEP
        if ask.unit_dim is None:
            return None
        active = torch.empty(units or columns)
        self._active_of(address, rows, columns, units, active.data_ptr())
        return active

    def add_all(self, tensors: Sequence[tuple[int, torch.Tensor]], ask: Ask) -> None:
        """See `Ledger.add_all`."""
        for key, tensor in tensors:
            self.add(key, tensor, ask)

    def close(self) -> None:
        """See `Ledger.close`: there is nothing to bring."""

    def ready(self) -> bool:
        """Always: the numbers are here."""
        return True

    def rows(self) -> dict[int, Row]:
        """See `Ledger.rows`."""
        if self._keys:
            written = torch.cat(self._sums).tolist()
            for key, (*row, shift) in zip(self._keys, written, strict=False):
                count, total = row[Slot.COUNT], row[Slot.MEAN]
                if count:
                    row[Slot.MEAN] = shift + total / count
                    row[Slot.M2] = max(0.0, row[Slot.M2] - total * total / count)
                self._found.add(key, row)
            self._keys, self._sums, self._free, self._end = [], [], 0, 0
        return self._found.rows

    def active(self) -> dict[int, torch.Tensor]:
        """See `Ledger.active`."""
        return self._found.active
