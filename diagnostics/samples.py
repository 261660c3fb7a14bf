"""What a trained model makes of single samples: how much of its answer each input element brings about."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import torch
from torch import nn

Method = Literal["gradient", "gradient × input", "integrated gradients"]

BATCH = 1024  # samples in one pass
TOLERANCE = 0.01  # of the difference that the attributions must add up to
MOST_POINTS = 1024


@dataclass(frozen=True, slots=True)
class Attributions:
    """Attributions of samples: `values` has the shape of the inputs, [samples, *features]; of a token, what its
    embedding's elements add up to, or the norm of their gradient.

    `outputs` [samples]: what the model answers. `gap` [samples]: how far the values of a sample are from adding up
    to the difference between its answer and the baseline's, as a share of that difference's root mean square over
    all samples: 0 is complete. A gradient alone adds up to nothing, so its gap is NaN."""

    method: Method
    values: torch.Tensor
    outputs: torch.Tensor
    gap: torch.Tensor

    @property
    def complete(self) -> bool:
        """Whether every sample's values add up, to 1%."""
        return bool((self.gap <= TOLERANCE).all())

    def compare(self, top: int) -> "SampleGroups":
        """The `top` samples with the largest outputs against all others.

        >>> attributions = attribute(nn.Linear(2, 1), torch.randn(8, 2))
        >>> attributions.compare(top=3).difference.shape
        torch.Size([2])
        """
        if not 0 < top < len(self.outputs):
            raise ValueError(f"top must leave samples on both sides of {len(self.outputs)}, not {top}")
        order = self.outputs.argsort(descending=True, stable=True)
        return SampleGroups(self.values[order[:top]].mean(0), self.values[order[top:]].mean(0), order[:top])


@dataclass(frozen=True, slots=True)
class SampleGroups:
    """Mean attributions of two groups of samples, each [*features], and which samples are the first, the largest
    output before all."""

    top: torch.Tensor
    rest: torch.Tensor
    samples: torch.Tensor

    @property
    def difference(self) -> torch.Tensor:
        """What sets the first group apart, [*features]."""
        return self.top - self.rest


def attribute(
    model: nn.Module,
    inputs: torch.Tensor,
    *,
    method: Method = "integrated gradients",
    target: int | None = None,
    baseline: torch.Tensor | float = 0.0,
    points: int = 32,
) -> Attributions:
    """What each element of `inputs` ([samples, *features], numbers, or tokens for an embedding) brings about in the
    model's answer.

    target: which output, for a model with several. baseline: what an absent input looks like, a number or a
    tensor that fits one sample (one sample's embeddings, for tokens). The model runs in evaluation mode and is left
    as it was, gradients included; samples must not depend on each other (they do in a BatchNorm that trains, so none
    does). Tokens are attributed to where the model embeds them; it may see them elsewhere too, in masks.

    Raises ValueError or TypeError for arguments that cannot work, and for a model with another kind of answer.

    Methods: the gradient of the answer; gradient × (input − baseline) (Shrikumar et al. 2016), complete for linear
    models; integrated gradients (Sundararajan et al. 2017), the mean gradient along the straight line from the
    baseline, at `points` midpoints, doubled until complete to 1% or 1,024 are reached.

    >>> model = nn.Linear(2, 1, bias=False)
    >>> _ = model.weight.data.copy_(torch.tensor([[2.0, -1.0]]))
    >>> attribute(model, torch.tensor([[3.0, 4.0]])).values
    tensor([[ 6., -4.]])
    """
    if method not in get_args(Method):
        raise ValueError(f"method must be one of {', '.join(get_args(Method))}, not {method!r}")
    if inputs.is_complex() or inputs.dtype is torch.bool or inputs.ndim < 2 or not len(inputs):
        raise ValueError("inputs must be numbers or tokens, [samples, *features]")
    if points < 1:
        raise ValueError(f"points must be 1 or more, not {points}")
    parts = []
    with _evaluated(model):
        for rows in torch.split(inputs.detach(), BATCH):
            if inputs.is_floating_point():
                parts.append(_attribute(model, rows, method, target, baseline, points))
            else:
                embedding, embedded = _embedding(model, rows)
                answer = partial(_answer_to, model, rows, embedding)
                values, outputs, missing, differences = _attribute(answer, embedded, method, target, baseline, points)
                values = values.flatten(rows.ndim)
                of_tokens = values.norm(dim=-1) if method == "gradient" else values.sum(-1)
                parts.append((of_tokens, outputs, missing, differences))
    values, outputs, missing, differences = (torch.cat(column) for column in zip(*parts, strict=True))
    scale = differences.square().mean().sqrt().clamp(min=torch.finfo(differences.dtype).tiny)
    return Attributions(method, values, outputs, missing.abs() / scale)


