"""`python -m benchmarks.faults.planted KIND FAMILY SEED`: one small training; KIND is a fault of `plans.FAULTS` or
`none`. The last line of the output is its score on held-out rows: accuracy, or the share of explained variance."""

import itertools
import math
import sys
from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import Tensor, nn

from benchmarks.faults.plans import LEARNING_RATES, Family, TrainingPlan, faulty_plan, healthy_plan

CLASSES, HELD_OUT = 5, 200
SHAPES = {"mlp": (16,), "cnn": (3, 8, 8), "rnn": (8, 6), "transformer": (8, 6)}
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "silu": nn.SiLU,
}  # fmt: skip
Rows = tuple[Tensor, Tensor]


def make_rows(plan: TrainingPlan) -> tuple[Rows, Rows]:
    """Training and held-out rows: noisy copies of two patterns a class; targets are classes or numbers."""
    patterns = torch.randn(2 * CLASSES, *SHAPES[plan.family])
    count = plan.rows + HELD_OUT
    which = torch.randint(0, 2 * CLASSES, (count,))
    if plan.labels == "imbalanced":
        rare = torch.rand(count) < 0.03
        which = torch.where(rare, which, which % 2)
        which[plan.rows :] = torch.randint(0, 2 * CLASSES, (HELD_OUT,))
    x = patterns[which] + plan.noise * torch.randn(count, *SHAPES[plan.family])
    y = _targets(plan, which, x)
    train = (_spoil_inputs(plan, x[: plan.rows]), y[: plan.rows])
    held_out = (_spoil_inputs(plan, x[plan.rows :]), y[plan.rows :])
    if not plan.shuffle:
        order = train[1].argsort()
        train = (train[0][order], train[1][order])
    return train, held_out


def _targets(plan: TrainingPlan, which: Tensor, x: Tensor) -> Tensor:
    classes = which // 2
    if plan.labels == "random":
        return classes[torch.randperm(len(classes))]
    if plan.task == "classify":
        return classes
    if plan.labels == "ids":
        return classes.float()
    y = torch.randn(2 * CLASSES)[which] + 0.3 * x.flatten(1)[:, 0]
    if plan.labels == "outliers":
        y[:3] += 500
    return y


def _spoil_inputs(plan: TrainingPlan, x: Tensor) -> Tensor:
    scales = torch.logspace(-2, 3, x.shape[1 if plan.family == "cnn" else -1])
    if plan.inputs == "uneven":
        return x * (scales.view(-1, 1, 1) if plan.family == "cnn" else scales)
    if plan.inputs == "large":
        return x * 200
    if plan.inputs == "zeros":
        return x * 0
    if plan.inputs == "constant-feature":
        x[..., 0] = 1.0
        return (x - x.mean(0)) / x.std(0)
    return x


