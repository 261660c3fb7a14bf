"""What hangs on a watched model: small objects that can be pickled and copied, and hold no model alive."""

from collections import OrderedDict
from typing import Any, Protocol

import torch
from torch import nn

from diagnostics import compiled
from diagnostics.capture import Capture
from diagnostics.layers import Layer


class Listener(Protocol):
    """Who the hooks lead to."""

    def on_output(
        self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object, recorded: bool
    ) -> None:
        """`layer` was called and gave `output`; `recorded`: by autograd, where there is anything to record."""

    def on_compiled(self, layer: Layer, tensor: torch.Tensor) -> None:
        """`layer` gave `tensor` inside a compiled graph."""

    def on_compiled_gradient(self, layer: Layer, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """The gradient of an output inside a compiled graph is there."""

    def on_gradient(self, capture: Capture, layer: Layer, gradient: torch.Tensor, given: Any) -> None:
        """The gradient of an output is there."""


class ForwardHook:
    """What a watched module calls. Copies and pickles of the module get one that does nothing."""

    __slots__ = ("__weakref__", "_features", "_number", "_observer", "layer")

    def __init__(self, observer: Listener, layer: Layer, features: bool) -> None:
        """`features`: whether a compiled graph keeps the layer's inputs, to attribute to them."""
        self._observer = observer
        self.layer = layer
        self._features = features
        self._number = compiled.register(self)

    def __call__(self, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """The module was called."""
        if torch.compiler.is_compiling():
            first = output[0] if isinstance(output, tuple) and output else output
            if isinstance(first, torch.Tensor) and torch.is_grad_enabled():
                inputs = args[0] if self._features and isinstance(args, tuple) and args else None
                compiled.observe(first, inputs if isinstance(inputs, torch.Tensor) else None, self._number)
            return
        self._observer.on_output(self.layer, module, args, kwargs, output, torch.is_grad_enabled())

    def set(self) -> None:
        """Hang on the module, if it is still there. As `register_forward_hook(…, with_kwargs=True)` does, without the
        handle, which takes longer to make than the hook takes to run."""
        module = self.layer.module()
        if module is not None:
            module._forward_hooks[self._number] = self
            module._forward_hooks_with_kwargs[self._number] = True

    def remove(self) -> None:
        """Let go of the module."""
        module = self.layer.module()
        if module is not None:
            module._forward_hooks.pop(self._number, None)
            module._forward_hooks_with_kwargs.pop(self._number, None)

    def on_compiled(self, tensor: torch.Tensor) -> None:
        """See `compiled.Listener`."""
        self._observer.on_compiled(self.layer, tensor)

    def on_compiled_gradient(self, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """See `compiled.Listener`."""
        self._observer.on_compiled_gradient(self.layer, gradient, inputs)

    def __reduce__(self) -> tuple[type["Inert"], tuple[()]]:
        return Inert, ()

    def __deepcopy__(self, memo: object) -> "Inert":
        return Inert()


class Inert:
    """The hook of a copy: copies are not watched."""

    def __call__(self, *_: object) -> None:
        """Does nothing."""


class GradientHook:
    """What the backward pass calls with the gradient of an output; lives as long as the pass's graph."""

    __slots__ = ("_capture", "_given", "_layer", "_observer")

    def __init__(self, observer: Listener, capture: Capture, layer: Layer, given: Any) -> None:
        self._observer, self._capture, self._layer, self._given = observer, capture, layer, given

    def __call__(self, gradient: torch.Tensor) -> None:
        """The gradient is there; returning nothing leaves it as it is."""
        self._observer.on_gradient(self._capture, self._layer, gradient, self._given)

    def set(self, tensor: torch.Tensor) -> None:
        """Hang on `tensor`. As `register_hook` does, without the handle."""
        if type(tensor) is not torch.Tensor:
            tensor.register_hook(self)  # type: ignore[no-untyped-call]
            return
        hooks = tensor._backward_hooks
        if hooks is None:
            hooks = tensor._backward_hooks = OrderedDict()
            if tensor.grad_fn is not None:
                tensor.grad_fn._register_hook_dict(tensor)
        hooks[id(self)] = self
