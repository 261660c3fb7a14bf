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

from diagnostics.statistics import WIDTH, Ask, Row
from diagnostics.statistics.layout import matrix
from diagnostics.statistics.room import Room, Together, add_together
from diagnostics.statistics.rows import Rows
from diagnostics.statistics.single import PIECE, measure

SOURCE = Path(__file__).with_name("native.c")
FLAGS = ("-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-march=native")
"""Nothing among them that lets the compiler reckon as if there were no NaN."""
SECONDS = 30
PAGE = 2**13
"""Numbers of 8 bytes for which there is space at once, at least."""
ROW = 8 * WIDTH
"""Bytes."""
THREADS = 4
"""PyTorch shares a large tensor among its threads; the kernel is faster than so many of them."""


class Kernel:
    """The functions of `native.c`."""

    def __init__(self, path: Path) -> None:
        """`path`: of the compiled library, which is read at once."""
        pointer = ctypes.c_void_p
        free, held = ctypes.CDLL(str(path)), ctypes.PyDLL(str(path))
        self.take, self.join = free.take, free.join
        self.take_quickly, self.join_quickly = held.take, held.join  # while no other thread runs, which is cheaper
        for function in (self.take, self.take_quickly):
            function.argtypes, function.restype = (pointer, pointer, pointer), None
        for function in (self.join, self.join_quickly):
            function.argtypes, function.restype = (pointer, pointer, pointer, ctypes.c_int64, pointer), None


@cache
def library() -> Kernel | None:
    """The kernel; None where there is no compiler, or it cannot be used."""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    if not compiler or shutil.which(compiler[0]) is None or not SOURCE.is_file():
        return None
    for flags in (FLAGS, FLAGS[:-1]):  # not every compiler knows the last for every processor
        with suppress(OSError, subprocess.SubprocessError), tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "native.so")
            command = [*compiler, *flags, str(SOURCE), "-o", str(target), "-lm"]
            subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
            return Kernel(target)
    return None


class _Form(ctypes.Structure):
    """`struct form` of the kernel."""

    _fields_ = (
        ("count", ctypes.c_int64), ("rows", ctypes.c_int64), ("columns", ctypes.c_int64), ("units", ctypes.c_int64),
        ("low", ctypes.c_float), ("high", ctypes.c_float), ("bounded", ctypes.c_int32),
    )  # fmt: skip


