"""The border between training and the observer: nothing that goes wrong inside may reach the training
outside.
"""

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
    """Whoever is entered through the border, by one thread at a time (replicas and backward passes have their
    own): adds up the seconds spent inside and is told what failed."""

    seconds: float
    lock: RLock

    def failed(self, trace: str) -> None:
        """Record `trace` and stop watching."""


def contained(method: Callable[Concatenate[Guarded, P], None]) -> Callable[Concatenate[Guarded, P], None]:
    """Let `method` raise freely: its exceptions end here, and its time is counted as the cost of watching. Autograd
    records nothing of it.

    KeyboardInterrupt and SystemExit pass: they are meant for the training.
    """

    @functools.wraps(method)
    def guarded(self: Guarded, *args: P.args, **kwargs: P.kwargs) -> None:
        with self.lock:
            entered, recording = time.perf_counter(), torch.is_grad_enabled()
            if recording:
                torch._C._set_grad_enabled(False)
            try:
                method(self, *args, **kwargs)
            except Exception:
                self.failed(traceback.format_exc())
            finally:
                if recording:
                    torch._C._set_grad_enabled(True)
                self.seconds += time.perf_counter() - entered

    return cast("Callable[Concatenate[Guarded, P], None]", guarded)
