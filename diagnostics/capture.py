"""One captured step: everything that is measured between the end of one optimizer step and the end of the next."""

import threading
import traceback
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from time import perf_counter
from typing import Any, Protocol

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics.attribution import FeatureTap
from diagnostics.hooks import set_gradient_hook
from diagnostics.layers import OPAQUE, Layer, first_tensor, tensors
from diagnostics.numbers import OUTPUT, OUTPUT_GRADIENT, PARTS, Numbers, Part, key
from diagnostics.parameters import Parameters, Parts, Scaling, local, measurable, scaling_of
from diagnostics.statistics import Ask, Ledger, Ledgers
from diagnostics.statistics.device import Transfer
from diagnostics.statistics.room import Use
from diagnostics.statistics.rows import Rows

inside_transform = torch._C._functorch.is_functorch_wrapped_tensor
graph_task = torch._C._current_graph_task_id  # -1 outside of backward passes

HOST = torch.device("cpu")
MAX_CALLS = 64  # of one layer in one capture that are measured: a cell in a long loop is a sample of its calls

GRADIENT = Ask(moments=False)
WEIGHT = Ask(moments=False, magnitude=False, zeros=False)
BEFORE, AFTER = (int(Part.GRADIENT), int(Part.WEIGHT)), (int(Part.UPDATE),)  # what is measured around an update


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
    updates: bool  # whether parameters, their gradients and their updates are measured
    behind: dict[int, set[int]]  # until then: activation → the layers with parameters that it was called behind
    newest: dict[int, int]  # thread → the last layer with parameters that it called

    def follow(self, layer: Layer) -> None:
        """`layer` was called."""
        thread = threading.get_ident()  # replicas of a model have their own
        if layer.activation:
            self.behind.setdefault(layer.index, set()).add(self.newest.get(thread, -1))
        else:
            self.newest[thread] = layer.index


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
    return Plan(layers, groups, outputs, gradients, places is not None, groups >= {"gradients", "weights"}, {}, {})


@cache
def _without_units(ask: Ask) -> Ask:
    """Of a tensor that has no such dimension; always the same one, by which ledgers know it."""
    return replace(ask, unit_dim=None)


class Listener(Protocol):
    """Who the quick ways lead back to."""

    def on_gradient(self, capture: "Capture", layer: Layer, given: Any, gradient: torch.Tensor) -> None:
        """A gradient has to go the long way."""

    def failed(self, trace: str) -> None:
        """See `border.Guard`."""