class Form:
    """How the tensors of one shape lie in memory and what is asked of them, ready for the kernel."""

    __slots__ = ("_form", "address", "ask", "shape", "size", "stride", "units")

    def __init__(self, tensor: torch.Tensor, ask: Ask, rows: int, columns: int, units: int) -> None:
        """`tensor` is one of them; `rows`, `columns`, `units`: see `layout.matrix`."""
        self.shape, self.stride, self.ask = tensor.shape, tensor.stride(), ask
        self.units = 0 if ask.unit_dim is None else units or columns  # that are followed
        low, high = ask.bounds or (0.0, 0.0)
        self._form = _Form(
            tensor.numel(), rows if self.units else 0, columns, units, low, high, ask.bounds is not None
        )  # fmt: skip
        self.address = ctypes.addressof(self._form)
        self.size = ROW + 8 * -(-self.units // 2)  # bytes that the kernel writes


class _Joint(ctypes.Structure):
    """`struct joint` of the kernel."""

    _fields_ = (
        ("tensors", ctypes.c_int64), ("counts", ctypes.c_void_p), ("runs", ctypes.c_void_p)
    )  # fmt: skip


class Joint:
    """A room, ready for the kernel."""

    __slots__ = ("_held", "address", "join", "kept", "pointers", "rows", "size")

    def __init__(self, room: Room, kernel: Kernel) -> None:
        counts = (ctypes.c_int64 * len(room.sizes))(*room.sizes)
        runs = (ctypes.c_int64 * len(room.runs))(*room.runs)
        joint = _Joint(len(counts), ctypes.addressof(counts), ctypes.addressof(runs))
        self._held = counts, runs, joint
        self.address = ctypes.addressof(joint)
        self.kept = room.flat.data_ptr()
        self.pointers = ctypes.c_void_p * len(counts)
        self.join = kernel.join if sum(room.sizes) > PIECE else kernel.join_quickly
        self.size = ROW * len(runs)  # bytes that the kernel writes
        self.rows = [(key, ROW * row) for row, keys in enumerate(room.keys) for key in keys]


Written = tuple[int, int, int]
"""Key, address of the row, and how many units are counted behind it."""


class Memory:
    """What is shared by the captures of an observer, which come one after the other: the kernel, the page that it
    writes to, and the forms of the tensors by key.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.take, self.take_quickly = kernel.take, kernel.take_quickly
        self.forms: dict[int, Form] = {}
        self.turn(0)

    def turn(self, size: int) -> None:
        """To a new page, with room for so many bytes at least."""
        self.page = torch.empty(max(PAGE, size // 8), dtype=torch.float64)
        self.free = self.page.data_ptr()
        self.end = self.free + 8 * len(self.page)


class NativeLedger:
    """A capture's rows: what the kernel wrote stays as it is until somebody wants to read it."""

    def __init__(self, memory: Memory) -> None:
        """`memory`: of the captures before this one."""
        self._memory = memory
        self._written: list[Written] = []  # to the newest page
        self._pages = [(memory.page, self._written)]
        self._found: Rows | None = None  # what need not be read from pages

    def again(self, key: int, tensor: torch.Tensor, ask: Ask) -> bool:
        """See `Ledger.again`."""
        memory = self._memory
        form = memory.forms.get(key)
        if (
            form is None or form.ask is not ask or tensor.shape != form.shape or tensor.dtype is not torch.float32
            or tensor.layout is not torch.strided or tensor.stride() != form.stride or not tensor.is_cpu
            or tensor.is_neg()
        ):  # fmt: skip
            return False
        place = memory.free
        if place + form.size > memory.end:
            place = self._turn(form.size)
        memory.free = place + form.size
        self._written.append((key, place, form.units))
        memory.take_quickly(form.address, tensor.data_ptr(), place)
        return True

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        count = tensor.numel()
        if not count:
            return
        if tensor.dtype is torch.float64 or (count > PIECE and torch.get_num_threads() > THREADS):
            row, active = measure(tensor, ask)
            self._found = self._found or Rows()
            self._found.add(key, row)
            self._found.count(key, active)
            return
        if tensor.is_neg():  # as parts of conjugates are: what lies in memory has the other sign
            tensor = tensor.resolve_neg()
        flat, *seen = matrix(tensor.float(), ask.unit_dim)
        form = Form(tensor, ask, *seen)
        memory = self._memory
        if flat is tensor and count <= PIECE:
            memory.forms[key] = form
        place = memory.free
        if place + form.size > memory.end:
            place = self._turn(form.size)
        memory.free = place + form.size
        self._written.append((key, place, form.units))  # in the order of places, whatever another thread does
        memory.take(form.address, flat.data_ptr(), place)

    def add_together(self, together: Together, part: int, ask: Ask) -> None:
        """See `Ledger.add_together`."""
        room = together.room
        pointers = []
        for each in together.tensors:
            if each.dtype is not torch.float32 or not each.is_cpu or not each.is_contiguous() or each.is_neg():
                add_together(self, together, part, ask)
                return
            pointers.append(each.data_ptr())
        joint = room.prepared
        if joint is None:
            joint = room.prepared = Joint(room, self._memory.kernel)
        memory = self._memory
        place = memory.free
        if place + joint.size > memory.end:
            place = self._turn(joint.size)
        memory.free = place + joint.size
        self._written += [(key + part, place + offset, 0) for key, offset in joint.rows]
        joint.join(joint.address, joint.pointers(*pointers), joint.kept, together.use, place)

    def _turn(self, size: int) -> int:
        self._memory.turn(size)
        self._written = []
        self._pages.append((self._memory.page, self._written))
        return self._memory.free

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
        return self._read().rows

    def active(self) -> dict[int, torch.Tensor]:
        """See `Ledger.active`."""
        return self._read().active

    def _read(self) -> Rows:
        found = self._found = self._found or Rows()
        for page, written in self._pages:
            if written:
                begin, first = page.data_ptr(), written[0][1]
                numbers = page[(first - begin) // 8 : (written[-1][1] - begin) // 8 + WIDTH].tolist()
                for key, place, units in written:
                    row = (place - first) // 8
                    if key in found.rows:
                        found.add(key, numbers[row : row + WIDTH])
                    else:
                        found.rows[key] = numbers[row : row + WIDTH]
                    if units:
                        counts = (place + ROW - begin) // 4
                        found.count(key, page.view(torch.float32)[counts : counts + units])
        self._written = []
        self._pages = [(self._memory.page, self._written)]
        return found
