"""The kernel for the CPU (`native.c`), compiled and called: it reads a tensor once, and takes all of its numbers in the
time that PyTorch needs for one or two of them (0.1 to 0.15 ns an element).

It is compiled when a process first needs it, in a quarter of a second, and nothing is left on the disk: it is
made for the machine that it runs on, and no cache has to be trusted. `$CC` names another compiler."""

import ctypes
import os
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("native.c")
FLAGS = ("-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-march=native")
"""Nothing among them that lets the compiler reckon as if there were no NaN."""
DIMS, FULL = 8, 1
"""As in the kernel, which tells of what is unlike the one before it by 0."""
METH_FASTCALL = 0x80
"""As in Python's C API."""
SECONDS = 30


class Page(ctypes.Structure):
    """`struct page` of the kernel."""

    _fields_ = (
        ("free", ctypes.c_void_p), ("end", ctypes.c_void_p), ("lost", ctypes.c_int64), ("keys", ctypes.c_int64),
        ("forms", ctypes.c_void_p),
    )  # fmt: skip
    free: int
    end: int
    lost: int
    keys: int
    forms: int


class Form(ctypes.Structure):
    """`struct form` of the kernel."""

    _fields_ = (
        ("number", ctypes.c_int64), ("ask", ctypes.c_void_p),
        ("size", ctypes.c_int64), ("count", ctypes.c_int64), ("rows", ctypes.c_int64), ("columns", ctypes.c_int64),
        ("units", ctypes.c_int64), ("low", ctypes.c_float), ("high", ctypes.c_float), ("bounded", ctypes.c_int32),
        ("dims", ctypes.c_int32), ("shape", ctypes.c_int64 * DIMS), ("strides", ctypes.c_int64 * DIMS),
    )  # fmt: skip


class Joint(ctypes.Structure):
    """`struct joint` of the kernel."""

    _fields_ = (
        ("tensors", ctypes.c_int64), ("rows", ctypes.c_int64), ("counts", ctypes.c_void_p), ("runs", ctypes.c_void_p),
        ("found", ctypes.c_void_p), ("kept", ctypes.c_void_p),
    )  # fmt: skip


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
            _Definition(name.encode(), ctypes.cast(getattr(held, name), pointer), METH_FASTCALL)
            for name in ("again", "again_together", "make_room", "free_place")
        ]
        self.again, self.again_together, self.make_room, self.free_place = (
            make(ctypes.addressof(each), None, None) for each in self._definitions
        )


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
