"""What is kept of a run: columns of layers and parameters, the history, and the state of the rules."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsFloat

import torch

from diagnostics import rules
from diagnostics.attribution import Method, kind_of, shown
from diagnostics.evidence import Evidence
from diagnostics.layers import WatchedLayer
from diagnostics.numbers import Numbers, ParameterValues, Values
from diagnostics.parameters import Parameter, ParameterTable
from diagnostics.readings import EpochReading, FeatureMeans, Reading
from diagnostics.result import Attribution, Diagnosis, Number, Series, number
from diagnostics.result import Layer as LayerResult
from diagnostics.series import Thinned, columns
from diagnostics.units import DeadUnitTracker

NUMBERS = 150_000  # in all columns together: a file under 2 MB
ROWS, FEWEST = 512, 64  # of a layer's columns and of the history, at most; of a wide model's columns, at least
# Left out, in this order, where a wide model could not keep FEWEST rows of every column.
EXPENDABLE = (
    "output_gradient_zeros", "gradient_zeros", "output_gradient_mean", "gradient_mean", "activation_min",
    "activation_max", "activation_norm", "output_gradient_max", "gradient_max", "weight_max",
)  # fmt: skip

Table = dict[str, dict[str, Series]]


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture. `dead`: the share of dead units by layer; `parameters` of each layer, as they were then."""

    numbers: Numbers
    dead: Mapping[int, float | None]
    parameters: Mapping[int, Sequence[Parameter]]

    def values(self, layer: WatchedLayer) -> Values:
        """The columns of `layer`."""
        return Values(layer, self.numbers, self.dead.get(layer.index), self.parameters.get(layer.index, ()))

    def measured(self, layer: WatchedLayer) -> bool:
        """Whether there is any number of `layer`."""
        return layer.index in self.dead or self.values(layer).any_measured()


