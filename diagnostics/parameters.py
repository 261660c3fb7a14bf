"""The parameters of one optimizer in a captured step: their gradients, themselves, their update.

Small ones are copied together, so that a layer costs a few calls and not a few for each of its parameters."""

import itertools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.layers import Layer

SMALL = 2**14  # elements, below which a tensor costs its calls more than its reading
SAMPLE = 2**18  # elements of a parameter, at most, that the size of its update is taken from
RUN = 256  # consecutive elements of that sample

Owners = tuple[Layer, ...]
Parts = list[tuple[Owners, torch.Tensor]]


@dataclass(frozen=True, slots=True)
class Scaling:
    """What a GradScaler leaves to a fused optimizer: gradients that are `scale` times too large, and to be passed over
    where `overflowed` is not 0. Both are on the device."""

    scale: torch.Tensor | None
    overflowed: torch.Tensor | None

    def undone(self, gradient: torch.Tensor) -> torch.Tensor:
        """The gradient that the parameters are updated with: zero where they are not."""
        if self.scale is not None:
            gradient = gradient / self.scale.to(gradient.device)
        if self.overflowed is not None:
            gradient = torch.where(self.overflowed.to(gradient.device) > 0, 0.0, gradient)
        return gradient


def scaling_of(optimizer: Optimizer) -> Scaling | None:
    """What `GradScaler.step` has told a fused optimizer, if this is one."""
    scale, overflowed = getattr(optimizer, "grad_scale", None), getattr(optimizer, "found_inf", None)
    return Scaling(scale, overflowed) if scale is not None or overflowed is not None else None


class Parameters:
    """Those that belong to watched layers; a tied parameter belongs to several. Call all of it under `no_grad`."""

    def __init__(self, optimizer: Optimizer, owners: Mapping[int, Owners]) -> None:
        """`owners`: id of a parameter → its layers."""
        self._all = _parameters(optimizer)
        self.held = [(known, each) for each in self._all if (known := owners.get(id(each))) is not None]
        self.notes = {
            f"{layer.name}: complex tensors are not measured": None
            for known, each in self.held if each.is_complex() for layer in known
        }  # fmt: skip
        self.sharded = {layer.index for known, each in self.held if local(each) is not each for layer in known}
        self._large: list[tuple[Owners, nn.Parameter]] = []
        small: dict[tuple[torch.dtype, torch.device], list[tuple[Owners, nn.Parameter]]] = {}
        for known, each in self.held:
            if measurable(local(each)):
                if each.numel() > SMALL or local(each) is not each:
                    self._large.append((known, each))
                else:
                    small.setdefault((each.dtype, each.device), []).append((known, each))
        self._blocks = [Block(parts) for parts in small.values()]
        self._before: list[torch.Tensor] = []

    def still_of(self, optimizer: Optimizer) -> bool:
        """Whether the optimizer's parameters are still these, of the same kind."""
        now = _parameters(optimizer)
        same = len(now) == len(self._all) and all(map(operator.is_, now, self._all))
        return same and all(block.unchanged() for block in self._blocks)

    def gradients(self, scaling: Scaling | None = None) -> Parts:
        """The gradients that there are, by layer, with `scaling` undone: of a sparse one its values, of a sharded one
        the local part.
        """
        found: Parts = []
        for block in self._blocks:
            gradients = [each.grad for each in block.parameters]
            if all(each is not None and each.layout is torch.strided for each in gradients):
                found += block.split(_flat(gradients))
            else:
                present = zip(block.owners, gradients, strict=True)
                found += [(known, each) for known, each in present if each is not None]
        found += [(known, each.grad) for known, each in self._large if each.grad is not None]
        parts = [(known, values) for known, each in found if measurable(values := _values(each))]
        return parts if scaling is None else [(known, scaling.undone(values)) for known, values in parts]

    def before_update(self) -> Parts:
        """The parameters, by layer; keeps what `updates` compares with."""
        flats = [_flat(block.parameters) for block in self._blocks]
        large = [(known, local(each)) for known, each in self._large]
        self._before = flats + [sample(weight).clone() for _, weight in large]
        return [part for block, flat in zip(self._blocks, flats, strict=True) for part in block.split(flat)] + large

    def updates(self) -> Parts:
        """What the update has changed, by layer. Of large parameters a sample, enlarged so that its norm is that of
        all.
        """
        before, self._before = self._before, []
        if not before:
            return []
        weights = [local(each) for _, each in self._large]
        after = [_flat(block.parameters) for block in self._blocks] + [sample(weight) for weight in weights]
        changes = torch._foreach_sub(after, before)
        found: Parts = []
        for block, change in zip(self._blocks, changes, strict=False):
            found += block.split(change)
        large = changes[len(self._blocks) :]
        for (known, _), weight, change in zip(self._large, weights, large, strict=True):
            if change.numel() < weight.numel():
                change.mul_(math.sqrt(weight.numel() / change.numel()))
            found.append((known, change))
        return found


class Block:
    """Small parameters of one dtype on one device. Neighbours of the same layer stay together."""

    def __init__(self, parts: Sequence[tuple[Owners, nn.Parameter]]) -> None:
        self.owners = [known for known, _ in parts]
        self.parameters = [each for _, each in parts]
        self._kind = parts[0][1].dtype, parts[0][1].device
        self._runs: list[Owners] = []
        self._sizes: list[int] = []
        for known, run in itertools.groupby(parts, lambda part: part[0]):
            self._runs.append(known)
            self._sizes.append(sum(each.numel() for _, each in run))

    def unchanged(self) -> bool:
        """Whether the model has not been moved."""
        first = self.parameters[0]
        return (first.dtype, first.device) == self._kind

    def split(self, flat: torch.Tensor) -> Parts:
        """All of them, one behind the other, by layer."""
        return list(zip(self._runs, flat.split(self._sizes), strict=True))  # type: ignore[no-untyped-call]


def measurable(tensor: torch.Tensor) -> bool:
    """Whether there are statistics of such a tensor."""
    return tensor.is_floating_point() and tensor.layout is torch.strided and tensor.numel() > 0 and not tensor.is_meta


def local(tensor: torch.Tensor) -> torch.Tensor:
    """A DTensor's part on this process; any other tensor itself."""
    part = getattr(tensor, "to_local", None)
    result: torch.Tensor = tensor if part is None else part()
    return result


def sample(weight: torch.Tensor) -> torch.Tensor:
    """All of `weight`, flat, or at most `SAMPLE` elements of it: evenly spaced runs of neighbours, which cost no more
    memory traffic than they hold.
    """
    flat = weight.reshape(-1)
    if len(flat) <= SAMPLE:
        return flat
    apart = len(flat) // (SAMPLE // RUN) | 1  # odd, so that the runs do not begin in the same column of every row
    runs = (len(flat) - RUN) // apart + 1
    return flat.as_strided((min(runs, SAMPLE // RUN), RUN), (apart, 1), flat.storage_offset()).reshape(-1)


def _parameters(optimizer: Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _flat(tensors: Sequence[torch.Tensor | None]) -> torch.Tensor:
    flat: torch.Tensor = torch._utils._flatten_dense_tensors(tensors)  # type: ignore[no-untyped-call]
    return flat


def _values(gradient: torch.Tensor) -> torch.Tensor:
    """Of a sparse gradient its values, of a sharded one the local part."""
    return local(gradient.coalesce()._values() if gradient.layout is torch.sparse_coo else gradient)
