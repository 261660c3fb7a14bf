"""Writing: the one place that puts files on disk, and only where they differ.

Everything new is written beside its place first and moved there at the end, file by file and each at once, so whenever
this is interrupted a reader finds whole files alone. A manifest knows what was written: what no page is any more is
removed, and what the tool did not write is never touched.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tracker.cache import digest
from tracker.errors import TrackerError

MANIFEST = ".manifest.json"
MARK = b"Session Tracker"
"""Stands in the first line of every generated file: one with it and without a manifest is ours, and may be replaced."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that the tool wrote."""

    key: str
    """What it was made of."""
    content: str
    """Digest of its bytes."""
    size: int
    modified: int
    """In nanoseconds, as the file system says."""


@dataclass
class Written:
    """What a build did."""

    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)


class Shelf:
    """The folder of the generated pages."""

    def __init__(self, root: Path, folder: Path, staging: Path) -> None:
        """`folder` is where the pages are, `staging` a folder of ours on the same disk.

        Raises TrackerError when a link leads it out of the workspace.
        """
        for own in (folder, staging):
            if not own.resolve().is_relative_to(root.resolve()):
                raise TrackerError(f"{own}: leads out of the workspace; put a folder in the place of the link")
        if folder.exists() and not folder.is_dir():
            raise TrackerError(f"{folder}: not a folder; the pages are written there")
        self._folder = folder
        self._staging = staging
        self._manifest = _read_manifest(folder / MANIFEST)

    def is_current(self, path: str, key: str) -> bool:
        """Whether a file is there as it was written from the same inputs: it need not be made again."""
        entry = self._manifest.get(path)
        if entry is None or entry.key != key:
            return False
        try:
            stat = (self._folder / path).stat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (entry.size, entry.modified)

    def put(self, current: Iterable[str], fresh: Mapping[str, tuple[str, bytes]]) -> Written:
        """Make the folder hold exactly the `current` files, as they are, and the `fresh` ones (key and content)."""
        done = Written()
        manifest = {path: self._manifest[path] for path in current}
        done.unchanged = len(manifest)
        staged: list[tuple[Path, Path, str]] = []
        shutil.rmtree(self._staging, ignore_errors=True)
        for folder in {(self._folder / path).parent for path in fresh}:
            if not folder.resolve().is_relative_to(self._folder.resolve()):
                raise TrackerError(
                    f"{folder}: leads out of the pages; put a folder in the place of the link"
                )
        for number, (path, (key, content)) in enumerate(fresh.items()):
            target = self._folder / path
            hash = digest(content)
            old = _content(target)
            if old == content:
                done.unchanged += 1
                manifest[path] = _entry(target, key, hash)
                continue
            if old is not None and path not in self._manifest and MARK not in old[:300]:
                raise TrackerError(
                    f"{target}: exists and was not written by the tracker; "
                    "move it, or name another folder for the pages as `docs` in tracker.yml"
                )
            self._staging.mkdir(parents=True, exist_ok=True)
            temporary = self._staging / str(number)
            temporary.write_bytes(content)
            manifest[path] = _entry(temporary, key, hash)
            staged.append((temporary, target, path))
        self._settle(staged, manifest, done)
        return done

    def _settle(self, staged: list[tuple[Path, Path, str]], manifest: dict[str, Entry], done: Written) -> None:
        """Only moves and removals, so that the time in which pages of two builds stand side by side is short."""
        gone = [path for path in self._manifest if path not in manifest]
        if not staged and not gone and manifest == self._manifest:
            return
        for temporary, target, path in staged:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
            done.written.append(path)
        for path in gone:
            with suppress(OSError):
                (self._folder / path).unlink()
                done.removed.append(path)
            _remove_empty(self._folder, (self._folder / path).parent)
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"by": "Session Tracker", "files": {name: asdict(entry) for name, entry in manifest.items()}})
        write_atomically(self._folder / MANIFEST, text.encode(), self._staging)
        self._manifest = manifest
        shutil.rmtree(self._staging, ignore_errors=True)


def write_atomically(target: Path, content: bytes, staging: Path) -> None:
    """Replace a file at once by way of a folder on the same disk."""
    staging.mkdir(parents=True, exist_ok=True)
    temporary = staging / f"{target.name}.new"
    temporary.write_bytes(content)
    temporary.replace(target)


def _entry(path: Path, key: str, hash: str) -> Entry:
    stat = path.stat()
    return Entry(key, hash, stat.st_size, stat.st_mtime_ns)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrackerError(f"{path}: cannot be replaced by a page ({error.strerror})") from None


def _read_manifest(path: Path) -> dict[str, Entry]:
    """What was written last time; nothing where that is unknown. Paths that lead out of the folder are not ours."""
    try:
        files: dict[str, Any] = json.loads(path.read_text("utf-8"))["files"]
        entries = {name: Entry(**entry) for name, entry in files.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return {name: entry for name, entry in entries.items() if not name.startswith("/") and ".." not in name.split("/")}


def _remove_empty(top: Path, folder: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
