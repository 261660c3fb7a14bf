"""The data of a comparison: the same rows for every model."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from diagnostics.models.result import ComparedData

PARTS = ("x", "y", "x_val", "y_val")


@dataclass(frozen=True, slots=True)
class Split:
    """Training and validation rows on the CPU: `x` [rows, features] and `y` [rows], of floats; class labels are whole
    numbers from 0."""

    x: torch.Tensor
    y: torch.Tensor
    x_val: torch.Tensor
    y_val: torch.Tensor
    features: tuple[str, ...]

    def described(self) -> ComparedData:
        """The sizes, the names of the features and the digest."""
        found = hashlib.sha256()
        for part in (self.x, self.y, self.x_val, self.y_val):
            found.update(part.contiguous().numpy().tobytes())
        return ComparedData(len(self.x), len(self.x_val), list(self.features), f"sha256:{found.hexdigest()}")


def split_of(data: object) -> Split:
    """The split that `data` holds: a mapping or an object with `x`, `y`, `x_val`, `y_val` and, if known,
    `feature_names`, or a tuple of these four; tensors, arrays, data frames or lists.

    Raises ValueError for what does not fit together."""
    if isinstance(data, tuple) and len(data) == len(PARTS):
        data = dict(zip(PARTS, data, strict=True))
    parts = [_tensor(name, _member(data, name)) for name in PARTS]
    x, y, x_val, y_val = parts[0], _column("y", parts[1]), parts[2], _column("y_val", parts[3])
    if x.dim() != 2 or x_val.dim() != 2 or x.shape[1] != x_val.shape[1]:
        raise ValueError(f"data: x and x_val must be tables of the same columns, not {_shape(x)} and {_shape(x_val)}")
    for name, rows, targets in (("", x, y), ("_val", x_val, y_val)):
        if not len(rows) or len(rows) != len(targets):
            raise ValueError(f"data: x{name} has {len(rows)} rows and y{name} has {len(targets)}")
        if not targets.isfinite().all():
            raise ValueError(f"data: y{name} has values that are not finite")
    return Split(x, y, x_val, y_val, _names(data, x.shape[1]))


def _member(data: object, name: str) -> object:
    value = data.get(name) if isinstance(data, Mapping) else getattr(data, name, None)
    if value is None:
        raise ValueError(f"data: there is no {name}; expected a mapping or an object with x, y, x_val and y_val")
    return value


def _tensor(name: str, value: Any) -> torch.Tensor:
    value = value.to_numpy() if hasattr(value, "to_numpy") else value
    try:
        made: torch.Tensor = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"data: {name} is no table of numbers: {error}") from None
    return made.detach().cpu().to(torch.float64 if made.dtype == torch.float64 else torch.float32)


def _column(name: str, value: torch.Tensor) -> torch.Tensor:
    if value.dim() == 2 and value.shape[1] == 1:
        return value[:, 0]
    if value.dim() != 1:
        raise ValueError(f"data: {name} must be one column, not {_shape(value)}")
    return value


def _names(data: object, count: int) -> tuple[str, ...]:
    names: Sequence[object] | None
    names = data.get("feature_names") if isinstance(data, Mapping) else getattr(data, "feature_names", None)
    if names is None:
        return tuple(f"feature_{index}" for index in range(count))
    if len(names) != count:
        raise ValueError(f"data: {len(names)} feature_names for {count} columns")
    return tuple(map(str, names))


def _shape(value: torch.Tensor) -> str:
    return "×".join(map(str, value.shape)) or "a single number"
