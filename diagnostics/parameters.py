"""The parameters of one optimizer in a captured step: their gradients, themselves, their update."""

import itertools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.layers import Layer
from diagnostics.numbers import PARTS
from diagnostics.statistics.room import Room, Together, Use

SMALL = 2**14  # elements, below which a tensor costs its calls more than its reading
STRIDED = torch.strided
SAMPLE = 2**18  # elements of a parameter, at most, that the size of its update is taken from
RUN = 256  # consecutive elements of that sample

Owners = tuple[Layer, ...]
Alone = list[tuple[int, torch.Tensor]]  # by the index of their layer
Parts = tuple[list[Together], Alone]


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
    told = optimizer.__dict__  # where a missing one costs nothing
    scale, overflowed = told.get("grad_scale"), told.get("found_inf")
    return Scaling(scale, overflowed) if scale is not None or overflowed is not None else None


class Parameters:
    """Those that belong to watched layers; a tied parameter belongs to several. All of it is called where autograd
    records nothing.
    """

    def __init__(self, optimizer: Optimizer, owners: Mapping[int, Owners]) -> None:
        """`owners`: id of a parameter → its layers."""
        self._groups: list[list[nn.Parameter]] = [list(group["params"]) for group in optimizer.param_groups]
        everything = itertools.chain.from_iterable(self._groups)
        self.held = [(known, each) for each in everything if (known := owners.get(id(each))) is not None]
        self.notes = {
            f"{layer.name}: complex tensors are not measured": None
            for known, each in self.held if each.is_complex() for layer in known
        }  # fmt: skip
        self.sharded = frozenset(layer.index for known, each in self.held if local(each) is not each for layer in known)
        self._large: list[tuple[Owners, nn.Parameter]] = []
        small: dict[tuple[torch.dtype, torch.device], list[tuple[Owners, nn.Parameter]]] = {}
        for known, each in self.held:
            if measurable(local(each)):
                if each.numel() > SMALL or local(each) is not each:
                    self._large.append((known, each))
                else:
                    small.setdefault((each.dtype, each.device), []).append((known, each))
        self._blocks = [Block(parts) for parts in small.values()]
        self._weights, self._updates = [each.weights for each in self._blocks], [each.updates for each in self._blocks]
        self._before: list[torch.Tensor] | None = None
        self._forms = [_form(each) for _, each in self.held]
        alone = len(self._blocks) == 1 and not self._large
        self.room = self._blocks[0].room if alone else None  # where there is one for all
        self.small = self._blocks[0].parameters if alone else []  # those in it

    def of(self, optimizer: Optimizer) -> bool:
        """Whether the optimizer's parameters are these."""
        groups = optimizer.param_groups
        if len(groups) != len(self._groups):
            return False
        for group, known in zip(groups, self._groups, strict=True):
            params = group["params"]
            if len(params) != len(known) or not all(map(operator.is_, params, known)):
                return False
        return True

    def as_they_were(self) -> bool:
        """Whether none has been given another form, or another place: a model may be moved, cast or pruned."""
        return self._forms == [_form(each) for _, each in self.held]

    def gradients(self, scaling: Scaling | None = None) -> Parts:
        """The gradients that there are, with `scaling` undone: of a sparse one its values, of a sharded one the local
        part.
        """
        together: list[Together] = []
        alone: list[tuple[Owners, torch.Tensor | None]] = []
        if self._large:
            alone += [(known, each.grad) for known, each in self._large]
        for block in self._blocks:
            dense = [grad for each in block.parameters if (grad := each.grad) is not None and grad.layout is STRIDED]
            if len(dense) == len(block.parameters) and scaling is None:
                together.append(Together(block.room, dense, Use.NONE))
            else:
                alone += [(known, each.grad) for known, each in zip(block.owners, block.parameters, strict=True)]
        if not alone:
            return together, []
        present = [(known, _values(each)) for known, each in alone if each is not None]
        found = [(layer.index, values) for known, values in present if measurable(values) for layer in known]
        if scaling is not None:
            found = [(layer, scaling.undone(values)) for layer, values in found]
        return together, found

    def before_update(self) -> Parts:
        """The parameters; keeps what `updates` compares with."""
        if not self._large:
            self._before = []
            return self._weights, []
        large = [(known, local(each)) for known, each in self._large]
        self._before = [sample(weight).clone(memory_format=torch.contiguous_format) for _, weight in large]
        alone = [(layer.index, weight) for known, weight in large for layer in known]
        return self._weights, alone

    def updates(self) -> Parts:
        """What the update has changed since `before_update`; nothing where it has changed their forms. Of large
        parameters a sample, enlarged so that its norm is that of all.
        """
        before, self._before = self._before, None
        if before is None or not self.as_they_were():
            return [], []
        alone: Alone = []
        for (known, each), was in zip(self._large, before, strict=True):
            weight = local(each)
            change = torch.sub(sample(weight), was, out=was)
            if change.numel() < weight.numel():
                change.mul_(math.sqrt(weight.numel() / change.numel()))
            alone += [(layer.index, change) for layer in known]
        return self._updates, alone


class Block:
    """Small parameters of one dtype on one device, and the room in which they are looked at together."""

    def __init__(self, parts: Sequence[tuple[Owners, nn.Parameter]]) -> None:
        self.owners = [known for known, _ in parts]
        self.parameters = [each for _, each in parts]
        keyed = [(tuple(layer.index * PARTS for layer in known), each) for known, each in parts]
        self.room = Room(keyed)
        self.weights = Together(self.room, self.parameters, Use.KEEP)
        self.updates = Together(self.room, self.parameters, Use.CHANGE)


def _form(parameter: nn.Parameter) -> tuple[object, ...]:
    return parameter.shape, parameter.dtype, parameter.device


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


def _values(gradient: torch.Tensor) -> torch.Tensor:
    """Of a sparse gradient its values, of a sharded one the local part."""
    return local(gradient.coalesce()._values() if gradient.layout is torch.sparse_coo else gradient)