Part = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
Model = Callable[[torch.Tensor], object]


def _embedding(model: nn.Module, tokens: torch.Tensor) -> tuple[nn.Embedding, torch.Tensor]:
    """The module that embeds `tokens`, and what it makes of them: [*tokens, width]."""
    found: list[tuple[nn.Embedding, torch.Tensor]] = []

    def look(module: nn.Module, args: tuple[object, ...], output: torch.Tensor) -> None:
        given = args[0] if args else None
        same = isinstance(given, torch.Tensor) and given.shape == tokens.shape and bool((given == tokens).all())
        if same and isinstance(module, nn.Embedding):
            found.append((module, output.detach().clone()))

    handles = [each.register_forward_hook(look) for each in model.modules() if isinstance(each, nn.Embedding)]
    try:
        with torch.no_grad():
            model(tokens)
    finally:
        for handle in handles:
            handle.remove()
    if len(found) != 1:
        often = "nowhere" if not found else f"{len(found)} times"
        raise ValueError(f"{type(model).__name__} embeds these tokens {often}: attribute to numbers instead")
    return found[0]


def _answer_to(model: nn.Module, tokens: torch.Tensor, embedding: nn.Embedding, embedded: torch.Tensor) -> object:
    """What the model answers to `tokens` when they are embedded as `embedded`."""
    handle = embedding.register_forward_hook(lambda module, args, output: embedded)
    try:
        return model(tokens)
    finally:
        handle.remove()


def _attribute(
    model: Model, rows: torch.Tensor, method: Method, target: int | None, baseline: torch.Tensor | float, points: int
) -> Part:
    """Values [samples, *features]; answers, what the values miss, and what they should add up to, each [samples]."""
    start = torch.as_tensor(baseline, dtype=rows.dtype, device=rows.device).expand(rows.shape)
    outputs, gradient = _gradient(model, rows, target)
    with torch.no_grad():
        differences = outputs - _answers(model(start), target)
    if method == "gradient":
        return gradient, outputs, torch.full_like(outputs, float("nan")), differences
    way = rows - start
    if method == "gradient × input":
        values = gradient * way
        return values, outputs, differences - values.flatten(1).sum(1), differences
    while True:
        mean = torch.zeros_like(rows)
        for point in range(points):
            mean += _gradient(model, start + way * ((point + 0.5) / points), target)[1] / points
        values = mean * way
        missing = differences - values.flatten(1).sum(1)
        scale = differences.square().mean().sqrt()
        if points * 2 > MOST_POINTS or bool((missing.abs() <= TOLERANCE / 2 * scale).all()):
            return values, outputs, missing, differences
        points *= 2


def _gradient(model: Model, rows: torch.Tensor, target: int | None) -> tuple[torch.Tensor, torch.Tensor]:
    """The answers [samples] and their gradient by their own rows."""
    with torch.enable_grad():
        rows = rows.detach().requires_grad_()
        answers = _answers(model(rows), target)
        (gradient,) = torch.autograd.grad(answers.sum(), rows)
    return answers.detach(), gradient


def _answers(outputs: object, target: int | None) -> torch.Tensor:
    """The one output of each sample: [samples]."""
    if not isinstance(outputs, torch.Tensor):
        raise TypeError(f"the model must return a tensor, not {type(outputs).__name__}: wrap it")
    answers = outputs.flatten(1) if outputs.ndim > 1 else outputs.unsqueeze(1)
    if target is None and answers.shape[1] != 1:
        raise ValueError(f"the model has {answers.shape[1]} outputs a sample: say which by target")
    return answers[:, target or 0]


@contextlib.contextmanager
def _evaluated(model: nn.Module) -> Iterator[None]:
    """In evaluation mode, each module put back afterwards. cuDNN has no backward pass for recurrent layers there."""
    modes = [(module, module.training) for module in model.modules()]
    recurrent = any(isinstance(module, nn.RNNBase) for module, _ in modes)
    model.eval()
    try:
        with torch.backends.cudnn.flags(enabled=False) if recurrent else contextlib.nullcontext():
            yield
    finally:
        for module, training in modes:
            module.training = training