class Capture:
    """Collects one step's rows. Reads nothing back to the host, except on the CPU, where the host is the device."""

    __slots__ = (
        "_calls", "_features", "_host", "_ledgers", "_listener", "_made", "_model", "_plan", "_sharded",
        "_sums", "_tapped", "begun", "closed", "notes", "samples", "seconds", "step",
    )  # fmt: skip

    def __init__(
        self, listener: Listener, model: "weakref.ref[nn.Module]", asked: Plan, features: FeatureTap | None,
        ledgers: Ledgers,
    ) -> None:  # fmt: skip
        """`ledgers`: of captures one after the other, as this and those before it are."""
        self.step = self.samples = 0
        self.seconds, self.closed = 0.0, False
        self.notes: dict[str, None] = {}
        self._listener, self._model, self._plan, self._made = listener, model, asked, ledgers
        self._features = tap = features if features is not None and features.begin() else None
        self._tapped = tap.layer if tap is not None else None
        self._sharded: frozenset[int] = frozenset()  # layers whose parameters are spread over processes
        self._calls = [0] * len(asked.layers)  # outside of backward passes
        host = ledgers.host() if ledgers.host is not None else None
        self._ledgers = {} if host is None else {HOST: host}
        self._host = host if asked.placed and (tap is None or self._tapped is not None) else None
        self._sums: Transfer | None = None
        self.begun: Parameters | None = None  # whose update was quickly begun

    # -- during the step

    def again(self, layer: Layer, args: Any, output: object) -> bool:
        """As `output`, gradients included, if that is quick because the layer did what it mostly does: as in captures
        before this one it was called once, in a forward pass, and gave a plain tensor of the same form on the CPU.
        Whether it was.

        What a capture of a small network costs is not the numbers but the lines of Python that lead to them, each of
        which the training has meanwhile driven out of the processor's caches. Here there are as few as will do, and
        no lock: the interpreter lets no other thread in between two that must not be parted."""
        begun, index, host, model = perf_counter(), layer.index, self._host, self._model()
        ask = self._plan.outputs[index]
        try:
            if (
                host is None or ask is None or type(output) is not torch.Tensor or not output.requires_grad
                or output.is_leaf or self._calls[index] or layer is self._tapped or model is None or not model.training
                or graph_task() != -1
                or (layer.order == 0 and (not args or type(args[0]) is not torch.Tensor or not args[0].ndim))
                or not host.again(index * PARTS + OUTPUT, output, ask)
            ):  # fmt: skip
                return False
            self._calls[index] = 1
            if layer.order == 0:
                self.samples += args[0].shape[0]
            if self._plan.gradients[index] is not None:
                set_gradient_hook(output, partial(self.gradient_again, layer))
        except Exception:
            self._listener.failed(traceback.format_exc())
        self.seconds += perf_counter() - begun
        return True

    def gradient_again(self, layer: Layer, gradient: torch.Tensor) -> None:
        """As `gradient`, the quick way where there is one."""
        begun, index, host = perf_counter(), layer.index, self._host
        ask = self._plan.gradients[index]
        try:
            if (
                host is None or ask is None or self.closed or type(gradient) is not torch.Tensor
                or not host.again(index * PARTS + OUTPUT_GRADIENT, gradient, ask)
            ):  # fmt: skip
                self._listener.on_gradient(self, layer, None, gradient)
                return  # its time is counted there
        except Exception:
            self._listener.failed(traceback.format_exc())
        self.seconds += perf_counter() - begun

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
            self._plan.follow(layer)
        if self._calls[index] > MAX_CALLS:
            self.notes[
                f"{layer.name} is called more than {MAX_CALLS} times a step; the first {MAX_CALLS} are measured"
            ] = None
            return []
        ask, gradient_wanted = self._plan.outputs[index], self._plan.gradients[index] is not None
        wanted: list[tuple[torch.Tensor, Any]] = []
        for tensor in (output,) if type(output) is torch.Tensor else tensors(output):
            if self._measured(layer, index * PARTS + OUTPUT, tensor, ask):
                if tensor.requires_grad and not tensor.is_leaf:
                    given = None
                    if self._features is not None:
                        given = self._features.inputs(layer, module, first_tensor(args, kwargs))
                    if gradient_wanted or given is not None:
                        wanted.append((tensor, given))
                if tensor is not output and isinstance(module, OPAQUE):
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
        if type(gradient) is not torch.Tensor:
            gradient = local(gradient)
        ask = self._plan.gradients[layer.index]
        if ask is not None:
            self._add(layer.index * PARTS + OUTPUT_GRADIENT, gradient, ask)
        if given is not None and self._features is not None:
            self._features.gradient(given, gradient)

    def begins_again(self, parameters: Parameters | None, optimizer: Optimizer) -> bool:
        """As `before_update`, gradients included, if that is quick because the optimizer's `parameters` are small, and
        they and their gradients as they were. Whether it was."""
        begun, host = perf_counter(), self._host
        try:
            if (
                parameters is None or parameters.room is None or host is None or not self._plan.updates
                or not parameters.of(optimizer) or scaling_of(optimizer) is not None
                or not host.again_together(
                    parameters.room, BEFORE, [*[each.grad for each in parameters.small], *parameters.small], Use.KEEP
                )
            ):  # fmt: skip
                return False
            self.begun = parameters
        except Exception:
            self._listener.failed(traceback.format_exc())
        self.seconds += perf_counter() - begun
        return True

    def ends_again(self) -> bool:
        """As `after_update`, if `begins_again` was quick; whether it was. Nothing is measured of parameters that the
        update has given another form."""
        parameters, self.begun = self.begun, None
        if parameters is None or parameters.room is None or self._host is None:
            return False
        self._host.again_together(parameters.room, AFTER, parameters.small, Use.CHANGE)
        return True

    def before_update(self, parameters: Parameters, gradients: bool, scaling: Scaling | None = None) -> None:
        """An optimizer is about to update its `parameters`; `gradients`: they are there, final but for `scaling`."""
        if gradients:
            self._gradients(parameters, scaling)
        if "weights" in self._plan.groups:
            self._add_all(Part.WEIGHT, parameters.before_update(), WEIGHT)

    def after_update(self, parameters: Parameters, gradients: bool) -> None:
        """The optimizer has updated; `gradients`: the final ones are there only now."""
        if "weights" in self._plan.groups:
            self._add_all(Part.UPDATE, parameters.updates(), WEIGHT)
        if gradients:  # last: they may be copied to where the weights were kept
            self._gradients(parameters, None)

    def _gradients(self, parameters: Parameters, scaling: Scaling | None) -> None:
        if parameters.sharded:
            self._sharded |= parameters.sharded
        if "gradients" in self._plan.groups:
            self._add_all(Part.GRADIENT, parameters.gradients(scaling), GRADIENT)

    def _add_all(self, part: Part, parts: Parts, ask: Ask) -> None:
        small, alone = parts
        for together in small:
            device = together.room.device
            (self._ledgers.get(device) or self._ledger(device)).add_together(together, part, ask)
        if not alone:
            return
        by_device: dict[torch.device, list[tuple[int, torch.Tensor]]] = {}
        for layer, tensor in alone:
            by_device.setdefault(tensor.device, []).append((key(layer, part), tensor))
        for device, rows in by_device.items():
            self._ledger(device).add_all(rows, ask)

    def _measured(self, layer: Layer, key: int, output: torch.Tensor, ask: Ask | None) -> bool:
        """Add an output to row `key`, where that is asked for; whether it can be measured at all."""
        if inside_transform(output):
            self.notes[f"{layer.name}: calls inside torch.func transforms are not measured"] = None
            return False
        ledger = self._ledgers.get(output.device)
        if ask is not None and ledger is not None and ledger.again(key, output, ask):
            return True
        if output.is_complex():
            self.notes[f"{layer.name}: complex tensors are not measured"] = None
        if not measurable(output):
            return False
        if not layer.units and output.ndim > max(0, layer.unit_dim):
            layer.units = output.shape[layer.unit_dim]  # the module itself did not say
        if ask is not None:
            self._add(key, output, ask)
        return True

    def _add(self, key: int, tensor: torch.Tensor, ask: Ask) -> None:
        ledger = self._ledgers.get(tensor.device) or self._ledger(tensor.device)
        if not ledger.again(key, tensor, ask):
            if ask.unit_dim is not None and tensor.ndim <= max(0, ask.unit_dim):
                ask = _without_units(ask)
            ledger.add(key, tensor, ask)

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
        features = self._sums.tensors()[0] if self._sums is not None else None
        ledgers = list(self._ledgers.values())
        if len(ledgers) == 1:
            found = ledgers[0].read()
        else:
            together = Rows()
            for ledger in ledgers:
                together.merge(ledger.read())
            found = together.found()
        return Numbers(self.step, self.samples, found.rows, found.active, self._sharded, features, found.finite)
