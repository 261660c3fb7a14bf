"""What one observer collects of the losses, the optimizer's settings and the modes of its model."""

import weakref
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.evidence import Evidence, LossTerm, Rate
from diagnostics.layers import inside_transform
from diagnostics.loss_calls import Pending, measure
from diagnostics.loss_graph import is_linear, loss_terms, saved_calls, squashed

KEPT = 2048  # losses, at most: of a longer run every second one is dropped, again and again
CALLS = 256  # measured calls of loss functions, at most
GRAPHS = 3  # captures whose graph is looked at
EVEN_WEIGHTS = ("weight", "weight_hh_l0", "in_proj_weight")  # what torch initialises evenly within a bound
LEAST = 8  # elements that can show how they are spread
PROBES = 4  # parameters whose gradient is compared between two moments: the smallest ones


class LossTap:
    """Filled while the model trains, read when the run is judged."""

    def __init__(self) -> None:
        self.last: torch.Tensor | None = None  # of the last `backward()` since the last step
        self._losses: list[tuple[int, float | torch.Tensor]] = []
        self._stride = 1
        self._pending: list[Pending] = []
        self._call_stride = 1
        self._terms: dict[LossTerm, None] = {}
        self._graphs = 0
        self._rates: list[Rate] = []
        self._kept: list[tuple[nn.Parameter, torch.Tensor]] = []
        self._fresh = True  # a gradient was cleared since the last step, or is not known not to be
        self._backwards = 0
        self._cleared = 0
        self._values: list[torch.Tensor] = []  # whether the gradients that were left are not zero
        self._stale: list[torch.Tensor] = []
        self._before: list[tuple[nn.Parameter, torch.Tensor]] = []
        self._clipped: list[torch.Tensor] = []
        self._optimizer = ""
        self._evaluating = self._training = 0
        self._first_evaluating: int | None = None
        self._heard = False  # a loss function was seen in this capture
        self._functions: set[str] = set()
        self._validated_in_training = 0
        self._inputs: list[torch.Tensor] = []
        self._scales: torch.Tensor | None = None  # by input feature: sum of |x|, and how many are not zero
        self._linear = False
        self.notes: list[str] = []
        self.squashed: dict[weakref.ref[torch.Tensor], str] = {}  # weight → the function of the layer's output
        self.backwards = 0

    # -- every step

    def step(self, step: int) -> None:
        """A step is over: keep its loss."""
        loss, self.last = self.last, None
        if loss is None or step % self._stride:
            return
        self._losses.append((step, float(loss) if loss.device.type == "cpu" else loss))
        if len(self._losses) > KEPT:
            del self._losses[1::2]
            self._stride *= 2

    # -- captured steps

    def open(self, parameters: Iterable[nn.Parameter]) -> None:
        """A captured step begins, with the gradients that the last one has left."""
        held = [(each, each.grad) for each in parameters if each.grad is not None and not each.grad.is_sparse]
        self._kept = sorted(held, key=lambda pair: pair[0].numel())[:PROBES]
        self._fresh, self._backwards = not self._kept, 0
        self._before, self._values, self._heard = [], [], False

    def inputs(self, inputs: torch.Tensor) -> None:
        """The model was called in a captured step."""
        if inputs.is_floating_point() and inputs.numel() and not inside_transform(inputs):
            norm, largest = inputs.detach().float().norm(), inputs.detach().abs().max().float()
            self._inputs.append(torch.stack([norm / inputs.numel() ** 0.5, largest]))
            if len(self._inputs) > CALLS:
                del self._inputs[1::2]
            if inputs.ndim in (2, 3):
                self._add_scales(inputs.detach().abs().float().flatten(0, -2))

    def _add_scales(self, magnitudes: torch.Tensor) -> None:
        """`magnitudes`, [samples, features]: add their sums and how many are not zero."""
        sums = torch.stack([magnitudes.sum(0), (magnitudes > 0).sum(0).float()])
        known = self._scales
        self._scales = sums if known is None or known.shape != sums.shape else known + sums

    def call(self, step: int, function: str, args: Any, kwargs: Any, loss: torch.Tensor) -> None:
        """A loss function was called in a captured step."""
        self._functions.add(function)
        self._heard = True
        if step % self._call_stride or sum(each.call.step == step for each in self._pending[-8:]) >= 8:
            return
        self._keep(measure(step, function, args, kwargs, loss))

    def _keep(self, found: Pending | None) -> None:
        if found is not None:
            self._pending.append(found)

    def validation(self, function: str, args: Any, mode_matters: bool) -> None:
        """A loss function was called without gradients while the model was in training mode."""
        output = args[0] if args else None
        known = function in self._functions and isinstance(output, torch.Tensor) and not output.requires_grad
        self._validated_in_training += mode_matters and known

    def backward(self, loss: torch.Tensor, step: int) -> None:
        """`backward()` is called on `loss` in a captured step."""
        self._backwards += 1
        if self._graphs < GRAPHS:
            self._graphs += 1
            self._read_graph(loss)
        if not self._heard and step % self._call_stride == 0:
            for function, output, target in saved_calls(loss):
                self._keep(measure(step, function, (output, target), {}, loss))
        for parameter, gradient in self._kept:
            self._fresh = self._fresh or parameter.grad is not gradient
            if not self._fresh:
                self._values.append(gradient.any())

    def _read_graph(self, loss: torch.Tensor) -> None:
        """What the graph says. It rests on names inside of PyTorch, so an error here ends nothing else."""
        try:
            self._terms.update(dict.fromkeys(loss_terms(loss)))
            self._linear = self._linear or is_linear(loss)
            self.squashed.update((weakref.ref(weight), function) for weight, function in squashed(loss))
        except Exception as error:
            self.notes.append(f"the graph of the loss was not read: {type(error).__name__}: {error}")

    def gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """The gradients are there, before anything changes them."""
        held = sorted((each for each in parameters if each.grad is not None), key=lambda each: each.numel())
        self._before = [(each, each.grad.detach().norm()) for each in held[:PROBES] if each.grad is not None]

    def update(self, step: int, optimizer: Optimizer, training: bool) -> None:
        """`optimizer` is about to update in a captured step."""
        self._optimizer = type(optimizer).__name__
        for group in optimizer.param_groups[:4]:
            self._rates.append(Rate(step, float(group.get("lr", 0.0)), float(group.get("weight_decay", 0.0))))
        if len(self._rates) > KEPT:
            del self._rates[1::2]
        if self._backwards:
            self._training += training
            self._evaluating += not training
            if not training and self._first_evaluating is None:
                self._first_evaluating = step
        self._compare()

    def _compare(self) -> None:
        now = [(each.grad.detach().norm(), norm) for each, norm in self._before if each.grad is not None]
        if now:
            after, before = (torch.stack(list(each)).norm() for each in zip(*now, strict=True))
            self._clipped.append(after / before)
            del self._clipped[:-64]

    def close(self) -> None:
        """The captured step is over."""
        if self._kept and self._backwards:
            if self._fresh:
                self._cleared += 1
            elif len(self._stale) < CALLS:
                self._stale.append(torch.stack(self._values).any())
        self._kept, self._before, self._values = [], [], []
        if len(self._pending) > CALLS:
            self._call_stride *= 2
            del self._pending[1::2]

    # -- afterwards

    def evidence(self) -> Evidence:
        """What was collected. Waits for the device."""
        stale = sum(bool(each) for each in self._stale)
        clipped = [value for each in self._clipped if isfinite(value := float(each))]
        return Evidence(
            optimizer=self._optimizer, losses=[(step, float(value)) for step, value in self._losses],
            calls=[each.read() for each in self._pending], terms=list(self._terms), rates=list(self._rates),
            stale=stale, cleared=self._cleared, clipped=clipped,
            evaluating=self._evaluating, training=self._training,
            backwards=self.backwards, linear=self._linear,
            inputs=[(scale, largest) for scale, largest in map(torch.Tensor.tolist, self._inputs)],
            scales=[] if self._scales is None else (self._scales[0] / self._scales[1].clamp(min=1)).tolist(),
            first_evaluating=self._first_evaluating, validated_in_training=self._validated_in_training,
        )  # fmt: skip


