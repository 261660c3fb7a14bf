"""How a watched module is seen from inside a compiled graph: through an operator that the compiler leaves alone.

A Python hook inside a graph would break it at every layer. An operator that (so it is declared) writes to a buffer
is kept in its place instead, and the graph stays whole."""

import weakref
from typing import Protocol

import torch


class Listener(Protocol):
    """Who is told when a compiled graph runs."""

    def on_compiled(self, tensor: torch.Tensor) -> None:
        """The output of a layer, as it is now; its gradient cannot be asked for."""


_listeners: "weakref.WeakValueDictionary[int, Listener]" = weakref.WeakValueDictionary()
_written = torch.zeros(1)  # nobody reads it: that it is written keeps the operator from being taken for dead
_library = torch.library.Library("session_diagnostics", "DEF")  # type: ignore[no-untyped-call]
_library.define("observe(Tensor(a!) written, Tensor output, int listener) -> ()")  # type: ignore[no-untyped-call]


def _observe(_written: torch.Tensor, output: torch.Tensor, listener: int) -> None:
    known = _listeners.get(listener)
    if known is not None:
        known.on_compiled(output)


_library.impl("observe", _observe, "CompositeExplicitAutograd")  # type: ignore[no-untyped-call]
torch.library.register_fake("session_diagnostics::observe", lambda written, output, listener: None)


def register(listener: Listener) -> int:
    """A number for `listener` that a graph can hold; it keeps nothing alive."""
    number = id(listener)
    _listeners[number] = listener
    return number


def observe(output: torch.Tensor, listener: int) -> None:
    """Put the operator into the graph that is being traced."""
    torch.ops.session_diagnostics.observe(_written, output.detach(), listener)
