"""Weights that begin badly."""

import statistics
from collections.abc import Iterator
from math import isfinite, log
from typing import ClassVar

from diagnostics.evidence import CLASSIFICATIONS, RECURRENT, Evidence, main_calls, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule


class SymmetricWeights(Rule):
    """All units of a hidden layer begin with the same weights and still have them: they compute the same.

    The last layer may begin with zeros."""

    name = "symmetric-weights"
    signal = "The rows of a hidden layer's weight at the start and at the end."
    limits = "{layers} layer whose rows are equal to 1e-5"
    levels = "critical; warning or info where the units have drifted apart"
    source = "Goodfellow et al., Deep Learning, 8.4"
    fix = "Initialise weights randomly; only biases may be constant."
    certainty = 0.95
    defaults: ClassVar = {"layers": 1, "remaining": 0.2}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "poor-initialization", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        last, remaining = (run.weighted or [""])[-1], trend(run).remaining
        names = [name for name in run.symmetric if name != last]
        began = [name for name in run.constant if name != last]
        if len(began) >= self.thresholds["layers"] and not names:
            hurt = remaining is None or remaining > self.thresholds["remaining"]
            yield self.finding(
                "warning" if hurt else "info", self.thresholds["layers"], len(began),
                f"All units of layer {began[0]} began with the same weights, so they have to drift apart before the "
                "layer can learn.", self.fix, layer=began[0], step=0,
            )  # fmt: skip
        if len(names) >= self.thresholds["layers"]:
            yield self.finding(
                "critical", self.thresholds["layers"], len(names),
                f"All units of layer {names[0]} have the same weights, so they learn the same thing: the layer is as "
                "good as one unit.",
                self.fix,
                layer=names[0], step=0,
            )  # fmt: skip


class PoorInitialization(Rule):
    """The weights begin far larger or smaller than initialisations make them, or the signal grows through the layers.

    `warning` where learning suffers, or the first classification loss is 5 × ln C (CS231n: about ln C); else
    `info`: normalisation layers forgive a lot."""

    name = "poor-initialization"
    signal = (
        "The root mean square of the weights × √inputs at the first step, median of the hidden layers; the growth of "
        "the activations through the layers; the first loss."
    )
    limits = (
        "above {large} or below {small}; growth of {layer} a layer and {total:.0f} in all; a first loss of {loss} × "
        "ln C where learning suffers, {guess} × ln C anyway"
    )
    levels = "warning where learning suffers, else info"
    source = "SageMaker Debugger, PoorWeightInitialization; CS231n"
    fix = "Use the default initialisation, He for ReLU, Xavier for tanh, or add normalisation layers."
    certainty = 0.7
    defaults: ClassVar = {
        "large": 2.5,
        "small": 0.2,
        "layer": 3.0,
        "total": 100.0,
        "broken": 1e4,
        "loss": 5.0,
        "guess": 10.0,
    }
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-high", "learning-rate-too-low", "non-finite", "overfitting")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss, first = trend(run), self._first_loss(run)
        hurt = loss.hurts or first is not None or any(not isfinite(value) for _, value in run.losses)
        size = _relative_size(run)
        if size is not None and not self.thresholds["small"] <= size <= self.thresholds["large"]:
            large = size > 1
            forgiven = not large and size >= 0.1 * self.thresholds["small"] and _is_normalised(run)
            yield self.finding(
                "warning" if hurt and not forgiven else "info", self.thresholds["large" if large else "small"], size,
                f"The weights begin too {'large' if large else 'small'}: {size:.2g} times 1/√(inputs), where usual "
                "initialisations give 0.6 to 1.4.",
                "Use the default initialisation, He for ReLU, Xavier for tanh, or add normalisation layers.",
                layer=run.weighted[0], step=0,
            )  # fmt: skip
            return
        stds = [values[0] for name in run.weighted if (values := run.column(name, "activation_std"))]
        if run.inputs and run.inputs[0][0] > 0:
            stds = [run.inputs[0][0], *stds]
        change = stds[-1] / stds[0] if len(stds) >= 3 and stds[0] > 0 and not _moved_at_first(run) else 0.0
        broken = change >= self.thresholds["broken"]
        if broken or (
            change >= self.thresholds["total"] and change ** (1 / (len(stds) - 1)) >= self.thresholds["layer"]
        ):
            yield self.finding(
                "warning" if hurt or broken else "info", self.thresholds["total"], change,
                f"At the first step the signal grows {change:.0f} times from the first layer to the last.",
                "Use He or Xavier initialisation, or add normalisation layers.", layer=run.weighted[0], step=0,
            )  # fmt: skip
        elif first is not None and first >= self.thresholds["guess"] and max(run.inputs or [(0, 0)])[0] <= 10:
            yield self.finding(
                "warning", self.thresholds["guess"], first,
                f"The first loss is {first:.0f} times that of guessing: the outputs begin far too large.",
                "Use smaller weights in the last layers, 1/√(inputs) or 0.02 for embeddings.",
                layer=run.weighted[-1] if run.weighted else None, step=0,
            )  # fmt: skip

    def _first_loss(self, run: Evidence) -> float | None:
        calls = [call for call in main_calls(run) if call.function in CLASSIFICATIONS and len(call.output_shape) > 1]
        if not calls or calls[0].step > 0 or calls[0].output_shape[1] < 2:
            return None
        _, _, lowest, highest = calls[0].output
        guess = log(calls[0].output_shape[1])
        value = min(calls[0].value, guess + highest - lowest) / guess  # what is more is summed over samples
        return value if value >= self.thresholds["loss"] else None


def _moved_at_first(run: Evidence) -> bool:
    """Whether the loss rose within the first step: an optimizer with a closure has moved the weights before they were
    measured."""
    values = [call.value for call in main_calls(run) if call.step == 0]
    return bool(values) and not max(values) < 10 * abs(values[0])


def _is_normalised(run: Evidence) -> bool:
    """Whether layers bring the signal back to its usual size, however small the weights are: GPT-2 begins so."""
    return any("Norm" in layer.type for layer in run.layers.values())


def _relative_size(run: Evidence) -> float | None:
    """The weights' root mean square × √(inputs) at the first capture, median of the layers but the last; of a recurrent
    layer × √(units), which torch's initialisation takes for its inputs."""
    found = []
    for name in run.weighted[:-1]:
        layer, norm = run.layers[name], next(iter(run.layers[name].columns.get("weight_norm", ())), None)
        if not layer.units or not isinstance(norm, int | float):
            continue  # no units, or frozen at first
        if layer.type in ("Linear", "Conv1d", "Conv2d", "Conv3d"):
            found.append(norm / layer.units**0.5)
        elif layer.type in RECURRENT:
            found.append(norm / (layer.parameters / layer.units) ** 0.5)
    return statistics.median(found) if found else None
