"""What was computed before, remembered by content: safe to delete, never trusted to be whole."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

IGNORE = "# made by Session Tracker: everything here can be computed again\n*\n"


def digest(*parts: bytes | str) -> str:
    """A short stable hash of some parts, joined unambiguously."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


class Cache:
    """Texts by kind and key in one SQLite file.

    A cache that cannot be opened, read or written is an empty one: nothing fails for the lack of it. What is put
    is committed at once: as long as one cache of a folder is in the middle of writing, no other can write.
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
        """Let go of the file."""
        if self._database:
            self._database.close()

    def get(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Those of the keys that are known, with their texts."""
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
        return found

    def put(self, kind: str, entries: Mapping[str, str], *, only: Iterable[str] | None = None) -> None:
        """Remember some texts, and where `only` is given forget all others of the kind but these: both, or neither."""
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
    if folder.is_symlink():  # who knows where it leads
        return None
    path = folder / "cache.sqlite3"
    for _ in range(2):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text(IGNORE, encoding="utf-8")
            database = sqlite3.connect(path, timeout=5)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            # with rowids: without them a look at any key reads the values beside it whole, and a history has megabytes
            database.execute(
                "CREATE TABLE IF NOT EXISTS texts (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))"
            )
            database.execute("DROP TABLE IF EXISTS entries")  # what it was called when it had none
            return database
        except sqlite3.DatabaseError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        except OSError:
            return None
    return None
