"""Losses as the training computes them: calls of the loss functions of torch, and `backward()`.

The functions are replaced while a model is watched, and put back when none is. The replacements call the originals with
the same arguments and return what these return."""

import functools
import weakref
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch.nn import functional

from diagnostics.losses import CALLS, FUNCTIONS


class LossListener(Protocol):
    """Receives losses."""

    def on_loss_call(self, function: str, args: Any, kwargs: Any, loss: torch.Tensor) -> None:
        """A loss function was called."""

    def on_backward(self, loss: torch.Tensor, value: torch.Tensor, scaled: bool) -> None:
        """`backward()` is called on `loss`; `value` is the loss before a GradScaler, without history."""

    def after_backward(self, scaled: bool) -> None:
        """The gradients are there."""


_listeners: "weakref.WeakSet[Any]" = weakref.WeakSet()
_restore: list[Callable[[], None]] = []
_scaled: "list[tuple[weakref.ref[torch.Tensor], torch.Tensor]]" = []


def listen(listener: LossListener) -> None:
    """Report losses to `listener` until `leave`."""
    _listeners.add(listener)
    if not _restore:
        CALLS.append(_report)
        _restore.append(lambda: CALLS.remove(_report))
        for name in (name for name in FUNCTIONS if not hasattr(getattr(functional, name), "reports")):
            _replace(functional, name, functools.partial(_reporting_function, name))
        _replace(torch.Tensor, "backward", _reporting_backward)
        _replace(torch.amp.GradScaler, "scale", _remembering_scale)


def leave(listener: LossListener) -> None:
    """Report nothing to `listener` any more."""
    _listeners.discard(listener)
    if not _listeners:
        for undo in _restore:
            undo()
        _restore.clear()
        _scaled.clear()


def _replace(holder: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(holder, name)
    replacement = make(original)
    setattr(holder, name, replacement)

    def undo() -> None:
        if getattr(holder, name) is replacement:  # otherwise another library has wrapped it meanwhile
            setattr(holder, name, original)

    _restore.append(undo)


def _report(name: str, args: Any, kwargs: Any, loss: Any) -> None:
    for listener in list(_listeners):
        listener.on_loss_call(name, args, kwargs, loss)


def _reporting_function(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def reporting(*args: Any, **kwargs: Any) -> Any:
        loss = original(*args, **kwargs)
        if not torch.compiler.is_compiling():
            _report(name, args, kwargs, loss)
        return loss

    return reporting


def _reporting_backward(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def reporting(self: Any, *args: Any, **kwargs: Any) -> Any:
        if torch.compiler.is_compiling() or self.numel() != 1:
            return original(self, *args, **kwargs)
        unscaled = next((value for known, value in _scaled if known() is self), None)
        _scaled.clear()
        heard = list(_listeners)
        value = self.detach() if unscaled is None else unscaled
        for listener in heard:
            listener.on_backward(self, value, unscaled is not None)
        found = original(self, *args, **kwargs)
        for listener in heard:
            listener.after_backward(unscaled is not None)
        return found

    return reporting


def _remembering_scale(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def remembering(self: Any, outputs: Any) -> Any:
        found = original(self, outputs)
        if isinstance(outputs, torch.Tensor) and outputs.numel() == 1 and found is not outputs:
            _scaled[:] = [(weakref.ref(found), outputs.detach())]
        return found

    return remembering
