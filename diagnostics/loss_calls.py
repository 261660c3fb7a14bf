"""What a loss function received, reduced on its device to one small vector."""

from dataclasses import dataclass
from typing import Any

import torch

from diagnostics.evidence import BINARY, CLASSIFICATIONS, LossCall
from diagnostics.layers import inside_transform

ROWS = 4096
CLASSES = 128  # whose targets are counted
HEAD = 14  # numbers before the counts


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
