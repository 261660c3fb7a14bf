"""How long the patterns and queries of a repository may take: each of them, and all of them together in one command.

Anyone may have written them, and a plan may contain thousands. Processor time counts, as in the `regex` module: a busy
machine changes no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EACH = 2.0
"""Seconds that one pattern or query may take in all its uses."""
ALL = 20.0
"""Seconds that all patterns and queries of one command may take."""


@dataclass
class TimeLimit:
    """Seconds that are left."""

    left: float

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Subtract the time that the block takes."""
        start = time.process_time()
        try:
            yield
        finally:
            self.left -= time.process_time() - start


of_command = TimeLimit(ALL)
"""What all patterns and queries have left in this command."""


def start_command() -> None:
    """Begin a command: its patterns and queries have all of their time."""
    of_command.left = ALL


def exceeded() -> str:
    """Which of the two limits was exceeded, for a message."""
    if of_command.left <= 0:
        return f"is not evaluated: all patterns and queries together take more than {ALL:g} s"
    return f"takes more than {EACH:g} s"
