"""The parameters of a model by name and reference, and what an update changes about them."""

import math
import operator
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn
from torch._subclasses import FakeTensor
from torch.optim import Optimizer

from diagnostics.layers import WatchedLayer
from diagnostics.master_weights import masters_held
from diagnostics.statistics import Sampler

WHOLE = 2**20  # elements of a parameter up to which its update is compared whole
SPREAD = 64  # elements of a parameter that show whether it has changed
RUNS, RUN = 1024, 256  # a larger one: so many runs of so many consecutive elements, at random places


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of the model. A tied one belongs to several layers. `weight`: it counts for its layers' weight norm
    and update ratio, which speak of weights alone. `lost`: an optimizer held the tensor that this one has replaced.
    `first`: some of its elements as they were when it was first seen."""

    index: int
    name: str
    tensor: nn.Parameter
    layers: tuple[WatchedLayer, ...] = ()
    weight: bool = False
    had_gradient: bool = False
    in_optimizer: bool = False
    lost: bool = False
    first: torch.Tensor | None = None

    def take(self, tensor: nn.Parameter) -> None:
        """The model has this tensor now."""
        self.lost = self.lost or self.in_optimizer
        self.tensor, self.in_optimizer, self.first = tensor, False, _spread_elements(tensor)

    def has_changed(self) -> bool:
        """Whether some elements differ from when the tensor was first seen. Waits for the device."""
        now = _spread_elements(self.tensor)
        return self.first is not None and now is not None and not torch.equal(self.first, now)


@dataclass(slots=True)
class ParameterTable:
    """All parameters of a model. They keep their index when the model gets another tensor of the same name
    (`load_state_dict(assign=True)`, `to_empty`)."""

    entries: list[Parameter] = field(default_factory=list)
    by_layer: dict[int, list[Parameter]] = field(default_factory=dict)
    _known: dict[torch.Tensor, Parameter] = field(default_factory=dict)
    _held: "weakref.WeakKeyDictionary[Optimizer, tuple[list[torch.Tensor], list[Parameter]]]" = field(
        default_factory=weakref.WeakKeyDictionary
    )

    def update(self, model: nn.Module, layers: Sequence[WatchedLayer]) -> None:
        """Take in the parameters that `model` has now."""
        named = {entry.name: entry for entry in self.entries}
        self._known, self.by_layer = {}, {}
        self._held.clear()
        for name, tensor in model.named_parameters():
            entry = named.get(name)
            if entry is None:
                entry = Parameter(len(self.entries), name, tensor, first=_spread_elements(tensor))
                self.entries.append(entry)
            if entry.tensor is not tensor:
                entry.take(tensor)
            entry.layers, entry.weight = (), False
            self._known[tensor] = entry
        for layer in layers:
            own = [(name, entry) for name, each in layer.own_parameters() if (entry := self._known.get(each))]
            self.by_layer[layer.index] = [entry for _, entry in own]
            weights = [entry for name, entry in own if "weight" in name.rpartition(".")[2] or ".original" in name]
            for _, entry in own:
                entry.layers += (layer,)
                entry.weight = entry.weight or entry in weights or not weights

    def held_by(self, optimizer: Optimizer) -> list[Parameter]:
        """The parameters that `optimizer` updates."""
        tensors = [tensor for group in optimizer.param_groups for tensor in group["params"]]
        held = self._held.get(optimizer)
        if held is None or len(held[0]) != len(tensors) or not all(map(operator.is_, held[0], tensors)):
            held = self._held[optimizer] = tensors, [self._known[each] for each in tensors if each in self._known]
            for entry in (*held[1], *(self._known[weight] for weight, _ in masters_held(optimizer, self._known))):
                entry.in_optimizer = True
        return held[1]

    def left_out(self) -> list[Parameter]:
        """The trainable ones that had a gradient although no optimizer holds them."""
        return [entry for entry in self.trainable() if entry.had_gradient and not entry.in_optimizer]

    def layers_of(self, tensor: torch.Tensor | None) -> tuple[WatchedLayer, ...]:
        """The layers that have `tensor` as a parameter."""
        entry = self._known.get(tensor) if isinstance(tensor, nn.Parameter) else None
        return entry.layers if entry is not None else ()

    def whole(self) -> list[nn.Parameter]:
        """The trainable ones that are not spread over processes."""
        return [tensor for tensor in self.tensors() if not is_sharded(tensor)]

    def tensors(self) -> Iterable[nn.Parameter]:
        """The trainable ones, as they are now."""
        return [entry.tensor for entry in self._known.values() if entry.tensor.requires_grad]

    def trainable(self) -> list[Parameter]:
        """The trainable ones that the model still has."""
        return [entry for entry in self._known.values() if entry.tensor.requires_grad]

    def look_for_gradients(self) -> None:
        """Note which trainable parameters have a gradient now."""
        for entry in self._known.values():
            if not entry.had_gradient and entry.tensor.grad is not None:
                entry.had_gradient = True


@dataclass(frozen=True, slots=True)
class Scaling:
    """What a GradScaler leaves to a fused optimizer: gradients that are `scale` times too large, and to be ignored
    where `overflowed` is not 0. Both are on the device."""

    scale: torch.Tensor | None
    overflowed: torch.Tensor | None

    def undone(self, gradient: torch.Tensor) -> torch.Tensor:
        """The gradient with the scale taken out."""
        return gradient if self.scale is None else gradient / self.scale.to(gradient.device)


def scaling_of(optimizer: Optimizer) -> Scaling | None:
    """What `GradScaler.step` has set on a fused optimizer, if this is one."""
    scale, overflowed = getattr(optimizer, "grad_scale", None), getattr(optimizer, "found_inf", None)
    return Scaling(scale, overflowed) if scale is not None or overflowed is not None else None


class Update:
    """Compares parameters before and after an update. All calls are made where autograd records nothing."""

    def __init__(self, entries: Sequence[Parameter], sampler: Sampler) -> None:
        self._entries = entries
        self._shapes = [entry.tensor.shape for entry in entries]
        self._places = [_part(local(entry.tensor), sampler) for entry in entries]
        self._before = [
            part.clone() if places is None else part for part, places in zip(self._now(), self._places, strict=True)
        ]

    def values(self) -> list[tuple[Parameter, torch.Tensor]]:
        """The parameters before the update."""
        return [(entry, local(entry.tensor)) for entry in self._entries]

    def changes(self) -> list[tuple[Parameter, torch.Tensor]]:
        """What the update has changed; nothing where parameters have another shape now. Of a sampled parameter the
        sample, enlarged so that its norm is that of all."""
        if self._shapes != [entry.tensor.shape for entry in self._entries] or not self._entries:
            return []
        changes = torch._foreach_sub(self._now(), self._before)
        for entry, change, places in zip(self._entries, changes, self._places, strict=True):
            if places is not None:
                change.mul_(math.sqrt(local(entry.tensor).numel() / change.numel()))
        return list(zip(self._entries, changes, strict=True))

    def _now(self) -> list[torch.Tensor]:
        """What is compared of each parameter."""
        tensors = [local(entry.tensor) for entry in self._entries]
        pairs = zip(tensors, self._places, strict=True)
        return [tensor if places is None else tensor.take(places) for tensor, places in pairs]


def _spread_elements(tensor: torch.Tensor) -> torch.Tensor | None:
    """A copy of `SPREAD` elements at equal distances; None where they cannot be read."""
    if is_sharded(tensor) or not measurable(tensor):
        return None
    flat = tensor.detach().reshape(-1)
    return flat[:: max(1, len(flat) // SPREAD)][:SPREAD].clone()


def _part(tensor: torch.Tensor, sampler: Sampler) -> torch.Tensor | None:
    """The positions at which a large parameter is compared; None for all of them."""
    if tensor.numel() <= WHOLE:
        return None
    starts = sampler.positions(RUNS, tensor.numel() - RUN, tensor.device)
    return (starts.unsqueeze(1) + torch.arange(RUN, device=tensor.device)).flatten()


def gradient_of(entry: Parameter, scaling: Scaling | None) -> torch.Tensor | None:
    """The gradient of a parameter: of a sparse one its values, of a sharded one the local part; None without one."""
    gradient = entry.tensor.grad
    if gradient is None:
        return None
    gradient = local(gradient.coalesce()._values() if gradient.layout is torch.sparse_coo else gradient)
    return gradient if scaling is None else scaling.undone(gradient)


def measurable(tensor: torch.Tensor) -> bool:
    """Whether there are statistics of such a tensor."""
    return (
        tensor.is_floating_point()
        and tensor.layout is torch.strided
        and not tensor.is_nested
        and not tensor.is_meta
        and not isinstance(tensor, FakeTensor)
        and tensor.numel() > 0
    )


def unmeasured(tensor: torch.Tensor) -> str | None:
    """The kind of a tensor that has numbers, of which there are no statistics."""
    if tensor.is_complex():
        return "complex"
    if tensor.is_meta or isinstance(tensor, FakeTensor):
        return "meta"
    return "nested or sparse" if tensor.layout is not torch.strided or tensor.is_nested else None


def is_plain(tensor: torch.Tensor) -> bool:
    """Whether a tensor holds all its numbers in this process, as one block: it is not sharded, fake or nested."""
    return not is_sharded(tensor) and not isinstance(tensor, FakeTensor) and not tensor.is_nested


def is_sharded(tensor: torch.Tensor) -> bool:
    """Whether this is a DTensor: an operation on it can make this process wait for others."""
    return type(tensor) is not torch.Tensor and type(tensor) is not nn.Parameter and hasattr(tensor, "to_local")


def local(tensor: torch.Tensor) -> torch.Tensor:
    """A DTensor's part on this process; any other tensor itself."""
    if not is_sharded(tensor):
        return tensor
    result: torch.Tensor = tensor.to_local()  # type: ignore[attr-defined]
    return result
