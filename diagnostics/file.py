"""The result file during a run: it is there from the start, and renewed seldom enough to cost nothing."""

import time
from datetime import datetime
from pathlib import Path

from diagnostics.result import Result, file_name, write_atomically

FIRST_SECONDS, RENEW_SECONDS = 2.0, 10.0
RENEW_SHARE = 1000  # a renewal waits for so many times the duration of the last one


class ResultFile:
    """A run that is killed loses at worst what came after the last renewal."""

    def __init__(self, directory: Path, name: str, started: datetime, *, written: bool) -> None:
        """`written`: whether this process writes it at all; of several only the first does."""
        self._written = written
        self.due = time.perf_counter() + FIRST_SECONDS  # when it is time to renew it, by `time.perf_counter`
        self.path = first = directory / file_name(started, name)
        count = 1
        while self.path.exists():  # a run of this name began in the same second
            count += 1
            self.path = first.with_name(f"{first.stem}-{count}.json")

    def write(self, result: Result) -> None:
        """Replace the file, and the folder where it has been deleted."""
        if self._written:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, result.to_json())

    def renewed(self, begun: float) -> None:
        """Note a renewal that has `begun` then, by `time.perf_counter`."""
        now = time.perf_counter()
        self.due = now + max(RENEW_SECONDS, RENEW_SHARE * (now - begun))
