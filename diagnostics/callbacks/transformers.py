"""For the Trainer of transformers: `Trainer(…, callbacks=[Diagnostics(name="finetuning")])`."""

# ruff: noqa: ARG002 - transformers names the arguments

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from diagnostics.observer import Observer, attach
from diagnostics.result import Result

KNOWN = {"loss": "train_loss", "eval_loss": "val_loss", "learning_rate": "lr"}


class Diagnostics(TrainerCallback):  # type: ignore[misc,unused-ignore]
    """Watches the model from the first training step to the last, in every process; the first one writes what all of
    them saw.

    What the Trainer logs is reported under its name (`loss`, `eval_loss` and `learning_rate` as `train_loss`,
    `val_loss` and `lr`, which rules know), an evaluation together with the training loss before it. `options` are
    those of `diagnostics.attach`; `result` is there when training has ended.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.result: Result | None = None
        self._name = name
        self._options = options
        self._observer: Observer | None = None
        self._train_loss: float | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Attach. The optimizer here wraps another one; the first step shows which."""
        self._observer = attach(kwargs["model"], name=self._name, **self._options)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """Report what is logged."""
        values = {KNOWN.get(name, name): float(value) for name, value in (logs or {}).items() if _is_number(value)}
        self._train_loss = values.get("train_loss", self._train_loss)
        if "val_loss" in values and self._train_loss is not None:
            values["train_loss"] = self._train_loss
        reported = {name: value for name, value in values.items() if name not in ("epoch", "step")}
        if self._observer is not None and reported:
            self._observer.epoch(**reported)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Detach."""
        if self._observer is not None:
            self.result = self._observer.detach()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
