"""What stands between the model's last layer and the loss, read from the names and shapes of the autograd graph.

Tensors of the graph are read only where the call of the loss function was not seen (`saved_calls`)."""

from collections.abc import Iterator
from typing import Any

import torch

from diagnostics.evidence import LossTerm

NODES = 300  # of a graph, at most, that are looked at
PASSED = (
    "View", "UnsafeView", "ReshapeAlias", "Reshape", "T", "Transpose", "Permute", "Squeeze", "Unsqueeze", "ToCopy",
    "Clone", "Alias", "Slice", "Select", "Expand", "Contiguous",
)  # fmt: skip
LAST = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Sigmoid": "sigmoid", "Relu": "relu", "Tanh": "tanh",
        "Log": "log", "Addmm": "scores", "Mm": "scores", "Convolution": "scores", "Exp": "exp",
        "LogSigmoid": "log_sigmoid", "Softplus": "softplus"}  # fmt: skip
LOSSES = {
    "LogSoftmax": "cross_entropy", "NllLoss": "nll_loss", "NllLoss2D": "nll_loss", "NllLossNd": "nll_loss",
    "BinaryCrossEntropyWithLogits": "binary_cross_entropy_with_logits", "BinaryCrossEntropy": "binary_cross_entropy",
    "CtcLoss": "ctc_loss",
    "MseLoss": "mse_loss", "L1Loss": "l1_loss", "SmoothL1Loss": "smooth_l1_loss", "HuberLoss": "huber_loss",
}  # fmt: skip
DIFFERENCES = ("Sub", "Rsub")
MATRIX = ("Addmm", "Mm", "Bmm", "Baddbmm", "Convolution")
LINEAR = (
    *PASSED, *MATRIX, "Add", "Mul", "Mean", "Sum", "Cat", "Stack", "NativeDropout", "FusedDropout", "NativeBatchNorm",
    "AccumulateGrad",
)  # fmt: skip


def shows_shapes(loss: torch.Tensor) -> bool:
    """Whether the nodes of a graph know the shapes of what they computed; they did not in torch 2.4."""
    return hasattr(loss.grad_fn, "_input_metadata")


def loss_terms(loss: torch.Tensor) -> list[LossTerm]:
    """The loss functions that lead to `loss`, the nearest first."""
    return [term for node in _walk(loss.grad_fn) if (term := _term(node)) is not None]


def squashed(loss: torch.Tensor) -> Iterator[tuple[torch.Tensor, str]]:
    """Weights of hidden layers whose output goes straight into a tanh or a sigmoid, and which of these it is."""
    waiting, seen = _last_layers(loss), set[Any]()
    while waiting and len(seen) < NODES:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if _name(node) in ("Tanh", "Sigmoid") and (weight := _weight_of(_before(node))) is not None:
            yield weight, LAST[_name(node)]
        waiting += [following for following, _ in node.next_functions]


def _last_layers(loss: torch.Tensor) -> list[Any]:
    """The nodes that received the outputs of the model's last layers, or are these layers."""
    found: list[Any] = []
    for node in _walk(loss.grad_fn):
        if LAST.get(_name(node)) == "scores":
            found.append(node)
        elif _name(node) in LOSSES and LOSSES[_name(node)] != "nll_loss":
            found += [_behind(following) for following, _ in node.next_functions]
    return found


def _behind(node: Any) -> Any:
    """What a last function, such as a sigmoid, received; any other node itself."""
    return node if LAST.get(_name(node)) in (None, "scores") else _before(node)


def _weight_of(node: Any) -> torch.Tensor | None:
    """The weight of a layer's node."""
    if _name(node) not in (*MATRIX, "NativeBatchNorm", "NativeLayerNorm"):
        return None
    inputs = [following for following, _ in node.next_functions]
    inputs += [each for one in inputs if _name(one) in PASSED for each, _ in one.next_functions]
    held = [variable for each in inputs if (variable := getattr(each, "variable", None)) is not None]
    return max(held, key=lambda variable: variable.ndim, default=None)


def is_linear(loss: torch.Tensor) -> bool:
    """Whether two or more layers with weights lead to `loss` and nothing between them is nonlinear."""
    waiting, seen = _last_layers(loss), set[Any]()
    while waiting and len(seen) < NODES:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        if _name(node) not in LINEAR:
            return False
        seen.add(node)
        waiting += [following for following, _ in node.next_functions]
    return sum(_name(node) in MATRIX for node in seen) > 1 and not waiting


