"""What rules judge: the evidence of a whole run, without a tensor."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite, log, prod
from typing import Any

from diagnostics.result import Layer, Severity

REGRESSIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
CLASSIFICATIONS = ("cross_entropy", "nll_loss")
RECURRENT = ("RNN", "LSTM", "GRU")
OUTLIER = 30.0
SUFFERS, STUCK = 0.9, 0.97  # shares of the loss of the best constant answer, or of the start, that mean no learning
WINDOW = 20  # captures: a unit that was active in none of them is dead
BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


@dataclass(frozen=True, slots=True)
class LossTerm:
    """One loss function in a graph and the function `last` whose output it received, where that is known. `columns`:
    size of the dimension that `last` normalises over; `over_batch`: that dimension counts samples; `broadcast`: the
    shapes of the output and of the difference to a target that has enlarged it."""

    loss: str
    last: str | None = None
    columns: int | None = None
    over_batch: bool = False
    broadcast: tuple[tuple[int, ...], tuple[int, ...]] | None = None


@dataclass(slots=True)
class LossCall:
    """One call of a loss function in a captured step. Of at most 4,096 rows: `output`, `target` have mean, deviation,
    lowest and highest; `spread` and `target_spread` are the deviations between samples, feature by feature; `error` is
    the root mean square of output less target, -1 where they differ in shape; `whole` whether every target is a whole
    number; `counts` of targets by class (0, 1, …), `hits` of the ones that the output got right."""

    step: int
    function: str
    output_shape: tuple[int, ...]
    target_shape: tuple[int, ...]
    value: float = 0.0
    output: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    target: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    spread: float = 0.0
    target_spread: float = 0.0
    error: float = -1.0
    whole: bool = False
    counts: tuple[int, ...] = ()
    hits: tuple[int, ...] = ()
    weighted: bool = False


@dataclass(slots=True)
class Rate:
    """The settings of one parameter group when a captured step ended."""

    step: int
    learning_rate: float
    weight_decay: float


@dataclass(frozen=True, slots=True)
class ReplicaFault:
    """A silent error of distributed or mixed training: its rule, how strong it is (`value`, in the unit of that rule),
    and since which captured step."""

    kind: str
    severity: Severity
    value: float
    step: int
    message: str


@dataclass
class Evidence:
    """Everything that a run has shown. `losses`: step and what was minimised (less the loss where an optimizer
    maximises it), of as many steps as are kept. `layers`: columns by
    name. `untrained`: layers whose weights look as torch initialises them. `symmetric`: layers whose units had the same
    weights at the start and have them now; `constant`: layers that began with one number, not zero, for all units.
    `stale`: captured steps whose gradients were those of earlier steps too, `cleared` the others. `clipped`: by
    captured step, what was left of the gradient at the update, 0 to 1. `evaluating`, `training`: captured steps whose
    update came in this mode; `first_evaluating`: the first one after a step in training mode. `inputs`: root mean
    square and largest magnitude of what the model received in captured steps, where these are numbers; `scales`: by
    feature, the mean of |x| where it is not zero. `alternations`: steps between which another model was trained, as in
    a GAN. `linear`: several layers with weights and no activation between them. `backwards`: calls of `backward()`, of
    any model; `gradients`: a parameter of this one received any. `squashed`: hidden layers whose outputs go into a
    `tanh` or a `sigmoid` that is called as a function. `replicas`: what differs between processes, or from master
    weights. `parameters`: columns by name. `lost`: names in `not_in_optimizer` that an optimizer held until the model
    got another tensor of this name. `by_hand`: parameters that no optimizer holds and that change nevertheless; they
    are not in `not_in_optimizer`."""

    steps: int = 0
    optimizer: str = ""
    losses: Sequence[tuple[int, float]] = ()
    calls: Sequence[LossCall] = ()
    terms: Sequence[LossTerm] = ()
    rates: Sequence[Rate] = ()
    layers: Mapping[str, Layer] = field(default_factory=dict)
    never_called: Sequence[str] = ()
    without_gradient: Sequence[str] = ()
    detached: Sequence[str] = ()
    not_in_optimizer: Sequence[str] = ()
    lost: Sequence[str] = ()
    by_hand: Sequence[str] = ()
    frozen: Sequence[str] = ()
    untrained: Sequence[str] = ()
    symmetric: Sequence[str] = ()
    constant: Sequence[str] = ()
    mode_matters: bool = False
    stale: int = 0
    cleared: int = 0
    clipped: Sequence[float] = ()
    evaluating: int = 0
    training: int = 0
    first_evaluating: int | None = None
    validated_in_training: int = 0
    skipped: int = 0
    captured: int = 0
    inputs: Sequence[tuple[float, float]] = ()
    scales: Sequence[float] = ()
    alternations: int = 0
    linear: bool = False
    backwards: int = 0
    gradients: bool = False
    squashed: Mapping[str, str] = field(default_factory=dict)
    replicas: Sequence[ReplicaFault] = ()
    parameters: Mapping[str, Mapping[str, Sequence[object]]] = field(default_factory=dict)
    history: Mapping[str, Sequence[object]] = field(default_factory=dict)
    _columns: dict[tuple[str, str], list[float]] = field(default_factory=dict, repr=False)

    def column(self, layer: str, name: str) -> list[float]:
        """The finite numbers of a layer's column."""
        known = self._columns.get((layer, name))
        if known is None:
            series = self.layers[layer].columns.get(name, ()) if layer in self.layers else ()
            known = _finite(series)
            self._columns[layer, name] = known
        return known

    def points(self, layer: str, name: str) -> list[tuple[int, float]]:
        """Captured steps and the finite numbers of a layer's column in them."""
        columns = self.layers[layer].columns
        pairs = zip(columns.get("step", ()), columns.get(name, ()), strict=False)
        return [(int(step), value) for step, value in pairs if isinstance(value, int | float) and isfinite(value)]  # type: ignore[arg-type]

    def reached(self, layer: str) -> bool:
        """Whether a gradient other than zero arrived at the output of a layer."""
        return any(self.column(layer, "output_gradient_norm"))

    @cached_property
    def cleared_early(self) -> bool:
        """Whether gradients arrived at layers, but no parameter had any when the optimizer stepped."""
        kept = any(self.column(name, "gradient_norm") for name in self.weighted)
        return not kept and any(self.reached(name.rpartition(".")[0]) for name in self.detached)

    @cached_property
    def trend(self) -> "Trend":
        """Whether the loss went down; read it when everything else is complete."""
        values = [value for _, value in self.losses if isfinite(value)]
        moving = moving_targets(self) or self.alternations > 0.3 * self.steps
        return Trend(values, baseline(self), moving)

    def since(self, layer: str, name: str, reached: Callable[[float], bool], back: int = 0) -> int:
        """The first captured step at which a layer's column has `reached` a limit, or the one `back` captures before;
        0 where that is unknown."""
        columns = self.layers[layer].columns if layer in self.layers else {}
        series = enumerate(columns.get(name, ()))
        index = next((at for at, value in series if isinstance(value, int | float) and reached(value)), 0)
        steps = columns.get("step", ())
        return int(steps[max(0, index - back)] or 0) if steps else 0

    @cached_property
    def left_out(self) -> bool:
        """Whether no optimizer holds any layer of the model, although gradients arrive."""
        without = {name.rpartition(".")[0] for name in (*self.not_in_optimizer, *self.by_hand)}
        return bool(self.weighted) and without >= {*self.weighted}

    @cached_property
    def blank(self) -> bool:
        """Whether all inputs were zero."""
        return bool(self.inputs) and all(largest == 0 for _, largest in self.inputs)

    @cached_property
    def indifferent(self) -> bool:
        """Whether the outputs were the same for every sample from the first step on although the targets differ: the
        inputs are the same, or reach nothing."""
        calls = [call for call in main_calls(self) if call.output_shape and call.output_shape[0] > 3]
        varied = any(call.target_spread > 0 for call in calls)
        return varied and all(call.spread <= 1e-6 * max(abs(call.output[0]), call.output[1]) for call in calls)

    @cached_property
    def outliers(self) -> bool:
        """Whether some batches hold inputs or targets that are `OUTLIER` times larger than usual."""
        targets = [max(abs(call.target[2]), abs(call.target[3])) for call in self.calls if call.function in REGRESSIONS]
        return any(_has_outliers(values) for values in ([largest for _, largest in self.inputs], targets))

    @cached_property
    def weighted(self) -> list[str]:
        """The layers with parameters, in the order of their first call."""
        return [name for name, layer in self.layers.items() if layer.parameters]


