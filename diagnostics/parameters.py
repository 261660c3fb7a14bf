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
Parts = list[tuple[int, torch.Tensor]]  # by the index of their layer


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
    """Those that belong to watched layers; a tied parameter belongs to several. All of it is called where autograd
    records nothing.
    """

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
        self._before: list[torch.Tensor] | None = None

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
        single = [(known, each.grad) for known, each in self._large]
        for block in self._blocks:
            gradients = [each.grad for each in block.parameters]
            if all(each is not None and each.layout is torch.strided for each in gradients):
                found += block.gradients.filled(gradients)
            else:
                single += zip(block.owners, gradients, strict=True)
        present = [(known, _values(each)) for known, each in single if each is not None]
        found += [(layer.index, values) for known, values in present if measurable(values) for layer in known]
        return found if scaling is None else [(layer, scaling.undone(values)) for layer, values in found]

    def before_update(self) -> Parts:
        """The parameters, by layer; keeps what `updates` compares with."""
        found = [run for block in self._blocks for run in block.before.filled(block.parameters)]
        large = [(known, local(each)) for known, each in self._large]
        self._before = [sample(weight).clone(memory_format=torch.contiguous_format) for _, weight in large]
        return found + [(layer.index, weight) for known, weight in large for layer in known]

    def updates(self) -> Parts:
        """What the update has changed since `before_update`, by layer. Of large parameters a sample, enlarged so that
        its norm is that of all.
        """
        before, self._before = self._before, None
        if before is None:
            return []
        found: Parts = []
        for block in self._blocks:
            found += block.after.filled(block.parameters)
            block.after.flat.sub_(block.before.flat)
        for (known, each), was in zip(self._large, before, strict=True):
            weight = local(each)
            change = torch.sub(sample(weight), was, out=was)
            if change.numel() < weight.numel():
                change.mul_(math.sqrt(weight.numel() / change.numel()))
            found += [(layer.index, change) for layer in known]
        return found


class Block:
    """Small parameters of one dtype on one device, and the room in which they are looked at together."""

    def __init__(self, parts: Sequence[tuple[Owners, nn.Parameter]]) -> None:
        self.owners = [known for known, _ in parts]
        self.parameters = [each for _, each in parts]
        self._kind = parts[0][1].dtype, parts[0][1].device
        self.gradients, self.before, self.after = Room(parts), Room(parts), Room(parts)

    def unchanged(self) -> bool:
        """Whether the model has not been moved."""
        first = self.parameters[0]
        return (first.dtype, first.device) == self._kind


class Room:
    """Space for a copy of each parameter, one behind the other, so that those of a layer are one tensor."""

    def __init__(self, parts: Sequence[tuple[Owners, nn.Parameter]]) -> None:
        sizes = [each.numel() for _, each in parts]
        self.flat = torch.zeros(sum(sizes), dtype=parts[0][1].dtype, device=parts[0][1].device)
        shapes = [each.shape for _, each in parts]
        pieces = self.flat.split(sizes)  # type: ignore[no-untyped-call]
        self._each = [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        runs = [(known, list(run)) for known, run in itertools.groupby(parts, lambda part: part[0])]
        together = self.flat.split([sum(each.numel() for _, each in run) for _, run in runs])  # type: ignore[no-untyped-call]
        self._runs = [(layer.index, run) for (known, _), run in zip(runs, together, strict=True) for layer in known]

    def filled(self, tensors: Sequence[torch.Tensor | None]) -> Parts:
        """The copies, by layer; neighbours of the same layer together."""
        torch._foreach_copy_(self._each, tensors)  # type: ignore[arg-type]
        return self._runs


def measurable(tensor: torch.Tensor) -> bool:
    """Whether there are statistics of such a tensor."""
    return tensor.is_floating_point() and tensor.layout is torch.strided and tensor.numel() > 0 and not tensor.is_meta


def local(tensor: torch.Tensor) -> torch.Tensor:
    """A DTensor's part on this process; any other tensor itself."""
    part = getattr(tensor, "to_local", None)
    result: torch.Tensor = tensor if part is None else part()
    return result


def sample(weight: torch.Tensor) -> torch.Tensor:
    """All of `weight`, flat, or at most `SAMPLE` elements of it, [runs, RUN]: evenly spaced runs of neighbours, which
    cost no more memory traffic than they hold.
    """
    flat = weight.reshape(-1)
    if len(flat) <= SAMPLE:
        return flat
    apart = len(flat) // (SAMPLE // RUN) | 1  # odd, so that the runs do not begin in the same column of every row
    runs = (len(flat) - RUN) // apart + 1
    return flat.as_strided((min(runs, SAMPLE // RUN), RUN), (apart, 1), flat.storage_offset())


def _parameters(optimizer: Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _values(gradient: torch.Tensor) -> torch.Tensor:
    """Of a sparse gradient its values, of a sharded one the local part."""
    return local(gradient.coalesce()._values() if gradient.layout is torch.sparse_coo else gradient)
