"""The callbacks, under the real libraries where they are installed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

pytestmark = pytest.mark.slow
STEPS, EPOCHS = 6, 3


class Fit:
    """Trains a small module with Lightning; the same way each time."""

    def __init__(self, lightning: Any) -> None:
        class Module(lightning.LightningModule):  # type: ignore[misc]
            def __init__(self, error: BaseException | None) -> None:
                super().__init__()
                self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
                self.error = error

            def training_step(self, batch: Any, index: int) -> torch.Tensor:
                if self.error is not None and self.current_epoch == 1:
                    raise self.error
                loss = nn.functional.mse_loss(self.net(batch[0]), batch[1])
                self.log("train_loss", loss, on_epoch=True, on_step=False)
                return loss

            def validation_step(self, batch: Any, index: int) -> None:
                self.log("val_loss", nn.functional.mse_loss(self.net(batch[0]), batch[1]))

            def configure_optimizers(self) -> torch.optim.Optimizer:
                return torch.optim.Adam(self.parameters(), lr=0.01)

        self._lightning, self._module = lightning, Module

    def __call__(
        self, callbacks: list[Any], error: BaseException | None = None, **options: Any
    ) -> dict[str, torch.Tensor]:
        """The weights at the end."""
        torch.manual_seed(0)
        x = torch.randn(8 * STEPS, 4)
        loader = DataLoader(TensorDataset(x, x[:, :1]), batch_size=8)
        module = self._module(error)
        trainer = self._lightning.Trainer(
            max_epochs=EPOCHS, accelerator="cpu", logger=False, enable_checkpointing=False, callbacks=callbacks,
            enable_progress_bar=False, enable_model_summary=False, **options,
        )  # fmt: skip
        trainer.fit(module, loader, loader)
        weights: dict[str, torch.Tensor] = module.state_dict()
        return weights


@pytest.fixture
def fit() -> Fit:
    return Fit(pytest.importorskip("lightning.pytorch", reason="Lightning is not installed"))


@pytest.mark.parametrize("options", [{}, {"accumulate_grad_batches": 2}, {"precision": "bf16-mixed"}], ids=str)
def test_lightning(fit: Fit, options: dict[str, Any], tmp_path: Path) -> None:
    from diagnostics.callbacks.lightning import Diagnostics

    bare = fit([], **options)
    callback = Diagnostics("fit", every=5, directory=tmp_path)
    for name, weight in fit([callback], **options).items():
        assert torch.equal(weight, bare[name]), name
    result = callback.result
    assert result is not None
    steps = STEPS * EPOCHS // options.get("accumulate_grad_batches", 1)
    assert (result.errors, result.status, result.steps) == ([], "complete", steps)
    assert result.layers["net.0"].columns["step"] == list(range(0, steps, 5))
    assert {"activation_mean", "gradient_norm", "update_ratio"} <= result.layers["net.0"].columns.keys()
    assert len(result.history["train_loss"]) == len(result.history["val_loss"]) == EPOCHS
    assert result.history["lr"] == [0.01] * EPOCHS


def test_lightning_with_a_wrong_argument(fit: Fit, tmp_path: Path) -> None:
    from diagnostics.callbacks.lightning import Diagnostics

    with pytest.raises(ValueError, match="every"):
        fit([Diagnostics("fit", every=0, directory=tmp_path)])


@pytest.mark.parametrize(("error", "status"), [(ValueError("mine"), "failed"), (KeyboardInterrupt(), "partial")])
def test_lightning_that_ends_early(fit: Fit, error: BaseException, status: str, tmp_path: Path) -> None:
    from diagnostics.callbacks.lightning import Diagnostics

    callback = Diagnostics("fit", every=5, directory=tmp_path)
    with pytest.raises((ValueError, SystemExit, KeyboardInterrupt)):
        fit([callback], error)
    assert callback.result is not None
    assert (callback.result.errors, callback.result.status, callback.result.steps) == ([], status, STEPS)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_lightning_in_two_processes(fit: Fit, tmp_path: Path) -> None:
    """Both are watched; one result, of what both saw."""
    from diagnostics.callbacks.lightning import Diagnostics

    fit([Diagnostics("fit", every=5, directory=tmp_path)], devices=2, strategy="ddp_fork")
    (path,) = tmp_path.glob("*.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    assert (result["errors"], result["status"], result["notes"]) == ([], "complete", [])
    assert (result["environment"]["world_size"], result["steps"]) == (2, STEPS * EPOCHS // 2)
    assert len(result["layers"]["net.0"]["columns"]["activation_mean"]) == 2


def test_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    pytest.importorskip("accelerate", reason="accelerate, which the Trainer needs, is not installed")
    from diagnostics.callbacks.transformers import Diagnostics

    config = transformers.GPT2Config(vocab_size=20, n_positions=8, n_embd=16, n_layer=1, n_head=2)

    def fit(callbacks: list[Any]) -> dict[str, torch.Tensor]:
        torch.manual_seed(0)
        data = [{"input_ids": row, "labels": row} for row in torch.randint(20, (4 * STEPS, 8))]
        model = transformers.GPT2LMHeadModel(config)
        arguments = transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"), num_train_epochs=EPOCHS, per_device_train_batch_size=4, use_cpu=True,
            report_to=[], save_strategy="no", eval_strategy="epoch", logging_strategy="epoch",
            disable_tqdm=True, seed=0,
        )  # fmt: skip
        trainer = transformers.Trainer(model, arguments, train_dataset=data, eval_dataset=data, callbacks=callbacks)
        trainer.train()
        weights: dict[str, torch.Tensor] = model.state_dict()
        return weights

    bare = fit([])
    callback = Diagnostics("fit", every=5, directory=tmp_path / "results")
    for name, weight in fit([callback]).items():
        assert torch.equal(weight, bare[name]), name
    result = callback.result
    assert result is not None
    assert (result.errors, result.status, result.steps) == ([], "complete", STEPS * EPOCHS)
    assert result.layers["transformer.h.0.mlp.c_fc"].columns["step"] == [0, 5, 10, 15]
    assert result.attribution is not None
    assert result.attribution.layer == "transformer.wte"
    losses = zip(result.history["train_loss"], result.history["val_loss"], strict=True)
    evaluated = [train for train, validation in losses if validation is not None]
    assert len(evaluated) == EPOCHS
    assert None not in evaluated  # the rules compare the two
