"""Statistics on the CPU where the system has a C compiler: the kernel (`native_kernel`) writes rows, one behind the
other, which are made into numbers when somebody wants to read them."""

import ctypes
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import torch

from diagnostics.statistics import WIDTH, Ask, Row, all_finite, native_kernel
from diagnostics.statistics.layout import matrix
from diagnostics.statistics.native_kernel import FULL, Kernel
from diagnostics.statistics.room import Room, Together, add_together
from diagnostics.statistics.rows import Found, Rows
from diagnostics.statistics.single import PIECE, measure

in_capsule = torch._C._to_dlpack  # `torch.utils.dlpack.to_dlpack`: shape, strides, type and place in a fifth of a µs
NOT_IN_MEMORY = (BufferError, RuntimeError, TypeError, ValueError)  # which of them it raises depends on its version
NUMBERS = struct.Struct(f"{WIDTH}d")
"""A row as the kernel writes it."""
NUMBER = 8
"""Bytes of the number before what a call writes."""
PAGE = 2**13
"""Numbers of 8 bytes for which there is space at once, at least."""
ROW = 8 * WIDTH
"""Bytes."""
THREADS = 4
"""PyTorch shares a large tensor among its threads; the kernel is faster than so many of them."""


class Writing:
    """What one call of the kernel writes."""

    __slots__ = ("number", "rows", "size", "units")

    def __init__(self, number: int, rows: Sequence[tuple[int, int]], size: int, units: int) -> None:
        """`number`: before it; `rows`: key, and how many bytes from the beginning; `size` of all, in bytes, without the
        number; `units`: how many are counted, behind the only row."""
        self.number, self.rows, self.size, self.units = number, rows, size, units


def _form(writing: Writing, tensor: torch.Tensor, ask: Ask, rows: int, columns: int, units: int) -> native_kernel.Form:
    """How a tensor lies in memory and what is asked of it; `rows`, `columns`, `units`: see `layout.matrix`."""
    low, high = ask.bounds or (0.0, 0.0)
    seen = rows if writing.units else 0, columns, units
    asked = low, high, ask.bounds is not None
    return native_kernel.Form(writing.number, id(ask), writing.size, tensor.numel(), *seen, *asked)


class Joint:
    """A room, ready for the kernel."""

    __slots__ = ("_held", "_room", "_writings", "address", "memory", "quick")

    def __init__(self, room: Room, memory: "Memory") -> None:
        counts = (ctypes.c_int64 * len(room.sizes))(*room.sizes)
        runs = (ctypes.c_int64 * len(room.runs))(*room.runs)
        found = (ctypes.c_void_p * (2 * len(counts)))()  # of two parts at most
        addresses = (ctypes.addressof(each) for each in (counts, runs, found))
        joint = native_kernel.Joint(len(counts), len(runs), *addresses, room.flat.data_ptr())
        self._held = counts, runs, found, joint, room.flat
        self._room, self.memory = room.keys, memory
        self._writings: dict[tuple[int, ...], Writing] = {}
        self.address = ctypes.addressof(joint)
        self.quick = sum(room.sizes) <= PIECE

    def writing(self, parts: tuple[int, ...]) -> Writing:
        """What is written of tensors that are these parts of their layers."""
        found = self._writings.get(parts)
        if found is None:
            places = [(keys, part) for part in parts for keys in self._room]
            rows = tuple((key + part, ROW * row) for row, (keys, part) in enumerate(places) for key in keys)
            found = self._writings[parts] = self.memory.writing(rows, ROW * len(places))
        return found


