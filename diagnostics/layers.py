"""The layers of a model: which modules are watched, and what is known of each before it runs."""

import fnmatch
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

Selection = Sequence[str | type[nn.Module]]

# Their parts are never called: the parent passes their weights to a fused function.
OPAQUE = (nn.MultiheadAttention, nn.RNNBase, nn.LSTMCell, nn.GRUCell, nn.RNNCell)

# Exactly zero for a whole half-line, with a gradient of exactly zero there: only these have units that die.
RECTIFIERS = (nn.ReLU, nn.ReLU6, nn.Threshold, nn.Hardswish)

# Saturated: within 1% of the range from a bound, where the slope of tanh and sigmoid is under 4% of its maximum.
BOUNDED: dict[type[nn.Module], tuple[float, float]] = {
    nn.Tanh: (-0.98, 0.98),
    nn.Sigmoid: (0.01, 0.99),
    nn.Hardtanh: (-0.98, 0.98),
    nn.Hardsigmoid: (0.01, 0.99),
    nn.Softsign: (-0.98, 0.98),
}

UNITS = (
    "out_features",
    "out_channels",
    "num_features",
    "hidden_size",
    "embed_dim",
    "embedding_dim",
    "num_channels",
)


@dataclass(slots=True, weakref_slot=True, eq=False)
class WatchedLayer:
    """A watched module.

    `unit_dim`: the dimension of its outputs that counts units (channels, features). `called`: it is a leaf, so it is
    called whenever it is used as a module. `bounds`: where the activation counts as saturated."""

    index: int
    name: str
    module: "weakref.ref[nn.Module]"
    type: str
    units: int | None
    parameters: int
    called: bool
    activation: bool
    rectifier: bool
    bounds: tuple[float, float] | None
    unit_dim: int
    order: int | None = field(default=None)  # when it was first called, among the layers

    @property
    def label(self) -> str:
        """Name and type: `0 (Linear)`."""
        return f"{self.name} ({self.type})"

    def replace(self, other: "WatchedLayer") -> None:
        """The model has another module of this name: be that of `other` from now on."""
        self.module, self.type, self.units, self.parameters = other.module, other.type, other.units, other.parameters
        self.called, self.activation, self.rectifier = other.called, other.activation, other.rectifier
        self.bounds, self.unit_dim = other.bounds, other.unit_dim

    def own_parameters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The parameters of the module itself, and of its parts where it is watched as a whole."""
        module = self.module()
        if module is not None:
            yield from module.named_parameters(recurse=is_whole(module))


def parts_of(model: nn.Module) -> list[nn.Module | nn.Parameter]:
    """All modules and parameters of `model`, each once: what `modules()` and `parameters()` give in ten times the time.
    This is asked before every captured step."""
    modules = {model: None}
    waiting = [model]
    for module in waiting:  # grows
        for child in module._modules.values():
            if child is not None and child not in modules:
                modules[child] = None
                waiting.append(child)
    parameters = {each: None for module in waiting for each in module._parameters.values() if each is not None}
    return [*modules, *parameters]


def is_whole(module: nn.Module) -> bool:
    """Whether a module is watched together with its parts: these are never called, or compute its parameters."""
    return isinstance(module, OPAQUE) or [name for name, _ in module.named_children()] == ["parametrizations"]


def unwrap(model: nn.Module) -> nn.Module:
    """The module inside DataParallel, DistributedDataParallel and `torch.compile`."""
    while True:
        inner = getattr(model, "_orig_mod", None)
        if inner is None and isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
            inner = model.module
        if not isinstance(inner, nn.Module):
            return model
        model = inner


def watched(model: nn.Module, selection: Selection | None) -> list[WatchedLayer]:
    """The layers of `model` in the order of their definition.

    By default every module that holds parameters of its own, and every activation. `selection` names them
    instead: patterns of names (`"encoder.*"`, `"*"` for all leaf modules) and module types. Raises ValueError
    for a pattern or a type that fits none."""
    layers: list[WatchedLayer] = []
    unmatched = list(selection or ())
    channels_first = False
    for name, module in _walk(model):
        leaf = is_whole(module) or next(module.children(), None) is None
        own = list(module.parameters(recurse=is_whole(module)))
        if own:
            channels_first = _channels_first(module)
        fits = [key for key in selection or () if _fits(key, name, module)]
        unmatched = [key for key in unmatched if key not in fits]
        if fits and leaf if selection is not None else bool(own) or (leaf and _is_activation(module)):
            bounded = BOUNDED.get(type(module))
            layers.append(
                WatchedLayer(
                    index=len(layers),
                    name=name or type(module).__name__,
                    module=weakref.ref(module),
                    type=type(module).__name__,
                    units=next((units for key in UNITS if isinstance(units := getattr(module, key, None), int)), None),
                    parameters=sum(parameter.numel() for parameter in own),
                    called=leaf,
                    activation=_is_activation(module),
                    rectifier=isinstance(module, RECTIFIERS),
                    bounds=bounded,
                    unit_dim=1 if channels_first else -1,
                )
            )
    if unmatched:
        raise ValueError(f"layers: nothing in {type(model).__name__} fits {', '.join(map(repr, unmatched))}")
    if not layers:
        raise ValueError(f"{type(model).__name__} has no layer to watch: no parameters and no activations")
    return layers


def _walk(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """`named_modules` without the inside of modules that are watched as a whole."""
    hidden = ""
    for name, module in model.named_modules():
        if hidden and name.startswith(hidden):
            continue
        if is_whole(module):
            hidden = f"{name}." if name else "."
        yield name, module
        if hidden == ".":
            return


def _fits(key: str | type[nn.Module], name: str, module: nn.Module) -> bool:
    return fnmatch.fnmatchcase(name, key) if isinstance(key, str) else isinstance(module, key)


def _is_activation(module: nn.Module) -> bool:
    home = type(module).__module__
    return home.endswith((".activation", ".activations")) and not isinstance(module, nn.MultiheadAttention)


def _channels_first(module: nn.Module) -> bool:
    """Whether what comes behind `module` has its units in dimension 1: convolutions and the norms that belong
    to them.
    """
    convolutional = (nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase, nn.GroupNorm)
    return isinstance(module, convolutional)


def first_tensor(args: object, kwargs: object) -> torch.Tensor | None:
    """The first tensor that a module was called with."""
    if isinstance(args, tuple) and args and type(args[0]) is torch.Tensor:
        return args[0]
    return next(tensors((args, kwargs)), None)


def in_backward() -> bool:
    """Whether this thread runs a backward pass, where checkpoints run layers again. No public function says so."""
    return torch._C._current_graph_task_id() != -1


def inside_transform(tensor: torch.Tensor) -> bool:
    """Whether `tensor` belongs to a torch.func transform (vmap, grad). No public function says so."""
    return torch._C._functorch.is_functorch_wrapped_tensor(tensor)


def tensors(output: object) -> Iterator[torch.Tensor]:
    """The tensors of an output, however nested in tuples, lists, dicts and dataclasses.

    >>> [tuple(t.shape) for t in tensors({"a": torch.zeros(2), "b": [torch.zeros(3), None]})]
    [(2,), (3,)]
    """
    if type(output) is torch.Tensor:
        yield output
        return
    for leaf in tree_leaves(output):
        if isinstance(leaf, torch.Tensor):
            yield leaf
        elif is_dataclass(leaf) and not isinstance(leaf, type):
            yield from tensors({each.name: getattr(leaf, each.name, None) for each in fields(leaf)})
