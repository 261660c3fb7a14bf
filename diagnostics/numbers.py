"""What one capture measured, on the host, and the columns that follow from it."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from diagnostics.layers import WatchedLayer
from diagnostics.parameters import Parameter
from diagnostics.statistics import Key, Part, Stat, Stats, merge_all


@dataclass(slots=True)
class Numbers:
    """One capture. `active`: by layer, which units were active; `sharded`: parameters that are spread over processes;
    `features`: sums for the attribution, [5, features]; `skipped`: a GradScaler skipped the update."""

    step: int
    samples: int = 0
    stats: Mapping[Key, Stat] = field(default_factory=dict)
    active: Mapping[int, torch.Tensor] = field(default_factory=dict)
    sharded: frozenset[int] = frozenset()
    features: torch.Tensor | None = None
    skipped: bool = False

    @property
    def finite(self) -> bool:
        """Whether every measured element is; False also where only a norm is beyond float32."""
        if isinstance(self.stats, Stats):
            return self.stats.finite
        return not any(stat.non_finite for stat in self.stats.values())


class Values(Mapping[str, float | None]):
    """The columns of one layer in one capture, by name, each computed when it is read; None: no meaning."""

    __slots__ = ("_parameters", "_stats", "dead_units", "layer", "skipped", "step")

    def __init__(
        self, layer: WatchedLayer, numbers: Numbers, dead_units: float | None, parameters: Sequence[Parameter] = ()
    ) -> None:
        """`parameters`: the layer's own."""
        self.layer, self.step, self.dead_units = layer, numbers.step, dead_units
        self.skipped = numbers.skipped
        self._stats, self._parameters = numbers.stats, parameters

    def stat(self, part: Part, weights: bool = False) -> Stat | None:
        """The statistics of a part, of all the layer's parameters or of its `weights`; None where nothing was
        measured."""
        if part in (Part.OUTPUT, Part.OUTPUT_GRADIENT):
            return self._stats.get(Key(part, self.layer.index))
        keys = [Key(part, entry.index) for entry in self._parameters if entry.weight or not weights]
        present = [self._stats[key] for key in keys if key in self._stats]
        return merge_all(present) if present else None

    def __getitem__(self, name: str) -> float | None:
        return FORMULAS[name](self)

    def __iter__(self) -> Iterator[str]:
        return iter(FORMULAS)

    def __len__(self) -> int:
        return len(FORMULAS)

    def any_measured(self) -> bool:
        """Whether there is any statistic of this layer."""
        keys = [Key(part, self.layer.index) for part in (Part.OUTPUT, Part.OUTPUT_GRADIENT)]
        keys += [Key(part, entry.index) for entry in self._parameters for part in (Part.GRADIENT, Part.WEIGHT)]
        return any(key in self._stats for key in keys)


Formula = Callable[[Values], float | None]


def _of(part: Part, formula: Callable[[Stat], float | None], weights: bool = False) -> Formula:
    """`formula` of the statistics of `part`; None where there are none."""

    def value(values: Values) -> float | None:
        stat = values.stat(part, weights)
        return None if stat is None or not stat.elements else formula(stat)

    return value


def _std(stat: Stat) -> float:
    variance = stat.m2 / stat.elements
    return math.sqrt(variance) if variance >= 0 else math.nan


def _norm(stat: Stat) -> float | None:
    """The 2-norm; None where squares are beyond float32 and no sample says more, as of weights."""
    beyond = math.isinf(stat.norm) and math.isfinite(stat.largest)
    return None if beyond or stat.norm == 0 < stat.largest else stat.norm


def _saturated(values: Values) -> float | None:
    return _of(Part.OUTPUT, lambda stat: stat.saturated / stat.elements)(values) if values.layer.bounds else None


def update_ratio(weight: Stat | None, update: Stat | None) -> float | None:
    """‖Δw‖ / ‖w‖; None where either was not measured, or the weight is zero."""
    if weight is None or update is None or not (_norm(weight) or 0) > 0:
        return None
    return update.norm / weight.norm


def _update_ratio(values: Values) -> float | None:
    return update_ratio(values.stat(Part.WEIGHT, weights=True), values.stat(Part.UPDATE, weights=True))


def _gradient(prefix: str, part: Part) -> dict[str, Formula]:
    return {
        f"{prefix}_norm": _of(part, lambda stat: stat.norm),
        f"{prefix}_mean": _of(part, lambda stat: stat.magnitude / stat.elements),
        f"{prefix}_max": _of(part, lambda stat: stat.largest),
        f"{prefix}_zeros": _of(part, lambda stat: stat.zeros / stat.elements),
        f"{prefix}_non_finite": _of(part, lambda stat: stat.non_finite),
    }


FORMULAS: dict[str, Formula] = {
    "step": lambda values: values.step,
    "dead_units": lambda values: values.dead_units,
    "activation_mean": _of(Part.OUTPUT, lambda stat: stat.mean),
    "activation_std": _of(Part.OUTPUT, _std),
    "activation_min": _of(Part.OUTPUT, lambda stat: stat.low),
    "activation_max": _of(Part.OUTPUT, lambda stat: stat.high),
    "activation_norm": _of(Part.OUTPUT, lambda stat: stat.norm),
    "activation_zeros": _of(Part.OUTPUT, lambda stat: stat.zeros / stat.elements),
    "activation_non_finite": _of(Part.OUTPUT, lambda stat: stat.non_finite),
    "saturated": _saturated,
    **_gradient("output_gradient", Part.OUTPUT_GRADIENT),
    **_gradient("gradient", Part.GRADIENT),
    "weight_norm": _of(Part.WEIGHT, _norm, weights=True),
    "weight_max": _of(Part.WEIGHT, lambda stat: stat.largest, weights=True),
    "weight_non_finite": _of(Part.WEIGHT, lambda stat: stat.non_finite),
    "update_ratio": _update_ratio,
}


class ParameterValues(Mapping[str, float | None]):
    """The columns of one parameter in one capture, each computed when it is read; None: no meaning."""

    __slots__ = ("_index", "_numbers")
    NAMES = ("step", "norm", "gradient_norm", "update_ratio", "non_finite")

    def __init__(self, numbers: Numbers, entry: Parameter) -> None:
        self._numbers, self._index = numbers, entry.index

    def _stat(self, part: Part) -> Stat | None:
        return self._numbers.stats.get(Key(part, self._index))

    def any_measured(self) -> bool:
        """Whether there is any statistic of this parameter."""
        return any(Key(part, self._index) in self._numbers.stats for part in (Part.WEIGHT, Part.GRADIENT))

    def __getitem__(self, name: str) -> float | None:
        weight, gradient = self._stat(Part.WEIGHT), self._stat(Part.GRADIENT)
        if name == "step":
            return self._numbers.step
        if name == "norm":
            return _norm(weight) if weight else None
        if name == "gradient_norm":
            return gradient.norm if gradient else None
        if name == "update_ratio":
            return update_ratio(weight, self._stat(Part.UPDATE))
        if name == "non_finite":
            return sum(stat.non_finite for stat in (weight, gradient) if stat)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.NAMES)

    def __len__(self) -> int:
        return len(self.NAMES)
