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

    def end_step(self) -> int:
        """Every optimizer has had its turn. Returns how many of the next steps nobody needs to hear of."""


class Clock:
    """Turns the steps of one or several optimizers into the steps of a training.

    A step ends when each optimizer has stepped once, or when one begins its second turn: so alternating
    optimizers, optimizers that skip a turn and optimizers stepping inside the backward pass (one a parameter)
    all count as one would count by hand. Without `optimizers`, those that hold a parameter of the model are
    found when they first step.

    While nobody needs to hear of them, steps of a single optimizer cost a subtraction: `idle` of them are left, and
    whoever hooks `before` and `after` in may take `idle_of` in their place."""

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
        self.idle = 0
        self._steps = 0  # those that will have been when nothing is left of `idle`
        self._listener = listener
        self._known: weakref.WeakKeyDictionary[Optimizer, bool] = weakref.WeakKeyDictionary()
        self._only: weakref.ref[Optimizer] | None = None  # the one that steps, where there is one
        self._stepped: set[int] = set()
        self._ids = {id(parameter) for parameter in parameters if parameter.requires_grad}
        self._handles: list[Any] = []
        for optimizer in optimizers:
            self._know(optimizer, True)
        self._missing = set() if self._known else set(self._ids)
        self._hooks = before, after

    def start(self) -> None:
        """Set the hooks."""
        before, after = self._hooks
        for optimizer in self._known:
            self._handles += [optimizer.register_step_pre_hook(before), optimizer.register_step_post_hook(after)]
        if not self._handles:
            self._handles += [
                register_optimizer_step_pre_hook(before),
                register_optimizer_step_post_hook(after),
            ]

    @property
    def steps(self) -> int:
        """The steps that have ended."""
        return self._steps - self.idle

    def stop(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def idle_of(self, optimizer: Optimizer) -> bool:
        """Whether a step of `optimizer` is one that nobody needs to hear of."""
        return self.idle > 0 and self._only is not None and self._only() is optimizer

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
            if not self._missing and (self._only is not None or self._all_stepped()):
                self._end()

    def _all_stepped(self) -> bool:
        return all(id(key) in self._stepped for key, concerned in self._known.items() if concerned)

    def _concerns(self, optimizer: Optimizer) -> bool:
        if self._only is not None and self._only() is optimizer:
            return True
        known = self._known.get(optimizer)
        if known is None:
            held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
            known = bool(held & self._ids)
            self._know(optimizer, known)
            self._missing -= held
        return known

    def _know(self, optimizer: Optimizer, concerned: bool) -> None:
        self._known[optimizer] = concerned
        if concerned:
            alone = sum(self._known.values()) == 1
            self._only = weakref.ref(optimizer) if alone else None
            if not alone:  # what was said of the next steps was said of another way to count them
                self._steps, self.idle = self.steps, 0

    def _end(self) -> None:
        self._stepped.clear()
        self._missing.clear()
        self._steps += 1
        idle = self._listener.end_step()
        if self._only is not None and not self._stepped:
            self._steps, self.idle = self._steps + idle, idle


def _closure(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the step was given a closure: then forward and backward run inside it (LBFGS, Lightning)."""
    return kwargs.get("closure") is not None or any(callable(value) for value in args if value is not optimizer)
