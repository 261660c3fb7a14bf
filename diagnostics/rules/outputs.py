"""Outputs, targets and loss functions that do not fit together."""

import statistics
from collections.abc import Iterator, Sequence
from typing import ClassVar

from diagnostics.evidence import BINARY, CLASSIFICATIONS, REGRESSIONS, Evidence, LossCall, LossTerm, main_calls, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule

NORMALISES = ("cross_entropy", "binary_cross_entropy_with_logits")
FUNCTIONS = {
    "cross_entropy": "cross_entropy", "nll_loss": "NLLLoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss", "difference": "the loss", "ctc_loss": "CTCLoss",
}  # fmt: skip

RANGES = {
    "relu": (0.0, float("inf")), "softplus": (0.0, float("inf")), "exp": (0.0, float("inf")), "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0), "softmax": (0.0, 1.0),
}  # fmt: skip
LOGARITHMS = {
    "nll_loss": ("NLLLoss", "Use CrossEntropyLoss on the raw outputs, or apply log_softmax"),
    "kl_div": ("KLDivLoss", "Apply log_softmax to the outputs"),
}


class OutputLossMismatch(Rule):
    """The model's last function is one that the loss function applies again, or one that cannot reach the targets.

    No threshold but `share`: the part of the targets' range that must lie out of reach, 0.2."""

    name = "output-loss-mismatch"
    signal = "The last function before the loss in the autograd graph, and the range of the targets."
    limits = (
        "any function that the loss applies again; {share:.0%} of the targets' range out of reach; {classes} class "
        "numbers as targets of a regression"
    )
    levels = "critical, warning"
    source = "documentation of torch.nn"
    fix = "Remove the last softmax, sigmoid or ReLU, or use the loss function that expects it."
    certainty = 0.95
    defaults: ClassVar = {"share": 0.2, "classes": 3}
    explains = (
        *SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "updates-too-small", "poor-initialization", "overfitting",
        "class-imbalance", "learning-rate-too-high",
    )  # fmt: skip

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one: the first."""
        for term in run.terms:
            problem = _problem(term) or _wrong_dimension(term, run) or self._out_of_reach(term, run)
            if problem is not None:
                yield self.finding("critical", 1, 1, *problem, step=0)
                return
        yield from self._raw_scores(run)
        yield from self._class_ids(run)

    def _raw_scores(self, run: Evidence) -> Iterator[Finding]:
        """`nll_loss` or `kl_div` on numbers that are no log-probabilities: some are above zero."""
        calls = [call for call in run.calls if call.function in LOGARITHMS and call.output[3] > 1e-3]
        if calls and all(term.loss != "cross_entropy" for term in run.terms):
            name, instead = LOGARITHMS[calls[0].function]
            yield self.finding(
                "critical", 0, calls[0].output[3],
                f"{name} expects log-probabilities, which are never above 0, but the outputs reach "
                f"{calls[0].output[3]:.3g}: the loss has no lower bound.",
                f"{instead} before {name}.", step=calls[0].step,
            )  # fmt: skip

    def _out_of_reach(self, term: LossTerm, run: Evidence) -> tuple[str, str] | None:
        if term.loss not in (*REGRESSIONS, "difference") or term.last not in RANGES:
            return None
        bottom, top = RANGES[term.last]
        calls = [call for call in main_calls(run) if call.function in REGRESSIONS]
        calls = [call for call in calls if call.output[2] >= bottom and call.output[3] <= top]  # not another term's
        if not calls:
            return None
        low, high = min(call.target[2] for call in calls), max(call.target[3] for call in calls)
        outside = max(0.0, min(bottom, high) - low) + max(0.0, high - max(top, low))
        if high <= low or outside < self.thresholds["share"] * (high - low):
            return None
        return (
            f"The model ends in a {term.last}, whose outputs lie between {bottom:g} and {top:g}, but the targets range "
            f"from {low:.3g} to {high:.3g}: the outputs cannot reach them.",
            f"Remove the {term.last} after the last layer, or scale the targets into its range.",
        )

    def _class_ids(self, run: Evidence) -> Iterator[Finding]:
        """A regression loss whose targets are 0, 1, … , C - 1, all about equally frequent."""
        calls = [call for call in run.calls if call.function in REGRESSIONS]
        if not calls or len(calls) < len(run.calls) or not all(call.whole for call in calls):
            return
        if not any(run.column(name, "gradient_norm") for name in run.weighted):
            return  # what the loss received did not come from the model
        if any(call.target[2] < 0 or call.target[3] > len(call.counts) - 1 for call in calls):
            return
        if any(len(call.output_shape) > 1 and call.output_shape[-1] > 1 and call.output_shape == call.target_shape
               for call in calls):  # fmt: skip
            return
        counts = [sum(each) for each in zip(*(call.counts for call in calls), strict=True)]
        while counts and not counts[-1]:
            counts.pop()
        if len(counts) < self.thresholds["classes"] or min(counts) < 0.4 * max(counts):
            return
        yield self.finding(
            "warning", self.thresholds["classes"], len(counts),
            f"The targets are {len(counts)} class numbers (0 to {len(counts) - 1}), but a regression loss treats them "
            "as quantities, as if class 2 lay between class 1 and class 3.",
            "Give the model one output for each class and use CrossEntropyLoss with the class numbers as int64.",
            step=calls[0].step,
        )  # fmt: skip


def _problem(term: LossTerm) -> tuple[str, str] | None:
    """What is wrong with an output under a loss, and the fix; None where they fit."""
    if term.over_batch and term.loss in ("cross_entropy", "nll_loss", *REGRESSIONS, *BINARY, "difference"):
        return (
            "The softmax runs over dimension 0, the samples of a batch, instead of the classes: the outputs of one "
            "sample depend on the others.",
            "Use dim=1 (or dim=-1) in softmax; for CrossEntropyLoss remove the softmax.",
        )
    if term.columns == 1 and term.last in ("softmax", "log_softmax"):
        return (
            "The softmax runs over a single output, which makes it 1 for every sample.",
            "Use one output for each class, or a sigmoid (BCEWithLogitsLoss) for one output.",
        )
    if term.loss in ("nll_loss", "ctc_loss") and term.last in ("softmax", "sigmoid", "relu", "scores"):
        given = {"softmax": "probabilities", "sigmoid": "probabilities"}.get(term.last, "raw outputs")
        name, instead = FUNCTIONS[term.loss], "Use CrossEntropyLoss on the raw outputs, or"
        return (
            f"{name} expects log-probabilities, but receives {given}.",
            f"{instead if term.loss == 'nll_loss' else 'Use'} log_softmax before {name}.",
        )
    if term.loss in NORMALISES and term.last in ("softmax", "sigmoid", "relu"):
        return (
            f"The model's outputs pass through a {term.last} before {FUNCTIONS[term.loss]}, which expects raw outputs "
            "(logits) and normalises them itself: the gradient becomes small and the loss cannot reach 0.",
            f"Remove the {term.last} after the last layer; apply it only to read probabilities.",
        )
    return None


def _wrong_dimension(term: LossTerm, run: Evidence) -> tuple[str, str] | None:
    """A softmax over another dimension than the classes, where their sizes differ."""
    classes = {call.output_shape[1] for call in run.calls if call.function in CLASSIFICATIONS and call.output_shape[1:]}
    if term.loss not in CLASSIFICATIONS or term.columns is None or not classes or term.columns in classes:
        return None
    return (
        f"The softmax runs over a dimension of size {term.columns}, but there are {min(classes)} classes.",
        "Take the softmax over the dimension of the classes; for CrossEntropyLoss remove it.",
    )


class BroadcastTarget(Rule):
    """Output and target have different shapes, and broadcasting compares every output with every target."""

    name = "broadcast-target"
    signal = "The shapes of output and target in regression losses and in differences written by hand."
    limits = "the result is larger than both"
    levels = "critical"
    source = "PyTorch's warning in mse_loss"
    fix = "Make the shapes equal: target.unsqueeze(1) or output.squeeze(1)."
    certainty = 0.95
    defaults: ClassVar = {"ratio": 2}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "overfitting", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        for call in run.calls:
            if call.function in REGRESSIONS and call.output_shape != call.target_shape:
                sizes = _size(call.output_shape), _size(call.target_shape)
                if min(sizes) > 1 and _enlarged(call.output_shape, call.target_shape):
                    yield self._of(call.output_shape, call.target_shape, call.step)
                    return
        for term in run.terms:
            if term.broadcast is not None:
                output, whole = term.broadcast
                yield self._of(output, (whole[1],) if len(output) == 2 and output[1] == 1 else (whole[0], 1), 0)
                return

    def _of(self, output: tuple[int, ...], target: tuple[int, ...], step: int) -> Finding:
        return self.finding(
            "critical", self.thresholds["ratio"], max(*output, *target),
            f"The output has the shape {list(output)} and the target {list(target)}: broadcasting compares every "
            "output with every target, so the model learns their mean.",
            self.fix, step=step,
        )  # fmt: skip


def _size(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _enlarged(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether broadcasting makes the result larger than both."""
    length = max(len(one), len(other))
    pairs = zip((1,) * (length - len(one)) + one, (1,) * (length - len(other)) + other, strict=True)
    return _size(tuple(max(pair) for pair in pairs)) > max(_size(one), _size(other))


