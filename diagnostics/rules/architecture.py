"""Gradients and activations that the depth or the activation functions spoil."""

import math
import statistics
from collections.abc import Callable, Iterator
from typing import ClassVar

from diagnostics.evidence import RECURRENT, Evidence, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule
from diagnostics.rules.units import dead_share

SATURATING = ("Sigmoid", "Tanh", "Hardtanh", "Hardsigmoid", "Softsign")


SIGNAL = "output_gradient_norm"
MOVES = (1e-4, 1e-2)  # shares of a weight that a healthy step changes: about 1e-3 (CS231n)


def gradient_profile(run: Evidence) -> list[tuple[str, float]]:
    """The layers with parameters and the median gradient norm at their output, in the order of the calls."""
    found = [(name, run.column(name, SIGNAL)) for name in run.weighted]
    return [(name, statistics.median(values)) for name, values in found if len(values) >= 3]


def _since(run: Evidence, first: str, last: str, reached: Callable[[float, float], bool]) -> int:
    """The first captured step at which the gradients of two layers have `reached` a limit."""
    low, high = (dict(run.points(name, SIGNAL)) for name in (first, last))
    return next((step for step in low if step in high and reached(low[step], high[step])), 0)


class VanishingGradient(Rule):
    """The gradient at the first layer is a vanishing part of the one at the last.

    Measured on the outputs of the layers with parameters (norm over the batch), because absolute limits depend on
    the loss's scale."""

    name = "vanishing-gradient"
    signal = (
        "The gradient's norm at the output of the first layer over that of the last one; of a plain RNN, how many of "
        "its steps pass for each one that the loss sees."
    )
    limits = "{warning}; critical {critical}; {steps} steps of a plain RNN"
    levels = "critical, warning; info where learning does not suffer"
    source = "AutoTrainer (ICSE 2021); Bengio et al. 1994 for RNNs"
    fix = "Replace sigmoid and tanh by ReLU or GELU with He initialisation; add residual connections or normalisation."
    certainty = 0.8
    defaults: ClassVar = {"warning": 1e-3, "critical": 1e-5, "steps": 30}
    explains = (*SYMPTOMS, "learning-rate-too-low", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one: for the first layer, or for a recurrent one."""
        yield from list(self._through_depth(run)) or self._through_time(run)

    def _through_time(self, run: Evidence) -> Iterator[Finding]:
        """A plain RNN whose loss sees one of many steps: its gradient shrinks by about the same factor in each."""
        ratios = [statistics.median(values) for name in run.weighted if (values := run.column(name, "update_ratio"))]
        low, high = MOVES
        if not trend(run).hurts or not ratios or not low <= max(ratios) <= high:
            return  # the weights do not move as they should
        for name in run.weighted:
            zeros = run.column(name, "output_gradient_zeros")
            if run.layers[name].type != "RNN" or not zeros or statistics.median(zeros) >= 1:
                continue
            value = 1 / (1 - statistics.median(zeros))
            if value >= self.thresholds["steps"]:
                yield self.finding(
                    "warning", self.thresholds["steps"], value,
                    f"The loss sees one of about {value:.0f} steps of layer {name} (RNN), and the gradient of a plain "
                    "RNN hardly reaches back over 20.",
                    "Use an LSTM or GRU, attention, or shorter sequences.", layer=name, step=0,
                )  # fmt: skip

    def _through_depth(self, run: Evidence) -> Iterator[Finding]:
        profile = gradient_profile(run)
        if len(profile) < 3 or not profile[-1][1] > 0:
            return
        (first, low), (last, high) = profile[0], profile[-1]
        value = low / high
        if value > self.thresholds["warning"]:
            return
        grave = value <= self.thresholds["critical"]
        if not low and any(dead_share(run, name) >= 0.5 for name in run.layers):
            return  # dead units let no gradient pass
        loss = trend(run)
        fine = loss.suffers is False and not (grave and loss.poor)
        severity = "info" if fine else "critical" if grave else "warning"
        saturating = any(layer.type in SATURATING for layer in run.layers.values())
        yield self.finding(
            severity, self.thresholds["critical" if grave else "warning"], value,  # type: ignore[arg-type]
            f"The gradient vanishes between layer {last} and layer {first}: {value:.1e} of it arrives, so the first "
            "layers hardly learn.",
            "Replace sigmoid and tanh by ReLU or GELU, with He initialisation; add residual connections or "
            "normalisation." if saturating else
            "Use He initialisation, add residual connections or normalisation, or make the network shallower.",
            layer=first, step=_since(run, first, last, lambda low, high: low <= self.thresholds["warning"] * high),
        )  # fmt: skip


class ExplodingGradient(Rule):
    """The gradient grows on its way back to the first layer, or over the run to many times its usual size.

    `warning` only where learning suffers or the loss spikes; a loss that falls has bounded gradients."""

    name = "exploding-gradient"
    signal = (
        "The gradient's norm at the output of the first layer over that of the last one, and the largest gradient of "
        "a layer over its median."
    )
    limits = "{depth:.0f} over the depth; {time:,.0f} over the run"
    levels = "warning where learning suffers, else info"
    source = "AutoTrainer (ICSE 2021)"
    fix = "Clip the gradient norm (clip_grad_norm_ with 1.0), lower the learning rate, add normalisation."
    certainty = 0.75
    defaults: ClassVar = {"depth": 70.0, "time": 1000.0}
    explains = (*SYMPTOMS, "non-finite")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss, profile = trend(run), gradient_profile(run)
        hurt = loss.hurts or (loss.suffers is None and not loss.moving and _spikes(loss.values))
        if len(profile) >= 3 and profile[-1][1] > 0:
            value = profile[0][1] / profile[-1][1]
            if value >= self.thresholds["depth"]:
                first, last = profile[0][0], profile[-1][0]
                since = _since(run, first, last, lambda low, high: low >= self.thresholds["depth"] * high)
                yield self._of("warning" if hurt else "info", value, "depth", first, since,
                               f"The gradient grows {value:.0f} times on its way to the first layer.")  # fmt: skip
                return
        for name in run.weighted:
            norms = run.column(name, "gradient_norm")
            usual = statistics.median(norms) if len(norms) >= 5 else 0.0
            rose = usual > 0 and max(norms) >= max(self.thresholds["time"] * usual, 10 * norms[0])
            if rose and hurt and not run.outliers:
                value = max(norms) / usual
                limit = self.thresholds["time"] * usual
                since = run.since(name, "gradient_norm", limit.__le__)
                yield self._of("warning", value, "time", name, since,
                               f"The gradient of layer {name} rose to {value:.0f} times its usual size.")  # fmt: skip
                return

    def _of(self, severity: str, value: float, key: str, layer: str, step: int, message: str) -> Finding:
        return self.finding(
            severity, self.thresholds[key], value, message,  # type: ignore[arg-type]
            self.fix,
            layer=layer, step=step,
        )  # fmt: skip


def _spikes(values: list[float]) -> bool:
    """Whether the loss rose to 10 times its median more than once."""
    usual = statistics.median(values) if values else 0.0
    return usual > 0 and sum(value > 10 * usual for value in values[len(values) // 5 :]) > 1


BOUNDS = {"tanh": math.atanh(0.98), "sigmoid": math.log(99)}  # 1% of the range from a bound


def squashed_shares(run: Evidence, name: str) -> list[float]:
    """The share of a layer's outputs, 0 to 1 by capture, that a following tanh or sigmoid takes to its bounds, if they
    are normally distributed; empty where none follows."""
    limit = BOUNDS.get(run.squashed.get(name, ""))
    order = list(run.layers)
    following = order[order.index(name) + 1 :][:1]
    if limit is None or any(run.layers[each].type in SATURATING for each in following):
        return []  # a module, which is measured itself
    moments = zip(run.column(name, "activation_mean"), run.column(name, "activation_std"), strict=False)
    return [1 - _below(limit, mean, std) + _below(-limit, mean, std) for mean, std in moments]


def gate_shares(run: Evidence, name: str) -> list[float]:
    """At least the share of the sums inside a recurrent layer, 0 to 1 by capture, that its tanh takes to its bounds,
    from the size of the model's inputs and usual weights; empty for other layers than a recurrent one that comes first.
    """
    layer = run.layers[name]
    bounded = layer.type in RECURRENT and max(run.column(name, "activation_max"), default=0.0) <= 1
    if run.weighted[:1] != [name] or not layer.units or not bounded:
        return []
    deviations = [scale / math.sqrt(3 * layer.units) for scale, _ in run.inputs]  # of uniform weights, one feature
    return [2 * _below(-BOUNDS["tanh"], 0.0, deviation) for deviation in deviations]


def _shares(run: Evidence, name: str) -> list[float]:
    """The share of values at the bounds, 0 to 1 by capture; empty where a layer has none."""
    return run.column(name, "saturated") or squashed_shares(run, name) or gate_shares(run, name)


def _what(run: Evidence, name: str) -> str:
    """What has bounds: an activation module, a function behind a layer, or the gates of a recurrent one."""
    label = f"layer {name} ({run.layers[name].type})"
    if name in run.squashed:
        return f"the {run.squashed[name]} behind {label}"
    return label if run.column(name, "saturated") else f"the gates of {label}, estimated from the inputs,"


def _below(limit: float, mean: float, std: float) -> float:
    """The probability of a normal value below `limit`."""
    return 0.5 * (1 + math.erf((limit - mean) / (max(std, 1e-12) * math.sqrt(2))))


class SaturatedActivation(Rule):
    """Most outputs of a bounded activation lie at its bounds, where its gradient is nearly zero."""

    name = "saturated-activation"
    signal = (
        "The share of a bounded activation's outputs (tanh, sigmoid and their hard forms) that lie at its bounds; for "
        "a recurrent first layer, estimated from the size of the inputs."
    )
    limits = "{warning:.0%}; critical {critical:.0%}"
    levels = "critical, warning; info where learning does not suffer"
    source = "SageMaker Debugger, SaturatedActivation"
    fix = "Scale the inputs, begin with smaller weights (Xavier), lower the learning rate, or use ReLU."
    certainty = 0.75
    defaults: ClassVar = {"warning": 0.5, "critical": 0.9}
    explains = (*SYMPTOMS, "vanishing-gradient", "learning-rate-too-low", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """One a layer, the worst first."""
        loss, last = trend(run), list(run.layers)[-1:]
        found = []
        for name in run.layers:
            values = _shares(run, name)
            if values and name not in last:
                value = statistics.median(values[-5:])
                graded = self.graded(value)
                if graded is not None:
                    found.append((value, name, graded))
        for value, name, (severity, limit) in sorted(found, key=lambda each: -each[0])[:3]:
            first = next((index for index, share in enumerate(_shares(run, name)) if share >= limit), 0)
            since = int(run.layers[name].columns["step"][first] or 0)
            spoiled = (
                severity == "critical" and since == 0 and not (loss.remaining is not None and loss.remaining < 0.2)
            )
            hurt = loss.hurts or loss.poor or (spoiled and not loss.moving)
            yield self.finding(
                severity if hurt else "info", limit, value,
                f"{value:.0%} of the outputs of {_what(run, name)} lie at their bounds, where hardly any gradient "
                "passes.",
                self.fix,
                layer=name, step=since,
            )  # fmt: skip
