"""Learning rates that are too high or too low, and updates that are made small."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf, isfinite, isnan
from typing import ClassVar

from diagnostics.evidence import RECURRENT, REGRESSIONS, Evidence, constant_loss, main_calls, trend
from diagnostics.result import Finding, Severity
from diagnostics.rules.architecture import gradient_profile
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule


def update_ratios(run: Evidence) -> list[float]:
    """The median update ratio of each layer with a weight, over the run."""
    found = [run.column(name, "update_ratio") for name in run.weighted]
    return [statistics.median(values) for values in found if values]


def first_growth(run: Evidence, growth: float, late: bool) -> int | None:
    """The step at which the loss rose to `growth` times its start and stayed above half of that for a while; where
    `late`, also to `growth` times what it had reached since, and stayed above half of that to the end. None if it never
    did. A loss that is not a number counts where it had grown before: otherwise something else than a large step has
    made it."""
    values = list(run.losses)
    if len(values) < 5 or not isfinite(values[0][1]):
        return None
    start = abs(trend(run).start)
    for index, (step, value) in enumerate(values[1:], 1):
        usual = start
        if late and index >= 20:
            usual = statistics.median(each for _, each in values[index - 20 : index])
        for high, stays in ((growth * start, 5), (growth * usual, len(values))):
            grown = value > high or (isnan(value) and values[index - 1][1] > high / 2)
            following = [each for _, each in values[index : index + stays]]
            if grown and all(not each <= high / 2 for each in following) and not _usual(following[:5]) <= high:
                return step
    return None


def _usual(values: Sequence[float]) -> float:
    """The median; a value that is not a number counts as infinite."""
    return statistics.median(inf if isnan(value) else value for value in values)


class LearningRateTooHigh(Rule):
    """The loss grows, or stays above its start, while the updates are large for the weights.

    A loss that wanders (swing of half its level at every step) counts too where learning suffers."""

    name = "learning-rate-too-high"
    signal = "The growth of the loss, and the size of an update over that of its weight."
    limits = "a loss of {growth} times its start with updates of {update:.0%} of the weights"
    levels = "critical, warning"
    source = "CS231n: about 0.1% is healthy"
    fix = "Divide the learning rate by 10, and again if needed; warm it up."
    certainty = 0.75
    defaults: ClassVar = {"growth": 3.0, "update": 0.01, "large": 0.05, "first": 0.3, "weights": 3.0}
    explains = (*SYMPTOMS, *GRADIENTS, "non-finite")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss = trend(run)
        if len(run.losses) < 5 or run.outliers:
            return  # a batch with outliers makes large steps at any rate
        largest = max((max(run.column(name, "update_ratio"), default=0.0) for name in run.weighted), default=0.0)
        usual, first = max(update_ratios(run), default=0.0), first_update(run)
        if out_of_reach(run):
            return  # the weights grow because the outputs have to
        fine = 0.5 if loss.baseline is not None else 0.1  # the start alone says little of what could be learned
        replaced = _replaced(run) and not (loss.remaining is not None and loss.remaining < fine)
        level = not loss.moving and all(not value < 0 for _, value in run.losses)
        since = first_growth(run, self.thresholds["growth"], loss.hurts or loss.poor) if level else None
        if since is not None and self._large_at(run, since):
            severity = "info" if loss.suffers is False and not loss.poor and not replaced else "critical"
            yield self._of(severity, largest, since, "the loss grew to several times its start")
        elif first >= self.thresholds["first"] and (loss.hurts or _silenced(run)):
            yield self._of("critical", first, 1, "the first steps have destroyed the initialisation")
        elif replaced or (first >= 1 and loss.poor):
            yield self._of("warning", first, 1, "the first steps have replaced the initialisation")
        elif loss.hurts and (growth := _weight_growth(run)) >= self.thresholds["weights"]:
            yield self._of("critical", largest, 1, f"the weights have grown to {growth:.0f} times their first size")
        elif loss.hurts and usual >= self.thresholds["large"]:
            yield self._of("warning", usual, 1, "the loss does not settle")
        elif loss.hurts and usual >= self.thresholds["update"] and self._wanders(loss.values):
            yield self._of("warning", usual, 1, "the loss jumps from step to step")

    def _large_at(self, run: Evidence, since: int) -> bool:
        """Whether updates were large when the loss grew: just before, or later; or the learning rate had risen."""
        rates = [(rate.step, rate.learning_rate) for rate in run.rates]
        before = [value for step, value in rates if step < since]
        if before and max(value for _, value in rates) > 1.5 * statistics.median(before):
            return True
        start = max((step for step, _ in rates if step < since), default=0)
        return any(value >= self.thresholds["update"] for step, value in _updates(run) if step >= start)

    def _wanders(self, values: Sequence[float]) -> bool:
        late = values[-max(10, len(values) // 3) :]
        swings = [abs(b - a) for a, b in pairwise(late)]
        return bool(swings) and statistics.median(swings) > 0.5 * abs(statistics.median(late))

    def _of(self, severity: str, value: float, step: int | None, what: str) -> Finding:
        rate = self.thresholds["update"]
        return self.finding(
            severity, rate, value,  # type: ignore[arg-type]
            f"The learning rate is too high: a step changes weights by up to {value:.0%} of their size, and {what}.",
            self.fix, step=step,
        )  # fmt: skip


STILL = 0.01  # share of the weights that all steps together have changed at most


class LearningRateTooLow(Rule):
    """The loss has hardly moved although gradients arrive, because the updates are tiny for the weights.

    Silent where the loss falls below half of that of the best constant answer: fine-tuning has small rates on
    purpose."""

    name = "learning-rate-too-low"
    signal = "The median size of an update over that of its weight, where the loss hardly moves."
    limits = "{update:.3%} of the weights, or {moved:.0%} in all steps together, of at least {steps}"
    levels = "warning"
    source = "CS231n: about 0.1% is healthy"
    fix = "Multiply the learning rate by 10, until the loss falls quickly without growing."
    certainty = 0.75
    defaults: ClassVar = {"update": 5e-5, "moved": 0.06, "steps": 100}
    explains = (*SYMPTOMS, "class-imbalance")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        loss, ratios = trend(run), update_ratios(run)
        largest = max((rate.learning_rate for rate in run.rates), default=None)
        if not ratios or largest is None:
            return
        if out_of_reach(run):
            last = main_calls(run)[-1]
            yield self.finding(
                "warning", self.thresholds["update"], statistics.median(ratios),
                f"The learning rate is too low ({largest:.1e} at most) for these targets: the outputs are still about "
                f"{last.output[0]:.3g}, and the targets about {last.target[0]:.3g}.",
                "Standardise the targets: subtract the training set's mean and divide by its standard deviation.",
                step=0,
            )  # fmt: skip
            return
        usual = statistics.median(ratios)
        still = run.untrained and run.steps >= self.thresholds["steps"] and run.steps * max(ratios) < STILL
        little = loss.suffers is True or (loss.suffers is None and not loss.moving and len(loss.values) >= 20)
        if first_update(run) >= 100 * self.thresholds["update"] and not _decays(run):
            return  # the rate was large enough for the first steps
        limit = self.thresholds["update"]
        if run.steps >= self.thresholds["steps"] and (loss.hurts or loss.poor):
            limit = max(limit, self.thresholds["moved"] / run.steps)
        if still and (loss.remaining is None or loss.remaining >= 0.5):
            little = True  # new weights that have hardly moved have learned nothing, however the loss varies
        if (little or loss.poor) and usual < limit and not _uneven(run) and not _starved(run):
            yield self.finding(
                "warning", limit, usual,
                f"The learning rate is too low ({largest:.1e} at most): a step changes weights by {usual:.1e} of their "
                "size, and the loss has hardly moved.",
                self.fix, step=0,
            )  # fmt: skip


def out_of_reach(run: Evidence) -> bool:
    """Whether the outputs of a regression move towards the targets all the time and are still twice their deviation, or
    more, away from them."""
    calls = [call for call in main_calls(run) if call.function in REGRESSIONS and call.error >= 0]
    goal = statistics.median(call.target[0] for call in calls) if calls else 0.0
    if len(calls) < 6 or run.outliers or not goal:
        return False
    way = [call.output[0] / goal for call in calls]
    thirds = [statistics.fmean(way[index * len(way) // 3 : (index + 1) * len(way) // 3]) for index in range(3)]
    far = all(call.error >= 2 * call.target[1] > 0 for call in calls[-3:])
    return far and thirds[0] < thirds[1] < thirds[2] < 0.5


def _updates(run: Evidence) -> Iterator[tuple[int, float]]:
    """Captured steps and the update ratios of all layers in them."""
    for name in run.weighted:
        yield from run.points(name, "update_ratio")


def _decays(run: Evidence) -> bool:
    """Whether the learning rate fell to a hundredth of its largest value within the first half of the run."""
    rates = [rate.learning_rate for rate in run.rates]
    return bool(rates) and statistics.median(rates) < 0.01 * max(rates)


def first_update(run: Evidence) -> float:
    """The largest update of a layer in the first captured step, as a share of its weight."""
    return max((values[0] for name in run.weighted if (values := run.column(name, "update_ratio"))), default=0.0)


def _replaced(run: Evidence) -> bool:
    """Whether the first step has changed half of the layers by all of their size."""
    firsts = [values[0] for name in run.weighted if run.layers[name].type in SIZED
              and (values := run.column(name, "update_ratio"))]  # fmt: skip
    return len(firsts) > 2 and statistics.median(firsts) >= 1


def _weight_growth(run: Evidence) -> float:
    """How many times their first size the weights reach, median of the layers."""
    norms = [norms for name in run.weighted if (norms := run.column(name, "weight_norm")) and norms[0] > 0]
    return statistics.median(max(each) / each[0] for each in norms) if norms else 0.0


def _silenced(run: Evidence) -> bool:
    """Whether gradients arrived in the first step, and next to none in the later ones."""
    profile = [norms for name in run.weighted if len(norms := run.column(name, "gradient_norm")) >= 5]
    return bool(profile) and all(
        norms[0] > 0 and statistics.median(norms[len(norms) // 2 :]) < 1e-6 * norms[0] for norms in profile
    )


def _uneven(run: Evidence) -> bool:
    """Whether the gradient vanishes or explodes on its way to the first layer, which no learning rate cures."""
    profile = [norm for _, norm in gradient_profile(run)]
    return len(profile) > 2 and not 1e-3 * profile[-1] <= profile[0] <= 70 * profile[-1]


def _starved(run: Evidence) -> bool:
    """Whether clipping leaves next to nothing of the gradients."""
    return bool(run.clipped) and statistics.median(run.clipped) < 0.05 and "Adam" not in run.optimizer


SIZED = ("Linear", "Conv1d", "Conv2d", "Conv3d", *RECURRENT)  # layers whose initialisation has a usual size
HEALTHY = 1e-3  # of a weight: the size of a usual update (CS231n)
LARGE = 0.3  # of a weight: a first update that destroys the initialisation
FEW = 16  # parameters of a layer whose mean gradient says nothing
DIRECT_DECAY = ("SGD", "AdamW")  # take learning rate × weight_decay of a weight; others scale it with the gradient


class UpdatesTooSmall(Rule):
    """Gradients are computed, but little of them reaches the weights.

    Steps are missing, skipped or rare, gradients cleared too early or clipped, or weight decay is stronger.
    Except for missing and skipped steps, only where learning suffers."""

    name = "updates-too-small"
    signal = (
        "backward() without a step; what is left of the gradient at the step; skipped and rare updates; how far weight "
        "decay shrinks the weights."
    )
    limits = (
        "{clipped:.0%} of the gradient left, or its mean size at {clamped:.0%} of the largest; weights at {shrunk:.0%} "
        "of their first size, or {decay:.1%} of them taken by decay in a step; {skipped:.0%} of the steps; one update "
        "for {passes} backward passes"
    )
    levels = "critical where there is no update at all, else warning"
    source = "none published"
    fix = "Call zero_grad(), backward() and step() in this order; raise the clipping limit; lower weight_decay."
    certainty = 0.8
    defaults: ClassVar = {"clipped": 0.05, "clamped": 0.8, "shrunk": 0.2, "decay": 0.005, "skipped": 0.5, "passes": 10}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "learning-rate-too-high")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one: the first."""
        loss = trend(run)
        found = self._missing(run)
        if found is None and loss.suffers is not False and not loss.moving:
            found = self._lost(run) or self._rare(run) or self._shrunk(run)
        if found is None and (loss.hurts or loss.poor):
            found = self._decayed(run)
        if found is not None:
            yield found

    def _missing(self, run: Evidence) -> Finding | None:
        """No step at all, or steps that a GradScaler skips."""
        repeated = run.gradients and run.backwards >= self.thresholds["passes"]
        if not run.steps and repeated and run.untrained:
            return self._of("passes", run.backwards, "backward() was called {:.0f} times, but no optimizer has made a "
                            "step: the weights have not changed.", "Call optimizer.step() after backward().",
                            "critical")  # fmt: skip
        if run.captured >= 10 and run.skipped >= self.thresholds["skipped"] * run.captured:
            return self._of("skipped", run.skipped / run.captured, "A GradScaler skips {:.0%} of the captured steps.",
                            "Find what makes the gradients overflow, or use bfloat16.")  # fmt: skip
        return None

    def _lost(self, run: Evidence) -> Finding | None:
        """Gradients that were there after `backward()` and are gone, or next to nothing, at the step."""
        left = statistics.median(run.clipped) if len(run.clipped) >= 3 else 1.0
        if run.cleared_early or left == 0:
            return self._of("clipped", 0, "The gradients are gone when the optimizer steps: they were cleared after "
                            "backward().", "Call zero_grad() before backward(), not between backward() and step().",
                            "critical")  # fmt: skip
        if left < self.thresholds["clipped"] and "Adam" not in run.optimizer:
            return self._of("clipped", left, "Clipping leaves {:.2%} of the gradient, so the weights hardly move.",
                            "Raise the clipping limit to about the usual gradient norm, or remove it.")  # fmt: skip
        limit = _clamped(run, self.thresholds["clamped"])
        if limit is not None and max(update_ratios(run), default=0.0) < HEALTHY and "Adam" not in run.optimizer:
            return self._of("clamped", limit, "Nearly all gradients are cut off at the same size, {:.2g}: "
                            "clip_grad_value_ or a hook clamps them, so the weights hardly move.",
                            "Raise the limit above the usual size of a gradient, or remove it.")  # fmt: skip
        return None

    def _rare(self, run: Evidence) -> Finding | None:
        if not run.backwards >= self.thresholds["passes"] * run.steps > 0 or not _hardly_trained(run):
            return None
        return self._of("passes", run.backwards / run.steps,
                        f"Only {run.steps} updates were made, one for {{:.0f}} backward passes.",
                        "Accumulate over fewer batches: update more often.")  # fmt: skip

    def _shrunk(self, run: Evidence) -> Finding | None:
        shrunk = _shrunk(run)
        if not trend(run).hurts or shrunk is None or _large_anyway(run) or shrunk >= self.thresholds["shrunk"]:
            return None
        return self._of("shrunk", shrunk, "Weight decay has shrunk the weights to {:.1%} of their size.",
                        "Lower weight_decay, to 1e-4 or 1e-2 (AdamW).")  # fmt: skip

    def _decayed(self, run: Evidence) -> Finding | None:
        taken = _decay(run)
        if run.optimizer not in DIRECT_DECAY or _large_anyway(run) or taken < self.thresholds["decay"]:
            return None
        return self._of("decay", taken, "Weight decay takes {:.1%} of every weight in each step.",
                        "Lower weight_decay, to 1e-4 or 1e-2 (AdamW).")  # fmt: skip

    def _of(self, key: str, value: float, message: str, fix: str, severity: Severity = "warning") -> Finding:
        return self.finding(severity, self.thresholds[key], value, message.format(value), fix, step=0)