class Memory:
    """What is shared by the captures of an observer, which come one after the other: the kernel, the page that it
    writes to, and what it knows of tensors by key.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.again, self.again_together = kernel.again, kernel.again_together
        self._writings: dict[tuple[object, ...], Writing] = {}
        self._by_number: list[Writing] = []
        self._known: dict[int, tuple[native_kernel.Form, Ask]] = {}  # by key: what the kernel has addresses of
        self._forms = (ctypes.c_void_p * 0)()
        self._layout = Layout([])
        self._place = native_kernel.Page()
        self.place = ctypes.addressof(self._place)
        self.turn(0)

    def turn(self, size: int) -> None:
        """To a new page, with space for so many bytes at least, and the number before them."""
        self.page = torch.empty(max(PAGE, -(-(NUMBER + size) // 8)), dtype=torch.float64)
        begin = self.page.data_ptr()
        self._place.free, self._place.end = begin, begin + 8 * len(self.page)

    def free(self) -> int:
        """The address where the next writing begins."""
        place: int = self.kernel.free_place(self.place)
        return place

    def finite(self) -> bool:
        """Whether every number was, in all captures until now."""
        return not self._place.lost

    def writing(self, rows: tuple[tuple[int, int], ...], size: int, units: int = 0) -> Writing:
        """What is the same in all captures; see `Writing`."""
        found = self._writings.get((rows, units))
        if found is None:
            found = self._writings[rows, units] = Writing(len(self._by_number), rows, size, units)
            self._by_number.append(found)
        return found

    def learn(self, key: int, form: native_kernel.Form, ask: Ask) -> None:
        """The tensors of `key` have this form, as long as the same is asked."""
        if key >= len(self._forms):
            grown = (ctypes.c_void_p * (2 * key + 64))(*self._forms)
            self._place.forms, self._place.keys = ctypes.addressof(grown), len(grown)
            self._forms = grown  # not before: another thread may be reading what is there
        self._forms[key] = ctypes.addressof(form)
        self._known[key] = form, ask

    def size(self, key: int) -> int:
        """Of what is written of a tensor of `key`, whose form is known, in bytes."""
        return int(self._known[key][0].size)

    def layout(self, content: bytes) -> "Layout":
        """Of what a capture wrote, which is mostly that of the one before it."""
        if not self._layout.fits(content):
            writings, place = [], 0
            while place < len(content):
                writing = self._by_number[int.from_bytes(content[place : place + NUMBER], sys.byteorder)]
                writings.append(writing)
                place += NUMBER + writing.size
            self._layout = Layout(writings)
        return self._layout


class Layout:
    """Where a capture's rows lie, in bytes: captures that go alike have one together."""

    __slots__ = ("_numbers", "_read_numbers", "_rows", "_size", "_units", "alone", "writings")

    def __init__(self, writings: list[Writing]) -> None:
        """`writings`, one behind the other."""
        self.writings = writings
        self._numbers = tuple(writing.number for writing in writings)
        self._read_numbers = struct.Struct("=" + "".join(f"q{writing.size}x" for writing in writings)).unpack
        self._rows: dict[int, int] = {}
        self._units: list[tuple[int, slice]] = []  # in numbers of 4 bytes
        place = 0
        for writing in writings:
            place += NUMBER
            self._rows |= {key: place + row for key, row in writing.rows}
            if writing.units:
                first = (place + ROW) // 4
                self._units.append((writing.rows[0][0], slice(first, first + writing.units)))
            place += writing.size
        self._size = place
        self.alone = len(self._rows) == sum(len(writing.rows) for writing in writings)  # whether no key has two

    def fits(self, content: bytes) -> bool:
        """Whether that is the layout of `content`."""
        return len(content) == self._size and self._read_numbers(content) == self._numbers

    def found(self, content: bytes, finite: bool) -> Found:
        """What a capture wrote; `finite`: whether it is known that every number was."""
        rows, numbers = _Rows(content, self._rows), memoryview(content).cast("f")
        return Found(rows, {key: numbers[units] for key, units in self._units}, finite or all_finite(rows))


