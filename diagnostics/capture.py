"""One captured step: everything that is measured between the end of one optimizer step and the end of the next."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from diagnostics.attribution import FeatureTap
from diagnostics.layers import OPAQUE, Layer, first_tensor, tensors
from diagnostics.numbers import Numbers, Part, key
from diagnostics.parameters import Parameters, Parts, Scaling, local, measurable
from diagnostics.statistics import Ask, Ledger, Ledgers, Row, merge
from diagnostics.statistics.device import Transfer

MAX_CALLS = 64  # of one layer in one capture that are measured: a cell in a long loop is a sample of its calls

GRADIENT = Ask(moments=False)
WEIGHT = Ask(moments=False, magnitude=False, zeros=False)


class Groups(frozenset[str]):
    """Which groups of numbers are taken; each can be left out when its cost matters more.

    `units`: which of them are dead. `weights`: the parameters and their updates; `gradients`: the parameters'."""

    ALL = ("activations", "activation_gradients", "units", "gradients", "weights", "attribution")

    @property
    def hooked(self) -> bool:
        """Whether any of them needs to see the layers' outputs."""
        return not self.isdisjoint({"activations", "activation_gradients", "units", "attribution"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of each layer's outputs and of their gradients, by its index; None: nothing."""

    layers: list[Layer]
    groups: Groups
    outputs: list[Ask | None]
    gradients: list[Ask | None]
    placed: bool  # whether it is known where units die


def plan(layers: list[Layer], groups: Groups, places: Sequence[Part | None] | None = None) -> Plan:
    """`places`: what tells that a layer's unit is dead (`units.where_units_die`), once that is known."""
    outputs: list[Ask | None] = []
    gradients: list[Ask | None] = []
    for layer in layers:
        place = places[layer.index] if places and "units" in groups else None
        output = Ask(magnitude=False, bounds=layer.bounds) if "activations" in groups else None
        gradient = GRADIENT if "activation_gradients" in groups else None
        if place is Part.OUTPUT:
            output = replace(output or Ask(magnitude=False), unit_dim=layer.unit_dim)
        elif place is Part.OUTPUT_GRADIENT:
            gradient = replace(gradient or GRADIENT, unit_dim=layer.unit_dim)
        outputs.append(output)
        gradients.append(gradient)
    return Plan(layers, groups, outputs, gradients, places is not None)


class Capture:
    """Collects one step's rows. Reads nothing back to the host, except on the CPU, where the host is the device."""

    def __init__(self, step: int, asked: Plan, features: FeatureTap | None, ledgers: Ledgers) -> None:
        self.step = step
        self.closed = False
        self.samples = 0
        self.notes: dict[str, None] = {}
        self.with_gradient: set[int] = set()  # ids of parameters
        self.behind: dict[int, set[int]] = {}  # activation → the layers with parameters that it was called behind
        self._plan = asked
        self._features = features if features is not None and features.begin() else None
        self._sharded: set[int] = set()  # layers whose parameters are spread over processes
        self._calls = [0] * len(asked.layers)  # outside of backward passes
        self._newest: dict[int, int] = {}  # thread → the last layer with parameters that it called
        self._made = ledgers
        self._ledgers: dict[torch.device, Ledger] = {}
        self._sums: Transfer | None = None

    # -- during the step

    def output(
        self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object, backward: bool
    ) -> list[tuple[torch.Tensor, Any]]:
        """A layer was called. Returns the tensors whose gradients are wanted, each with what `gradient` needs
        to know of it.

        `backward`: a checkpoint runs the layer again, inside the backward pass. It counts only where the
        first call did not: reentrant checkpoints hide that one behind `no_grad`."""
        index = layer.index
        if not backward:
            self._calls[index] += 1
        elif self._calls[index]:
            return []
        if not self._plan.placed:
            self._follow(layer)
        if self._calls[index] > MAX_CALLS:
            self.notes[
                f"{layer.name} is called more than {MAX_CALLS} times a step; the first {MAX_CALLS} are measured"
            ] = None
            return []
        ask, gradient_wanted = self._plan.outputs[index], self._plan.gradients[index] is not None
        wanted: list[tuple[torch.Tensor, Any]] = []
        for tensor in (output,) if type(output) is torch.Tensor else tensors(output):
            if self._measurable(tensor, layer):
                if ask is not None:
                    self._add(index, Part.OUTPUT, tensor, ask)
                if tensor.grad_fn is not None:
                    given = None
                    if self._features is not None:
                        given = self._features.inputs(layer, module, first_tensor(args, kwargs))
                    if gradient_wanted or given is not None:
                        wanted.append((tensor, given))
                if isinstance(module, OPAQUE):
                    break  # the rest are states and weights that the first tensor came from
        return wanted

    def _follow(self, layer: Layer) -> None:
        thread = threading.get_ident()  # replicas of a model have their own
        if layer.activation:
            self.behind.setdefault(layer.index, set()).add(self._newest.get(thread, -1))
        else:
            self._newest[thread] = layer.index

    def inputs(self, layer: Layer, inputs: torch.Tensor | None) -> Any:
        """What `gradient` needs to know of a layer inside a compiled graph, which kept its inputs."""
        module = layer.module()
        if inputs is None or module is None or self._features is None:
            return None
        return self._features.inputs(layer, module, inputs)

    def gradient(self, layer: Layer, gradient: torch.Tensor, given: Any) -> None:
        """The gradient with respect to an output that `output` asked for."""
        if type(gradient) is not torch.Tensor:
            gradient = local(gradient)
        ask = self._plan.gradients[layer.index]
        if ask is not None:
            self._add(layer.index, Part.OUTPUT_GRADIENT, gradient, ask)
        if given is not None and self._features is not None:
            self._features.gradient(given, gradient)

    def before_update(self, parameters: Parameters, gradients: bool, scaling: Scaling | None) -> None:
        """An optimizer is about to update its `parameters`; `gradients`: they are there, final but for `scaling`."""
        if gradients:
            self._gradients(parameters, scaling)
        if "weights" in self._plan.groups:
            self._add_all(Part.WEIGHT, parameters.before_update(), WEIGHT)

    def after_update(self, parameters: Parameters, gradients: bool) -> None:
        """The optimizer has updated; `gradients`: the final ones are there only now."""
        if gradients:
            self._gradients(parameters, None)
        if "weights" in self._plan.groups:
            self._add_all(Part.UPDATE, parameters.updates(), WEIGHT)

    def _gradients(self, parameters: Parameters, scaling: Scaling | None) -> None:
        self.with_gradient.update([id(each) for _, each in parameters.held if each.grad is not None])
        self._sharded |= parameters.sharded
        if "gradients" in self._plan.groups:
            self._add_all(Part.GRADIENT, parameters.gradients(scaling), GRADIENT)

    def _add_all(self, part: Part, tensors: Parts, ask: Ask) -> None:
        by_device: dict[torch.device, list[tuple[int, torch.Tensor]]] = {}
        for layer, tensor in tensors:
            by_device.setdefault(tensor.device, []).append((key(layer, part), tensor))
        for device, rows in by_device.items():
            self._ledger(device).add_all(rows, ask)

    def _measurable(self, tensor: torch.Tensor, layer: Layer) -> bool:
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            self.notes[f"{layer.name}: calls inside torch.func transforms are not measured"] = None
            return False
        if tensor.is_floating_point():
            if not layer.units and tensor.ndim > max(0, layer.unit_dim):
                layer.units = tensor.shape[layer.unit_dim]  # the module itself did not say
            return measurable(tensor)
        if tensor.is_complex():
            self.notes[f"{layer.name}: complex tensors are not measured"] = None
        return False

    def _add(self, layer: int, part: Part, tensor: torch.Tensor, ask: Ask) -> None:
        if ask.unit_dim is not None and tensor.ndim <= max(0, ask.unit_dim):
            ask = replace(ask, unit_dim=None)
        (self._ledgers.get(tensor.device) or self._ledger(tensor.device)).add(key(layer, part), tensor, ask)

    def _ledger(self, device: torch.device) -> Ledger:
        ledger = self._ledgers.get(device)
        if ledger is None:
            ledger = self._ledgers[device] = self._made.on(device)
        return ledger

    # -- afterwards

    def close(self) -> None:
        """The step is over: the numbers may travel."""
        self.closed = True
        for ledger in self._ledgers.values():
            ledger.close()
        if self._features is not None:
            self._sums = self._features.close()

    def ready(self) -> bool:
        """Whether `numbers` would wait for no device."""
        return all(ledger.ready() for ledger in self._ledgers.values()) and (self._sums is None or self._sums.ready())

    def numbers(self) -> Numbers:
        """All that was measured, on the host."""
        rows: dict[int, Row] = {}
        active: dict[int, torch.Tensor] = {}
        for ledger in self._ledgers.values():
            for place, row in ledger.rows().items():
                rows[place] = merge(rows[place], row) if place in rows else row
            for place, counts in ledger.active().items():
                active[place] = active[place] + counts if place in active else counts
        features = self._sums.tensors()[0] if self._sums is not None else None
        return Numbers(self.step, self.samples, rows, active, frozenset(self._sharded), features)
