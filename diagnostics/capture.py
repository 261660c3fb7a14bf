"""One captured step: everything that is measured between the end of one optimizer step and the end of the
next.
"""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import torch
from torch import nn

from diagnostics.attribution import FeatureTap
from diagnostics.layers import OPAQUE, Layer, tensors
from diagnostics.statistics import EMPTY, Ask, Ledger, Row, Slot, ledger_for, merge, square_sum
from diagnostics.statistics.device import Transfer

MAX_CALLS = 64  # of one layer in one capture that are measured: a cell in a long loop is a sample of its calls
PACKED_FEATURES = 4096  # of an attribution, at most, that processes tell each other
UPDATE_SAMPLE = 2**18  # elements of a parameter, evenly spaced, that the size of its update is taken from


class Part(IntEnum):
    """What a row of a layer is about."""

    OUTPUT = 0
    OUTPUT_GRADIENT = 1
    GRADIENT = 2
    WEIGHT = 3


PARTS = len(Part)


class Groups(frozenset[str]):
    """Which groups of numbers are taken; each can be left out when its cost matters more."""

    ALL = ("activations", "activation_gradients", "parameters", "attribution")


class Capture:
    """Collects one step's rows. Reads nothing back to the host, except on the CPU, where the host is the
    device.
    """

    def __init__(
        self,
        step: int,
        layers: list[Layer],
        dead: list[Part | None],
        features: FeatureTap | None,
        groups: Groups,
    ) -> None:
        self.step = step
        self.closed = False
        self.samples = 0
        self.notes: dict[str, None] = {}
        self.with_gradient: set[int] = set()  # ids of parameters
        self._sharded: set[int] = set()  # layers whose parameters are spread over processes
        self._layers = layers
        self._dead = dead
        self._features = features
        self._feature_sums: Transfer | None = None
        self._groups = groups
        self._calls = [0] * len(layers)  # outside of backward passes
        self.behind: dict[int, set[int]] = {}  # activation → the layers with parameters that it was called behind
        self._newest: dict[int, int] = {}  # thread → the last layer with parameters that it called
        self._ledgers: dict[torch.device, Ledger] = {}
        self._before: dict[int, list[torch.Tensor]] = {}  # optimizer → samples of its parameters before the update
        self._updates: list[tuple[list[list[int]], torch.Tensor]] = []
        if features is not None:
            features.begin()

    # -- during the step

    def output(
        self, layer: Layer, module: nn.Module, inputs: object, output: object, backward: bool
    ) -> list[tuple[torch.Tensor, Any]]:
        """A layer was called. Returns the tensors whose gradients are wanted, each with what `gradient` needs
        to know of it.

        `backward`: a checkpoint runs the layer again, inside the backward pass. It counts only where the
        first call did not: reentrant checkpoints hide that one behind `no_grad`."""
        if backward and self._calls[layer.index]:
            return []
        if not backward:
            self._calls[layer.index] += 1
        if layer.activation:
            self.behind.setdefault(layer.index, set()).add(self._newest.get(threading.get_ident(), -1))
        else:
            self._newest[threading.get_ident()] = layer.index
        if self._calls[layer.index] > MAX_CALLS:
            self.notes[
                f"{layer.name} is called more than {MAX_CALLS} times a step; the first {MAX_CALLS} are measured"
            ] = None
            return []
        wanted: list[tuple[torch.Tensor, Any]] = []
        for tensor in tensors(output):
            if self._measurable(tensor, layer):
                if not layer.units:
                    layer.units = tensor.shape[layer.unit_dim]
                if "activations" in self._groups:
                    self._add(layer, Part.OUTPUT, tensor, layer.ask(self._dead[layer.index] is Part.OUTPUT))
                if tensor.grad_fn is not None and not self._groups.isdisjoint({"activation_gradients", "attribution"}):
                    given = self._features.inputs(layer, module, inputs) if self._features is not None else None
                    if given is not None or "activation_gradients" in self._groups:
                        wanted.append((tensor, given))
                if isinstance(module, OPAQUE):
                    break  # the rest are states and weights that the first tensor came from
        return wanted

    def inputs(self, layer: Layer, inputs: torch.Tensor | None) -> Any:
        """What `gradient` needs to know of a layer inside a compiled graph, which kept its inputs."""
        module = layer.module()
        if inputs is None or module is None or self._features is None:
            return None
        return self._features.inputs(layer, module, inputs)

    def gradient(self, layer: Layer, gradient: torch.Tensor, given: Any) -> None:
        """The gradient with respect to an output that `output` asked for."""
        gradient = _local(gradient)
        if "activation_gradients" in self._groups:
            dead = self._dead[layer.index] is Part.OUTPUT_GRADIENT
            self._add(
                layer, Part.OUTPUT_GRADIENT, gradient, Ask(moments=False, unit_dim=layer.unit_dim if dead else None)
            )
        if given is not None and self._features is not None:
            self._features.gradient(given, gradient)

    def gradients(self, parameters: list[tuple[nn.Parameter, list[Layer]]], scaling: "Scaling | None" = None) -> None:
        """The parameters' gradients are final, but for what `scaling` says."""
        for parameter, layers in parameters:
            gradient = parameter.grad
            if gradient is None:
                continue
            self.with_gradient.add(id(parameter))
            if "parameters" not in self._groups:
                continue
            if gradient.layout is torch.sparse_coo:
                gradient = gradient.coalesce()._values()
            gradient = _local(gradient.detach())
            if scaling is not None:
                gradient = scaling.undone(gradient)
            for layer in layers:
                if self._measurable(gradient, layer):
                    self._add(layer, Part.GRADIENT, gradient, Ask(moments=False))

    def weights(self, key: int, parameters: list[tuple[nn.Parameter, list[Layer]]]) -> None:
        """The parameters before their update."""
        if "parameters" not in self._groups:
            return
        samples = []
        for parameter, layers in parameters:
            weight = _local(parameter.detach())
            if weight.numel() != parameter.numel():
                self._sharded.update(layer.index for layer in layers)
            for layer in layers:
                if self._measurable(weight, layer):
                    self._add(layer, Part.WEIGHT, weight, Ask(moments=False, shares=False))
            samples.append(_sample(weight).clone())
        self._before[key] = samples

    def updates(self, key: int, parameters: list[tuple[nn.Parameter, list[Layer]]]) -> None:
        """The parameters after their update."""
        before = self._before.pop(key, None)
        if before:
            after = [_sample(_local(parameter.detach())) for parameter, _ in parameters]
            changes = torch._foreach_norm(torch._foreach_sub(after, before))
            sizes = torch._foreach_norm(before)
            places = [[layer.index for layer in layers] for _, layers in parameters]
            self._updates.append((places, torch.stack([*changes, *sizes]).float()))

    def _measurable(self, tensor: torch.Tensor, layer: Layer) -> bool:
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            self.notes[f"{layer.name}: calls inside torch.func transforms are not measured"] = None
            return False
        if tensor.is_complex():
            self.notes[f"{layer.name}: complex tensors are not measured"] = None
            return False
        return (
            tensor.is_floating_point() and tensor.numel() > 0 and tensor.layout is torch.strided and not tensor.is_meta
        )

    def _add(self, layer: Layer, part: Part, tensor: torch.Tensor, ask: Ask) -> None:
        ledger = self._ledgers.get(tensor.device)
        if ledger is None:
            ledger = self._ledgers[tensor.device] = ledger_for(tensor.device)
        ledger.add(layer.index * PARTS + part, tensor.detach(), ask)

    # -- afterwards

    def close(self) -> None:
        """The step is over: the numbers may travel."""
        self.closed = True
        self._before.clear()
        if self._features is not None:
            self._feature_sums = self._features.close()
        for ledger in self._ledgers.values():
            ledger.close()

    def ready(self) -> bool:
        """Whether `numbers` would wait for no device."""
        sums = self._feature_sums
        return (sums is None or sums.ready()) and all(ledger.ready() for ledger in self._ledgers.values())

    def numbers(self) -> "Numbers":
        """All that was measured, on the host."""
        rows: dict[int, Row] = {}
        active: dict[int, torch.Tensor] = {}
        for ledger in self._ledgers.values():
            for key, row in ledger.rows().items():
                rows[key] = merge(rows[key], row) if key in rows else row
            for key, counts in ledger.active().items():
                active[key] = active[key] + counts if key in active else counts
        changes: dict[int, tuple[float, float]] = {}
        for places, norms in self._updates:
            values = norms.tolist()
            for position, indices in enumerate(places):
                for index in indices:
                    change, size = changes.get(index, (0.0, 0.0))
                    changes[index] = (
                        change + values[position] ** 2,
                        size + values[len(places) + position] ** 2,
                    )
        sums = self._feature_sums.tensors()[0] if self._feature_sums is not None else None
        return Numbers(rows, active, changes, self._sharded, sums)


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


