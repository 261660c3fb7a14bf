"""Read and write files safely: the one module through which the tracker changes files on disk.

A write replaces the whole file or nothing. Symbolic links are refused, both as the target and as any folder between
the target and `within`, so that a cloned repository cannot direct a write outside itself. Temporary
files have random names.
"""

from __future__ import annotations

import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tracker.errors import TrackerError

READ_LIMIT = 64 * 1024 * 1024
"""Bytes of the largest file that is read unless the caller asks for another limit."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class UnsafePath(TrackerError):
    """A path leads through a symbolic link, out of its folder, or to something that is not a regular file."""


def write_file(path: Path, content: bytes, *, within: Path, temporary: str | None = None) -> None:
    """Create or replace `path` in one step; missing folders below `within` are created.

    `temporary` names the temporary file, which must not exist; by default its name is random.
    Raises UnsafePath for a link, a folder or another special file in the way, and TrackerError when the disk refuses.
    """
    with _parent(path, within, create=True) as (folder, name):
        _require_regular(path, name, folder)
        temporary = _write_temporary(path, content, folder, _mode(name, folder), temporary)
        try:
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError as error:
            _discard(temporary, folder)
            raise TrackerError(f"{path}: cannot be written ({error.strerror})") from None


def create_file(path: Path, content: bytes, *, within: Path) -> None:
    """Write a file that does not exist yet, whole or not at all.

    Raises FileExistsError when there is something at `path`, however recent; otherwise as `write_file`.
    """
    with _parent(path, within, create=True) as (folder, name):
        temporary = _write_temporary(path, content, folder, None)
        try:
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError as error:
            raise TrackerError(f"{path}: cannot be written ({error.strerror})") from None
        finally:
            _discard(temporary, folder)


def remove_file(path: Path, *, within: Path) -> bool:
    """Remove a regular file; return whether it was there. Raises UnsafePath as `write_file` does."""
    try:
        with _parent(path, within, create=False) as (folder, name):
            _require_regular(path, name, folder)
            os.unlink(name, dir_fd=folder)
            return True
    except FileNotFoundError:
        return False


def read_file(path: Path, *, within: Path, limit: int = READ_LIMIT) -> bytes:
    """Return the content of a regular file that lies in `within`, links included in the path resolved.

    Raises FileNotFoundError when there is no such file, and UnsafePath when it is a device or a FIFO, is larger than
    `limit` bytes, or a link leads out of `within`.
    """
    descriptor, size = _open(path, within, limit)
    with io.FileIO(descriptor) as stream:  # a buffer for each of thousands of small files would take longer
        content = stream.read(size + 1)
        if len(content) > size:  # it grew
            content += stream.read(limit - size)
    if len(content) > limit:
        raise UnsafePath(f"{path}: more than the {limit:,} bytes that are read")
    return content


def open_file(path: Path, *, within: Path, limit: int = READ_LIMIT) -> BinaryIO:
    """Open a file for reading, for what is too large to hold in memory. Raises as `read_file` does."""
    return os.fdopen(_open(path, within, limit)[0], "rb")


def _open(path: Path, within: Path, limit: int) -> tuple[int, int]:
    """The descriptor of a file that may be read, and its size."""
    real, root = os.path.realpath(path), os.path.realpath(within)  # thousands of files: faster than a Path each
    inside = real.removeprefix(root.rstrip(os.sep) + os.sep) if real != root else ""
    if inside == real:
        raise UnsafePath(f"{path}: a symbolic link leads out of {within}; its content is not read")
    if f"{os.sep}.git{os.sep}" in f"{os.sep}{inside}{os.sep}":
        raise UnsafePath(f"{path}: leads into .git, which may contain credentials; its content is not read")
    # O_NONBLOCK: opening a FIFO that has no writer would wait forever.
    descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafePath(f"{path}: not a regular file")
        if status.st_size > limit:
            raise UnsafePath(f"{path}: {status.st_size:,} bytes, more than the {limit:,} that are read")
        return descriptor, status.st_size
    except BaseException:
        os.close(descriptor)
        raise


@contextmanager
def _parent(path: Path, within: Path, *, create: bool) -> Iterator[tuple[int, str]]:
    """The opened folder of `path`, reached from `within` without following a link, and the name in it."""
    root = within.resolve()
    try:
        parts = _absolute(path).relative_to(_absolute(within)).parts
    except ValueError:
        raise UnsafePath(f"{path}: not inside {within}") from None
    if not parts or ".." in parts:
        raise UnsafePath(f"{path}: not a file inside {within}")
    if create and any(part.lower() == ".git" for part in parts):
        raise UnsafePath(f"{path}: in .git, which belongs to git")
    if create:
        root.mkdir(parents=True, exist_ok=True)
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            folder = _enter(folder, part, path, create=create)
        yield folder, parts[-1]
    finally:
        os.close(folder)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the links that must be refused


def _enter(folder: int, part: str, path: Path, *, create: bool) -> int:
    """Open the folder `part` of `folder`, which is closed."""
    try:
        if create:
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=folder)
        inner = os.open(part, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnsafePath(f"{path}: {part} is a link or not a folder, or cannot be entered ({error.strerror})") from None
    os.close(folder)
    return inner


def _require_regular(path: Path, name: str, folder: int) -> None:
    """Raise UnsafePath when something other than a regular file has this name."""
    with suppress(FileNotFoundError):
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            raise UnsafePath(f"{path}: {'a symbolic link' if stat.S_ISLNK(mode) else 'not a regular file'}")


def _mode(name: str, folder: int) -> int | None:
    with suppress(FileNotFoundError):
        return stat.S_IMODE(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return None


def _write_temporary(path: Path, content: bytes, folder: int, mode: int | None, name: str | None = None) -> str:
    name = name or f".{secrets.token_hex(8)}.tmp"
    try:
        with os.fdopen(os.open(name, _NEW, 0o666, dir_fd=folder), "wb") as stream:
            if mode is not None:
                os.fchmod(stream.fileno(), mode)
            stream.write(content)
    except OSError as error:
        _discard(name, folder)
        raise TrackerError(f"{path}: cannot be written ({error.strerror})") from None
    return name


def _discard(name: str, folder: int) -> None:
    with suppress(OSError):
        os.unlink(name, dir_fd=folder)
