"""Contents of blobs on demand, from one git process however many are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import IO

from tracker.errors import TrackerError
from tracker.sources.repository import Repository


class BlobReader:
    """Reads blobs of a repository. The process starts with the first blob and ends with `close`."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._stack = ExitStack()
        self._output: IO[bytes] | None = None

    def read(self, hashes: Sequence[str]) -> list[bytes | None]:
        """The content of each blob; None where it is not here."""
        here = self._repository.here
        asked = [blob if here is None or blob in here else None for blob in hashes]
        if self._output is None and any(asked):
            feed = iter(self._queue.get, None)
            self._output = self._stack.enter_context(self._repository.run("cat-file", "--batch", feed=feed))
        if wanted := [blob for blob in asked if blob]:
            self._queue.put("".join(f"{blob}\n" for blob in wanted).encode())
        return [self._next() if blob else None for blob in asked]

    def _next(self) -> bytes | None:
        """The next content that was asked for."""
        assert self._output is not None
        header = self._output.readline().split()
        if len(header) != 3:  # hash, type and size; a missing object has no size
            return None
        content = self._output.read(int(header[2]))
        self._output.read(1)
        return content

    def close(self) -> None:
        """End the process. A later `read` starts another."""
        if self._output is not None:
            self._queue.put(None)
            self._output = None
            with suppress(TrackerError):
                self._stack.close()