def _decay(run: Evidence) -> float:
    """The share of a weight that decay takes in a step, median of the run."""
    return statistics.median(rate.learning_rate * rate.weight_decay for rate in run.rates) if run.rates else 0.0


def _large_anyway(run: Evidence) -> bool:
    """Whether the learning rate made the first updates far larger than weight decay does: then it, not the decay, is
    too large."""
    return first_update(run) >= max(LARGE, 10 * _decay(run))


def _clamped(run: Evidence, share: float) -> float | None:
    """The largest gradient, where the mean size of all of them is `share` of it or more in every layer of some size;
    about 0.2 is usual."""
    largest = []
    for name in run.weighted:
        if run.layers[name].parameters < FEW or not any(run.column(name, "gradient_max")):
            continue
        pairs = zip(run.column(name, "gradient_mean"), run.column(name, "gradient_max"), strict=False)
        if statistics.median(mean / high if high else 0.0 for mean, high in pairs) < share:
            return None
        largest.append(max(run.column(name, "gradient_max")))
    return max(largest, default=None)


def _hardly_trained(run: Evidence) -> bool:
    """Whether there were few updates and the loss is still near that of a constant answer."""
    calls = main_calls(run)
    bound = constant_loss(calls)
    late = statistics.fmean(call.value for call in calls[-max(1, len(calls) // 4) :]) if calls else 0.0
    return run.steps < 100 and bound is not None and late > 0.5 * bound


def _shrunk(run: Evidence) -> float | None:
    """The size of the weights at the end over that at the start, median of the layers; None without weight decay."""
    if not any(rate.weight_decay for rate in run.rates):
        return None
    norms = [norms for name in run.weighted if (norms := run.column(name, "weight_norm"))]
    ratios = [each[-1] / each[0] for each in norms if each[0] > 0]
    return statistics.median(ratios) if ratios else None
