"""When a training step ends: told by the optimizers themselves, so that no training loop has to say."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

Hook = Callable[[Optimizer, tuple[Any, ...], dict[str, Any]], None]


class Listener(Protocol):
    """Who is told. Gradients are final (averaged, unscaled, clipped) when `before_update` comes, unless a `closure` has
    yet to compute them; then they are when `after_update` does."""

    def before_update(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` is about to update its parameters, in a step with these arguments."""

    def after_update(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` has updated its parameters."""

    def end_step(self) -> int:
        """Every optimizer has had its turn. Returns how many of the next steps nobody needs to hear of; where there are
        any, and they can be left out, `begin_step` comes behind the last of them."""

    def begin_step(self) -> None:
        """The next step is one to hear of."""


class Clock:
    """Turns the steps of one or several optimizers into the steps of a training.

    A step ends when each optimizer has stepped once, or when one begins its second turn: so alternating
    optimizers, optimizers that skip a turn and optimizers stepping inside the backward pass (one a parameter)
    all count as one would count by hand. Without `optimizers`, those that hold a parameter of the model are
    found when they first step.

    While nobody needs to hear of them, steps of the `only` optimizer cost a subtraction: `idle` of them are left."""

    def __init__(
        self,
        listener: Listener,
        optimizers: Iterable[Optimizer],
        parameters: Iterable[nn.Parameter],
        before: Hook,
        after: Hook,
    ) -> None:
        """`before` and `after` must lead to the methods of these names (through the border)."""
        self.idle, self._over = 0, False
        self._steps = 0  # those that will have been when nothing is left of `idle`
        self._listener = listener
        self._known: weakref.WeakKeyDictionary[Optimizer, bool] = weakref.WeakKeyDictionary()
        self._only: Callable[[], Optimizer | None] = _nobody  # the one that steps, where there is one
        self._stepped: set[int] = set()
        self._ids = {id(parameter) for parameter in parameters if parameter.requires_grad}
        self._handles: list[Any] = []
        for optimizer in optimizers:
            self._know(optimizer, True)
        self._missing = set() if self._known else set(self._ids)
        self._before, self._after = before, after
        self._begin: int | None = None  # the number of the hook at the beginning of an optimizer that was given

    def start(self) -> None:
        """Set the hooks."""
        for optimizer in self._known:
            begin = optimizer.register_step_pre_hook(self._before)
            self._begin = begin.id
            self._handles += [begin, optimizer.register_step_post_hook(self._ended)]
        if not self._handles:
            self._handles += [
                register_optimizer_step_pre_hook(self._before),
                register_optimizer_step_post_hook(self._ended),
            ]

    def _ended(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.idle and self._only() is optimizer:
            self.idle -= 1
            if not self.idle:
                self._hear_of_beginnings(True)
                self._listener.begin_step()
        elif not self._over:
            self._after(optimizer, args, kwargs)

    def alone(self, optimizer: Optimizer) -> bool:
        """Whether a step is a step of this one, and nothing else."""
        return self._only() is optimizer and not self._stepped

    @property
    def steps(self) -> int:
        """The steps that have ended."""
        return self._steps - self.idle

    def halt(self) -> None:
        """Hear nothing any more. The hooks stay until `stop`: an optimizer that is about to call those of others breaks
        when one is taken away."""
        self._over, self._steps, self.idle = True, self.steps, 0

    def stop(self) -> None:
        """Take the hooks away."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` begins a step."""
        if not self._over and (self._only() is optimizer or self._concerns(optimizer)):
            if id(optimizer) in self._stepped:
                self._end()
            self._listener.before_update(optimizer, args, kwargs)

    def after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` has made its step."""
        alone = self._only() is optimizer
        if alone or self._concerns(optimizer):
            self._listener.after_update(optimizer, args, kwargs)
            self._stepped.add(id(optimizer))
            if not self._missing and (alone or self._all_stepped()):
                self._end()

    def _all_stepped(self) -> bool:
        return all(id(key) in self._stepped for key, concerned in self._known.items() if concerned)

    def _concerns(self, optimizer: Optimizer) -> bool:
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
            self._only = weakref.ref(optimizer) if alone else _nobody
            if not alone:  # what was said of the next steps was said of another way to count them
                self._steps, self.idle = self.steps, 0

    def _end(self) -> None:
        self._stepped.clear()
        self._missing.clear()
        self._steps += 1
        idle = self._listener.end_step()
        if self._only is not _nobody and not self._stepped:
            self._steps, self.idle = self._steps + idle, idle
            self._hear_of_beginnings(not idle)

    def _hear_of_beginnings(self, wanted: bool) -> None:
        """Of the steps of the only optimizer, if it was given."""
        optimizer = self._only()
        if optimizer is not None and self._begin is not None:
            if wanted:
                optimizer._optimizer_step_pre_hooks[self._begin] = self._before
            else:
                optimizer._optimizer_step_pre_hooks.pop(self._begin, None)


def _nobody() -> None:
    """There is no such optimizer."""


def closure(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the step was given a closure: then forward and backward run inside it (LBFGS, Lightning)."""
    if len(args) == 1 and not kwargs:  # the optimizer itself
        return False
    return kwargs.get("closure") is not None or any(callable(value) for value in args if value is not optimizer)
