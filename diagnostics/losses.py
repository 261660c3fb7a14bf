"""The losses of a script that does not report them: the scalars on which `backward()` is called, unscaled, and the
loss functions that are called without gradients, which are those of a validation."""

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any, Protocol

FUNCTIONS = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "huber_loss", "kl_div", "l1_loss",
    "mse_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss",
)  # fmt: skip


CALLS: list[Callable[[str, Any, Any, Any], None]] = []  # receive every call, with its arguments and result


class LossCallListener(Protocol):
    """Receives losses. The tensors have no history; nothing is read from the device."""

    def backward(self, loss: Any) -> None:
        """`backward()` is called on this scalar."""

    def evaluated(self, function: str, loss: Any, gradients: bool) -> None:
        """A loss function gave this scalar, with or without gradients."""

    def loading(self) -> None:
        """A DataLoader is about to give a batch."""

    def exhausted(self) -> None:
        """A DataLoader has no more batches."""


def watch_functions(functional: ModuleType, listener: LossCallListener) -> None:
    """Report the scalars that the loss functions of `torch.nn.functional` give, also to loss modules."""
    for name in FUNCTIONS:
        setattr(functional, name, _reporting(getattr(functional, name), name, listener))


def _reporting(function: Callable[..., Any], name: str, listener: LossCallListener) -> Callable[..., Any]:
    import torch

    @functools.wraps(function)
    def reporting(*args: Any, **kwargs: Any) -> Any:
        loss = function(*args, **kwargs)
        if not torch.compiler.is_compiling() and _is_scalar(loss):
            listener.evaluated(name, loss.detach(), loss.requires_grad)
            for call in CALLS:
                call(name, args, kwargs, loss)
        return loss

    reporting.reports = True  # type: ignore[attr-defined]
    return reporting


def watch_backward(tensor: Any, listener: LossCallListener) -> None:
    """Report the scalars on which `backward()` is called. `tensor`: the class `torch.Tensor`."""
    import torch
    from torch.utils.weak import WeakTensorKeyDictionary

    scaled: Any = WeakTensorKeyDictionary()
    backward, scale = tensor.backward, torch.amp.GradScaler.scale

    @functools.wraps(backward)
    def reporting(self: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_scalar(self):
            listener.backward(scaled.get(self, self).detach())
        return backward(self, *args, **kwargs)

    @functools.wraps(scale)
    def remembering(self: Any, outputs: Any) -> Any:
        found = scale(self, outputs)
        if _is_scalar(outputs) and found is not outputs:
            scaled[found] = outputs.detach()
        return found

    tensor.backward = reporting
    torch.amp.GradScaler.scale = remembering  # type: ignore[method-assign]


def watch_loaders(module: ModuleType, listener: LossCallListener) -> None:
    """Report when an iteration over a DataLoader ends. `module`: `torch.utils.data.dataloader`."""
    iterator = module._BaseDataLoaderIter
    following = iterator.__next__

    @functools.wraps(following)
    def reporting(self: Any) -> Any:
        listener.loading()
        try:
            return following(self)
        except StopIteration:
            listener.exhausted()
            raise

    iterator.__next__ = reporting


def _is_scalar(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor) and value.numel() == 1 and value.is_floating_point()


class Mean:
    """The mean of scalars that stay on their device until it is read."""

    def __init__(self) -> None:
        self._total: Any = None
        self.count = 0

    def add(self, value: Any) -> None:
        """One more."""
        value = value.float()
        self._total = value.clone() if self._total is None else self._total.to(value.device) + value
        self.count += 1

    def take(self) -> float | None:
        """The mean, and begin again; None of nothing."""
        if not self.count:
            return None
        mean = float(self._total) / self.count
        self._total, self.count = None, 0
        return mean


class Epochs:
    """Rows of the history from the losses between steps: one an exhausted DataLoader, with the validation behind it;
    without a DataLoader, one a captured step."""

    def __init__(self) -> None:
        self.training, self.validation = Mean(), Mean()
        self.rate: Any = None  # the learning rate of the last step
        self._function: str | None = None
        self._ended = self._loaders = False  # an epoch is over; there is any DataLoader

    def evaluated(self, function: str, loss: Any, gradients: bool) -> None:
        """A loss function was called; without gradients, the function of the training counts as validation."""
        if gradients:
            self._function = function
        elif function == self._function:
            self.validation.add(loss)

    def loading(self) -> None:
        """There is a DataLoader: its passes are the epochs."""
        self._loaders = True

    def exhausted(self) -> None:
        """A DataLoader has no more batches. Without a step since the last row, it was one of a validation."""
        self._ended = self._ended or self.training.count > 0

    def row(self, captured: bool, over: bool = False) -> dict[str, float]:
        """The row that is complete before the next step, or when the run is `over`; empty when none is."""
        if not (self._ended or over or (captured and not self._loaders)):
            return {}
        self._ended = False
        if not self.training.count:
            return {}
        rate = None if self.rate is None else float(self.rate)
        found = {"train_loss": self.training.take(), "val_loss": self.validation.take(), "lr": rate}
        return {name: value for name, value in found.items() if value is not None}
