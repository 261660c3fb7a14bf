"""The arguments of `attach`, checked before anything is watched."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from torch import nn
from torch.optim import Optimizer

from diagnostics.attribution import Method, features_of
from diagnostics.capture import Groups
from diagnostics.layers import Selection, WatchedLayer
from diagnostics.master_weights import masters_held

# By default: from this step on, every so many. Often while a run is young, in the end so seldom that the steps of a
# small network take less than 2% longer (benchmarks/README.md).
STAGES = ((0, 10), (200, 100), (2000, 200))
# Where every step is captured, a row of steps from each of these on is not: it shows what an unwatched step costs.
# The first of a row finds the caches as a capture leaves them.
REFERENCES, ROW = range(100, 228, 16), 4


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which steps are captured. `stages`: first step and interval, which divides the first step of the next stage."""

    stages: tuple[tuple[int, int], ...] = STAGES

    @property
    def late(self) -> int:
        """The interval in the end."""
        return self.stages[-1][1]

    def after(self, step: int) -> int:
        """The first step behind `step` that is captured; steps count from 0.

        >>> captured = [0]
        >>> while captured[-1] < 2400:
        ...     captured.append(Schedule().after(captured[-1]))
        >>> captured[:3], captured[19:23], captured[-3:]
        ([0, 10, 20], [190, 200, 300, 400], [2000, 2200, 2400])
        """
        every = next(interval for first, interval in reversed(self.stages) if step >= first)
        following = (step // every + 1) * every
        return following + ROW if self.late == 1 and following in REFERENCES else following


@dataclass(slots=True)
class Settings:
    """Arguments of `attach` that hold for the whole run, with the defaults filled in.

    Raises TypeError or ValueError for what cannot work."""

    name: str
    every: int | None
    directory: Path
    feature_names: list[str] | None
    session: str | None
    groups: Groups
    attribution: Method
    quiet: bool
    layers: Selection | None
    schedule: Schedule = Schedule()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError("name must not be empty")
        every = self.every
        if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
            raise ValueError(f"every must be a whole number of steps, 1 or more, not {every!r}")
        if unknown := sorted(self.groups - set(Groups.ALL)):
            raise ValueError(f"groups: no group {unknown[0]!r}; known: {', '.join(Groups.ALL)}")
        if self.attribution not in get_args(Method):
            raise ValueError(f"attribution must be one of {', '.join(get_args(Method))}, not {self.attribution!r}")
        self.name, self.session = self.name.strip(), self.session or os.environ.get("TRACKER_SESSION") or None
        if every is not None:
            self.schedule = Schedule(((0, every),))


def optimizers_of(model: nn.Module, given: Optimizer | Iterable[Optimizer] | None) -> list[Optimizer]:
    """The optimizers that `attach` was given, each of which holds a parameter of `model`.

    Raises TypeError or ValueError for any other."""
    optimizers = [] if given is None else [given] if isinstance(given, Optimizer) else list(given)
    held = {id(parameter) for parameter in model.parameters()}
    for optimizer in optimizers:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer must be a torch.optim.Optimizer or several, not {type(optimizer).__name__}")
        holds = any(id(parameter) in held for group in optimizer.param_groups for parameter in group["params"])
        if not holds and not masters_held(optimizer, model.parameters()):
            raise ValueError(
                f"the {type(optimizer).__name__} optimizer holds no parameter of this {type(model).__name__}"
            )
    return optimizers


def feature_names_of(layers: list[WatchedLayer], names: Sequence[str] | None) -> list[str] | None:
    """The names that `attach` was given. Raises TypeError or ValueError where they fit no layer."""
    if names is None:
        return None
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError("feature_names must be a sequence of strings, one for each input feature")
    counts = [count for layer in layers if (module := layer.module()) is not None and (count := features_of(module))]
    if len(names) not in counts:
        first = f"the first layer has {counts[0]}" if counts else "the model has no layer to attribute to"
        raise ValueError(f"feature_names has {len(names)} names, but {first}")
    return list(names)
