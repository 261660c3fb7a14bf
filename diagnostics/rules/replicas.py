"""Silent errors of distributed and mixed training: see `diagnostics.replicas`."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import ClassVar

from diagnostics.evidence import Evidence
from diagnostics.result import Finding
from diagnostics.rules.rule import SYMPTOMS, Rule


class ReplicaRule(Rule):
    """Reports the fault of its name that the comparison of the processes has found."""

    certainty = 0.9
    levels = "critical"

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        for fault in run.replicas:
            if fault.kind == self.name:
                limit = next(iter(self.thresholds.values()))
                if fault.value >= limit:
                    yield self.finding(fault.severity, limit, fault.value, fault.message, self.fix, step=fault.step)


class RankDtype(ReplicaRule):
    """A process computes with another dtype."""

    name = "rank-dtype"
    signal = "Processes whose parameters, inputs or autocast have another dtype than those of rank 0."
    limits = "{captures} capture"
    source = "TrainCheck"
    fix = "Build the model, cast the data and enter autocast in the same way on every rank."
    defaults: ClassVar = {"captures": 1}
    explains = ("gradients-not-averaged", "replicas-drift")


class GradientsNotAveraged(ReplicaRule):
    """The processes update the same weights with gradients of their own."""

    name = "gradients-not-averaged"
    signal = "Gradients that differ between processes before the update, although the weights were the same."
    limits = "{difference} of their norm"
    levels = "critical; info where the weights are the same again at the end (local SGD)"
    source = "documentation of DistributedDataParallel; TrainCheck"
    fix = "Call the model through DistributedDataParallel, or average the gradients before optimizer.step()."
    defaults: ClassVar = {"difference": 1e-5}
    explains = ("replicas-drift", *SYMPTOMS)


class ReplicasDrift(ReplicaRule):
    """Replicas that should have the same weights do not."""

    name = "replicas-drift"
    signal = (
        "Weights that differ between processes: they were the same before, or their gradients are averaged. "
        "Parameters that are spread over processes are left out."
    )
    limits = "{difference} of their norm"
    source = "documentation of DistributedDataParallel; TrainCheck"
    fix = "Broadcast the weights at the start; use the same gradients, clipping and optimizer settings on all ranks."
    certainty = 0.85
    defaults: ClassVar = {"difference": 1e-5}
    explains = SYMPTOMS


class RankDataOverlap(ReplicaRule):
    """Processes train on the same rows in the same step."""

    name = "rank-data-overlap"
    signal = "Rows of the inputs of a step that several processes have."
    limits = "{share:.0%} of the rows, in 3 captures"
    levels = "warning"
    source = "documentation of DistributedSampler"
    fix = "Use a DistributedSampler with the same seed on all ranks, and call its set_epoch()."
    defaults: ClassVar = {"share": 0.02}


class EqualDropout(ReplicaRule):
    """Dropout drops the same units in all processes."""

    name = "equal-dropout"
    signal = "Dropout is on and the random state is the same in all processes, in every capture."
    limits = "{captures} captures"
    levels = "warning"
    source = "TrainCheck"
    fix = "Add the rank to the seed after the model has been built: torch.manual_seed(seed + rank)."
    defaults: ClassVar = {"captures": 3}


class MasterWeights(ReplicaRule):
    """The weights in 16 bits no longer follow their master copies in 32 bits."""

    name = "master-weights"
    signal = "The difference of a weight from its master copy, before an update, in roundings of its dtype."
    limits = "{roundings} roundings, in 3 captures"
    source = "Micikevicius et al. 2018, Mixed Precision Training; TrainCheck"
    fix = "Copy the master weights into the model after every optimizer.step(), all of them."
    certainty = 0.95
    defaults: ClassVar = {"roundings": 4}
    explains = ("parameter-never-moves", *SYMPTOMS)


ROUNDING = 1e-6  # of the largest gradient: what rounding leaves of one that is zero


def _usual_gradient(columns: Mapping[str, Sequence[object]]) -> float:
    """The median norm of a parameter's gradient; 0 where it had none."""
    norms = [value for value in columns.get("gradient_norm", ()) if isinstance(value, int | float) and isfinite(value)]
    return statistics.median(norms) if norms else 0.0


class ParameterNeverMoves(Rule):
    """A parameter that the optimizer holds has a gradient in every capture and never changes, while others do."""

    name = "parameter-never-moves"
    signal = (
        "Parameters in the optimizer with a gradient and without any update in every capture, while others are "
        "updated. Embeddings are left out: most of their rows have no gradient."
    )
    limits = "{captures} captures"
    levels = "warning"
    source = "TrainCheck"
    fix = (
        "Look for a learning rate of 0 in its group, a copy of the parameter that the optimizer holds instead, or "
        "updates below the rounding of its dtype: keep 32-bit weights."
    )
    certainty = 0.6  # huge weights and tiny learning rates have this effect too, and rules of their own
    defaults: ClassVar = {"captures": 5}

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """At most one."""
        sizes = {name: _usual_gradient(columns) for name, columns in run.parameters.items()}
        noise = ROUNDING * max(sizes.values(), default=0.0)  # as at a bias in front of a batch normalisation
        moves = {name: self._moves(columns) for name, columns in run.parameters.items() if sizes[name] > noise}
        still = [name for name, moved in moves.items() if moved is False and self._counts(run, name)]
        if still and any(moves.values()):
            names = ", ".join(still[:3]) + (f" and {len(still) - 3} more" if len(still) > 3 else "")
            verb = "has a gradient and never moves" if len(still) == 1 else "have gradients and never move"
            yield self.finding(
                "warning", self.thresholds["captures"], len(still), f"{names} {verb}: every update is exactly 0.",
                self.fix, layer=still[0].rpartition(".")[0] or None, step=0,
            )  # fmt: skip

    def _moves(self, columns: Mapping[str, Sequence[object]]) -> bool | None:
        """Whether a parameter moved; None where that is unknown, or it had no gradient."""
        rows = zip(*(columns.get(name, ()) for name in ("norm", "gradient_norm", "update_ratio")), strict=False)
        known = [(norm, update) for norm, gradient, update in rows if _positive(gradient)]
        moved = any(_positive(update) for _, update in known) or len({norm for norm, _ in known}) > 1
        return True if moved else False if len(known) >= self.thresholds["captures"] else None

    def _counts(self, run: Evidence, name: str) -> bool:
        layer = run.layers.get(name.rpartition(".")[0])
        return name not in run.not_in_optimizer and (layer is None or "Embedding" not in layer.type)


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and value > 0