class Recorder:
    """Takes captures, epochs and metrics in; holds no more of them than a result needs."""

    def __init__(
        self,
        layers: list[WatchedLayer],
        table: ParameterTable,
        built: list[rules.Rule],
        feature_names: list[str] | None,
        method: Method,
    ) -> None:
        """`layers` and `table` may grow. `method`: by which of two values features are compared."""
        self.captured = self.samples = self.skipped = 0
        self.notes: dict[str, None] = {}
        self.errors: list[str] = []
        self._history: Thinned[dict[str, float | None]] = Thinned(ROWS)
        self._layers, self._table = layers, table
        self._rules = built
        count = max(1, 22 * len(layers) + 5 * len(table.entries))  # series
        self._most = max(FEWEST, min(ROWS, NUMBERS // count))
        self._captures: Thinned[Captured] = Thinned(max(2 * FEWEST, self._most))  # thinning halves it
        self._units: dict[int, DeadUnitTracker] = {}
        self._feature_names = feature_names
        self._method: Method = method
        self._features: tuple[FeatureMeans, WatchedLayer, int] | None = None
        self._metrics: dict[str, float] = {}
        self._best: dict[str, float] = {}
        self._epochs = 0

    # -- input

    def captures(self, captured: Sequence[Numbers], feature_layer: WatchedLayer | None, feature_rows: int) -> None:
        """The next captures are complete."""
        layers = self._in_order()
        self._inform("captures", [self._capture(layers, numbers, feature_layer, feature_rows) for numbers in captured])

    def _capture(
        self, layers: list[WatchedLayer], numbers: Numbers, feature_layer: WatchedLayer | None, feature_rows: int
    ) -> Reading:
        self.captured += 1
        self.samples += numbers.samples
        self.skipped += numbers.skipped
        dead = {index: self._tracker(index).dead_share(active) for index, active in numbers.active.items()}
        captured = Captured(numbers, dead, self._table.by_layer)
        self._captures.append(captured)
        readings = [captured.values(layer) for layer in layers]
        reading = Reading(numbers.step, readings, numbers.finite, numbers.skipped)
        if numbers.features is not None and feature_layer is not None:
            reading.features = FeatureMeans(numbers.features, self._feature_names, kind_of(feature_layer))
            reading.feature_layer = feature_layer.name
            self._features = reading.features, feature_layer, feature_rows
        return reading

    def epoch(self, step: int, values: Mapping[str, SupportsFloat | None]) -> None:
        """An epoch was reported after `step` steps. Values that are no numbers are noted and left out."""
        given = {name: value for name, each in values.items() if (value := self._number(name, each)) is not None}
        self._history.append({"step": step, "epoch": self._epochs, **given})
        reading = EpochReading(self._epochs, step, given)
        self._epochs += 1
        for name, value in given.items():
            if "loss" in name and not math.isnan(value):
                self._best[name] = min(value, self._best.get(name, value))
        self._inform("epoch", reading)

    def metric(self, name: str, value: SupportsFloat) -> None:
        """A number of the run as a whole."""
        known = self._number(name, value)
        if known is not None:
            self._metrics[str(name)] = known

    def _number(self, name: str, value: SupportsFloat | None) -> float | None:
        try:
            if value is None:
                return None
            return float(value.detach() if isinstance(value, torch.Tensor) else value)
        except Exception as error:
            kind = f"{type(value).__name__} is not a number"
            self.notes[f"{name}: not recorded, a value of type {kind} ({type(error).__name__})"] = None
            return None

    def _tracker(self, index: int) -> DeadUnitTracker:
        if index not in self._units:
            self._units[index] = DeadUnitTracker()
        return self._units[index]

    def _in_order(self) -> list[WatchedLayer]:
        """The layers in the order of their first call, then the layers that were not called."""
        return sorted(self._layers, key=lambda layer: (layer.order is None, layer.order or 0, layer.index))

    def _inform(self, event: str, reading: Sequence[Reading] | EpochReading) -> None:
        for rule in list(self._rules):
            try:
                getattr(rule, event)(reading)
            except Exception as error:
                self._rules.remove(rule)
                self.errors.append(f"rule {rule.name}: {type(error).__name__}: {error}")

    # -- output

    def history(self) -> dict[str, Series]:
        """The columns of the epochs."""
        return columns(self._history.kept())

    def columns(self) -> tuple[dict[str, LayerResult], Table, int]:
        """The columns of layers, in the order of their first call, and of parameters; the rows that were kept."""
        rows = self._captures.kept(self._most)
        layers, parameters = {}, {}
        for layer in self._in_order():
            if found := columns(row.values(layer) for row in rows if row.measured(layer)):
                layers[layer.name] = LayerResult(layer.type, layer.units, layer.parameters, found)
        for entry in self._table.entries:
            values = (ParameterValues(row.numbers, entry) for row in rows)
            if found := columns(each for each in values if each.any_measured()):
                parameters[entry.name] = found
        self._fit([layer.columns for layer in layers.values()], list(parameters.values()))
        kept = max((len(layer.columns["step"]) for layer in layers.values()), default=0)
        if 0 < kept < self.captured and len(rows) < self.captured:
            self.notes[f"columns keep {kept} of {self.captured} captures, evenly spaced"] = None
        return layers, parameters, kept

    def _fit(self, layers: list[dict[str, Series]], parameters: list[dict[str, Series]]) -> None:
        """Leave columns out of a very wide model, rather than rows, and note which."""
        size = sum(len(series) for columns in (*layers, *parameters) for series in columns.values())
        for name in EXPENDABLE:
            if size <= NUMBERS:
                return
            size -= sum(len(columns.pop(name, ())) for columns in layers)
            self.notes[f"the model is wide: the column {name} is left out of the layers"] = None
        for name in ("non_finite", "update_ratio", "gradient_norm"):
            if size <= NUMBERS:
                return
            size -= sum(len(columns.pop(name, ())) for columns in parameters)
            self.notes[f"the model is wide: the column {name} is left out of the parameters"] = None

    def diagnosis(self, evidence: Evidence) -> Diagnosis:
        """The findings of the rules so far."""
        try:
            return rules.diagnose(self._rules, evidence, self.errors)
        except Exception as error:
            self.errors.append(f"diagnosis: {type(error).__name__}: {error}")
            return Diagnosis("unknown", reason="The rules failed; see errors.")

    def attribution(self) -> Attribution | None:
        """The means of the last captures; None before there was a layer to attribute to."""
        if self._features is None:
            return None
        means, layer, rows = self._features
        found, note = shown(means, self._method, layer, rows)
        if note is not None:
            self.notes[note] = None
        return found

    def metrics(self) -> dict[str, Number | None]:
        """The newest and the best values of the epochs, and the metrics of the run."""
        newest = {name: value for name, value in (self._history.newest or {}).items() if name not in ("step", "epoch")}
        best = {f"best_{name}": value for name, value in self._best.items()}
        return {name: number(value) for name, value in {**newest, **best, **self._metrics}.items()}
