"""When a training step ends: told by the optimizers themselves, so that no training loop has to say."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

Hook = Callable[[Optimizer, tuple[Any, ...], dict[str, Any]], None]


class Listener(Protocol):
    """Who is told. Gradients are final (averaged, unscaled, clipped) when `before_update` comes."""

    def before_update(self, optimizer: Optimizer, gradients: bool) -> None:
        """`optimizer` is about to update its parameters; without `gradients` a closure will compute them only
        now.
        """

    def after_update(self, optimizer: Optimizer, gradients: bool) -> None:
        """`optimizer` has updated its parameters; `gradients` says whether the closure's gradients are there
        to be read.
        """

    def end_step(self) -> None:
        """Every optimizer has had its turn."""


class Clock:
    """Turns the steps of one or several optimizers into the steps of a training.

    A step ends when each optimizer has stepped once, or when one begins its second turn: so alternating
    optimizers, optimizers that skip a turn and optimizers stepping inside the backward pass (one a parameter)
    all count as one would count by hand. Without `optimizers`, those that hold a parameter of the model are
    found when they first step."""

    def __init__(
        self,
        listener: Listener,
        optimizers: Iterable[Optimizer],
        parameters: Iterable[nn.Parameter],
        before: Hook,
        after: Hook,
    ) -> None:
        """`before` and `after` are what is hooked in: they must lead to the methods of these names (through
        the border).
        """
        self._listener = listener
        self._known: weakref.WeakKeyDictionary[Optimizer, bool] = weakref.WeakKeyDictionary()
        self._stepped: set[int] = set()
        self._ids = {id(parameter) for parameter in parameters if parameter.requires_grad}
        self._handles: list[Any] = []
        for optimizer in optimizers:
            self._known[optimizer] = True
            self._handles += [
                optimizer.register_step_pre_hook(before),
                optimizer.register_step_post_hook(after),
            ]
        self._missing = set() if self._handles else set(self._ids)
        if not self._handles:
            self._handles += [
                register_optimizer_step_pre_hook(before),
                register_optimizer_step_post_hook(after),
            ]

    def stop(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _concerns(self, optimizer: Optimizer) -> bool:
        known = self._known.get(optimizer)
        if known is None:
            held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
            known = self._known[optimizer] = bool(held & self._ids)
            self._missing -= held
        return known

    def before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` begins a step."""
        if self._concerns(optimizer):
            if id(optimizer) in self._stepped:
                self._end()
            self._listener.before_update(optimizer, not _closure(optimizer, args, kwargs))

    def after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` has made its step."""
        if self._concerns(optimizer):
            self._listener.after_update(optimizer, _closure(optimizer, args, kwargs))
            self._stepped.add(id(optimizer))
            if not self._missing and all(
                id(key) in self._stepped for key, concerned in self._known.items() if concerned
            ):
                self._end()

    def _end(self) -> None:
        self._stepped.clear()
        self._missing.clear()
        self._listener.end_step()


def _closure(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the step was given a closure: then forward and backward run inside it (LBFGS, Lightning)."""
    return kwargs.get("closure") is not None or any(callable(value) for value in args if value is not optimizer)
