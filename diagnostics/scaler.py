"""Steps that a GradScaler skips, because gradients are not finite: no optimizer reports them."""

import functools
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer

Listener = Callable[[Optimizer, bool], None]  # the optimizer, and whether it has updated its parameters


class ScalerWatch:
    """One listener's interest in all GradScalers of the process."""

    def __init__(self, listener: Listener) -> None:
        """`listener`: a bound method, which is not kept alive."""
        self.listener = weakref.WeakMethod(listener)

    def remove(self) -> None:
        """Stop listening. With the last listener, `GradScaler.step` is the original again."""
        if self in _watches:
            _watches.remove(self)
        if not _watches and _original is not None and _scalers.step is _step:
            _scalers.step = _original


_watches: list[ScalerWatch] = []
_original: Any = None
_scalers: Any = torch.amp.GradScaler


def watch(listener: Listener) -> ScalerWatch:
    """Call `listener` after each `GradScaler.step`."""
    global _original
    if _scalers.step is not _step:
        _original = _scalers.step
        functools.update_wrapper(_step, _original)
        _scalers.step = _step
    found = ScalerWatch(listener)
    _watches.append(found)
    return found


def _step(scaler: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(optimizer, Optimizer):
        return _original(scaler, optimizer, *args, **kwargs)
    updates: list[None] = []
    handle = optimizer.register_step_post_hook(lambda *_: updates.append(None))
    try:
        result = _original(scaler, optimizer, *args, **kwargs)
    finally:
        handle.remove()
    for each in _watches:
        listener = each.listener()
        if listener is not None:
            listener(optimizer, bool(updates))
    return result