def _has_outliers(values: Sequence[float]) -> bool:
    usual = statistics.median(values) if len(values) >= 5 else 0.0
    return usual > 0 and max(values) >= OUTLIER * usual


def _finite(series: Sequence[Any]) -> list[float]:
    """The finite numbers of a column; quick where all are."""
    try:
        if isfinite(sum(series)):
            return list(series)
    except TypeError:  # there are nulls, or the names of numbers that are not finite
        pass
    return [value for value in series if isinstance(value, int | float) and isfinite(value)]


@dataclass(frozen=True)
class Trend:
    """Whether the loss went down. `baseline`: the loss of the best constant answer, where the loss function is known;
    `moving`: the targets change while training (reinforcement learning) or oppose each other (GAN), so that a loss
    says nothing."""

    values: list[float]
    baseline: float | None
    moving: bool

    @cached_property
    def start(self) -> float:
        """The median of the first values; the very first one where the next steps made several times that of it."""
        usual = statistics.median(self.values[: max(1, min(5, len(self.values) // 10))])
        return self.values[0] if usual > 3 * self.values[0] > 0 else usual

    @cached_property
    def end(self) -> float:
        """The median of the last fifth."""
        return statistics.median(self.values[-max(5, len(self.values) // 5) :])

    @cached_property
    def suffers(self) -> bool | None:
        """Whether learning suffers: True, False, or None where that is unknown."""
        if len(self.values) < 20 or self.moving:
            return None
        if self.baseline is not None and self.baseline > 0:
            return self.end > SUFFERS * self.baseline
        if min(self.values) < 0:
            return None
        early = statistics.median(self.values[: len(self.values) // 5])  # a few noisy values say little of the start
        return True if self.end >= STUCK * max(self.start, early) else False if self.end <= 0.9 * self.start else None

    @cached_property
    def remaining(self) -> float | None:
        """The loss at the end as a share of that of the best constant answer, or of its start; None where unknown."""
        whole = self.baseline if self.baseline is not None else self.start if self.values else None
        return self.end / whole if whole is not None and whole > 0 and not self.moving else None

    @cached_property
    def poor(self) -> bool:
        """Whether the loss stays above half of that of the best constant answer, where that is known."""
        return self.baseline is not None and self.remaining is not None and self.remaining > 0.5

    @property
    def hurts(self) -> bool:
        """Whether learning certainly suffers."""
        return self.suffers is True


def trend(run: Evidence) -> Trend:
    """The trend of a run's loss."""
    return run.trend


def main_calls(run: Evidence) -> list[LossCall]:
    """The calls of the loss function that was called most."""
    names = [call.function for call in run.calls]
    if not names:
        return []
    most = max(dict.fromkeys(names), key=names.count)
    return [call for call in run.calls if call.function == most]


def class_counts(calls: Sequence[LossCall]) -> list[int]:
    """Targets by class, of all calls together."""
    length = max((len(call.counts) for call in calls), default=0)
    return [sum(call.counts[index] for call in calls if index < len(call.counts)) for index in range(length)]


def baseline(run: Evidence) -> float | None:
    """The mean loss of the best constant answer; None where the loss is not that of one known function alone."""
    calls = main_calls(run)
    if not calls or len({call.function for call in run.calls}) > 1:
        return None
    if not _is_the_loss(run, calls):
        return None
    return constant_loss(calls)


def constant_loss(calls: Sequence[LossCall]) -> float | None:
    """The mean value of these calls of one loss function for the best constant answer; None where it is unknown."""
    if not calls or any(call.weighted for call in calls):
        return None
    one = _constant_loss_of_one(calls)
    return one * _samples(calls) if one is not None and any(map(is_summed, calls)) else one


def is_summed(call: LossCall) -> bool:
    """Whether the value of a call is larger than the mean over its samples can be: it is their sum."""
    _, _, low, high = call.output
    if call.function == "cross_entropy" and call.output_shape[1:]:
        bound = log(call.output_shape[1]) + high - low
    elif call.function == "nll_loss":
        bound = -low
    elif call.function == "binary_cross_entropy_with_logits":
        bound = log(2) + max(abs(low), abs(high))
    else:
        bound = call.error**2 if call.function == "mse_loss" and call.error >= 0 else inf
    return call.value > 1.01 * bound > 0


def _samples(calls: Sequence[LossCall]) -> float:
    """The mean number of targets of a call."""
    classes = calls[0].function in CLASSIFICATIONS
    shapes = [call.target_shape[:1] if classes and call.target_shape == call.output_shape else call.target_shape
              for call in calls]  # fmt: skip
    return statistics.fmean(map(prod, shapes))


def _constant_loss_of_one(calls: Sequence[LossCall]) -> float | None:
    function = calls[0].function
    if function in CLASSIFICATIONS:
        counts = class_counts(calls)
        total = sum(counts)
        return -sum(n / total * log(n / total) for n in counts if n) if total else None
    mean = statistics.fmean(call.target[0] for call in calls)
    if function in BINARY:
        share = min(1.0, max(0.0, mean))
        return -sum(p * log(p) for p in (share, 1 - share) if p > 0)
    variance = statistics.fmean(call.target[1] ** 2 + (call.target[0] - mean) ** 2 for call in calls)
    return variance if function == "mse_loss" else None


def _opposed(calls: Sequence[LossCall]) -> bool:
    """Whether these targets are one constant, or several in the same step: those of sorted data are neither."""
    pairs = {(call.step, call.target[0]) for call in calls}
    return len({value for _, value in pairs}) == 1 or len(pairs) > len({step for step, _ in pairs})


def _is_the_loss(run: Evidence, calls: Sequence[LossCall]) -> bool:
    """Whether the loss of a step is the value of one such call, not a sum of several terms or a scaled one."""
    known = dict(run.losses)
    pairs = [(call.value, known[call.step]) for call in calls if call.step in known and isfinite(call.value)]
    near = sum(abs(value - loss) <= 1e-3 * abs(loss) + 1e-9 for value, loss in pairs)
    return bool(pairs) and near >= 0.8 * len(pairs)


def moving_targets(run: Evidence) -> bool:
    """Whether the targets drift, or each call has targets of one value of several (the losses of a GAN)."""
    calls = main_calls(run)
    if calls and calls[0].function in (*BINARY, "mse_loss"):
        constant = [call for call in calls if call.target[1] < 1e-6]
        if len(constant) >= 0.8 * len(calls) and _opposed(constant):
            return True
    if len(calls) < 9 or calls[0].function not in REGRESSIONS:
        return False
    third = len(calls) // 3
    means = [call.target[0] for call in calls]
    early, late = means[:third], means[-third:]
    spread = max(statistics.pstdev(early), statistics.pstdev(late), 1e-9)
    return abs(statistics.fmean(late) - statistics.fmean(early)) > 5 * spread
