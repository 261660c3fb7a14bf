"""Work done in a second process beside this one, where the machine has a processor to spare.

The process is a fork: it knows all that this one knows, and only its answer has to travel. Where there is no fork, no
second processor, or the second process comes to nothing, the work is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Aside(Generic[T]):
    """Some work under way."""

    def __init__(self, work: Callable[[], T], process: int | None, output: int | None) -> None:
        self._work = work
        self._process = process
        self._output = output

    def result(self) -> T:
        """What came of it; waits for it."""
        if self._output is None:
            return self._work()
        with os.fdopen(self._output, "rb") as stream:
            self._output = None
            answer = stream.read()
        self.end()
        return pickle.loads(answer) if answer else self._work()  # our own process wrote it

    def end(self) -> None:
        """Let go of the process."""
        if self._process is not None and self._output is not None:  # nobody wants to know any more
            os.close(self._output)
            self._output = None
            os.kill(self._process, signal.SIGKILL)
        if self._process is not None:
            os.waitpid(self._process, 0)
            self._process = None


@contextmanager
def aside(work: Callable[[], T], *, worth_it: bool) -> Iterator[Aside[T]]:
    """Begin some work in a second process, unless that is not worth it. It must leave nothing behind but its answer."""
    if not worth_it or not hasattr(os, "fork") or _processors() < 2:
        yield Aside(work, None, None)
        return
    output, answer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(output)  # so that writing fails, and does not wait, where nobody reads any more
        _answer(work, answer)
    os.close(answer)
    begun = Aside(work, process, output)
    try:
        yield begun
    finally:
        begun.end()


def _processors() -> int:
    """Those that this process may use, where the system tells; else those that there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _answer(work: Callable[[], T], output: int) -> None:
    """Do the work in the second process, and end it whatever happens: what fails here is done again there."""
    try:
        answer = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(output, "wb") as stream:
            stream.write(answer)
    finally:
        os._exit(0)
