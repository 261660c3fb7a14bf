"""Work in a second process beside this one, where the machine has a processor to spare.

The process is a fork: it shares everything this one has read, and only its answer is sent back. Where there is no fork,
no second processor, or the second process fails, the work is done here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_work: Callable[[], Any] | None = None
"""What the next fork does: it is inherited, so that closures need not be pickled."""


class Worker(Generic[T]):
    """Some work under way."""

    def __init__(self, work: Callable[[], T], future: Future[T] | None) -> None:
        self._work = work
        self._future = future

    def result(self) -> T:
        """Wait for the answer and return it. Where the second process died or failed, do the work here."""
        if self._future is None:
            return self._work()
        try:
            return self._future.result()
        except (BrokenProcessPool, Exception):
            return self._work()


@contextmanager
def worker(work: Callable[[], T], *, worth_it: bool) -> Iterator[Worker[T]]:
    """Start some work in a second process, unless that is not worth it. It must change nothing but its answer."""
    global _work
    if not worth_it or not hasattr(os, "fork") or _processors() < 2:
        yield Worker(work, None)
        return
    _work = work
    executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
    before = set(multiprocessing.active_children())
    try:
        future = executor.submit(_run)
        yield Worker(work, future)
    finally:
        _work = None
        begun = set(multiprocessing.active_children()) - before
        executor.shutdown(wait=False, cancel_futures=True)
        if not future.done():
            for process in begun:  # an abandoned answer is not waited for
                process.kill()


def _run() -> Any:
    assert _work is not None
    return _work()


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