PAIRS = (
    "Two outputs of the model are compared, and both have become nearly the same for every sample: that makes the loss "
    "small, but the outputs say nothing.",
    "Compare different samples too (a contrastive or triplet loss), or stop the gradient on one side and add a "
    "predictor.",
)


class CollapsedOutput(Rule):
    """The output is nearly the same for every sample, while the targets differ, and the loss does not fall below that
    of a constant answer.

    Where outputs and targets have the same scale, outputs of a deviation of 15% of the targets' count anyway: they
    explain about the square of that at best."""

    name = "collapsed-output"
    signal = "The deviation of the outputs between samples over that of the targets (of the outputs' size for classes)."
    limits = "{ratio:.0%} where learning suffers; from step {steps} on, {weak:.0%} of the deviation of numbers anyway"
    levels = "warning"
    source = "UMLAUT and DeepLocalize, made relative"
    fix = "Check that the inputs reach the output: dead layers, a learning rate that is too high, unscaled inputs."
    certainty = 0.6
    defaults: ClassVar = {"ratio": 0.02, "weak": 0.15, "steps": 100}
    explains = ("loss-not-decreasing", "loss-plateau", "stalled-training")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        calls = [call for call in run.calls if call.output_shape and call.output_shape[0] > 3]
        for function in dict.fromkeys(call.function for call in calls):
            of_it = [call for call in calls if call.function == function]
            if len(of_it) < 5:
                continue
            together = self._together(of_it)
            found = together or (None if trend(run).moving else self._collapsed(of_it, run))
            if found is not None:
                words = PAIRS if together else self._words(run)
                yield self.finding("warning", self.thresholds["ratio"], found, *words, step=of_it[-1].step)
                return

    def _together(self, calls: Sequence[LossCall]) -> float | None:
        """What is left of the deviation between samples where both sides of a regression loss, two outputs of the
        model, lose nearly all of it."""
        first, late = calls[0], calls[-3:]
        if first.function not in REGRESSIONS or not first.target_spread > 0 or not first.spread > 0:
            return None
        left = max(
            statistics.median(call.target_spread for call in late) / first.target_spread,
            statistics.median(call.spread for call in late) / first.spread,
        )
        return left if left < self.thresholds["ratio"] else None

    def _words(self, run: Evidence) -> tuple[str, str]:
        """Message and fix."""
        if run.indifferent:
            return (
                "The model has given the same output for every sample from the first step on: the inputs are all the "
                "same, or do not reach the output.",
                "Print a batch: check that the inputs differ between samples (padding, an empty vocabulary, a scale of "
                "0), then that forward() uses them.",
            )
        return (
            "The model gives nearly the same output for every sample, so the loss stays at that of a constant answer.",
            self.fix,
        )

    def _collapsed(self, calls: Sequence[LossCall], run: Evidence) -> float | None:
        """The deviation between samples as a share, where it is too small."""
        late = calls[-max(3, len(calls) // 4) :]
        ratios = [ratio for call in late if (ratio := _relative_spread(call)) is not None]
        if not ratios:
            return None
        ratio = statistics.median(ratios)
        constant = ratio < self.thresholds["ratio"] and trend(run).hurts
        numbers = late[0].function != "binary_cross_entropy_with_logits" and late[0].error >= 0
        comparable = numbers and run.steps >= self.thresholds["steps"]  # outputs of new weights differ little
        return ratio if constant or (comparable and ratio < self.thresholds["weak"]) else None


def _relative_spread(call: LossCall) -> float | None:
    """The deviation of the outputs between samples, over that of the targets or over the size of the scores."""
    if call.function in REGRESSIONS or call.function == "binary_cross_entropy":
        return call.spread / call.target_spread if call.target_spread > 0 else None
    if call.function in (*CLASSIFICATIONS, *BINARY):
        return call.spread / max(abs(call.output[0]), call.output[1], 0.1)
    return None
