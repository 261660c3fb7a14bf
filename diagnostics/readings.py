"""The numbers of one capture and of one epoch, as rules read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from diagnostics.numbers import Values


class FeatureMeans:
    """Means over the samples of the last captures, one number a feature, as lists; computed when read, since there may
    be as many features as a language has tokens."""

    def __init__(self, sums: "torch.Tensor", names: Sequence[str] | None = None, kind: str = "feature") -> None:
        """`sums`, [5, features], on the host: of |gradient × input|, of |gradient|, of |input|, the number of samples
        where the input is not zero, and of all. `names` of the features, else they are numbers of a `kind`."""
        self._sums, self._names, self._kind = sums, names, kind

    def name(self, index: int) -> str:
        """What a feature is called."""
        return self._names[index] if self._names else f"{self._kind} {index}"

    @cached_property
    def contribution(self) -> list[float]:
        """|gradient × input|."""
        return self._mean(0, 4)

    @cached_property
    def gradient(self) -> list[float]:
        """|d loss / d input|."""
        return self._mean(1, 4)

    @cached_property
    def scale(self) -> list[float]:
        """|input| where it is not zero, so that a rare category is not taken for a small feature."""
        return self._mean(2, 3)

    @cached_property
    def contribution_present(self) -> list[float]:
        """|gradient × input| where the input is not zero."""
        return self._mean(0, 3)

    def _mean(self, total: int, count: int) -> list[float]:
        sums = self._sums.double()
        means: list[float] = (sums[total] / sums[count].clamp(min=1e-12)).tolist()
        return means


@dataclass(slots=True)
class Reading:
    """One capture: the layers in the order in which they were called, and the means of the input features so far.
    `finite`: every measured element is. `skipped`: a GradScaler skipped the update."""

    step: int
    layers: "list[Values]"
    finite: bool
    skipped: bool = False
    features: FeatureMeans | None = None
    feature_layer: str = ""


@dataclass(slots=True)
class EpochReading:
    """One call of `observer.epoch`: its numbers by name, as given."""

    epoch: int
    step: int
    values: Mapping[str, float]
