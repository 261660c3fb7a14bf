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
from operator import itemgetter
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
DIMS, UNLIKE, FULL = 8, 0, 1
"""As in the kernel."""
METH_FASTCALL = 0x80
"""As in Python's C API."""
NUMBERS = struct.Struct(f"{WIDTH}d")
"""A row as the kernel writes it."""
SECONDS = 30
PAGE = 2**13
"""Numbers of 8 bytes for which there is space at once, at least."""
ROW = 8 * WIDTH
"""Bytes."""
THREADS = 4
"""PyTorch shares a large tensor among its threads; the kernel is faster than so many of them."""


class _Definition(ctypes.Structure):
    """`PyMethodDef` of Python's C API."""

    _fields_ = (
        ("name", ctypes.c_char_p), ("function", ctypes.c_void_p), ("flags", ctypes.c_int), ("doc", ctypes.c_char_p),
    )  # fmt: skip


class Kernel:
    """The functions of `native.c`. Those that take objects of Python's hold its lock, and so do those that are over
    before it is worth while to let go of it."""

    def __init__(self, path: Path) -> None:
        """`path`: of the compiled library, which is read at once."""
        number, pointer, thing, python = ctypes.c_int64, ctypes.c_void_p, ctypes.py_object, ctypes.pythonapi
        free, held = ctypes.CDLL(str(path)), ctypes.PyDLL(str(path))
        self.take, self.join, self.learn, self.find = free.take, free.join, held.learn, held.find
        self.take.argtypes = pointer, pointer, pointer, pointer
        self.join.argtypes = pointer, pointer, number, ctypes.c_int, pointer
        self.learn.argtypes = pointer, thing
        self.find.argtypes = pointer, thing, number
        used = (
            python.PyCapsule_GetPointer, python.PyList_Size, python.PyList_GetItem, python.PyLong_AsVoidPtr,
            python.PyLong_FromVoidPtr,
        )  # fmt: skip
        free.prepare((pointer * len(used))(*(ctypes.cast(each, pointer) for each in used)))
        make = ctypes.PYFUNCTYPE(thing, pointer, pointer, pointer)(("PyCFunction_NewEx", python))
        self._definitions = [
            _Definition(name, ctypes.cast(function, pointer), METH_FASTCALL)
            for name, function in ((b"again", held.again), (b"again_together", held.again_together))
        ]
        self.again, self.again_together = (make(ctypes.addressof(each), None, None) for each in self._definitions)


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


class _Page(ctypes.Structure):
    """`struct page` of the kernel."""

    _fields_ = (("free", ctypes.c_void_p), ("end", ctypes.c_void_p), ("lost", ctypes.c_int64))
    free: int
    end: int
    lost: int