def scaling_of(optimizer: torch.optim.Optimizer) -> Scaling | None:
    """What `GradScaler.step` has told a fused optimizer, if this is one."""
    scale, overflowed = getattr(optimizer, "grad_scale", None), getattr(optimizer, "found_inf", None)
    return Scaling(scale, overflowed) if scale is not None or overflowed is not None else None


class Numbers:
    """A capture's rows, and what is derived from them."""

    def __init__(
        self,
        rows: dict[int, Row],
        active: dict[int, torch.Tensor],
        changes: dict[int, tuple[float, float]],
        sharded: set[int],
        features: torch.Tensor | None,
    ) -> None:
        """`changes`: layer → sums of squares of the sampled parameters' update and of themselves; `features`: see
        `readings.FeatureMeans`."""
        self._rows = rows
        self._active = active
        self._changes = changes
        self._sharded = sharded
        self.features = features

    def packed(self) -> dict[str, Any]:
        """For JSON, and for `add` in another process."""
        active = {key: counts.tolist() for key, counts in self._active.items()}
        few = self.features is not None and self.features.shape[1] <= PACKED_FEATURES
        features = self.features.tolist() if few and self.features is not None else None
        return {"rows": self._rows, "active": active, "changes": self._changes, "features": features}

    def add(self, packed: Mapping[str, Any]) -> None:
        """What another process measured: its samples everywhere, its shards of parameters where they are sharded
        (elsewhere all processes have the same parameters and, averaged, the same gradients)."""
        for word, row in packed["rows"].items():
            key = int(word)
            if key % PARTS in (Part.OUTPUT, Part.OUTPUT_GRADIENT) or key // PARTS in self._sharded:
                self._rows[key] = merge(self._rows.get(key, EMPTY), row)
        for word, counts in packed["active"].items():
            own = self._active.get(int(word))
            if own is not None and len(own) == len(counts):
                self._active[int(word)] = own + torch.tensor(counts)
        for word, (change, size) in packed["changes"].items():
            if int(word) in self._sharded:
                own_change, own_size = self._changes.get(int(word), (0.0, 0.0))
                self._changes[int(word)] = own_change + change, own_size + size

        features = torch.tensor(packed["features"] or [])
        if self.features is not None and self.features.shape == features.shape:
            self.features = self.features + features

    def active(self, layer: Layer) -> torch.Tensor | None:
        """How many elements of each unit were active: [units], or None where that is not followed."""
        base = layer.index * PARTS
        return self._active.get(base + Part.OUTPUT, self._active.get(base + Part.OUTPUT_GRADIENT))

    def columns(self, layer: Layer) -> dict[str, float | None]:
        """The layer's column values."""
        base = layer.index * PARTS
        values: dict[str, float | None] = {}
        row = self._rows.get(base + Part.OUTPUT)
        if row is not None:
            count = row[Slot.COUNT]
            values.update(
                activation_mean=row[Slot.MEAN] if count else None,
                activation_std=math.sqrt(max(0.0, row[Slot.M2] / count)) if count else None,
                activation_min=row[Slot.MIN] if count else None,
                activation_max=row[Slot.MAX] if count else None,
                activation_norm=math.sqrt(max(0.0, square_sum(row))),
                activation_zeros=row[Slot.ZEROS] / count if count else None,
                activation_non_finite=row[Slot.NON_FINITE],
                saturated=row[Slot.SATURATED] / count if layer.bounds and count else None,
            )
        for part, prefix in ((Part.OUTPUT_GRADIENT, "output_gradient"), (Part.GRADIENT, "gradient")):
            row = self._rows.get(base + part)
            if row is not None:
                count = row[Slot.COUNT]
                values[f"{prefix}_norm"] = math.sqrt(max(0.0, square_sum(row)))
                values[f"{prefix}_mean"] = row[Slot.MAGNITUDE] / count if count else None
                values[f"{prefix}_max"] = max(-row[Slot.MIN], row[Slot.MAX]) if count else None
                values[f"{prefix}_zeros"] = row[Slot.ZEROS] / count if count else None
                values[f"{prefix}_non_finite"] = row[Slot.NON_FINITE]
        row = self._rows.get(base + Part.WEIGHT)
        if row is not None:
            values["weight_norm"] = math.sqrt(max(0.0, square_sum(row)))
            values["weight_max"] = max(-row[Slot.MIN], row[Slot.MAX]) if row[Slot.COUNT] else None
            values["weight_non_finite"] = row[Slot.NON_FINITE]
            change, size = self._changes.get(layer.index, (0.0, 0.0))
            values["update_ratio"] = math.sqrt(change / size) if size > 0 else None
        return values


def _local(tensor: torch.Tensor) -> torch.Tensor:
    """A DTensor's part on this rank; any other tensor itself."""
    local = getattr(tensor, "to_local", None)
    result: torch.Tensor = local() if local is not None else tensor
    return result


def _sample(weight: torch.Tensor) -> torch.Tensor:
    flat = weight.reshape(-1)
    return flat[:: -(-flat.numel() // UPDATE_SAMPLE)] if flat.numel() > UPDATE_SAMPLE else flat
