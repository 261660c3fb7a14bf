"""Scores of predictions, and losses row by row, by which two models can be compared on the same rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from diagnostics.models.result import Better

Z = 1.96
"""Two models differ where the mean difference of their losses exceeds so many of its standard errors: 95%."""


@dataclass(frozen=True, slots=True)
class ScoreMetric:
    """`losses`: of predictions and targets, the loss of each row. `score`: of these losses and the targets. `classes`:
    predictions are class labels; `probabilities`: they are a probability for each class, [rows, classes]."""

    name: str
    better: Better
    losses: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    score: Callable[[torch.Tensor, torch.Tensor], float]
    classes: bool = False
    probabilities: bool = False


def _squared(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (prediction.double() - target.double()).square()


def _r_squared(losses: torch.Tensor, target: torch.Tensor) -> float:
    whole = (target.double() - target.double().mean()).square().sum()
    return float(1 - losses.sum() / whole) if whole > 0 else math.nan


def _log_losses(probabilities: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    chosen = probabilities.double().gather(1, target.long().unsqueeze(1))[:, 0]
    return -chosen.clamp(1e-15, 1).log()


def _wrong(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (prediction.long() != target.long()).double()


def _mean(losses: torch.Tensor, _: torch.Tensor) -> float:
    return float(losses.mean())


METRICS = {
    metric.name: metric
    for metric in (
        ScoreMetric("r2", "higher", _squared, _r_squared),
        ScoreMetric("rmse", "lower", _squared, lambda losses, _: float(losses.mean().sqrt())),
        ScoreMetric("mae", "lower", lambda p, y: (p.double() - y.double()).abs(), _mean),
        ScoreMetric("accuracy", "higher", _wrong, lambda losses, y: 1 - _mean(losses, y), classes=True),
        ScoreMetric("log_loss", "lower", _log_losses, _mean, probabilities=True),
    )
}  # fmt: skip


def constant_losses(metric: ScoreMetric, train: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The losses of the constant answer that is best on the training targets."""
    if metric.probabilities:
        classes = int(max(train.max(), target.max())) + 1
        shares = torch.bincount(train.long(), minlength=classes).double() / len(train)
        return metric.losses(shares.expand(len(target), -1), target)
    answer = train.mode().values if metric.classes else train.median() if metric.name == "mae" else train.mean()
    return metric.losses(answer.expand(len(target)), target)


def differ(losses: torch.Tensor, others: torch.Tensor) -> bool:
    """Whether the rows show that the mean losses differ: a paired comparison of the same rows.

    >>> differ(torch.zeros(100), torch.ones(100)), differ(torch.zeros(4), torch.tensor([0.0, 0.0, 0.0, 1.0]))
    (True, False)
    """
    difference = losses.double() - others.double()
    if len(difference) < 2 or not difference.isfinite().all():
        return len(difference) >= 2
    error = float(difference.std()) / math.sqrt(len(difference))
    return abs(float(difference.mean())) > Z * error