class _Form(ctypes.Structure):
    """`struct form` of the kernel."""

    _fields_ = (
        ("size", ctypes.c_int64), ("count", ctypes.c_int64), ("rows", ctypes.c_int64), ("columns", ctypes.c_int64),
        ("units", ctypes.c_int64), ("low", ctypes.c_float), ("high", ctypes.c_float), ("bounded", ctypes.c_int32),
        ("dims", ctypes.c_int32), ("shape", ctypes.c_int64 * DIMS), ("strides", ctypes.c_int64 * DIMS),
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
        rows = rows if followed else 0
        self._form = _Form(self.size, tensor.numel(), rows, columns, units, low, high, ask.bounds is not None)
        self.address = ctypes.addressof(self._form)


class _Joint(ctypes.Structure):
    """`struct joint` of the kernel."""

    _fields_ = (
        ("tensors", ctypes.c_int64), ("rows", ctypes.c_int64), ("counts", ctypes.c_void_p), ("runs", ctypes.c_void_p),
        ("found", ctypes.c_void_p), ("kept", ctypes.c_void_p),
    )  # fmt: skip


class Joint:
    """A room, ready for the kernel."""

    __slots__ = ("_held", "_room", "_writings", "address", "quick")

    def __init__(self, room: Room) -> None:
        counts = (ctypes.c_int64 * len(room.sizes))(*room.sizes)
        runs = (ctypes.c_int64 * len(room.runs))(*room.runs)
        found = (ctypes.c_void_p * (2 * len(counts)))()  # of two parts at most
        addresses = (ctypes.addressof(each) for each in (counts, runs, found))
        joint = _Joint(len(counts), len(runs), *addresses, room.flat.data_ptr())
        self._held = counts, runs, found, joint, room.flat
        self._room = room.keys
        self._writings: dict[tuple[int, ...], Writing] = {}
        self.address = ctypes.addressof(joint)
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
        self.again, self.again_together = kernel.again, kernel.again_together
        self.forms: dict[int, Form] = {}
        self._place = _Page()
        self.place = ctypes.addressof(self._place)
        self.turn(0)

    def turn(self, size: int) -> None:
        """To a new page, with space for so many bytes at least."""
        self.page = torch.empty(max(PAGE, -(-size // 8)), dtype=torch.float64)
        begin = self.page.data_ptr()
        self._place.free, self._place.end = begin, begin + 8 * len(self.page)

    def reserved(self, size: int) -> int:
        """The address of space on the page; 0 where there is none."""
        place = self._place
        found = place.free
        if found + size > place.end:
            return 0
        place.free = found + size  # no call since this was read: the interpreter lets no other thread in between
        return found

    def finite(self) -> bool:
        """Whether every number was, since this was asked last."""
        lost, self._place.lost = self._place.lost, 0
        return not lost


class NativeLedger:
    """A capture's rows: what the kernel wrote stays as it is until somebody wants to read it."""

    __slots__ = ("_finite", "_measured", "_memory", "_pages", "_written")

    def __init__(self, memory: Memory) -> None:
        """`memory`: of the captures before this one."""
        self._memory = memory
        self._written: list[Written] = []
        self._pages = [memory.page]
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
        place: int = memory.again(memory.place, form.address, capsule)
        if place == FULL:
            self._turn(form.size)
            place = memory.again(memory.place, form.address, capsule)
        if place == UNLIKE:
            return False
        self._written.append((form, place))
        return True

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
        form, memory = Form(key, tensor, ask, *seen), self._memory
        if flat is tensor and count <= PIECE and memory.kernel.learn(form.address, in_capsule(tensor)):
            memory.forms[key] = form
        place = self._reserved(form)
        memory.kernel.take(memory.place, form.address, flat.data_ptr(), place)

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
        memory, writing, times = self._memory, joint.writing(parts), len(parts)
        if not joint.quick:
            if not memory.kernel.find(joint.address, capsules, times):
                return False
            place = self._reserved(writing)
            memory.kernel.join(memory.place, joint.address, times, use, place)
            return True
        place = memory.again_together(memory.place, joint.address, capsules, times, use)
        if place == FULL:
            self._turn(writing.size)
            place = memory.again_together(memory.place, joint.address, capsules, times, use)
        if place == UNLIKE:
            return False
        self._written.append((writing, place))
        return True

    def _reserved(self, writing: Writing) -> int:
        place = self._memory.reserved(writing.size)
        while not place:
            self._turn(writing.size)
            place = self._memory.reserved(writing.size)
        self._written.append((writing, place))
        return place

    def _turn(self, size: int) -> None:
        self._memory.turn(size)
        self._pages.append(self._memory.page)

    def add_all(self, tensors: Sequence[tuple[int, torch.Tensor]], ask: Ask) -> None:
        """See `Ledger.add_all`."""
        for key, tensor in tensors:
            self.add(key, tensor, ask)

    def close(self) -> None:
        """See `Ledger.close`: there is nothing to bring."""
        self._finite &= self._memory.finite()

    def ready(self) -> bool:
        """Always: the numbers are here."""
        return True

    def rows(self) -> Mapping[int, Row]:
        """See `Ledger.rows`."""
        self._written.sort(key=itemgetter(1))  # by place: threads may have noted it in another order
        pages = [_Rows(written) for _, written in self._by_page() if written]
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
        for page, written in self._by_page():
            begin, counts = page.data_ptr() - ROW, page.view(torch.float32)
            for writing, place in written:
                if writing.units:
                    first = (place - begin) // 4
                    found.count(writing.rows[0][0], counts[first : first + writing.units])
        return found.active

    def finite(self) -> bool:
        """See `Ledger.finite`."""
        return self._finite

    def _by_page(self) -> list[tuple[torch.Tensor, list[Written]]]:
        if len(self._pages) == 1:
            return [(self._pages[0], self._written)]
        found = []
        for page in self._pages:
            begin, end = page.data_ptr(), page.data_ptr() + 8 * len(page)
            found.append((page, [each for each in self._written if begin <= each[1] < end]))
        return found


class _Rows(Mapping[int, Row]):
    """The rows that a capture wrote to one page; what nobody asks for stays bytes."""

    __slots__ = ("_bytes", "_first", "_places", "_written")

    def __init__(self, written: list[Written]) -> None:
        """`written` in the order of places."""
        self._written, self._first = written, written[0][1]
        last, end = written[-1]
        self._bytes = ctypes.string_at(self._first, end + last.size - self._first)
        self._places = dict(self._each())

    def _each(self) -> Iterator[tuple[int, int]]:
        first = self._first
        return ((key, place - first + offset) for writing, place in self._written for key, offset in writing.rows)

    @property
    def again(self) -> bool:
        """Whether some keys have several rows, of which the newest is the one that is found here."""
        return len(self._places) < sum(len(writing.rows) for writing, _ in self._written)

    def all(self) -> Iterator[tuple[int, Row]]:
        """Every row, with its key."""
        for key, place in self._each():
            yield key, NUMBERS.unpack_from(self._bytes, place)

    def __getitem__(self, key: int) -> Row:
        return NUMBERS.unpack_from(self._bytes, self._places[key])

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
