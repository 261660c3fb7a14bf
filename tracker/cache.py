"""A cache of computed texts, by content. Safe to delete; a damaged cache counts as an empty one."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tracker.user_folders import make_private

_log = logging.getLogger(__name__)


def digest(*parts: bytes | str) -> str:
    """A short stable hash of some parts, joined unambiguously."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def existing(folder: Path | None) -> Path | None:
    """The folder if it exists: for commands that only read a cache."""
    with suppress(OSError):
        if folder and folder.is_dir():
            return folder
    return None


class Cache:
    """Texts by kind and key in one SQLite file.

    A cache that cannot be opened, read or written acts as an empty one. Each `put` is one transaction, so several
    processes may use a folder.
    """

    def __init__(self, folder: Path | None) -> None:
        self._database = _open(folder) if folder else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._database:
            self._database.close()

    def get(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return the texts of the keys that are known."""
        if not self._database:
            return {}
        wanted = list(dict.fromkeys(keys))
        found: dict[str, str] = {}
        with suppress(sqlite3.Error):
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, value FROM texts WHERE kind = ? AND key IN ({marks})"
                found.update(self._database.execute(query, (kind, *part)))
        _log.info("%s: %d of %d in the cache", kind, len(found), len(wanted))
        return found

    def put(self, kind: str, entries: Mapping[str, str], *, only: Iterable[str] | None = None) -> None:
        """Store texts; with `only`, also delete every other key of the kind. Both happen, or neither."""
        if not self._database or not (entries or only is not None):
            return
        with suppress(sqlite3.Error), self._database, suppress(UnicodeError):  # a name that no encoding has is left out
            if only is not None:
                kept = set(only)
                known = self._database.execute("SELECT key FROM texts WHERE kind = ?", (kind,)).fetchall()
                gone = [(kind, key) for (key,) in known if key not in kept]
                self._database.executemany("DELETE FROM texts WHERE kind = ? AND key = ?", gone)
            rows = ((kind, key, value) for key, value in entries.items())
            self._database.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)


def _open(folder: Path) -> sqlite3.Connection | None:
    path = folder / "cache.sqlite3"
    for _ in range(2):
        try:
            make_private(folder)
            if path.is_symlink():
                return None
            database = sqlite3.connect(path, timeout=5)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            # With rowids: without them, reading one key also reads the large values beside it.
            database.execute(
                "CREATE TABLE IF NOT EXISTS texts (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))"
            )
            return database
        except sqlite3.DatabaseError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        except OSError:
            return None
    return None