class Transpose(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        """The last two dimensions exchanged."""
        return x.transpose(1, 2)


class Recurrent(nn.Module):
    def __init__(self, plan: TrainingPlan) -> None:
        super().__init__()
        kind = nn.LSTM if plan.seed % 2 else nn.GRU
        self.cells = kind(SHAPES["rnn"][1], plan.width, num_layers=min(plan.depth, 2), batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """The last state."""
        return cast("Tensor", self.cells(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, plan: TrainingPlan) -> None:
        super().__init__()
        length, features = SHAPES["transformer"]
        self.embed = nn.Linear(features, plan.width)
        self.act = ACTIVATIONS[plan.activation]() if plan.activation in ("tanh", "sigmoid") else nn.Identity()
        self.position = nn.Parameter(0.1 * torch.randn(length, plan.width))
        layer = nn.TransformerEncoderLayer(
            plan.width, 4, 2 * plan.width, plan.dropout, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, min(plan.depth, 2), enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        """The mean over the positions."""
        return cast("Tensor", self.layers(self.act(self.embed(x)) + self.position)).mean(1)


def _stack(plan: TrainingPlan, inputs: int, layers: int) -> Iterator[nn.Module]:
    for size in [inputs, *[plan.width] * (layers - 1)]:
        yield nn.Linear(size, plan.width)
        if plan.norm != "none":
            yield nn.BatchNorm1d(plan.width) if plan.norm == "batch" else nn.LayerNorm(plan.width)
        yield ACTIVATIONS[plan.activation]()
        if plan.dropout:
            yield nn.Dropout(plan.dropout)


def _convolutions(plan: TrainingPlan) -> Iterator[nn.Module]:
    for index in range(plan.depth):
        yield nn.Conv2d(SHAPES["cnn"][0] if index == 0 else plan.width // 2, plan.width // 2, 3, padding=1)
        if plan.norm != "none":
            yield nn.BatchNorm2d(plan.width // 2) if plan.norm == "batch" else nn.GroupNorm(4, plan.width // 2)
        yield ACTIVATIONS[plan.activation]()
    yield from (nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(2 * plan.width, plan.width))


def make_body(plan: TrainingPlan) -> nn.Module:
    """The part of the model between the inputs and its last layers."""
    if plan.family == "mlp":
        return nn.Sequential(*_stack(plan, SHAPES["mlp"][0], plan.depth))
    if plan.family == "cnn":
        return nn.Sequential(*_convolutions(plan))
    return Recurrent(plan) if plan.family == "rnn" else Transformer(plan)


class PlantedModel(nn.Module):
    def __init__(self, plan: TrainingPlan) -> None:
        super().__init__()
        self.plan = plan
        self.body = make_body(plan)
        deep = plan.depth if plan.depth > 3 and plan.family in ("rnn", "transformer") else 1
        outputs = CLASSES if plan.task == "classify" else 1
        self.head = nn.Sequential(*_stack(plan, plan.width, deep), nn.Linear(plan.width, outputs))
        if plan.unused_layer:
            self.projection = nn.Linear(plan.width, plan.width)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs as the loss gets them."""
        hidden = self.body(x)
        out = cast("Tensor", self.head(hidden.detach() if self.plan.detach_body else hidden))
        if self.plan.output == "relu":
            return out.relu()
        if self.plan.output == "softmax":
            return out.softmax(1)
        return out.softmax(0) if self.plan.output == "softmax-of-batch" else out


def initialize(model: PlantedModel) -> None:
    """Fill the weights as planned."""
    how = model.plan.weights
    for name, parameter in model.named_parameters():
        matrix = parameter.dim() > 1 and "position" not in name
        if how == "constant" and matrix:
            nn.init.constant_(parameter, 0.05)
        elif how == "wide" and matrix:
            nn.init.normal_(parameter, std=2.0)
        elif how == "exploding" and matrix:
            nn.init.normal_(parameter, std=4.0 / math.sqrt(parameter[0].numel()))
    for name, module in model.named_modules():
        before_activation = not name.endswith(("embed", "out_proj", "linear2")) and module is not model.head[-1]
        if how == "dead" and isinstance(module, nn.Linear | nn.Conv2d) and before_activation:
            nn.init.constant_(cast("Tensor", module.bias), -8.0)


def make_optimizer(plan: TrainingPlan, model: PlantedModel) -> torch.optim.Optimizer:
    """The optimizer of the plan, with its parameters."""
    parameters = list((model.head if plan.optimize == "head" else model).parameters())
    kind: type[torch.optim.Optimizer] = {
        "sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "nadam": torch.optim.NAdam,
        "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad,
    }[plan.optimizer]  # fmt: skip
    more: dict[str, Any] = {"momentum": 0.9} if plan.optimizer == "sgd" else {}
    lr = LEARNING_RATES[plan.optimizer] if plan.lr is None else plan.lr
    return kind(parameters, lr=lr, weight_decay=plan.weight_decay, **more)  # type: ignore[call-arg]


def make_schedule(
    plan: TrainingPlan, optimizer: torch.optim.Optimizer, steps: int
) -> torch.optim.lr_scheduler.LRScheduler | None:
    """A schedule that steps with every update."""
    if plan.halve_every_step:
        return torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    lr = optimizer.param_groups[0]["lr"]
    if plan.schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    if plan.schedule == "step":
        return torch.optim.lr_scheduler.StepLR(optimizer, max(1, steps // 3), 0.4)
    if plan.schedule == "warmup":
        return torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=steps // 8)
    if plan.schedule == "one-cycle" and plan.optimizer != "adagrad":
        return torch.optim.lr_scheduler.OneCycleLR(optimizer, 2 * lr, total_steps=steps)
    return None


def make_loss(plan: TrainingPlan) -> nn.Module:
    """The loss module of the plan."""
    if plan.output == "softmax-of-batch" or plan.task == "classify":
        return nn.CrossEntropyLoss()
    return nn.MSELoss()


def train(plan: TrainingPlan) -> float:
    """Run the plan; returns the score on held-out rows."""
    torch.manual_seed(plan.seed)
    (x, y), held_out = make_rows(plan)
    model = PlantedModel(plan)
    initialize(model)
    if plan.freeze_body:
        model.body.requires_grad_(False)
    optimizer, loss_fn = make_optimizer(plan, model), make_loss(plan)
    schedule = make_schedule(plan, optimizer, plan.epochs * math.ceil(len(x) / plan.batch) // plan.accumulate)
    score = 0.0
    model.train(plan.train_mode)
    for epoch in range(plan.epochs):
        _train_epoch(plan, model, optimizer, schedule, loss_fn, (x, y))
        model.eval()
        score = evaluate(plan, model, loss_fn, held_out)
        model.train(plan.train_mode)
        print(f"epoch {epoch}: {score:.4f}")
    return score


def _train_epoch(
    plan: TrainingPlan, model: PlantedModel, optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler | None, loss_fn: nn.Module, rows: Rows,
) -> None:  # fmt: skip
    order = torch.randperm(len(rows[0])) if plan.shuffle else torch.arange(len(rows[0]))
    optimizer.zero_grad()
    for count, index in zip(itertools.count(1), torch.split(order, plan.batch), strict=False):
        if len(index) < 2:
            continue
        loss = loss_fn(_outputs(plan, model, rows[0][index]), rows[1][index]) / plan.accumulate
        loss.backward()
        if count % plan.accumulate:
            continue
        if plan.clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
        optimizer.step()
        if plan.clear_gradients:
            optimizer.zero_grad()
        if schedule is not None:
            schedule.step()


def _outputs(plan: TrainingPlan, model: PlantedModel, x: Tensor) -> Tensor:
    out = cast("Tensor", model(x))
    return out.squeeze(1) if plan.task == "regress" and plan.squeeze else out


@torch.no_grad()
def evaluate(plan: TrainingPlan, model: PlantedModel, loss_fn: nn.Module, rows: Rows) -> float:
    """Accuracy or the share of explained variance; the loss is computed as in anyone's loop."""
    out = _outputs(plan, model, rows[0])
    loss_fn(out, rows[1])
    if plan.task == "classify":
        return float((out.argmax(1) == rows[1]).float().mean())
    return 1 - float((out.flatten() - rows[1]).pow(2).mean() / rows[1].var())


def main(arguments: list[str]) -> None:
    """Run the training that the arguments name."""
    kind, family, seed = arguments
    if kind == "none":
        plan = healthy_plan(cast("Family", family), int(seed))
    else:
        plan = faulty_plan(kind, cast("Family", family), int(seed))
    print("score:", train(plan))


if __name__ == "__main__":
    main(sys.argv[1:])
