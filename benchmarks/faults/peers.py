"""The rules of AutoTrainer (ICSE 2021) and SageMaker Debugger at their published defaults, on the series of results.

What a result has no series for is left out: SageMaker's percentiles of gradients, shares of saturated inputs and
misclassified classes, and AutoTrainer's accuracies, for which the loss stands in. Neither ranks what it finds."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

Result = dict[str, Any]
Rule = Callable[[Result], bool]


def _column(columns: dict[str, list[Any]], name: str) -> list[float]:
    """The numbers of a column; nulls are left out."""
    return [float(value) for value in columns.get(name, []) if value is not None]


def _layers(result: Result, name: str) -> list[list[float]]:
    found = (_column(layer["columns"], name) for layer in result["layers"].values())
    return [column for column in found if column]


def _history(result: Result, name: str) -> list[float]:
    return _column(result["history"], name)


def _finite(values: Iterable[float]) -> bool:
    return all(abs(value) < float("inf") for value in values)


def _first_and_last(result: Result) -> list[tuple[float, float]]:
    """Gradient norms of the first and the last layer with weights, by captured step."""
    layers = _layers(result, "gradient_norm")
    return list(zip(layers[0], layers[-1], strict=False)) if len(layers) > 1 else []


def autotrainer_vanishing(result: Result) -> bool:
    return any(first < 1e-3 * last and first < 1e-4 for first, last in _first_and_last(result))


def autotrainer_exploding(result: Result) -> bool:
    ratios = any(last > 0 and first / last > 70 for first, last in _first_and_last(result))
    losses = _history(result, "train_loss")
    return ratios or not _finite(losses) or any(loss >= 1e3 for loss in losses)


def autotrainer_dying_relu(result: Result) -> bool:
    return any(share >= 0.7 for column in _layers(result, "gradient_zeros") for share in column)


def autotrainer_oscillating(result: Result) -> bool:
    losses = _history(result, "train_loss")
    swings = sum(
        (b - a) * (c - b) < 0 and min(abs(b - a), abs(c - b)) >= 0.03
        for a, b, c in zip(losses, losses[1:], losses[2:], strict=False)
    )
    return len(losses) > 2 and swings / len(losses) >= 0.2


def autotrainer_slow(result: Result) -> bool:
    losses = _history(result, "train_loss")
    return len(losses) > 1 and max(a - b for a, b in pairwise(losses)) < 0.01


def sagemaker_dead_relu(result: Result) -> bool:
    return any(column[-1] > 0.5 for column in _layers(result, "dead_units"))


def sagemaker_vanishing(result: Result) -> bool:
    return any(value < 1e-7 for column in _layers(result, "gradient_mean") for value in column)


def sagemaker_non_finite(result: Result) -> bool:
    names = ("activation_non_finite", "gradient_non_finite", "weight_non_finite")
    counted = any(value > 0 for name in names for column in _layers(result, name) for value in column)
    return counted or not _finite(_history(result, "train_loss"))


def sagemaker_initialization(result: Result) -> bool:
    layers: list[dict[str, list[Any]]] = [
        layer["columns"] for layer in result["layers"].values() if layer["columns"].get("weight_norm")
    ]
    steps = zip(*(_column(columns, "activation_std")[:10] for columns in layers), strict=False)
    uneven = [step for step in steps if 10**-0.5 * max(step) > min(step) > 0]
    return len(uneven) > 5


def sagemaker_update_ratio(result: Result) -> bool:
    return any(not 1e-8 <= value <= 10 for column in _layers(result, "update_ratio") for value in column)


def sagemaker_unchanged(result: Result) -> bool:
    return any(
        max(three) - min(three) <= 1e-5 * max(three)
        for column in _layers(result, "weight_norm")
        for three in zip(column, column[1:], column[2:], strict=False)
    )


def sagemaker_loss_not_decreasing(result: Result) -> bool:
    losses = _history(result, "train_loss")
    return any(later >= 0.999 * earlier for earlier, later in zip(losses, losses[10:], strict=False))


def sagemaker_overfit(result: Result) -> bool:
    pairs = zip(_history(result, "train_loss"), _history(result, "val_loss"), strict=False)
    return any(train > 0 and (val - train) / train > 0.1 for train, val in pairs)


def sagemaker_overtraining(result: Result) -> bool:
    losses = _history(result, "val_loss")
    return len(losses) > 10 and min(losses[-10:]) > min(losses[:-10]) - 0.1


PEERS: dict[str, dict[Rule, tuple[str, ...]]] = {
    "AutoTrainer": {
        autotrainer_vanishing: ("vanishing-gradient",),
        autotrainer_exploding: ("exploding-gradient", "non-finite"),
        autotrainer_dying_relu: ("dead-units",),
        autotrainer_oscillating: ("loss-oscillation", "learning-rate-too-high"),
        autotrainer_slow: ("learning-rate-too-low", "stalled-training", "loss-plateau", "loss-not-decreasing"),
    },
    "SageMaker Debugger": {
        sagemaker_dead_relu: ("dead-units",),
        sagemaker_vanishing: ("vanishing-gradient",),
        sagemaker_non_finite: ("exploding-gradient", "non-finite"),
        sagemaker_initialization: ("poor-initialization",),
        sagemaker_update_ratio: ("updates-too-small", "learning-rate-too-high", "learning-rate-too-low"),
        sagemaker_unchanged: ("updates-too-small", "frozen-parameters", "stalled-training"),
        sagemaker_loss_not_decreasing: ("loss-not-decreasing", "loss-plateau", "stalled-training"),
        sagemaker_overfit: ("overfitting",),
        sagemaker_overtraining: ("overfitting",),
    },
}


def named_by(peer: str, results: Iterable[Result]) -> frozenset[str]:
    """The rule ids of ours that the peer's rules stand for, of all its rules that fire."""
    rules = PEERS[peer].items()
    return frozenset(name for result in results for rule, names in rules if rule(result) for name in names)
