"""Statistics on the CPU where the system has a C compiler: each tensor is read once, by a kernel that takes all of its
numbers for what PyTorch needs for one or two of them (`native.c`: 0.1 to 0.15 ns an element).

The kernel is compiled when a process first needs it, in a quarter of a second, and nothing is left on the disk: it is
made for the machine that it runs on, and no cache has to be trusted. `$CC` names another compiler."""

import ctypes
import os
import shlex
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import torch

from diagnostics.statistics import WIDTH, Ask, Row, Slot
from diagnostics.statistics.layout import matrix
from diagnostics.statistics.room import Room, Together, add_together
from diagnostics.statistics.rows import Rows
from diagnostics.statistics.single import PIECE, measure

in_capsule = torch._C._to_dlpack  # `torch.utils.dlpack.to_dlpack`: shape, strides, type and place in a fifth of a µs
NOT_IN_MEMORY = (BufferError, RuntimeError, TypeError, ValueError)  # which of them it raises depends on its version
SOURCE = Path(__file__).with_name("native.c")
FLAGS = ("-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-march=native")
"""Nothing among them that lets the compiler reckon as if there were no NaN."""
DIMS, NO, FINITE = 8, 0, 1
"""`DIMS` and two of `enum taken`."""
NUMBERS = struct.Struct(f"{WIDTH}d")
"""A row as the kernel writes it."""
SECONDS = 30
PAGE = 2**13
"""Numbers of 8 bytes for which there is space at once, at least."""
ROW = 8 * WIDTH
"""Bytes."""
THREADS = 4
"""PyTorch shares a large tensor among its threads; the kernel is faster than so many of them."""


class Kernel:
    """The functions of `native.c`. Those that take objects of Python's hold its lock, and so do those that are over
    before it is worth while to let go of it."""

    def __init__(self, path: Path) -> None:
        """`path`: of the compiled library, which is read at once."""
        number, pointer, thing = ctypes.c_int64, ctypes.c_void_p, ctypes.py_object
        free, held = ctypes.CDLL(str(path)), ctypes.PyDLL(str(path))
        self.take, self.join = free.take, free.join
        self.learn, self.again, self.find, self.join_again = held.learn, held.again, held.find, held.join_again
        self.take.argtypes = pointer, pointer, pointer
        self.join.argtypes = pointer, number, pointer, number, pointer
        self.learn.argtypes = pointer, thing
        self.again.argtypes = pointer, thing, pointer
        self.find.argtypes = pointer, thing, number
        self.join_again.argtypes = pointer, thing, number, pointer, number, pointer
        python = ctypes.pythonapi
        free.prepare(*(ctypes.cast(each, pointer) for each in (python.PyCapsule_GetPointer, python.PyList_GetItem)))


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
        ("low", ctypes.c_float), ("high", ctypes.c_float), ("bounded", ctypes.c_int32), ("dims", ctypes.c_int32),
        ("shape", ctypes.c_int64 * DIMS), ("strides", ctypes.c_int64 * DIMS),
    )  # fmt: skip


class Writing:
    """What one call of the kernel writes."""

    __slots__ = ("rows", "size", "units")

    def __init__(self, rows: Sequence[tuple[int, int]], size: int, units: int = 0) -> None:
        """`rows`: key, and how many bytes from the beginning; `size` of all, in bytes; `units`: how many are counted,
        behind the only row."""
        self.rows, self.size, self.units = rows, size, units


