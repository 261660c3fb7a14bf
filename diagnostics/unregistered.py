"""Parameters that a model uses but does not have: layers in plain lists, tensors that are no `nn.Parameter`."""

from collections.abc import Iterator

import torch
from torch import nn


def unregistered(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Names and trainable tensors in attributes of `model` and its modules that `model.parameters()` does not give:
    those of modules in lists, tuples and dictionaries, and tensors that require a gradient."""
    known = {id(each) for each in model.parameters()}
    for prefix, module in model.named_modules():
        for attribute, value in list(vars(module).items()):
            if not attribute.startswith("_"):
                for name, tensor in _tensors(f"{prefix}.{attribute}".lstrip("."), value):
                    if id(tensor) not in known and tensor.is_leaf and tensor.requires_grad:
                        known.add(id(tensor))
                        yield name, tensor


def _tensors(name: str, value: object) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors of an attribute; containers are opened once."""
    if type(value) in (list, tuple):
        pairs = [(f"{name}.{index}", each) for index, each in enumerate(value)]  # type: ignore[var-annotated, arg-type]
    elif type(value) is dict:
        pairs = [(f"{name}.{key}", each) for key, each in value.items()]
    else:
        pairs = [(name, value)] if isinstance(value, torch.Tensor) else []
    for each_name, each in pairs:
        if isinstance(each, nn.Module):
            yield from ((f"{each_name}.{inner}", tensor) for inner, tensor in each.named_parameters())
        elif isinstance(each, torch.Tensor):
            yield each_name, each
