"""Keeps failures of the observer away from the training."""

import functools
import time
import traceback
from collections.abc import Callable
from threading import RLock
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

import torch

P = ParamSpec("P")
Guarded = TypeVar("Guarded", bound="Guard")


class Guard(Protocol):
    """An object whose guarded methods are entered by one thread at a time (replicas and backward passes have threads of
    their own). `seconds` adds up the time spent inside."""

    seconds: float
    lock: RLock

    def failed(self, trace: str) -> None:
        """Record `trace` and stop watching."""


def contained(method: Callable[Concatenate[Guarded, P], None]) -> Callable[Concatenate[Guarded, P], None]:
    """Let `method` raise freely: its exceptions end here and its time is counted.

    KeyboardInterrupt and SystemExit pass: they are meant for the training."""

    @functools.wraps(method)
    def guarded(self: Guarded, *args: P.args, **kwargs: P.kwargs) -> None:
        with self.lock:
            entered = time.perf_counter()
            try:
                method(self, *args, **kwargs)
            except Exception:
                self.failed(traceback.format_exc())
            finally:
                self.seconds += time.perf_counter() - entered

    return cast("Callable[Concatenate[Guarded, P], None]", guarded)


def unrecorded(method: Callable[Concatenate[Guarded, P], None]) -> Callable[Concatenate[Guarded, P], None]:
    """As `contained`, and autograd records nothing of it."""
    return contained(torch.no_grad()(method))
