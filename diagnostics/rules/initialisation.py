"""Weights that begin badly."""

from collections.abc import Iterator
from math import exp, log
from typing import ClassVar

from diagnostics.evidence import CLASSIFICATIONS, Evidence, main_calls, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule


class SymmetricWeights(Rule):
    """All units of a hidden layer begin with the same weights and still have them: they compute the same.

    Signal: the rows of a weight, at `attach` and at the end, equal to 1e-5 of their largest element. The last layer may
    begin with zeros. Source: Goodfellow et al., Deep Learning, section 8.4 (breaking symmetry)."""

    name = "symmetric-weights"
    precedence = 30
    certainty = 0.95
    defaults: ClassVar = {"layers": 1}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "poor-initialization", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        names = [name for name in run.symmetric if name != (run.weighted or [""])[-1]]
        if len(names) >= self.thresholds["layers"]:
            yield self.finding(
                "critical", self.thresholds["layers"], len(names),
                f"All units of layer {names[0]} have the same weights, so they learn the same thing: the layer is as "
                "good as one unit.",
                "Initialise weights randomly (the default, or nn.init.kaiming_uniform_); only biases may be constant.",
                layer=names[0], step=0,
            )  # fmt: skip


class PoorInitialization(Rule):
    """At the first step the signal grows or fades from layer to layer, or the loss is far above that of guessing.

    Thresholds: the deviation of activations changes by a factor of 5 a layer (geometric mean over the layers with
    parameters) and 100 in all, relative to the first layer (SageMaker Debugger's PoorWeightInitialization: 10 between
    neighbours); a first classification loss of 5 × ln C (CS231n: about ln C). `warning` only where learning suffers
    or the first loss is that high, else `info`."""

    name = "poor-initialization"
    precedence = 31
    certainty = 0.7
    defaults: ClassVar = {"layer": 3.0, "total": 100.0, "loss": 5.0}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-high", "learning-rate-too-low", "non-finite")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss, first = trend(run), self._first_loss(run)
        hurt = loss.suffers is not False and not loss.moving
        stds = [values[0] for name in run.weighted if (values := run.column(name, "activation_std"))]
        if len(stds) >= 3 and stds[0] > 0:
            change = max(stds[-1], 1e-30) / stds[0]
            each = exp(abs(log(change)) / (len(stds) - 1))
            if each >= self.thresholds["layer"] and max(change, 1 / change) >= self.thresholds["total"]:
                word = "grows" if change > 1 else "fades"
                yield self.finding(
                    "warning" if hurt or first else "info", self.thresholds["layer"], each,
                    f"At the first step the signal {word} {each:.1f} times in each layer, "
                    f"{max(change, 1 / change):.0e} times in all: the weights begin too {'large' if change > 1 else 'small'}.",
                    "Use the default initialisation, He for ReLU, Xavier for tanh, or add normalisation layers.",
                    layer=run.weighted[0], step=0,
                )  # fmt: skip
                return
        if first is not None:
            yield self.finding(
                "warning" if hurt else "info", self.thresholds["loss"], first,
                f"The first loss is {first:.1f} times that of guessing: the outputs begin far too large.",
                "Use the default initialisation, smaller in the last layer; scale the inputs.", step=0,
            )  # fmt: skip

    def _first_loss(self, run: Evidence) -> float | None:
        calls = [call for call in main_calls(run) if call.function in CLASSIFICATIONS and len(call.output_shape) > 1]
        if not calls or calls[0].step > 0 or calls[0].output_shape[1] < 2:
            return None
        value = calls[0].value / log(calls[0].output_shape[1])
        return value if value >= self.thresholds["loss"] else None
