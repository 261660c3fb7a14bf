"""What weights look like that nothing has trained: equal units, and the spread that torch initialises with."""

from collections.abc import Sequence

import torch
from torch import nn

EVEN_WEIGHTS = ("weight", "weight_hh_l0", "in_proj_weight")  # what torch initialises evenly within a bound
LAYERS = (nn.Linear, nn.modules.conv._ConvNd, nn.RNNBase)
LEAST = 8  # elements that can show how they are spread


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
    """The parameter `weight`, that of the inputs of a recurrent layer, or the matrix of one's own layer; None where
    it is computed: reading a computed weight can change its state."""
    own = dict(module.named_parameters(recurse=False))
    if isinstance(module, LAYERS) or type(module).__module__.startswith("torch."):
        return own.get("weight_ih_l0" if isinstance(module, nn.RNNBase) else "weight")
    matrices = (each for name, each in own.items() if each.ndim == 2 and name.lower().startswith(("w", "kernel")))
    return max(matrices, key=lambda each: each.numel(), default=None)


def _is_symmetric(module: nn.Module) -> bool:
    weight = _stored_weight(module)
    if weight is None or weight.device.type == "meta":
        return False
    if isinstance(module, LAYERS):
        gates = len(weight) // module.hidden_size if isinstance(module, nn.RNNBase) else 1
        return len(weight) > gates and _has_equal_rows(weight.detach().reshape(gates, len(weight) // gates, -1))
    if type(module).__module__.startswith("torch.") or min(weight.shape) < 2:
        return False
    matrix = weight.detach()  # [units, inputs] or [inputs, units]
    return _has_equal_rows(matrix.unsqueeze(0)) or _has_equal_rows(matrix.T.unsqueeze(0))


def _has_equal_rows(rows: torch.Tensor) -> bool:
    """Whether the rows of each matrix in `rows` are the same."""
    apart = (rows - rows[:, :1]).abs().max()
    return bool(float(apart) <= 1e-5 * float(rows.abs().max()))


def frozen_at_initialization(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The layers whose weights are frozen (they require no gradient) although they look as torch initialises them:
    uniform within ± 1 / √(inputs), so that nothing has trained them."""
    return [name for name, module in named if _is_frozen(module) and _looks_initial(module)]


def untrained(named: Sequence[tuple[str, nn.Module]]) -> list[str]:
    """The layers whose weights look as torch initialises them."""
    return [name for name, module in named if _looks_initial(module)]


def _is_frozen(module: nn.Module) -> bool:
    found = _initialized(module)
    return found is not None and not found[0].requires_grad


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
