"""What the loss does: symptoms, each of which has a cause."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import ClassVar

from diagnostics.evidence import BINARY, CLASSIFICATIONS, STUCK, SUFFERS, Evidence, main_calls, trend
from diagnostics.readings import EpochReading
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, Rule

REVERSED = 1.5  # times its first value, a negative loss
ENDLESS = 100  # times its first value, or 1 if that is more: a loss that falls without end
FIX = "Look at the other findings first; otherwise train on a single batch until its loss is near 0 to find the fault."


class LossNotDecreasing(Rule):
    """The loss at the end is hardly lower than that of the best constant answer, or than at the start.

    Or the validation loss never is, while the training loss falls: what is learned does not carry over, as with labels
    that do not belong to their inputs (Zhang et al. 2017). Or what falls is the negative of the loss."""

    name = "loss-not-decreasing"
    signal = (
        "The loss at the end over that of the best constant answer or, where that is unknown, over that at the start; "
        "the lowest validation loss over that of the best constant answer."
    )
    limits = (
        "90%; 97% of that at the start or of the validation; {steps} steps; {validations} validations, at least {rows} "
        "rows apart; without end: 100 times its first size below zero, faster and faster"
    )
    levels = "warning"
    source = "SageMaker Debugger, LossNotDecreasing"
    fix = FIX
    certainty = 0.4
    defaults: ClassVar = {"steps": 50, "validations": 3, "rows": 200}
    explains = ("loss-plateau", "stalled-training", "overfitting", *GRADIENTS, "non-finite")  # of a wrong sign

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._apart, self._last = inf, 0  # steps between two validations, and before the last one

    def epoch(self, reading: EpochReading) -> None:
        """Follow how far apart the validations are."""
        if "val_loss" in reading.values and reading.step > self._last:
            self._apart, self._last = min(self._apart, reading.step - self._last), reading.step

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss = trend(run)
        if len(loss.values) < self.thresholds["steps"]:
            return
        if not loss.hurts:
            yield from list(self._reversed(run)) or self._on_validation(run)
            return
        bound, than = loss.start, "at the start"
        if loss.baseline is not None:
            bound, than = loss.baseline, "for always giving the same answer"
        yield self.finding(
            "warning", SUFFERS if loss.baseline is not None else STUCK, loss.end / bound if bound else 1.0,
            f"The loss is {loss.end:.4g} at the end, against {bound:.4g} {than}: hardly anything was learned.", FIX,
            step=run.losses[-1][0],
        )  # fmt: skip

    def _reversed(self, run: Evidence) -> Iterator[Finding]:
        """A loss of classes with the wrong sign: negative, and it falls without end. Or any that falls ever faster."""
        loss = trend(run)
        if loss.moving or loss.end >= 0:
            return
        if _is_endless(loss.values):
            yield self.finding(
                "warning", ENDLESS, loss.end / (abs(loss.start) or 1.0),
                f"The loss falls faster and faster, to {loss.end:.4g}: it has no lower bound.",
                "Check the signs of the terms of the loss.", step=0,
            )  # fmt: skip
            return
        if max(loss.values) >= 0 or loss.end >= REVERSED * loss.start:
            return
        calls = [call for call in main_calls(run) if isfinite(call.value)]
        known = dict(run.losses)
        opposite = [abs(call.value + known[call.step]) <= 1e-3 * call.value for call in calls if call.step in known]
        by_hand = not run.calls and bool(run.terms) and all(term.loss == "cross_entropy" for term in run.terms)
        if by_hand or (opposite and all(opposite) and calls[0].function in (*CLASSIFICATIONS, *BINARY)):
            yield self.finding(
                "warning", REVERSED, loss.end / loss.start,
                f"What is minimised is the negative of the loss: it falls from {loss.start:.4g} to {loss.end:.4g}, so "
                "the model learns to be wrong.",
                "Change the sign: the negative log-likelihood is minimised, the log-likelihood is not.", step=0,
            )  # fmt: skip

    def _on_validation(self, run: Evidence) -> Iterator[Finding]:
        found = [value for value in run.history.get("val_loss", ()) if isinstance(value, int | float)]
        bound = trend(run).baseline
        if self._rows(run) < self.thresholds["rows"]:
            return  # so few are learned by heart without anything wrong in them
        if bound and not trend(run).moving and len(found) >= self.thresholds["validations"]:
            value = min(found) / bound
            if value >= STUCK and min(found) >= SUFFERS * found[0]:
                yield self.finding(
                    "warning", STUCK, value,
                    f"The training loss falls, but the validation loss never fell below {min(found):.4g}, against "
                    f"{bound:.4g} for always giving the same answer: nothing of what is learned carries over.",
                    "Check that inputs and labels belong together, in the training and in the validation data; then "
                    "get more data, or a smaller network.", step=0,
                )  # fmt: skip

    def _rows(self, run: Evidence) -> float:
        """Samples between two validations, about those of the training set."""
        shape = run.calls[0].output_shape if run.calls else ()
        return shape[0] * self._apart if shape else inf


def _is_endless(values: Sequence[float]) -> bool:
    """Whether a loss falls to many times its first size below zero, and more in the last third than before."""
    third = len(values) // 3
    first, middle, last = (statistics.median(values[index * third : (index + 1) * third]) for index in range(3))
    size = max(1.0, *map(abs, values[:5]))
    return last < -ENDLESS * size and middle - last > first - middle > 0


class LossPlateau(Rule):
    """The loss no longer changes although more than half of that of the best constant answer is left.

    Never the cause: noise in the data gives the same curve as a fault does. It says where to look."""

    name = "loss-plateau"
    signal = "The change of the loss over the second half of the run."
    limits = "{share:.0%}"
    levels = "info"
    source = "AutoTrainer, slow convergence"
    fix = FIX
    certainty = 0.4
    defaults: ClassVar = {"share": 0.01, "steps": 50}

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss = trend(run)
        if not (loss.hurts or loss.poor) or len(loss.values) < self.thresholds["steps"]:
            return
        half = loss.values[len(loss.values) // 2 :]
        early = statistics.fmean(half[: len(half) // 2])
        late = statistics.fmean(half[len(half) // 2 :])
        change = abs(early - late) / abs(early) if early else 0.0
        if change < self.thresholds["share"]:
            yield self.finding(
                "info", self.thresholds["share"], change,
                f"The loss changed by {change:.1%} in the second half of the run.", FIX, step=run.losses[-1][0],
            )  # fmt: skip


class LossOscillation(Rule):
    """The loss goes up and down from step to step by a large part of its level."""

    name = "loss-oscillation"
    signal = "The median change of the loss between steps over its median, in the second half of the run."
    limits = "{swing:.0%}"
    levels = "warning"
    source = "AutoTrainer, made relative"
    fix = "Lower the learning rate, use larger batches, and check that the data is shuffled."
    certainty = 0.3  # a loss that never fell is noisy, too
    defaults: ClassVar = {"swing": 0.3}
    explains = ("stalled-training",)

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss = trend(run)
        late = loss.values[len(loss.values) // 2 :]
        if len(late) < 20 or loss.moving or min(late) < 0 or not loss.hurts:
            return
        swing = statistics.median(abs(b - a) for a, b in pairwise(late))
        value = swing / statistics.median(late) if statistics.median(late) > 0 else 0.0
        if value >= self.thresholds["swing"]:
            yield self.finding(
                "warning", self.thresholds["swing"], value,
                f"The loss changes by {value:.0%} from one step to the next and does not settle.",
                self.fix,
                step=run.losses[-1][0],
            )  # fmt: skip


class LossSpike(Rule):
    """The loss jumps to many times the level before, again and again.

    `warning` where learning suffers, else `info`."""

    name = "loss-spike"
    signal = "The loss of a step over the median of the 20 before."
    limits = "{ratio} times, {count} times in the run, or once where inputs or targets jump with it"
    levels = "warning where learning suffers, else info"
    source = "Lightning: 2 times a running mean of 10"
    fix = "Look at the batches of these steps for outliers; clip the gradient norm; lower the learning rate."
    certainty = 0.4
    defaults: ClassVar = {"ratio": 5.0, "count": 3}
    explains = ("loss-oscillation", "loss-not-decreasing", "loss-plateau", "stalled-training")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        values = [(step, value) for step, value in run.losses if value == value]
        loss = trend(run)
        if len(values) < 40 or loss.moving or min(value for _, value in values) < 0:
            return
        spikes = list(self._spikes(values))
        if len(spikes) >= (1 if run.outliers else self.thresholds["count"]):
            value, step = max(spikes)
            high = sum(dict(values)[each] >= 3 * loss.start for _, each in spikes)
            spoiled = self._had_learned(run, min(step for _, step in spikes))
            grave = run.outliers or (spoiled and (loss.hurts or high >= self.thresholds["count"]))
            yield self.finding(
                "warning" if grave else "info", self.thresholds["ratio"], value,
                f"The loss jumped to {value:.0f} times its level (step {step}); such jumps in the run: {len(spikes)}.",
                self.fix,
                step=step,
            )  # fmt: skip

    def _had_learned(self, run: Evidence, step: int) -> bool:
        """Whether the loss had fallen before this step: otherwise there was nothing to spoil."""
        loss = trend(run)
        before = [value for each, value in run.losses if each < step and isfinite(value)][-20:]
        return statistics.median(before) < SUFFERS * (loss.start if loss.baseline is None else loss.baseline)

    def _spikes(self, values: Sequence[tuple[int, float]]) -> Iterator[tuple[float, int]]:
        """Height and first step of each spike; high values in succession are one."""
        inside = False
        for index in range(20, len(values)):
            step, value = values[index]
            before = statistics.median(each for _, each in values[index - 20 : index])
            high = before > 0 and value >= self.thresholds["ratio"] * before
            if high and not inside:
                yield value / before, step
            inside = high


class StalledTraining(Rule):
    """The loss fell first and then stopped far above its best, or the updates stopped."""

    name = "stalled-training"
    signal = "The largest update of a weight in the last quarter of the captures, over the weight."
    limits = "{update}"
    levels = "warning"
    source = "SageMaker Debugger, UnchangedTensor"
    fix = "Check the learning-rate schedule and that gradients reach the weights."
    certainty = 0.4
    defaults: ClassVar = {"update": 1e-8}

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss = trend(run)
        columns = [column for name in run.weighted if len(column := run.column(name, "update_ratio")) >= 8]
        last = [max(column[-len(column) // 4 :]) for column in columns]
        if not last or not loss.hurts or max(last) > self.thresholds["update"]:
            return
        yield self.finding(
            "warning", self.thresholds["update"], max(last),
            f"No weight changes any more (by {max(last):.0e} of its size a step), and the loss stays"
            f" at {loss.end:.4g}.",
            self.fix, step=run.steps,
        )  # fmt: skip
