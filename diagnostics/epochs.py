"""The history of a script that does not report its epochs, from its losses and DataLoaders."""

from typing import Any


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

    def batch(self, last: bool) -> None:
        """A DataLoader gives a batch, or has no more: its passes are the epochs. Without a step since the last row, it
        was one of a validation."""
        self._loaders = True
        self._ended = self._ended or (last and self.training.count > 0)

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