class NativeLedger:
    """A capture's rows: what the kernel wrote stays as it is until somebody wants to read it."""

    __slots__ = ("_begin", "_closed", "_full", "_measured", "_memory", "_page")

    def __init__(self, memory: Memory) -> None:
        """`memory`: of the captures before this one."""
        self._memory = memory
        self._page, self._begin = memory.page, memory.free()  # the page is held for as long as this may be read
        self._full: list[bytes] = []  # what was written to pages before this one
        self._closed = 0  # where the last writing ends
        self._measured: Rows | None = None  # what is on no page

    def again(self, key: int, tensor: torch.Tensor, ask: Ask) -> bool:
        """See `Ledger.again`."""
        if ask.moments and tensor.is_neg():  # without them no sign matters
            return False
        try:
            capsule = in_capsule(tensor)
        except NOT_IN_MEMORY:
            return False
        memory = self._memory
        place = memory.again(memory.place, key, ask, capsule)
        if place == FULL:
            self._turn(memory.size(key))
            place = memory.again(memory.place, key, ask, capsule)
        return bool(place > FULL)

    def add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        """See `Ledger.add`."""
        count = tensor.numel()
        if not count:
            return
        if tensor.dtype is torch.float64 or (count > PIECE and torch.get_num_threads() > THREADS):
            self._measured = self._measured or Rows()
            self._measured.add(key, *measure(tensor, ask))
            return
        if tensor.is_neg():  # as parts of conjugates are: what lies in memory has the other sign
            tensor = tensor.resolve_neg()
        flat, rows, columns, units = matrix(tensor.float(), ask.unit_dim)
        memory, followed = self._memory, 0 if ask.unit_dim is None else units or columns
        writing = memory.writing(((key, 0),), ROW + 8 * -(-followed // 2), followed)
        form = _form(writing, tensor, ask, rows, columns, units)
        address = ctypes.addressof(form)
        if flat is tensor and count <= PIECE and memory.kernel.learn(address, in_capsule(tensor)):
            memory.learn(key, form, ask)
        memory.kernel.take(memory.place, address, flat.data_ptr(), self._room(writing))

    def add_together(self, together: Together, part: int, ask: Ask) -> None:
        """See `Ledger.add_together`."""
        joint: Joint | None = together.room.prepared
        if joint is None or joint.memory is not self._memory:
            together.room.prepared = Joint(together.room, self._memory)
        if not self.again_together(together.room, (part,), together.tensors, together.use):
            add_together(self, together, part, ask)

    def again_together(
        self, room: Room, parts: tuple[int, ...], tensors: Iterable[torch.Tensor | None], use: int
    ) -> bool:
        """See `Ledger.again_together`."""
        joint: Joint | None = room.prepared
        if joint is None or joint.memory is not self._memory:
            return False
        try:
            capsules = [in_capsule(each) for each in tensors if each is not None and not each.is_neg()]
        except NOT_IN_MEMORY:
            return False
        memory, writing, times = self._memory, joint.writing(parts), len(parts)
        if not joint.quick:
            if not memory.kernel.find(joint.address, capsules, times):
                return False
            memory.kernel.join(memory.place, joint.address, times, use, self._room(writing))
            return True
        place = memory.again_together(memory.place, joint.address, capsules, times, use, writing.number)
        if place == FULL:
            self._turn(writing.size)
            place = memory.again_together(memory.place, joint.address, capsules, times, use, writing.number)
        return bool(place > FULL)

    def _room(self, writing: Writing) -> int:
        """The address of room for it."""
        memory = self._memory
        place: int = memory.kernel.make_room(memory.place, writing.number, writing.size)
        if place == FULL:
            self._turn(writing.size)
            place = memory.kernel.make_room(memory.place, writing.number, writing.size)
        return place

    def _turn(self, size: int) -> None:
        memory = self._memory
        self._full.append(ctypes.string_at(self._begin, memory.free() - self._begin))
        memory.turn(size)
        self._page, self._begin = memory.page, memory.free()

    def add_all(self, tensors: Sequence[tuple[int, torch.Tensor]], ask: Ask) -> None:
        """See `Ledger.add_all`."""
        for key, tensor in tensors:
            self.add(key, tensor, ask)

    def close(self) -> None:
        """See `Ledger.close`: there is nothing to bring."""
        self._closed = self._memory.free()

    def ready(self) -> bool:
        """Always: the numbers are here."""
        return True

    def read(self) -> Found:
        """See `Ledger.read`."""
        memory = self._memory
        finite, newest = memory.finite(), ctypes.string_at(self._begin, (self._closed or memory.free()) - self._begin)
        layout = memory.layout(newest)
        if layout.alone and self._measured is None and not self._full:
            return layout.found(newest, finite)
        found = Rows()
        if self._measured is not None:
            found.merge(self._measured.found())
        for content in (*self._full, newest):
            place, numbers = 0, memoryview(content).cast("f")
            for writing in memory.layout(content).writings:
                place += NUMBER
                units = (place + ROW) // 4
                counts = numbers[units : units + writing.units] if writing.units else None
                for key, row in writing.rows:
                    found.add(key, NUMBERS.unpack_from(content, place + row), counts)
                place += writing.size
        return found.found()


class _Rows(Mapping[int, Row]):
    """The rows that a capture wrote; what nobody asks for stays bytes."""

    __slots__ = ("_bytes", "_places")

    def __init__(self, content: bytes, places: Mapping[int, int]) -> None:
        """`places` in `content`, by key."""
        self._bytes, self._places = content, places

    def __getitem__(self, key: int) -> Row:
        return NUMBERS.unpack_from(self._bytes, self._places[key])

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
