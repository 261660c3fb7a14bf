"""One captured step: everything that is measured between the end of one optimizer step and the end of the next."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from diagnostics.attribution import FeatureTap
from diagnostics.layers import OPAQUE, WatchedLayer, first_tensor, inside_transform, tensors
from diagnostics.numbers import Numbers
from diagnostics.parameters import Parameter, Scaling, Update, gradient_of, local, measurable, unmeasured
from diagnostics.statistics import (
    GRADIENT,
    UPDATE,
    WEIGHT,
    Accumulator,
    Key,
    Packed,
    Part,
    Sampler,
    Stat,
    Stats,
    StatSpec,
    Transfer,
    merge,
)
from diagnostics.units import Place

MAX_CALLS = 64  # of one layer in one capture that are measured: of a cell in a long loop the first ones


class Groups(frozenset[str]):
    """The groups of numbers that are taken; each can be left out.

    `units`: dead units. `weights`: the parameters and their updates; `gradients`: the parameters'."""

    ALL = ("activations", "activation_gradients", "units", "gradients", "weights", "attribution")

    @property
    def hooked(self) -> bool:
        """Whether any of them needs to see the layers' outputs."""
        return not self.isdisjoint({"activations", "activation_gradients", "units", "attribution"})


@dataclass(slots=True)
class CallOrder:
    """Which layers with parameters each activation was called after, by index: shows where units can die."""

    behind: dict[int, set[int]] = field(default_factory=dict)
    _newest: dict[int, int] = field(default_factory=dict)  # by thread: replicas of a model have their own

    def follow(self, layer: WatchedLayer) -> None:
        """`layer` was called."""
        thread = threading.get_ident()
        if layer.activation:
            self.behind.setdefault(layer.index, set()).add(self._newest.get(thread, -1))
        else:
            self._newest[thread] = layer.index


@dataclass(slots=True)
class CapturePlan:
    """What the captures of an observer have in common. `places`: see `units.where_units_die`; None until known."""

    groups: Groups
    sampler: Sampler = field(default_factory=Sampler)
    order: CallOrder = field(default_factory=CallOrder)
    accumulators: dict[torch.device, Accumulator] = field(default_factory=dict)
    places: Sequence[Place | None] | None = None
    _specs: dict[int, StatSpec] = field(default_factory=dict)

    def spec(self, layer: WatchedLayer) -> StatSpec:
        """What is measured of a layer's outputs."""
        spec = self._specs.get(layer.index)
        if spec is None or spec.bounds != layer.bounds:
            spec = self._specs[layer.index] = StatSpec(moments=True, bounds=layer.bounds)
        return spec

    def follows_units(self, layer: WatchedLayer, place: Place) -> bool:
        """Whether dead units of `layer` show in this place."""
        if "units" not in self.groups or self.places is None or layer.index >= len(self.places):
            return False
        return self.places[layer.index] == place


