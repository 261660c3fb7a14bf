"""The hooks on a watched model: small objects that can be pickled and copied, and keep no model alive."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from diagnostics import compiled
from diagnostics.layers import WatchedLayer

if TYPE_CHECKING:
    from diagnostics.observer import Observer


class ForwardHook:
    """Called by a watched module. Copies and pickles of the module get one that does nothing."""

    __slots__ = ("__weakref__", "_features", "_observer", "layer", "number")

    def __init__(self, observer: "Observer", layer: WatchedLayer, features: bool) -> None:
        """`features`: whether a compiled graph keeps the layer's inputs, to attribute to them."""
        self._observer = observer
        self.layer = layer
        self._features = features
        self.number = compiled.register(self)

    def __call__(self, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """The module was called."""
        if not torch.compiler.is_compiling():
            self._observer.on_output(self.layer, module, args, kwargs, output, torch.is_grad_enabled())
            return
        if is_exporting() or not torch.compiler.is_dynamo_compiling():  # torch.export may run without dynamo
            return
        first = output[0] if isinstance(output, tuple) and output else output
        if isinstance(first, torch.Tensor) and torch.is_grad_enabled():
            inputs = args[0] if self._features and isinstance(args, tuple) and args else None
            compiled.observe(first, inputs if isinstance(inputs, torch.Tensor) else None, self.number)

    def on_compiled(self, tensor: torch.Tensor) -> None:
        """The layer gave `tensor` inside a compiled graph."""
        self._observer.on_compiled(self.layer, tensor)

    def on_compiled_gradient(self, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """The gradient of that output is there, and the layer's input where that was asked for."""
        self._observer.on_compiled_gradient(self.layer, gradient, inputs)

    def __reduce__(self) -> tuple[type["Inert"], tuple[()]]:
        return Inert, ()

    def __deepcopy__(self, memo: object) -> "Inert":
        return Inert()


def is_exporting() -> bool:
    """Whether `torch.export` traces the model: what `torch.compiler.is_exporting` returns, which torch 2.7 introduced
    and which was also true inside `torch.compile` before torch 2.13."""
    return bool(getattr(torch.compiler, "_is_exporting_flag", False))


def is_traced() -> bool:
    """Whether what runs now is recorded (`torch.jit.trace`, `torch.export`, `make_fx`), which must not contain the
    observer's operations."""
    proxies: Any = sys.modules.get("torch.fx.experimental.proxy_tensor")
    tracing: Any = torch.jit
    if tracing.is_tracing() or is_exporting():
        return True
    return proxies is not None and proxies.get_innermost_proxy_mode() is not None


class Inert:
    """The hook of a copy: copies are not watched."""

    def __call__(self, *_: object) -> None:
        """Does nothing."""


class ForwardHooks:
    """The hooks of all layers, set and removed together."""

    def __init__(self, hooks: Sequence[ForwardHook]) -> None:
        self._hooks = list(hooks)
        self._handles: list[Any] = []

    def add(self, hooks: Sequence[ForwardHook]) -> None:
        """More of them; they are set with the next `set`."""
        self._hooks += hooks
        self.renew()

    def renew(self) -> None:
        """A layer has another module now: set all of them again, if they are set."""
        if self._handles:
            self.remove()
            self.set()

    def set(self) -> None:
        """Register them, unless they are registered."""
        if not self._handles:
            present = [(hook, module) for hook in self._hooks if (module := hook.layer.module()) is not None]
            self._handles = [
                module.register_forward_hook(hook, with_kwargs=True)
                for hook, module in present if not isinstance(module, torch.jit.ScriptModule)
            ]  # fmt: skip

    def remove(self) -> None:
        """Remove them until the next `set`."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
