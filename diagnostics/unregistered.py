"""Parameters that a model uses but does not have: layers in plain lists, tensors that are no `nn.Parameter`."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

MADE_BY = 3  # operations between a trainable tensor and the attribute that was made of it


def unregistered(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Names and trainable tensors in attributes of `model` and its modules that `model.parameters()` does not give:
    those of modules in lists, tuples and dictionaries, and tensors that require a gradient."""
    known = {id(each) for each in model.parameters()}
    for prefix, module in model.named_modules():
        for attribute, value in list(vars(module).items()):
            if not attribute.startswith("_"):
                for name, tensor in _tensors(f"{prefix}.{attribute}".lstrip("."), value):
                    leaf = _leaf(tensor)
                    if leaf is not None and id(leaf) not in known:
                        known.add(id(leaf))
                        yield name, leaf


def _leaf(tensor: torch.Tensor) -> torch.Tensor | None:
    """The trainable tensor itself, or the only one that it was made of by few operations, as in
    `torch.zeros(3, requires_grad=True).reshape(3, 1)`; None for any other tensor."""
    if tensor.is_leaf:
        return tensor if tensor.requires_grad else None
    node: Any = tensor.grad_fn
    for _ in range(MADE_BY):
        following = [each for each, _ in node.next_functions if each is not None]
        if len(following) != 1:
            return None
        node = following[0]
        leaf: torch.Tensor | None = getattr(node, "variable", None)
        if leaf is not None:
            return leaf
    return None


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
