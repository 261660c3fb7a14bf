"""Whether enough was measured to judge a run: severity is never `ok` for what was not measured."""

from dataclasses import dataclass, field

from diagnostics.evidence import WINDOW
from diagnostics.result import Diagnosis, Layer

NO_CALL = (
    "no layer was seen when the model was called. Attach before the model is compiled or recorded as a CUDA graph; "
    "where another model of this class was compiled before, its graph is reused: call torch.compiler.reset() after "
    "attach."
)


@dataclass(frozen=True, slots=True)
class Observed:
    """What an observer has seen of a run so far. `groups`: the groups of numbers that were asked for."""

    captures: int = 0
    steps: int = 0
    optimizers: int = 0  # that have stepped
    trained: bool = False  # a layer was called in training mode, with gradients
    evaluated: bool = False  # a layer was called in evaluation mode, with gradients
    backward: bool = False  # a gradient arrived
    scripted: bool = False
    groups: frozenset[str] = frozenset()
    expected: list[str] = field(default_factory=list)  # layers that were called, or have parameters with a gradient


def judge(diagnosis: Diagnosis, observed: Observed, layers: dict[str, Layer]) -> Diagnosis:
    """`diagnosis`, `unknown` where it rests on nothing, and with the share of layers that it speaks for."""
    reason = _nothing(observed, layers)
    if reason is not None:
        diagnosis.reason, diagnosis.measured = reason[0].upper() + reason[1:], 0.0
        if not diagnosis.findings:
            diagnosis.severity = "unknown"
        return diagnosis
    expected = observed.expected or list(layers)
    missing = [name for name in expected if not _complete(layers.get(name), observed.groups)]
    diagnosis.measured = round(1 - len(missing) / len(expected), 4) if expected else 1.0
    parts = []
    if missing:
        parts.append(
            f"Of {len(missing)} of {len(expected)} layers activations or their gradients were not measured: "
            f"{', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}."
        )
    if observed.captures <= WINDOW and "units" in observed.groups:
        parts.append(f"Dead units were not judged: that takes {WINDOW + 1} captures, this run has {observed.captures}.")
    diagnosis.reason = " ".join(parts) or None
    return diagnosis


def _nothing(observed: Observed, layers: dict[str, Layer]) -> str | None:
    """Why nothing can be judged, and what to do; None where something was measured."""
    if observed.scripted:
        return "a scripted model runs no hooks: attach to the model before torch.jit.script or torch.jit.trace."
    if observed.evaluated and not observed.trained and observed.groups & {"activations", "activation_gradients"}:
        return "the model stayed in evaluation mode: call model.train() before training, or watch the part that trains."
    if not observed.captures:
        return _no_step(observed)
    columns = {name for layer in layers.values() for name in layer.columns}
    if "activations" in observed.groups and "activation_mean" not in columns:
        return NO_CALL
    gradients = observed.groups & {"gradients", "activation_gradients"}
    if gradients and not columns & {"gradient_norm", "output_gradient_norm"}:
        return "no gradient was measured: the loss does not depend on the model, or its gradients were cleared early."
    return None if columns else "no layer was measured: `layers` or `groups` leave nothing to watch."


def _no_step(observed: Observed) -> str:
    if observed.backward:
        return (
            "gradients were computed, but no optimizer stepped: call optimizer.step(), or use a torch.optim.Optimizer "
            "for updates written by hand."
        )
    if observed.trained:
        return "the model was called, but no gradient arrived: call loss.backward() and optimizer.step()."
    if observed.optimizers:
        return "the optimizer stepped, but no step was captured."
    return "no training step was seen: the model was not trained, or through another copy of it."


def _complete(layer: Layer | None, groups: frozenset[str]) -> bool:
    """Whether a layer has the columns that were asked for."""
    if layer is None:
        return False
    return "activations" not in groups or "activation_mean" in layer.columns