def mode_matters(model: nn.Module) -> bool:
    """Whether `model` computes something else in training than in evaluation."""
    return any(
        isinstance(module, nn.modules.batchnorm._BatchNorm)
        or (isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0)
        for module in model.modules()
    )


def symmetric(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The layers whose units all have the same weights: they compute the same and stay equal."""
    return [name for name, module in named if _is_symmetric(module)]


def constant(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The trainable layers whose units all have the same weights, other than zeros: zeros are a known way to let a
    branch of a network begin as nothing."""
    return [name for name, module in named if _is_symmetric(module) and _is_trained_from(_stored_weight(module))]


def _is_trained_from(weight: torch.Tensor | None) -> bool:
    return weight is not None and weight.requires_grad and bool(weight.detach().any())


def _stored_weight(module: nn.Module) -> torch.Tensor | None:
    """The parameter `weight`; None where it is computed: reading a computed weight can change its state."""
    return dict(module.named_parameters(recurse=False)).get("weight")


def _is_symmetric(module: nn.Module) -> bool:
    weight = _stored_weight(module)
    if not isinstance(module, nn.Linear | nn.modules.conv._ConvNd) or not isinstance(weight, torch.Tensor):
        return False
    rows = weight.detach().flatten(1)
    if len(rows) < 2 or weight.device.type == "meta":
        return False
    apart = (rows - rows[:1]).abs().max()
    return bool(float(apart) <= 1e-5 * float(rows.abs().max()))


def frozen_at_initialization(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The layers that are frozen (no parameter requires a gradient) although their weights look as torch initialises
    them: uniform within ± 1 / √(inputs), so that nothing has trained them."""
    return [name for name, module in named if _is_frozen(module) and _looks_initial(module)]


def untrained(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The layers whose weights look as torch initialises them."""
    return [name for name, module in named if _looks_initial(module)]


def _is_frozen(module: nn.Module) -> bool:
    own = list(module.parameters(recurse=False))
    return bool(own) and not any(each.requires_grad for each in own)


def _looks_initial(module: nn.Module) -> bool:
    """Whether a weight is spread evenly within the bounds of its initialisation."""
    found = _initialized(module)
    if found is None:
        return False
    weight, bound = found
    largest, deviation = float(weight.detach().abs().max()), float(weight.detach().float().std())
    return bool(0.8 * bound < largest <= 1.001 * bound and abs(deviation * 3**0.5 / bound - 1) < 0.15)


def _initialized(module: nn.Module) -> tuple[torch.Tensor, float] | None:
    """A weight that torch initialises evenly within ± a bound, and the bound."""
    own = dict(module.named_parameters(recurse=False))
    weight = next((own[name] for name in EVEN_WEIGHTS if name in own), None)
    if weight is None or weight.device.type == "meta" or weight.numel() < LEAST:
        return None
    if isinstance(module, nn.RNNBase):
        return weight, module.hidden_size**-0.5
    if isinstance(module, nn.MultiheadAttention):
        return weight, (1.5 / module.embed_dim) ** 0.5
    if isinstance(module, nn.Linear | nn.modules.conv._ConvNd):
        return weight, float(weight[0].numel()) ** -0.5
    return None