def _walk(first: Any) -> Iterator[Any]:
    """Nodes between the loss and the first loss functions, breadth first."""
    waiting: list[Any] = [first]
    seen: set[Any] = set()
    while waiting and len(seen) < NODES:
        node = waiting.pop(0)
        if node is None or node in seen:
            continue
        seen.add(node)
        yield node
        name = _name(node)
        if LOSSES.get(name) in (None, "nll_loss") and LAST.get(name) != "scores":
            waiting += [following for following, _ in node.next_functions]


def _term(node: Any) -> LossTerm | None:
    name = _name(node)
    if name in DIFFERENCES:
        return _difference(node)
    if name not in LOSSES:
        return None
    before = _before(node)
    last = _last(before)
    following = node.next_functions[0][0] if node.next_functions else None
    if following is not None and _name(following) == "Expand" and following.next_functions[0][0] is not None:
        shape, own = _shape(following.next_functions[0][0]), _shape(following)
        if _is_square(shape, own):
            return LossTerm(LOSSES[name], last, broadcast=(shape, own))
    if name == "LogSoftmax" and _over_batch(node):
        return LossTerm("cross_entropy", "log_softmax", _columns(node), True)
    normalising = before is not None and last in ("softmax", "log_softmax")
    return LossTerm(LOSSES[name], last, _columns(before) if normalising else None, normalising and _over_batch(before))


def _last(node: Any) -> str | None:
    """The kind of the last function; the sum with a bias, of inputs that are not contiguous, makes scores."""
    inputs = [following for following, _ in node.next_functions] if _name(node) == "Add" else []
    biased = any(getattr(getattr(each, "variable", None), "ndim", 0) == 1 for each in inputs)
    return "scores" if biased else LAST.get(_name(node))


def _difference(node: Any) -> LossTerm | None:
    """A loss written by hand: output less target."""
    inputs = [following for following, _ in node.next_functions]
    given = [each for each in inputs if each is not None]
    if len(given) != 1 or len(inputs) < 2:
        return None
    shape, own = _shape(given[0]), _shape(node)
    before = _before(node)
    last = _last(before)
    if _is_square(shape, own) and _name(given[0]) != "Unsqueeze":
        return LossTerm("difference", last, broadcast=(shape, own))
    normalising = last == "softmax"
    return LossTerm("difference", last, over_batch=normalising and _over_batch(before)) if last else None


def _is_square(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Whether broadcasting has made `whole` of one number for each sample."""
    return len(whole) == 2 and min(whole) > 1 and shape in ((whole[0], 1), (whole[1],), (1, whole[1]))


def saved_calls(loss: torch.Tensor) -> Iterator[tuple[str, torch.Tensor, torch.Tensor]]:
    """Loss functions in the graph of `loss` with the outputs and targets that they keep for the backward pass."""
    for node in _walk(loss.grad_fn):
        name = LOSSES.get(_name(node))
        if name is not None and hasattr(node, "_saved_target") and hasattr(node, "_saved_self"):
            scores = name == "nll_loss" and _name(_before(node)) == "LogSoftmax"
            yield "cross_entropy" if scores else name, node._saved_self, node._saved_target


def _before(node: Any) -> Any:
    """The function whose output `node` received, behind views and copies."""
    while True:
        node = next((following for following, _ in node.next_functions if following is not None), None)
        if node is None or _name(node) not in PASSED:
            return node


def _name(node: Any) -> str:
    name: str = "" if node is None else node.name()
    return name.rpartition("::")[2].rstrip("0123456789").removesuffix("Backward").strip("_")


def _shape(node: Any) -> tuple[int, ...]:
    metadata = getattr(node, "_input_metadata", None)
    return tuple(metadata[0].shape) if metadata else ()


def _dimension(node: Any) -> int | None:
    dim, count = getattr(node, "_saved_dim", None), len(_shape(node))
    if dim is None or not count:
        return None
    dim = dim - 2**64 if dim >= 2**63 else dim
    return int(dim) % count


def _columns(node: Any) -> int | None:
    dim = _dimension(node)
    return None if dim is None else _shape(node)[dim]


def _over_batch(node: Any) -> bool:
    return _dimension(node) == 0 and len(_shape(node)) == 2
