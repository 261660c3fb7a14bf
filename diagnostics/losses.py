"""What one observer collects of the losses, the optimizer's settings and the modes of its model."""

import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.evidence import BINARY, CLASSIFICATIONS, Evidence, LossCall, LossTerm, Rate
from diagnostics.layers import inside_transform
from diagnostics.loss_graph import is_linear, loss_terms, saved_calls, squashed

KEPT = 2048  # losses, at most: of a longer run every second one is dropped, again and again
CALLS = 256  # measured calls of loss functions, at most
GRAPHS = 3  # captures whose graph is looked at
PROBES = 4  # parameters whose gradient is compared between two moments: the smallest ones

ROWS = 4096
CLASSES = 128  # whose targets are counted
HEAD = 14  # numbers before the counts


class LossTap:
    """Filled while the model trains, read when the run is judged."""

    def __init__(self) -> None:
        self.last: torch.Tensor | float | None = None  # of the last `backward()` since the last step
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
        self._maximizes = False
        self._evaluating = self._training = 0
        self._first_evaluating: int | None = None
        self._heard = False  # a loss function was seen in this capture
        self._functions: set[str] = set()
        self._validated_in_training = 0
        self._inputs: list[tuple[torch.Tensor, ...]] = []  # root mean square, lowest, highest
        self._scales: torch.Tensor | None = None  # by input feature: sum of |x|, and how many are not zero
        self._linear = False
        self.notes: list[str] = []
        self.squashed: dict[weakref.ref[torch.Tensor], str] = {}  # weight → the function of the layer's output
        self.backwards = 0
        self.abandoned = 0  # on the CPU: not finite, and another one came before the next step

    # -- every step

    def heard(self, loss: torch.Tensor) -> None:
        """`backward()` is called on `loss`. Of a tensor on the CPU the value is read, which waits for nothing."""
        self.backwards += 1
        if isinstance(self.last, float) and not isfinite(self.last):
            self.abandoned += 1
        self.last = loss.item() if loss.is_cpu else loss.detach()

    def step(self, step: int) -> None:
        """A step is over: keep its loss."""
        loss, self.last = self.last, None
        if loss is None or step % self._stride:
            return
        self._losses.append((step, loss))
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
            values = inputs.detach().float()
            scale = torch.linalg.vector_norm(values) / values.numel() ** 0.5
            self._inputs.append((scale, *torch.aminmax(values)))
            if len(self._inputs) > CALLS:
                del self._inputs[1::2]
            if inputs.ndim in (2, 3):
                self._add_scales(values.abs().flatten(0, -2))

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

    def _keep(self, found: "Pending | None") -> None:
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
        self._maximizes = any(group.get("maximize") for group in optimizer.param_groups)
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
        sign = -1.0 if self._maximizes else 1.0
        return Evidence(
            optimizer=self._optimizer, losses=[(step, sign * float(value)) for step, value in self._losses],
            calls=[each.read() for each in self._pending], terms=list(self._terms), rates=list(self._rates),
            stale=stale, cleared=self._cleared, clipped=clipped,
            evaluating=self._evaluating, training=self._training,
            backwards=self.backwards, linear=self._linear,
            inputs=[(float(scale), max(-float(low), float(high))) for scale, low, high in self._inputs],
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


@dataclass(slots=True)
class Pending:
    """A call whose numbers are still on the device."""

    call: LossCall
    numbers: torch.Tensor

    def read(self) -> LossCall:
        """The call with its numbers."""
        call, values = self.call, self.numbers.tolist()
        call.value, call.output, call.target = values[0], tuple(values[1:5]), tuple(values[5:9])
        call.spread, call.whole, counted = values[9], bool(values[10]), int(values[11])
        call.target_spread, call.error = values[12], values[13]
        call.counts = tuple(int(value) for value in values[HEAD : HEAD + counted])
        call.hits = tuple(int(value) for value in values[HEAD + counted :])
        return call


def measure(step: int, function: str, args: Any, kwargs: Any, loss: torch.Tensor) -> Pending | None:
    """The call of a loss function; None where its arguments are not two real tensors."""
    output = args[0] if args else kwargs.get("input")
    target = args[1] if len(args) > 1 else kwargs.get("target")
    if not isinstance(output, torch.Tensor) or not isinstance(target, torch.Tensor):
        return None
    if any(inside_transform(each) or each.is_complex() or not each.numel() for each in (output, target)):
        return None
    call = LossCall(step, function, tuple(output.shape), tuple(target.shape))
    weight = kwargs.get("weight") if len(args) < 3 else args[2]
    call.weighted = weight is not None or kwargs.get("pos_weight") is not None
    outputs, targets = _rows(output.detach()), _rows(target.detach())
    value = loss.detach().float().mean()
    counts, hits = _counts(function, outputs, targets)
    head = [value, *_moments(outputs), *_moments(targets), _spread(outputs), (targets == targets.round()).all()]
    error = value.new_tensor(-1.0)
    if outputs.shape == targets.shape:
        error = (outputs.float() - targets.float()).square().mean().sqrt()
    head += [value.new_tensor(float(len(counts))), _spread(targets), error]
    numbers = torch.stack([each.float() for each in head])
    return Pending(call, torch.cat([numbers, counts.float(), hits.float()]))


def _rows(tensor: torch.Tensor) -> torch.Tensor:
    """The first rows; numbers of a low precision or of truth values as float32."""
    rows = tensor.reshape(-1)[:1] if not tensor.ndim else tensor[:ROWS]
    while rows.ndim > 2 and rows.numel() > 2**20:
        rows = rows[..., 0]
    return rows.float() if rows.is_floating_point() or rows.dtype is torch.bool else rows


def _spread(values: torch.Tensor) -> torch.Tensor:
    """The deviation between samples: root mean square over the features."""
    flat = values.float().flatten(1) if values.ndim > 1 else values.float().unsqueeze(1)
    return flat.std(0, correction=0).square().mean().sqrt()


def _moments(values: torch.Tensor) -> list[torch.Tensor]:
    values = values.float()
    return [values.mean(), values.std(correction=0), values.min(), values.max()]


def _counts(function: str, outputs: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets by class and how many of them the output got right, both [classes]; of regressions without hits."""
    nothing = outputs.new_zeros(0)
    labels = targets
    if function in CLASSIFICATIONS:
        if targets.is_floating_point() or outputs.ndim < 2 or outputs.shape[1] > CLASSES or targets.ndim > 2:
            return nothing, nothing
        answers, classes = outputs.argmax(1).reshape(-1), outputs.shape[1]
    elif function in BINARY:
        if outputs.shape != targets.shape:
            return nothing, nothing
        answers = (outputs > (0.0 if function.endswith("logits") else 0.5)).reshape(-1).long()
        classes = 2
    else:
        answers, classes = None, 32
    labels = labels.reshape(-1)[: ROWS * 4].nan_to_num().clamp(-1, classes)
    one_hot = labels.unsqueeze(1) == torch.arange(classes, device=labels.device)
    if answers is None:
        return one_hot.sum(0), nothing
    right = answers[: len(labels)] == labels
    return one_hot.sum(0), (one_hot & right.unsqueeze(1)).sum(0)
