"""The user's own folders: what the tracker keeps about a workspace outside of it.

A cloned repository may contain anything, so nothing that the tracker trusts lives inside it. Caches are in the user's
cache folder and may be deleted at any time; the state folder knows which files the tracker wrote and holds the lock.
Both are named after the path of the workspace and are accessible to the user alone.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import TrackerError

NAME = "session-tracker"
LOCK_SECONDS = 600.0
"""How long a command waits for another one that writes in the same workspace."""


def cache_folder(root: Path) -> Path | None:
    """The cache folder of a workspace, not created yet; None when the user has none."""
    from platformdirs import user_cache_path

    return _below(user_cache_path(NAME), root)


def state_folder(root: Path) -> Path:
    """The state folder of a workspace, created. Raises TrackerError when it cannot be."""
    from platformdirs import user_state_path

    folder = _below(user_state_path(NAME), root)
    if folder is None:
        raise TrackerError("the user's state folder is unknown; set XDG_STATE_HOME to an absolute path")
    try:
        make_private(folder)
    except OSError as error:
        raise TrackerError(
            f"{folder}: cannot be used ({error.strerror}); set XDG_STATE_HOME to a folder that you can write to"
        ) from None
    return folder


def make_private(folder: Path) -> None:
    """Create a folder that only the user may enter. Raises OSError, also when it belongs to another user."""
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    for one in (folder.parent, folder):
        one.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        raise NotADirectoryError(20, "a link, or a folder of another user", str(folder))
    if stat.S_IMODE(status.st_mode) & 0o077:
        folder.chmod(0o700)


@contextmanager
def exclusive(root: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock of a workspace: one command writes at a time, others wait.

    Raises TrackerError when the lock is not free in time. It may be taken again by the process that holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(state_folder(root) / "lock", timeout=seconds, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise TrackerError(f"{root}: another tracker command is writing here; wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def _below(folder: Path, root: Path) -> Path | None:
    if not folder.is_absolute():  # as the XDG specification asks
        return None
    real = os.fsencode(root.resolve())
    return folder / f"{_readable(root.resolve().name)}-{hashlib.blake2b(real, digest_size=8).hexdigest()}"


def _readable(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in name)[:40]
