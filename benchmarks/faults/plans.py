"""What is planted: plans of small trainings, healthy ones and one for each kind of fault."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Family = Literal["mlp", "cnn", "rnn", "transformer"]
FAMILIES: tuple[Family, ...] = ("mlp", "cnn", "rnn", "transformer")
LEARNING_RATES = {"sgd": 0.05, "adam": 2e-3, "adamw": 2e-3, "nadam": 2e-3, "rmsprop": 1e-3, "adagrad": 0.02}


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A training: its data, model, loss, optimizer and loop. The defaults train well in every family."""

    family: Family
    seed: int
    task: Literal["classify", "regress"] = "classify"
    rows: int = 640
    noise: float = 0.5
    inputs: Literal["normalised", "uneven", "large", "zeros", "constant-feature"] = "normalised"
    labels: Literal["true", "random", "imbalanced", "ids", "outliers"] = "true"
    shuffle: bool = True
    batch: int = 32
    width: int = 32
    depth: int = 2
    norm: Literal["none", "batch", "layer"] = "none"
    activation: Literal["relu", "gelu", "tanh", "sigmoid", "silu"] = "relu"
    dropout: float = 0.0
    weights: Literal["default", "constant", "wide", "exploding", "dead"] = "default"
    unused_layer: bool = False
    detach_body: bool = False
    freeze_body: bool = False
    output: Literal["raw", "softmax", "softmax-of-batch", "relu"] = "raw"
    squeeze: bool = True
    optimizer: str = "adam"
    lr: float | None = None
    weight_decay: float = 0.0
    optimize: Literal["all", "head"] = "all"
    schedule: Literal["none", "cosine", "step", "warmup", "one-cycle"] = "none"
    halve_every_step: bool = False
    clip: float | None = None
    accumulate: int = 1
    clear_gradients: bool = True
    train_mode: bool = True
    epochs: int = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: how it changes a healthy plan, the rule ids that are right as the cause, and others that are
    true of it besides."""

    causes: tuple[str, ...]
    plant: Callable[[TrainingPlan], TrainingPlan]
    also: tuple[str, ...] = ()


def _change(**changes: object) -> Callable[[TrainingPlan], TrainingPlan]:
    return lambda plan: replace(plan, **changes)  # type: ignore[arg-type]


FAULTS: dict[str, Fault] = {
    "learning-rate-high-adam": Fault(("learning-rate-too-high",), _change(lr=1.0), ("dead-units", "collapsed-output")),
    "learning-rate-high-sgd": Fault(
        ("learning-rate-too-high",), _change(optimizer="sgd", lr=20.0),
        ("exploding-gradient", "non-finite", "dead-units", "collapsed-output"),
    ),
    "learning-rate-low-adam": Fault(("learning-rate-too-low",), _change(lr=1e-7), ("updates-too-small",)),
    "learning-rate-low-sgd": Fault(
        ("learning-rate-too-low",), _change(optimizer="sgd", lr=1e-6), ("updates-too-small",)
    ),
    "gradients-kept": Fault(
        ("gradients-not-cleared",), _change(optimizer="sgd", lr=0.05, clear_gradients=False),
        ("exploding-gradient", "loss-oscillation", "dead-units"),
    ),
    "always-eval": Fault(("eval-mode",), _change(train_mode=False, dropout=0.3, norm="batch")),
    "sorted-rows": Fault(
        ("unshuffled-data",), _change(shuffle=False, optimizer="sgd", lr=0.1), ("loss-oscillation", "loss-spike")
    ),
    "rare-classes": Fault(("class-imbalance",), _change(labels="imbalanced"), ("collapsed-output",)),
    "softmax-twice": Fault(("output-loss-mismatch",), _change(output="softmax")),
    "softmax-of-batch": Fault(("output-loss-mismatch",), _change(output="softmax-of-batch")),
    "relu-before-loss": Fault(
        ("output-loss-mismatch",), _change(output="relu", task="regress"), ("dead-units", "collapsed-output")
    ),
    "class-ids-regressed": Fault(("output-loss-mismatch",), _change(task="regress", labels="ids")),
    "broadcast": Fault(("broadcast-target",), _change(task="regress", squeeze=False), ("collapsed-output",)),
    "dead-biases": Fault(("dead-units", "poor-initialization"), _change(weights="dead")),
    "saturated": Fault(
        ("saturated-activation",),
        _change(activation="tanh", inputs="large", depth=3, noise=1.0, optimizer="sgd", lr=0.02),
        ("vanishing-gradient", "feature-scale-imbalance"),
    ),
    "wide-weights": Fault(
        ("poor-initialization", "saturated-activation"), _change(weights="wide", activation="tanh", optimizer="sgd")
    ),
    "equal-weights": Fault(("symmetric-weights",), _change(weights="constant"), ("poor-initialization",)),
    "deep-sigmoid": Fault(
        ("vanishing-gradient",), _change(activation="sigmoid", depth=9, optimizer="sgd"),
        ("saturated-activation", "collapsed-output", "loss-plateau", "loss-not-decreasing"),
    ),
    "growing-layers": Fault(
        ("exploding-gradient", "poor-initialization"), _change(weights="exploding", depth=8, optimizer="sgd"),
        ("non-finite", "learning-rate-too-high"),
    ),
    "constant-feature": Fault(("non-finite",), _change(inputs="constant-feature")),
    "frozen-body": Fault(("frozen-parameters",), _change(freeze_body=True)),
    "head-optimized": Fault(("not-in-optimizer",), _change(optimize="head")),
    "detached-body": Fault(("cut-graph",), _change(detach_body=True)),
    "unused-layer": Fault(("never-fired",), _change(unused_layer=True)),
    "clipped-away": Fault(("updates-too-small",), _change(clip=1e-5, optimizer="sgd"), ("learning-rate-too-low",)),
    "decayed-away": Fault(
        ("updates-too-small",), _change(weight_decay=0.7, optimizer="sgd"),
        ("collapsed-output", "vanishing-gradient", "loss-plateau", "loss-not-decreasing"),
    ),
    "halved-every-step": Fault(
        ("learning-rate-too-low", "stalled-training", "updates-too-small"), _change(halve_every_step=True),
        ("loss-plateau", "loss-not-decreasing"),
    ),
    "rarely-stepped": Fault(
        ("updates-too-small", "stalled-training"), _change(accumulate=30), ("loss-not-decreasing",)
    ),
    "memorised": Fault(("overfitting",), _change(rows=48, noise=1.6, width=96, batch=8, epochs=40)),
    "uneven-features": Fault(
        ("feature-scale-imbalance",), _change(inputs="uneven", optimizer="sgd", lr=0.01),
        ("exploding-gradient", "dead-units", "saturated-activation"),
    ),
    "outliers": Fault(
        ("loss-spike",), _change(labels="outliers", task="regress"),
        ("exploding-gradient",),
    ),
    "random-labels": Fault(
        ("loss-not-decreasing", "stalled-training", "loss-plateau"), _change(labels="random"), ("overfitting",)
    ),
    "blank-inputs": Fault(
        ("collapsed-output", "loss-not-decreasing", "stalled-training", "loss-plateau"), _change(inputs="zeros"),
        ("dead-units",),
    ),
}  # fmt: skip


def healthy_plan(family: Family, seed: int) -> TrainingPlan:
    """A training without fault: optimizer, schedule, width, depth, normalisation, … drawn by `seed`."""
    draw = random.Random(f"{family} {seed}")
    optimizer, batch = draw.choice(tuple(LEARNING_RATES)), draw.choice((16, 32, 64))
    return TrainingPlan(
        family, seed, task=draw.choice(("classify", "regress")), batch=batch,
        width=draw.choice((24, 32, 48, 64)), depth=draw.choice((1, 2, 3)), norm=draw.choice(("none", "batch", "layer")),
        activation=draw.choice(("relu", "gelu", "tanh", "silu")), dropout=draw.choice((0.0, 0.0, 0.1)),
        optimizer=optimizer, weight_decay=draw.choice((0.0, 1e-4, 1e-3)), clip=draw.choice((None, None, 1.0)),
        schedule=draw.choice(("none", "cosine", "step", "warmup", "one-cycle")), accumulate=draw.choice((1, 1, 1, 2)),
        epochs=batch * 3 // 8,
    )  # fmt: skip


def faulty_plan(fault: str, family: Family, seed: int) -> TrainingPlan:
    """The standard training of the family with one fault planted. KeyError for an unknown fault."""
    return FAULTS[fault].plant(TrainingPlan(family, seed))
