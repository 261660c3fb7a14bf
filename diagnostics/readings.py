"""What one capture and one epoch say: the numbers that rules read and columns keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class FeatureMeans:
    """Means over the samples of the last captures, one number a feature, as lists.

    `contribution`: |gradient × input|; `gradient`: |d loss / d input|; `scale` and `contribution_present`:
    |input| and |gradient × input| where the input is not zero, so that a rare category is not taken for a
    small feature."""

    contribution: list[float]
    gradient: list[float]
    scale: list[float]
    contribution_present: list[float]


@dataclass(slots=True)
class LayerReading:
    """One layer in one capture: its column values by name (None: no meaning), and what kind of layer it is."""

    name: str
    type: str
    order: int
    activation: bool
    parameters: int
    values: Mapping[str, float | None]


@dataclass(slots=True)
class Reading:
    """One capture: the layers in the order in which they were called, and what the input features did so far."""

    step: int
    layers: list[LayerReading]
    features: FeatureMeans | None = None
    feature_names: list[str] = field(default_factory=list)
    feature_layer: str = ""


@dataclass(slots=True)
class EpochReading:
    """One call of `observer.epoch`: its numbers by name, as given."""

    epoch: int
    step: int
    values: Mapping[str, float]
