"""For Lightning: `Trainer(callbacks=[Diagnostics(name="baseline")])`."""

# ruff: noqa: ARG002 - Lightning names the arguments

from typing import TYPE_CHECKING, Any

from diagnostics.observer import Observer, attach
from diagnostics.result import Result

if TYPE_CHECKING:
    from lightning.pytorch import Callback, LightningModule, Trainer
else:
    try:
        from lightning.pytorch import Callback
    except ImportError:
        from pytorch_lightning import Callback


class Diagnostics(Callback):  # type: ignore[misc,unused-ignore]
    """Watches the LightningModule from the first training step to the last, in every process; the first one writes
    what all of them saw.

    Every epoch is reported with the scalars that the module logged (`train_loss` and `val_loss` are the names
    that rules know) and the learning rate. `options` are those of `diagnostics.attach`; `result` is there when
    training has ended.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.result: Result | None = None
        self._name = name
        self._options = options
        self._observer: Observer | None = None

    def on_train_start(self, trainer: "Trainer", pl_module: "LightningModule") -> None:
        """Attach: the module is on its device, the optimizers exist."""
        self._observer = attach(pl_module, name=self._name, optimizer=list(trainer.optimizers), **self._options)

    def on_train_epoch_end(self, trainer: "Trainer", pl_module: "LightningModule") -> None:
        """Report the epoch; Lightning has validated by now."""
        if self._observer is not None:
            logged = {name: value for name, value in trainer.callback_metrics.items() if value.numel() == 1}
            self._observer.epoch(**{**logged, "lr": trainer.optimizers[0].param_groups[0]["lr"]})

    def on_train_end(self, trainer: "Trainer", pl_module: "LightningModule") -> None:
        """Detach."""
        if self._observer is not None:
            self.result = self._observer.detach()

    def on_exception(self, trainer: "Trainer", pl_module: "LightningModule", exception: BaseException) -> None:
        """The training ends early: interrupted or failed."""
        if self._observer is not None:
            self.result = self._observer.detach(status="failed" if isinstance(exception, Exception) else "partial")
