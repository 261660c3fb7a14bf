"""Watching a module inside a compiled graph, through operators that the compiler leaves alone.

A Python hook inside a graph would break it at every layer. An operator that (so it is declared) writes to a buffer
is kept in its place instead, in the forward graph and in the backward graph, and both stay whole."""

import importlib.util
import itertools
import weakref
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from diagnostics.hooks import ForwardHook

# Before it had this (torch 2.13), the compiler broke a graph in two wherever a tensor inside was given a hook, or
# (2.11, 2.12) gave other gradients than without: https://github.com/pytorch/pytorch/pull/181763
GRADIENTS = importlib.util.find_spec("torch._higher_order_ops.register_hook") is not None


_numbers = itertools.count()  # never used again: a graph may outlive its listener
_listeners: "weakref.WeakValueDictionary[int, ForwardHook]" = weakref.WeakValueDictionary()
# Never read: that they are written keeps the compiler from removing the operators as dead code.
_written, _written_backward = torch.zeros(1, device="cpu"), torch.zeros(1, device="cpu")
_library = torch.library.Library("session_diagnostics", "DEF")  # type: ignore[no-untyped-call]
_library.define("observe(Tensor(a!) written, Tensor output, int listener) -> ()")  # type: ignore[no-untyped-call]
_library.define(  # type: ignore[no-untyped-call]
    "observe_gradient(Tensor(a!) written, Tensor gradient, Tensor? inputs, int listener) -> ()"
)


def _observe(_written: torch.Tensor, output: torch.Tensor, listener: int) -> None:
    known = _listeners.get(listener)
    if known is not None:
        known.on_compiled(output)


def _observe_gradient(
    _written: torch.Tensor, gradient: torch.Tensor, inputs: torch.Tensor | None, listener: int
) -> None:
    known = _listeners.get(listener)
    if known is not None:
        known.on_compiled_gradient(gradient, inputs)


_library.impl("observe", _observe, "CompositeExplicitAutograd")  # type: ignore[no-untyped-call]
_library.impl("observe_gradient", _observe_gradient, "CompositeExplicitAutograd")  # type: ignore[no-untyped-call]
torch.library.register_fake("session_diagnostics::observe", lambda written, output, listener: None)
torch.library.register_fake("session_diagnostics::observe_gradient", lambda written, gradient, inputs, listener: None)


def register(listener: "ForwardHook") -> int:
    """A number for `listener` that a graph can hold; it keeps nothing alive."""
    number = next(_numbers)
    _listeners[number] = listener
    return number


def observe(output: torch.Tensor, inputs: torch.Tensor | None, listener: int) -> None:
    """Put the operators into the graph that is being traced: for `output`, and for its gradient where the compiler
    can (`GRADIENTS`), which then takes the layer's `inputs` along."""
    torch.ops.session_diagnostics.observe(_written, output.detach(), listener)
    if GRADIENTS and output.requires_grad:
        known = inputs.detach() if inputs is not None else None
        output.register_hook(  # type: ignore[no-untyped-call]
            lambda gradient: torch.ops.session_diagnostics.observe_gradient(
                _written_backward, gradient, known, listener
            )
        )
