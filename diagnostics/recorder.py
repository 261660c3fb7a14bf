"""What is kept of a run: columns of the layers, the history, what the rules have seen."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, SupportsFloat

import torch

from diagnostics import rules
from diagnostics.attribution import Method, kind_of, shown
from diagnostics.layers import Layer
from diagnostics.numbers import PARTS, Numbers, Values
from diagnostics.readings import EpochReading, FeatureMeans, Reading
from diagnostics.result import Attribution, Diagnosis, Number, number
from diagnostics.result import Layer as LayerResult
from diagnostics.series import Columns
from diagnostics.units import Silence

if TYPE_CHECKING:
    from diagnostics.statistics import Counts

VALUES = 150_000  # numbers in all layers' columns together: a file under 2 MB
ROWS = 512  # at most, of a layer's columns and of the history


class Recorder:
    """Takes captures, epochs and metrics in; holds no more of them than a result needs."""

    def __init__(
        self, layers: Sequence[Layer], built: list[rules.Rule], feature_names: list[str] | None, method: Method
    ) -> None:
        """`method`: by which of two values features are compared."""
        self.captured = 0
        self.samples = 0
        self.notes: dict[str, None] = {}
        self.errors: list[str] = []
        self.history = Columns(ROWS)
        self._layers = layers
        self._rules = built
        self._columns = [Columns(max(8, min(ROWS, VALUES // (24 * len(layers))))) for _ in layers]
        self._silence: dict[int, Silence] = {}
        self._feature_names = feature_names
        self._method: Method = method
        self._features: tuple[FeatureMeans, Layer] | None = None
        self._metrics: dict[str, float] = {}
        self._best: dict[str, float] = {}
        self._epochs = 0

    # -- what comes in

    def captures(self, captured: Sequence[Numbers], feature_layer: Layer | None) -> None:
        """The next captures are complete."""
        layers = self._in_order()
        self._tell("captures", [
            self._capture(layers, numbers, dead, feature_layer)
            for numbers, dead in zip(captured, self._dead_units(captured), strict=True)
        ])  # fmt: skip

    def _capture(
        self, layers: list[Layer], numbers: Numbers, dead: Mapping[int, float | None], feature_layer: Layer | None
    ) -> Reading:
        self.captured += 1
        self.samples += numbers.samples
        measured = {key // PARTS for key in numbers.rows}
        readings = []
        for layer in layers:
            index = layer.index
            if index in measured:
                values = Values(layer, numbers.rows, numbers.step, dead.get(index))
                self._columns[index].append(values)
                readings.append(values)
        reading = Reading(numbers.step, readings, numbers.finite)
        if numbers.features is not None and feature_layer is not None:
            reading.features = FeatureMeans(numbers.features, self._feature_names, kind_of(feature_layer))
            reading.feature_layer = feature_layer.name
            self._features = reading.features, feature_layer
        return reading

    def epoch(self, step: int, values: Mapping[str, SupportsFloat | None]) -> None:
        """An epoch was reported after `step` steps."""
        given = {name: _scalar(value) for name, value in values.items() if value is not None}
        self.history.append({"step": step, "epoch": self._epochs, **given})
        reading = EpochReading(self._epochs, step, given)
        self._epochs += 1
        for name, value in given.items():
            if "loss" in name:
                self._best[name] = min(value, self._best.get(name, value))
        self._tell("epoch", reading)

    def metric(self, name: str, value: SupportsFloat) -> None:
        """A number of the run as a whole."""
        self._metrics[str(name)] = _scalar(value)

    def _dead_units(self, captured: Sequence[Numbers]) -> list[dict[int, float | None]]:
        """For each of the captures the shares of dead units, by the index of their layer."""
        found: list[dict[int, float | None]] = [{} for _ in captured]
        counted: dict[int, list[tuple[dict[int, float | None], Counts]]] = {}
        for each, numbers in zip(found, captured, strict=True):
            for key, active in numbers.active.items():
                counted.setdefault(key // PARTS, []).append((each, active))
        for layer, followed in counted.items():
            silence = self._silence.setdefault(layer, Silence())
            for _, alike in groupby(followed, lambda each: len(each[1])):
                places, actives = zip(*alike, strict=True)
                for place, dead in zip(places, silence.dead(actives), strict=True):
                    place[layer] = dead
        return found

    def _in_order(self) -> list[Layer]:
        """The layers as they were first called; those that were not behind them."""
        return sorted(self._layers, key=lambda layer: (layer.order is None, layer.order or 0, layer.index))

    def _tell(self, event: str, reading: Sequence[Reading] | EpochReading) -> None:
        for rule in list(self._rules):
            try:
                getattr(rule, event)(reading)
            except Exception as error:
                self._rules.remove(rule)
                self.errors.append(f"rule {rule.name}: {type(error).__name__}: {error}")

    # -- what goes into the result

    def layers(self) -> dict[str, LayerResult]:
        """The layers of which there is anything, in the order in which they were called."""
        return {
            layer.name: LayerResult(layer.type, layer.units, layer.parameters, columns)
            for layer in self._in_order()
            if (columns := self._columns[layer.index].export())
        }

    def diagnosis(self) -> Diagnosis:
        """What the rules say by now."""
        try:
            return rules.diagnose(self._rules)
        except Exception as error:
            self.errors.append(f"diagnosis: {type(error).__name__}: {error}")
            return Diagnosis()

    def attribution(self) -> Attribution | None:
        """The means of the last captures; None before there was a layer to attribute to."""
        if self._features is None:
            return None
        means, layer = self._features
        found, note = shown(means, self._method, layer)
        if note is not None:
            self.notes[note] = None
        return found

    def metrics(self) -> dict[str, Number | None]:
        """The newest and the best of what epochs reported, and what was said of the run."""
        newest = {name: value for name, value in self.history.newest.items() if name not in ("step", "epoch")}
        best = {f"best_{name}": value for name, value in self._best.items()}
        return {name: number(value) for name, value in {**newest, **best, **self._metrics}.items()}


def _scalar(value: SupportsFloat) -> float:
    return float(value.detach() if isinstance(value, torch.Tensor) else value)
