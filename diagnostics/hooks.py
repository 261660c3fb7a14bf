"""What hangs on a watched model: small objects that can be pickled and copied, and hold no model alive."""

from typing import Any, Protocol

import torch
from torch import nn

from diagnostics.capture import Capture
from diagnostics.layers import Layer


class Listener(Protocol):
    """Who the hooks lead to."""

    def on_output(self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """`layer` was called and gave `output`."""

    def on_gradient(self, capture: Capture, layer: Layer, gradient: torch.Tensor, given: Any) -> None:
        """The gradient of an output is there."""


class ForwardHook:
    """What a watched module calls. Copies and pickles of the module get one that does nothing."""

    __slots__ = ("_layer", "_observer")

    def __init__(self, observer: Listener, layer: Layer) -> None:
        self._observer = observer
        self._layer = layer

    def __call__(self, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """The module was called."""
        self._observer.on_output(self._layer, module, args, kwargs, output)

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
