"""What hangs on a watched model: small objects that can be pickled and copied, and hold no model alive."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import nn

from diagnostics import compiled
from diagnostics.layers import Layer

traced = torch.compiler.is_dynamo_compiling  # the quickest to ask, and what sees through Python code is none but Dynamo


class Quick(Protocol):
    """What is tried first (`capture.Capture`)."""

    def again(self, layer: Layer, args: object, output: object) -> bool:
        """`layer` gave `output` for `args`; whether that is all there is to be said."""


class Listener(Protocol):
    """Who the hooks lead to."""

    @property
    def capture(self) -> Quick | None:
        """What is tried before `on_output`, where there is anything."""

    def on_output(
        self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object, recorded: bool
    ) -> None:
        """`layer` was called and gave `output`; `recorded`: by autograd, where there is anything to record."""

    def on_compiled(self, layer: Layer, tensor: torch.Tensor) -> None:
        """`layer` gave `tensor` inside a compiled graph."""

    def on_compiled_gradient(self, layer: Layer, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """The gradient of an output inside a compiled graph is there."""


class ForwardHook:
    """What a watched module calls. Copies and pickles of the module get one that does nothing."""

    __slots__ = ("__weakref__", "_features", "_observer", "layer", "number")

    def __init__(self, observer: Listener, layer: Layer, features: bool) -> None:
        """`features`: whether a compiled graph keeps the layer's inputs, to attribute to them."""
        self._observer = observer
        self.layer = layer
        self._features = features
        self.number = compiled.register(self)

    def __call__(self, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """The module was called."""
        observer = self._observer
        if not traced():
            capture = observer.capture
            if capture is not None and capture.again(self.layer, args, output):
                return
        if not torch.compiler.is_compiling():
            observer.on_output(self.layer, module, args, kwargs, output, torch.is_grad_enabled())
            return
        first = output[0] if isinstance(output, tuple) and output else output
        if isinstance(first, torch.Tensor) and torch.is_grad_enabled():
            inputs = args[0] if self._features and isinstance(args, tuple) and args else None
            compiled.observe(first, inputs if isinstance(inputs, torch.Tensor) else None, self.number)

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


class ForwardHooks:
    """Those of all layers, set and removed together. As `register_forward_hook(…, with_kwargs=True)` does, without the
    handles, which take longer to make than the hooks take to run."""

    def __init__(self, hooks: Sequence[ForwardHook]) -> None:
        self._all = [(hook.layer.module, hook.number, hook) for hook in hooks]
        for known, number, _ in self._all:
            module = known()
            if module is not None:
                module._forward_hooks_with_kwargs[number] = True

    def set(self) -> None:
        """Hang on the modules that are still there."""
        for known, number, hook in self._all:
            module = known()
            if module is not None:
                module._forward_hooks[number] = hook

    def remove(self) -> None:
        """Let go of the modules until the next time."""
        for known, number, _ in self._all:
            module = known()
            if module is not None:
                module._forward_hooks.pop(number, None)

    def close(self) -> None:
        """Let go of them for good."""
        self.remove()
        for known, number, _ in self._all:
            module = known()
            if module is not None:
                module._forward_hooks_with_kwargs.pop(number, None)


def set_gradient_hook(tensor: torch.Tensor, hook: Callable[[torch.Tensor], None]) -> None:
    """Call `hook` with the gradient of `tensor`, an output; it lives as long as the backward pass's graph. As
    `register_hook` does, without the handle."""
    if type(tensor) is not torch.Tensor:
        tensor.register_hook(hook)  # type: ignore[no-untyped-call]
        return
    hooks = tensor._backward_hooks
    if hooks is None:
        hooks = tensor._backward_hooks = OrderedDict()
        node = tensor.grad_fn
        if node is not None:
            node._register_hook_dict(tensor)
    hooks[id(hook)] = hook