class Form(Writing):
    """How the tensors of one key lie in memory and what is asked of them, ready for the kernel."""

    __slots__ = ("_form", "address", "ask")

    def __init__(self, key: int, tensor: torch.Tensor, ask: Ask, rows: int, columns: int, units: int) -> None:
        """`tensor` is one of them; `rows`, `columns`, `units`: see `layout.matrix`."""
        followed = 0 if ask.unit_dim is None else units or columns
        super().__init__([(key, 0)], ROW + 8 * -(-followed // 2), followed)
        self.ask = ask
        low, high = ask.bounds or (0.0, 0.0)
        self._form = _Form(tensor.numel(), rows if followed else 0, columns, units, low, high, ask.bounds is not None)
        self.address = ctypes.addressof(self._form)


class _Joint(ctypes.Structure):
    """`struct joint` of the kernel."""

    _fields_ = (
        ("tensors", ctypes.c_int64), ("rows", ctypes.c_int64), ("counts", ctypes.c_void_p), ("runs", ctypes.c_void_p),
        ("found", ctypes.c_void_p),
    )  # fmt: skip


class Joint:
    """A room, ready for the kernel."""

    __slots__ = ("_held", "_room", "_writings", "address", "kept", "quick", "tensors")

    def __init__(self, room: Room) -> None:
        counts = (ctypes.c_int64 * len(room.sizes))(*room.sizes)
        runs = (ctypes.c_int64 * len(room.runs))(*room.runs)
        found = (ctypes.c_void_p * (2 * len(counts)))()
        joint = _Joint(len(counts), len(runs), *(ctypes.addressof(each) for each in (counts, runs, found)))
        self._held = counts, runs, found, joint
        self._room, self.tensors = room.keys, len(counts)
        self._writings: dict[tuple[int, ...], Writing] = {}
        self.address = ctypes.addressof(joint)
        self.kept = room.flat.data_ptr()
        self.quick = sum(room.sizes) <= PIECE

    def writing(self, parts: tuple[int, ...]) -> Writing:
        """What is written of tensors that are these parts of their layers."""
        found = self._writings.get(parts)
        if found is None:
            places = [(keys, part) for part in parts for keys in self._room]
            rows = [(key + part, ROW * row) for row, (keys, part) in enumerate(places) for key in keys]
            found = self._writings[parts] = Writing(rows, ROW * len(places))
        return found


Written = tuple[Writing, int]
"""And the address where."""


class Memory:
    """What is shared by the captures of an observer, which come one after the other: the kernel, the page that it
    writes to, and the forms of the tensors by key.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.again = kernel.again
        self.forms: dict[int, Form] = {}
        self.turn(0)

    def turn(self, size: int) -> None:
        """To a new page, with room for so many bytes at least."""
        self.page = torch.empty(max(PAGE, size // 8), dtype=torch.float64)
        self.free = self.page.data_ptr()
        self.end = self.free + 8 * len(self.page)


class NativeLedger:
    """A capture's rows: what the kernel wrote stays as it is until somebody wants to read it."""

    __slots__ = ("_finite", "_measured", "_memory", "_pages", "_written")

    def __init__(self, memory: Memory) -> None:
        """`memory`: of the captures before this one."""
        self._memory = memory
        self._written: list[Written] = []  # to the newest page, in the order of places, whatever other threads do
        self._pages = [(memory.page, self._written)]
        self._measured: Rows | None = None  # what is on no page
        self._finite = True

    def again(self, key: int, tensor: torch.Tensor, ask: Ask) -> bool:
        """See `Ledger.again`."""
        memory = self._memory
        form = memory.forms.get(key)
        if form is None or form.ask is not ask or tensor.is_neg():
            return False
        try:
            capsule = in_capsule(tensor)
        except NOT_IN_MEMORY:
            return False
        place = memory.free
        if place + form.size > memory.end:
            place = self._turn(form.size)
        memory.free = place + form.size
        self._written.append((form, place))
        taken: int = memory.again(form.address, capsule, place)
        if taken != FINITE:
            self._unlike(taken, form, place)
        return taken != NO

    def _unlike(self, taken: int, writing: Writing, place: int) -> None:
        if taken == NO:
            for _, written in self._pages:
                if (writing, place) in written:
                    written.remove((writing, place))
        else:
            self._finite = False

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        count = tensor.numel()
        if not count:
            return
        if tensor.dtype is torch.float64 or (count > PIECE and torch.get_num_threads() > THREADS):
            row, active = measure(tensor, ask)
            self._measured = self._measured or Rows()
            self._measured.add(key, row)
            self._measured.count(key, active)
            self._finite &= not row[Slot.NON_FINITE]
            return
        if tensor.is_neg():  # as parts of conjugates are: what lies in memory has the other sign
            tensor = tensor.resolve_neg()
        flat, *seen = matrix(tensor.float(), ask.unit_dim)
        form = Form(key, tensor, ask, *seen)
        memory = self._memory
        if flat is tensor and count <= PIECE and memory.kernel.learn(form.address, in_capsule(tensor)):
            memory.forms[key] = form
        place = memory.free
        if place + form.size > memory.end:
            place = self._turn(form.size)
        memory.free = place + form.size
        self._written.append((form, place))
        self._finite &= memory.kernel.take(form.address, flat.data_ptr(), place) == FINITE

    def add_together(self, together: Together, part: int, ask: Ask) -> None:
        """See `Ledger.add_together`."""
        if together.room.prepared is None:
            together.room.prepared = Joint(together.room)
        if not self.again_together(together.room, (part,), together.tensors, together.use):
            add_together(self, together, part, ask)

    def again_together(
        self, room: Room, parts: tuple[int, ...], tensors: Iterable[torch.Tensor | None], use: int
    ) -> bool:
        """See `Ledger.again_together`."""
        joint: Joint | None = room.prepared
        if joint is None:
            return False
        try:
            capsules = [in_capsule(each) for each in tensors if each is not None and not each.is_neg()]
        except NOT_IN_MEMORY:
            return False
        if len(capsules) != len(parts) * joint.tensors:
            return False
        memory, writing, count = self._memory, joint.writing(parts), len(capsules)
        place = memory.free
        if place + writing.size > memory.end:
            place = self._turn(writing.size)
        memory.free = place + writing.size
        self._written.append((writing, place))
        if joint.quick:
            taken: int = memory.kernel.join_again(joint.address, capsules, count, joint.kept, use, place)
        else:
            taken = memory.kernel.find(joint.address, capsules, count)
            if taken != NO:
                taken = memory.kernel.join(joint.address, count, joint.kept, use, place)
        if taken != FINITE:
            self._unlike(taken, writing, place)
        return taken != NO

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

    def rows(self) -> Mapping[int, Row]:
        """See `Ledger.rows`."""
        pages = [_Page(written) for _, written in self._pages if written]
        if len(pages) == 1 and self._measured is None and not pages[0].again:
            return pages[0]
        found = Rows(self._measured)
        for page in pages:
            for key, row in page.all():
                found.add(key, row)
        return found.rows

    def active(self) -> dict[int, torch.Tensor]:
        """See `Ledger.active`."""
        found = Rows(self._measured)
        for page, written in self._pages:
            begin, counts = page.data_ptr() - ROW, page.view(torch.float32)
            for writing, place in written:
                if writing.units:
                    first = (place - begin) // 4
                    found.count(writing.rows[0][0], counts[first : first + writing.units])
        return found.active

    def finite(self) -> bool:
        """See `Ledger.finite`."""
        return self._finite


class _Page(Mapping[int, Row]):
    """The rows that a capture wrote to one page; what nobody asks for stays bytes."""

    __slots__ = ("_bytes", "_places", "_rows")

    def __init__(self, written: list[Written]) -> None:
        first, (last, end) = written[0][1], written[-1]
        self._bytes = ctypes.string_at(first, end + last.size - first)
        self._rows = [(key, place - first + offset) for writing, place in written for key, offset in writing.rows]
        self._places = dict(self._rows)

    @property
    def again(self) -> bool:
        """Whether some keys have several rows, of which the newest is the one that is found here."""
        return len(self._places) < len(self._rows)

    def all(self) -> Iterator[tuple[int, Row]]:
        """Every row, with its key."""
        for key, place in self._rows:
            yield key, NUMBERS.unpack_from(self._bytes, place)

    def __getitem__(self, key: int) -> Row:
        return NUMBERS.unpack_from(self._bytes, self._places[key])

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
