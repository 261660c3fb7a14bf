"""The functions of torch that show a training's losses, skipped steps and epochs.

They are replaced while anything listens, by functions that call the originals with the same arguments, return what
these return, and report to the listeners. Nothing is computed here: what a listener does not want costs a function
call. Loading this module loads no torch."""

import functools
import types
import weakref
from collections.abc import Callable
from threading import get_ident
from types import ModuleType
from typing import Any

FUNCTIONS = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "huber_loss", "kl_div", "l1_loss",
    "mse_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss",
)  # fmt: skip


class Listener:
    """Receives what the patched functions see; a subclass overrides what it wants. Nothing may raise."""

    def on_loss(self, function: str, args: Any, kwargs: Any, loss: Any) -> None:
        """A loss function was called, with or without gradients."""

    def on_backward(self, loss: Any, unscaled: Any) -> None:
        """`backward()` is called on a `loss` of one element; `unscaled`: the loss before a GradScaler, else None."""

    def after_backward(self, unscaled: Any) -> None:
        """The gradients are there."""

    def on_scaler_step(self, optimizer: Any, updated: bool) -> None:
        """A GradScaler's `step` is over; `updated`: it has called the optimizer's."""

    def on_batch(self, last: bool) -> None:
        """A DataLoader gives a batch, or has no more."""


class _Heard:
    """Who listens; the tuple is replaced, never changed, since another thread may iterate."""

    listeners: tuple[Listener, ...] = ()


_heard = _Heard()
_undo: list[Callable[[], None]] = []
_permanent: set[str] = set()
_running: set[int] = set()  # threads in `backward()`, which calls itself under `torch.set_default_device`
_scaled: list[tuple[Any, Any]] = []  # the newest scaled loss (a weak reference) and the loss before


def listen(listener: Listener) -> None:
    """Report to `listener` until `leave`. Loads torch."""
    _heard.listeners = (*_heard.listeners, listener)
    if not _undo:
        import torch
        from torch.nn import functional

        patch_losses(functional, permanent=False)
        _replace(torch.Tensor, "backward", _backward)
        _replace(torch.amp.GradScaler, "scale", _scale)
        _replace(torch.amp.GradScaler, "step", _scaler_step)


def leave(listener: Listener) -> None:
    """Report nothing to `listener` any more. With the last one, torch has its own functions again."""
    _heard.listeners = tuple(each for each in _heard.listeners if each is not listener)
    if not _heard.listeners:
        for undo in _undo:
            undo()
        _undo.clear()
        _scaled.clear()


def listen_in_script(listener: Listener) -> None:
    """Report to `listener` until the process ends, without loading torch: call `patch_losses` and `patch_loaders` when
    their modules are loaded."""
    _heard.listeners = (*_heard.listeners, listener)


def patch_losses(functional: ModuleType, permanent: bool = True) -> None:
    """Replace the loss functions in `torch.nn.functional`, unless they are replaced for good."""
    if functional.__name__ not in _permanent:
        for name in FUNCTIONS:
            _replace(functional, name, functools.partial(_loss_function, name), permanent)
    if permanent:
        _permanent.add(functional.__name__)


def patch_loaders(module: ModuleType) -> None:
    """Replace, for good, the iteration over a DataLoader. `module`: `torch.utils.data.dataloader`."""
    _replace(module._BaseDataLoaderIter, "__next__", _next_batch, permanent=True)


def _replace(holder: Any, name: str, make: Callable[[Any], Any], permanent: bool = False) -> None:
    original = getattr(holder, name)
    replacement = functools.wraps(original)(make(original))
    setattr(holder, name, replacement)

    def undo() -> None:
        if getattr(holder, name) is replacement:  # otherwise another library has wrapped it meanwhile
            setattr(holder, name, original)

    if not permanent:
        _undo.append(undo)


def _loss_function(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    import torch

    heard = _heard

    def reporting(*args: Any, **kwargs: Any) -> Any:
        loss = original(*args, **kwargs)
        if not torch.compiler.is_compiling():
            for listener in heard.listeners:
                listener.on_loss(name, args, kwargs, loss)
        return loss

    # `torch.jit.script` compiles the original's source, and looks its names up in the globals of the replacement.
    names = getattr(original, "__globals__", globals())
    return types.FunctionType(reporting.__code__, names, name, closure=reporting.__closure__)


def _backward(original: Callable[..., Any]) -> Callable[..., Any]:
    import torch

    def backward(self: Any, *args: Any, **kwargs: Any) -> Any:
        if torch.compiler.is_compiling() or self.numel() != 1 or get_ident() in _running:
            return original(self, *args, **kwargs)
        unscaled = _unscaled(self) if _scaled else None
        listeners = _heard.listeners
        for listener in listeners:
            listener.on_backward(self, unscaled)
        _running.add(get_ident())
        try:
            found = original(self, *args, **kwargs)
        finally:
            _running.discard(get_ident())
        for listener in listeners:
            listener.after_backward(unscaled)
        return found

    return backward


def _unscaled(loss: Any) -> Any:
    """The loss before it was scaled, if this is a scaled one."""
    found = next((value for known, value in _scaled if known() is loss), None)
    _scaled.clear()
    return found


def _scale(original: Callable[..., Any]) -> Callable[..., Any]:
    def scale(self: Any, outputs: Any) -> Any:
        found = original(self, outputs)
        if getattr(outputs, "numel", int)() == 1 and found is not outputs:
            _scaled[:] = [(weakref.ref(found), outputs.detach())]
        return found

    return scale


def _scaler_step(original: Callable[..., Any]) -> Callable[..., Any]:
    def step(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        register = getattr(optimizer, "register_step_post_hook", None)
        if register is None:
            return original(self, optimizer, *args, **kwargs)
        updates: list[None] = []
        handle = register(lambda *_: updates.append(None))
        try:
            result = original(self, optimizer, *args, **kwargs)
        finally:
            handle.remove()
        for listener in _heard.listeners:
            listener.on_scaler_step(optimizer, bool(updates))
        return result

    return step


def _next_batch(original: Callable[..., Any]) -> Callable[..., Any]:
    def next_batch(self: Any) -> Any:
        for listener in _heard.listeners:
            listener.on_batch(False)
        try:
            return original(self)
        except StopIteration:
            for listener in _heard.listeners:
                listener.on_batch(True)
            raise

    return next_batch
