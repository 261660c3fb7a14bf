"""Training steps, as reported by the optimizers, so that no training loop has to report them."""

import weakref
from collections.abc import Callable, Iterable
from threading import get_ident
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from diagnostics.master_weights import masters_held

if TYPE_CHECKING:
    from diagnostics.observer import Observer

Hook = Callable[[Optimizer, tuple[Any, ...], dict[str, Any]], None]


class StepTracker:
    """Turns the steps of one or several optimizers into the steps of a training.

    A step ends when each optimizer has stepped once, or when one begins its second turn. So alternating optimizers,
    optimizers that skip a turn and optimizers stepping inside the backward pass (one a parameter) count as one would
    count by hand. Besides the given optimizers, every optimizer that holds a parameter of the model counts from its
    first step on, for example one that was made again after `attach`."""

    def __init__(
        self,
        listener: "Observer",
        optimizers: Iterable[Optimizer],
        parameters: Callable[[], Iterable[nn.Parameter]],
        before: Hook,
        after: Hook,
    ) -> None:
        """`before` and `after` must lead to the methods of these names (through the guard)."""
        self.steps = self.alternations = 0  # alternations: steps before which another model's optimizer stepped
        self._foreign = self.others = False  # others: any optimizer of other parameters has stepped
        self._thread: int | None = None  # that made the last step
        self._listener, self._parameters = listener, parameters
        self._known: weakref.WeakKeyDictionary[Optimizer, bool] = weakref.WeakKeyDictionary()
        self._expected: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        self._stepped: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        self._begun: weakref.WeakSet[Optimizer] = weakref.WeakSet()  # optimizers that are in a step
        self.seen: weakref.WeakSet[Optimizer] = weakref.WeakSet()  # optimizers that have stepped
        for optimizer in optimizers:
            self._known[optimizer] = True
            self._expected.add(optimizer)
        # Until each trainable parameter has had its optimizer, one of several may still have to make its first step.
        self._missing = set() if self._known else {each for each in parameters() if each.requires_grad}
        self._before, self._after = before, after
        self._single: Callable[[], Optimizer | None] = _none
        self._handles: list[Any] = []
        self._over = False

    @property
    def known(self) -> list[Optimizer]:
        """All that were given or have stepped while this watched, of the model or not."""
        return list(self._known)

    @property
    def optimizers(self) -> list[Optimizer]:
        """Those of the model, given or found."""
        return [optimizer for optimizer, concerned in self._known.items() if concerned]

    def start(self) -> None:
        """Set the hooks."""
        self._handles = [
            register_optimizer_step_pre_hook(self._before),
            register_optimizer_step_post_hook(self._after),
        ]

    def halt(self) -> None:
        """Report nothing any more. The hooks stay until `stop`: an optimizer that is calling hooks breaks when one is
        removed."""
        self._over = True

    def stop(self) -> None:
        """Remove the hooks."""
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def concerns(self, optimizer: Optimizer) -> bool:
        """Whether `optimizer` holds a parameter of the model."""
        known = self._known.get(optimizer)
        if known is None:
            held = {parameter for group in optimizer.param_groups for parameter in group["params"]}
            parameters = list(self._parameters())
            known = not held.isdisjoint(parameters) or bool(masters_held(optimizer, parameters))
            self._known[optimizer] = known
            self._missing -= held
            if known:
                self._expected.add(optimizer)
                self._single = _none
        return known and not self._over

    def adopt(self, optimizer: Optimizer) -> None:
        """Count the steps of `optimizer` although it holds no parameter of the model: it was made for another one."""
        self._known[optimizer] = True
        self._expected.add(optimizer)
        self._missing.clear()

    def is_single(self, optimizer: Optimizer) -> bool:
        """Whether a step of this optimizer is a step of the training, and nothing else is known to be."""
        return self._single() is optimizer and not self._over

    def forget_others(self) -> None:
        """The model's parameters are other ones now: look at optimizers again that did not concern it."""
        for optimizer in [each for each, concerned in self._known.items() if not concerned]:
            del self._known[optimizer]

    def before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` begins a step."""
        if self.concerns(optimizer):
            if optimizer in self._stepped:
                self._expected &= self._stepped  # the others have missed their turn
                self._end()
            if optimizer in self._begun:
                self._listener.repeat_update()
            self._begun.add(optimizer)
            self._listener.before_update(optimizer, has_closure(optimizer, args, kwargs))

    def after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer` has made its step."""
        if self.concerns(optimizer):
            self._begun.discard(optimizer)
            self._thread = get_ident()
            self._listener.after_update(optimizer, has_closure(optimizer, args, kwargs))
            self.passed(optimizer)
            return
        self.others = True
        if self._thread in (None, get_ident()):
            self._foreign = True

    def passed(self, optimizer: Optimizer) -> None:
        """`optimizer` has had its turn, with an update or without (a GradScaler skipped it)."""
        self.seen.add(optimizer)
        self._stepped.add(optimizer)
        self._expected.add(optimizer)
        if not self._missing and self._expected <= self._stepped:
            only = self.optimizers
            self._single = weakref.ref(only[0]) if len(only) == 1 else _none
            self._end()

    def _end(self) -> None:
        self._stepped.clear()
        self._missing.clear()
        self.count()
        self._listener.end_step()

    def count(self) -> None:
        """One more step is over."""
        self.steps += 1
        self.alternations += self._foreign
        self._foreign = False


def _none() -> None:
    """There is no such optimizer."""


def has_closure(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a step was given a closure: then forward and backward run inside it (LBFGS, Lightning)."""
    return kwargs.get("closure") is not None or any(callable(value) for value in args if value is not optimizer)