class Capture:
    """Collects the statistics of one step. Reads nothing back to the host before `numbers`."""

    def __init__(self, step: int, plan: CapturePlan, features: FeatureTap | None) -> None:
        self.step, self.samples = step, 0
        self.closed = self.skipped = self.backward = self.spoiled = False
        self.trained = self.evaluated = False  # layers were called with gradients, in this mode
        self.transformed = False  # layers were called inside torch.func transforms
        self.notes: dict[str, None] = {}
        self.sharded: set[int] = set()  # parameters that are spread over processes
        self._plan = plan
        self._features = features if features is not None and features.begin() else None
        self._packed: list[Packed] = []
        self._calls: dict[int, int] = {}  # outside of backward passes, by layer
        self._updates: list[Update] = []
        self._overflowed: list[torch.Tensor] = []
        self._overflows: Transfer | None = None
        self._sums: Transfer | None = None

    # -- during the step

    def output(
        self, layer: WatchedLayer, module: nn.Module, args: object, kwargs: object, output: object, backward: bool
    ) -> list[tuple[torch.Tensor, Any]]:
        """A layer was called. Returns the tensors whose gradients are wanted, each with what `gradient` needs to know.

        `backward`: a checkpoint runs the layer again, inside the backward pass. It counts only where the first call did
        not: reentrant checkpoints hide that one behind `no_grad`."""
        calls = self._calls.get(layer.index, 0)
        if backward and calls:
            return []
        self._calls[layer.index] = calls + (not backward)
        if self._plan.places is None:
            self._plan.order.follow(layer)
        if calls >= MAX_CALLS:
            self.notes[f"{layer.name} is called more than {MAX_CALLS} times a step; the first {MAX_CALLS} count"] = None
            return []
        wanted: list[tuple[torch.Tensor, Any]] = []
        for tensor in tensors(output):
            if self._measure_output(layer, tensor) and tensor.requires_grad and not tensor.is_leaf:
                given = None
                if self._features is not None:
                    given = self._features.inputs(layer, module, first_tensor(args, kwargs))
                wanted.append((tensor, given))
            if tensor is not output and isinstance(module, OPAQUE):
                break  # the rest are states and weights that the first tensor came from
        return wanted

    def _measure_output(self, layer: WatchedLayer, output: torch.Tensor) -> bool:
        """Measure an output; whether it can be."""
        if inside_transform(output):
            self.transformed = True
            self.notes[f"{layer.name}: calls inside torch.func transforms are not measured"] = None
            return False
        output = local(output)
        if not measurable(output):
            if kind := unmeasured(output) or ("" if output.numel() else "empty"):
                self.notes[f"{layer.name}: {kind} tensors are not measured"] = None
            return False
        if not layer.units and output.ndim > max(0, layer.unit_dim):
            layer.units = output.shape[layer.unit_dim]  # the module itself did not say
        if "activations" in self._plan.groups:
            self._add(Part.OUTPUT, layer, output, self._plan.spec(layer), "output")
        elif (dim := self._unit_dim(layer, output, "output")) is not None:
            self._on(output.device).add_units(layer.index, output, dim)
        return True

    def inputs(self, layer: WatchedLayer, inputs: torch.Tensor | None) -> Any:
        """What `gradient` needs to know of a layer inside a compiled graph, which kept its inputs."""
        module = layer.module()
        if inputs is None or module is None or self._features is None:
            return None
        return self._features.inputs(layer, module, inputs)

    def gradient(self, layer: WatchedLayer, gradient: torch.Tensor, given: Any) -> None:
        """The gradient with respect to an output that `output` asked for."""
        self.backward = True
        gradient = local(gradient)
        if measurable(gradient):
            if "activation_gradients" in self._plan.groups:
                self._add(Part.OUTPUT_GRADIENT, layer, gradient, GRADIENT, "output gradient")
            elif (dim := self._unit_dim(layer, gradient, "output gradient")) is not None:
                self._on(gradient.device).add_units(layer.index, gradient, dim)
        if given is not None and self._features is not None:
            self._features.gradient(given, gradient)

    def _add(self, part: Part, layer: WatchedLayer, tensor: torch.Tensor, spec: StatSpec, place: Place) -> None:
        self._on(tensor.device).add(Key(part, layer.index), tensor, spec, self._unit_dim(layer, tensor, place))

    def _unit_dim(self, layer: WatchedLayer, tensor: torch.Tensor, place: Place) -> int | None:
        """The dimension of the units, where dead ones show in this tensor."""
        follows = self._plan.follows_units(layer, place) and tensor.ndim > max(0, layer.unit_dim)
        return layer.unit_dim if follows else None

    def before_update(self, parameters: Iterable[Parameter], gradients: bool, scaling: Scaling | None) -> None:
        """An optimizer is about to update `parameters`; `gradients`: they are there, final but for `scaling`."""
        entries = [entry for entry in parameters if self._known(entry)]
        if gradients:
            self._gradients(entries, scaling)
        if scaling is not None and scaling.overflowed is not None:
            self._overflowed.append(scaling.overflowed.detach().float().reshape(-1)[:1])
        if "weights" in self._plan.groups:
            update = Update(entries, self._plan.sampler)
            self._add_all(Part.WEIGHT, update.values(), WEIGHT)
            self._updates.append(update)

    def after_update(self, parameters: Iterable[Parameter], gradients: bool) -> None:
        """The optimizer has updated; `gradients`: the final ones are there only now."""
        for update in self._updates:
            self._add_all(Part.UPDATE, update.changes(), UPDATE)
        self._updates.clear()
        if gradients:
            self._gradients([entry for entry in parameters if self._known(entry)], None)

    def skip(self, parameters: Iterable[Parameter]) -> None:
        """A GradScaler has skipped the update, because gradients are not finite."""
        self.skipped = True
        self._gradients([entry for entry in parameters if self._known(entry)], None)

    def _known(self, entry: Parameter) -> bool:
        part = local(entry.tensor)
        if part is not entry.tensor:
            self.sharded.add(entry.index)
        known = measurable(part)
        if not known and (kind := unmeasured(part)):
            self.notes[f"{entry.name}: {kind} tensors are not measured"] = None
        return known

    def _gradients(self, entries: Iterable[Parameter], scaling: Scaling | None) -> None:
        if "gradients" in self._plan.groups:
            found = [(entry, gradient_of(entry, scaling)) for entry in entries]
            present = [(entry, grad) for entry, grad in found if grad is not None and measurable(grad)]
            self._add_all(Part.GRADIENT, present, GRADIENT)

    def _add_all(self, part: Part, tensors: Iterable[tuple[Parameter, torch.Tensor]], spec: StatSpec) -> None:
        by_device: dict[torch.device, list[tuple[int, torch.Tensor]]] = {}
        for entry, tensor in tensors:
            by_device.setdefault(tensor.device, []).append((entry.index, tensor))
        for device, same in by_device.items():
            self._on(device).add_all(part, same, spec)

    def _on(self, device: torch.device) -> Accumulator:
        found = self._plan.accumulators.get(device)
        if found is None:
            found = self._plan.accumulators[device] = Accumulator(device, self._plan.sampler)
        return found

    # -- afterwards

    def close(self) -> None:
        """The step is over: the numbers may travel."""
        self.closed = True
        self._packed = [accumulator.close() for accumulator in self._plan.accumulators.values()]
        if self._overflowed:
            self._overflows = Transfer(torch.cat(self._overflowed))
        if self._features is not None:
            self._sums = self._features.close()

    def ready(self) -> bool:
        """Whether `numbers` would wait for no device."""
        transfers = [each.ready() for each in (self._sums, self._overflows) if each is not None]
        return all(transfers) and all(each.ready() for each in self._packed)

    def numbers(self) -> Numbers:
        """All that was measured, on the host."""
        found = [packed.read() for packed in self._packed]
        active: dict[int, torch.Tensor] = {}
        for layer, units in (each for measured in found for each in measured.active.items()):
            known = active.get(layer)
            active[layer] = units if known is None or len(known) != len(units) else known | units
        stats = found[0].stats if len(found) == 1 else _together([measured.stats for measured in found])
        overflowed = self._overflows is not None and bool(self._overflows.tensor().any())
        features = self._sums.tensor() if self._sums is not None else None
        return Numbers(
            self.step, self.samples, stats, active, frozenset(self.sharded), features, self.skipped or overflowed
        )


def _together(parts: Sequence[Stats]) -> Stats:
    """The statistics of several devices."""

    def load() -> dict[Key, Stat]:
        stats: dict[Key, Stat] = {}
        for key, stat in (each for part in parts for each in part.items()):
            stats[key] = merge(stats[key], stat) if key in stats else stat
        return stats

    return Stats((key for part in parts for key in part), all(part.finite for part in parts), load)
