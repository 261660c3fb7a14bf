"""Master weights: the copies in 32 bits that an optimizer updates for a model in 16 bits."""

from collections.abc import Iterable

import torch
from torch.optim import Optimizer

ROUNDINGS = 4  # of its dtype, by which a weight may differ from its master copy
HALF = (torch.float16, torch.bfloat16)


def masters_held(optimizer: Optimizer, parameters: Iterable[torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The weights of a model in 16 bits and the parameters of an optimizer that are copies of them in 32: as many, of
    the same shapes in the same order. Empty for an optimizer of another model."""
    weights = [each for each in parameters if each.requires_grad]
    held = [each for group in optimizer.param_groups for each in group["params"]]
    mixed = any(each.dtype in HALF for each in weights)
    alike = len(held) == len(weights) and all(a.shape == b.shape for a, b in zip(held, weights, strict=True))
    if not mixed or not alike or any(a is b for a, b in zip(held, weights, strict=True)):
        return []
    return [(weight, master) for weight, master in zip(weights, held, strict=True) if master.dtype == torch.float32]


def copies_in_state(optimizer: Optimizer, weight: torch.Tensor) -> list[torch.Tensor]:
    """The copies of a weight that an optimizer keeps for itself."""
    state = optimizer.state.get(weight, {}) if weight.dtype in HALF else {}
    tensors = [value for key, value in state.items() if "master" in str(key) and isinstance(value, torch.Tensor)]
    return [value for value in tensors if value.shape == weight.shape and value.dtype == torch.float32]


def distance(weight: torch.Tensor, master: torch.Tensor) -> torch.Tensor:
    """The largest difference of a weight from its master copy, in roundings of the weight's dtype.

    >>> float(distance(torch.tensor([1.0]).bfloat16(), torch.tensor([1.0001])))
    0.0
    """
    rounded = master.to(weight.dtype).float()
    size = rounded.abs() * torch.finfo(weight.dtype).eps + torch.finfo(weight.dtype).tiny
    return ((weight.float() - rounded).abs() / size).max() if weight.numel() else weight.new_zeros(())
