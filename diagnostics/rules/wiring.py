"""Parts that do not take part in learning, and steps of the training loop that are missing."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from diagnostics.evidence import Evidence, trend
from diagnostics.result import Finding
from diagnostics.rules.rule import GRADIENTS, SYMPTOMS, Rule


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


class CutGraph(Rule):
    """A layer ran and the optimizer holds its parameters, but no gradient ever arrived.

    Parameters that no optimizer holds do not count: those of target networks are meant to get none."""

    name = "cut-graph"
    signal = "Parameters in the optimizer whose layer ran but that never received a gradient."
    limits = "{parameters} parameter"
    levels = "critical"
    source = "documentation of torch.autograd"
    fix = "Look for detach(), .data, .item(), numpy() or torch.no_grad() between this layer and the loss."
    certainty = 0.9
    defaults: ClassVar = {"parameters": 1}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        names = list(run.detached)
        if len(names) >= self.thresholds["parameters"] and run.captured > 1 and not run.cleared_early:
            yield self.finding(
                "critical", self.thresholds["parameters"], len(names),
                f"{_named(names)} never received a gradient although the layer ran: the graph is cut between it and "
                "the loss.",
                self.fix,
                layer=names[0].rpartition(".")[0] or None, step=0,
            )  # fmt: skip


class NeverFired(Rule):
    """A layer with trainable parameters never ran in a captured step."""

    name = "never-fired"
    signal = (
        "Layers with trainable parameters that were never called and never received a gradient; activations that were "
        "never called, where no other nonlinear function stands between the layers."
    )
    limits = "{layers} layer"
    levels = "warning"
    source = "DistributedDataParallel's check for unused parameters"
    fix = "Call the layer in forward(), or remove it."
    certainty = 0.9
    defaults: ClassVar = {"layers": 1}
    explains = SYMPTOMS

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        unused = {name.rpartition(".")[0] for name in run.without_gradient}
        names = [name for name in run.never_called if name in unused or run.linear]
        if len(names) >= self.thresholds["layers"] and run.captured > 1:
            yield self.finding(
                "warning", self.thresholds["layers"], len(names),
                f"{_named(names)} never ran: the layer exists, but forward() does not call it.",
                self.fix, layer=names[0], step=0,
            )  # fmt: skip


class NotInOptimizer(Rule):
    """Parameters receive gradients, but no optimizer holds them, so they keep their first values.

    `info` where only trained layers are left out and the rest learns well: that is fine-tuning."""

    name = "not-in-optimizer"
    signal = "Parameters that receive gradients but that no optimizer holds."
    limits = "{parameters} parameter"
    levels = "critical"
    source = "documentation of torch.optim"
    fix = (
        "Give model.parameters() to the optimizer, after the model is complete; call requires_grad_(False) on what "
        "should stay fixed."
    )
    certainty = 0.95
    defaults: ClassVar = {"parameters": 1, "remaining": 0.5}
    explains = (
        *SYMPTOMS, *GRADIENTS, "learning-rate-too-low", "updates-too-small", "poor-initialization", "frozen-parameters",
        "gradients-not-cleared",
    )  # fmt: skip

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        names = list(run.not_in_optimizer)
        if len(names) >= self.thresholds["parameters"]:
            since = "were replaced after the optimizer was made" if run.lost else "keep their initial values"
            yield self.finding(
                "info" if self._is_meant(run) else "critical", self.thresholds["parameters"], len(names),
                f"{_named(names)} have gradients, but no optimizer holds them: they {since}.",
                self.fix,
                layer=names[0].rpartition(".")[0] or None, step=0,
            )  # fmt: skip

    def _is_meant(self, run: Evidence) -> bool:
        """Whether only trained layers are left out, and they are the whole model, or the rest learns well: a loaded
        model that judges another one, or fine-tuning without freezing."""
        if run.lost:
            return False  # an optimizer held them once, so they should learn
        layers = {name.rpartition(".")[0] for name in run.not_in_optimizer}
        remaining = trend(run).remaining
        trained = all(name in run.layers and name not in run.untrained for name in layers)
        fine = remaining is not None and remaining < self.thresholds["remaining"]
        return trained and (fine or run.left_out)


class FrozenParameters(Rule):
    """Layers are frozen (`requires_grad` is False) at the values of torch's initialisation: nothing has trained them.

    A frozen pretrained layer is not a finding: its weights left the range ± 1 / √(inputs) of the initialisation.
    `info` where the model learns nearly everything nevertheless, as with random features that are meant."""

    name = "frozen-parameters"
    signal = (
        "Layers whose parameters do not require gradients and still look as torch initialises them (uniform within ± "
        "1/√inputs)."
    )
    limits = "{layers} layer; the loss at the end above {remaining:.0%} of that of the best constant answer"
    levels = "warning, else info"
    source = "reset_parameters in torch.nn"
    fix = "Set requires_grad to True for layers that should learn, or load pretrained weights before freezing."
    certainty = 0.85
    defaults: ClassVar = {"layers": 1, "remaining": 0.1}
    explains = (*SYMPTOMS, "learning-rate-too-low", "updates-too-small")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        names = list(run.frozen)
        if len(names) < self.thresholds["layers"]:
            return
        remaining = trend(run).remaining
        last = bool(run.weighted) and names[-1] == run.weighted[-1]
        hurt = remaining is None or remaining > self.thresholds["remaining"] or last
        yield self.finding(
            "warning" if hurt else "info", self.thresholds["layers"], len(names),
            f"{_named(names)} are frozen although nothing has trained them: they keep random values.",
            self.fix,
            layer=names[0], step=0,
        )  # fmt: skip


class GradientsNotCleared(Rule):
    """The gradients of earlier steps are still there when the next ones are added, so each update repeats old ones.

    Gradient accumulation and alternating optimizers clear them before one of these."""

    name = "gradients-not-cleared"
    signal = "Captured steps whose gradients at every backward() still contain those of the last update."
    limits = "{share:.0%} of the captured steps, at least {captures}"
    levels = "critical"
    source = "documentation of Optimizer.zero_grad"
    fix = "Call optimizer.zero_grad() once before every loss.backward()."
    certainty = 0.95
    defaults: ClassVar = {"share": 0.2, "captures": 3}
    explains = (*SYMPTOMS, *GRADIENTS, "learning-rate-too-high", "non-finite", "overfitting", "poor-initialization")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        seen = run.stale + run.cleared
        if run.stale >= self.thresholds["captures"] and run.stale >= self.thresholds["share"] * seen:
            yield self.finding(
                "critical", self.thresholds["share"], run.stale / seen,
                f"In {run.stale / seen:.0%} of the captured steps the gradients of earlier steps were not cleared: "
                "each step adds its own to their sum.",
                self.fix, step=0,
            )  # fmt: skip


def _evaluating_share(run: Evidence) -> float:
    """The share of the captured updates in evaluation mode, 0 to 1, since the first of them."""
    steps = dict.fromkeys(rate.step for rate in run.rates)
    since = sum(step >= (run.first_evaluating or 0) for step in steps)
    updates = (run.evaluating + run.training) * since / len(steps) if steps else 0.0
    return min(1.0, run.evaluating / updates) if updates else 0.0


class EvalMode(Rule):
    """The model trains in evaluation mode, or is validated in training mode, and dropout or batch normalisation makes
    that a difference."""

    name = "eval-mode"
    signal = (
        "Updates while the model is in evaluation mode, or validation losses in training mode, in a model with "
        "dropout or batch normalisation."
    )
    limits = (
        "{share:.0%} of the captured updates since the first in evaluation mode, at least {captures}; {validations} "
        "validation losses"
    )
    levels = "warning"
    source = "documentation of Module.eval"
    fix = "Call model.train() before each training epoch and model.eval() before each validation."
    certainty = 0.85
    defaults: ClassVar = {"share": 0.5, "captures": 2, "validations": 2}
    explains = ("overfitting", "loss-oscillation", "loss-plateau", "loss-not-decreasing", "stalled-training")

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        share = _evaluating_share(run)
        if run.mode_matters and share >= self.thresholds["share"] and run.evaluating >= self.thresholds["captures"]:
            yield self.finding(
                "warning", self.thresholds["share"], share,
                f"The model is in evaluation mode while it trains (from step {run.first_evaluating} on): dropout is "
                "off and batch normalisation uses fixed statistics.",
                "Call model.train() at the start of every epoch, after the validation has called model.eval().",
                step=run.first_evaluating,
            )  # fmt: skip
        elif run.validated_in_training >= self.thresholds["validations"]:
            yield self.finding(
                "warning", self.thresholds["validations"], run.validated_in_training,
                "The validation runs in training mode: dropout and batch normalisation disturb its loss, and its data "
                "changes the running statistics.",
                "Call model.eval() before the validation, and model.train() after it.",
            )  # fmt: skip
