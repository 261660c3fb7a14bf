"""Whether enough was measured to judge a run: severity is never `ok` for what was not measured."""

from dataclasses import dataclass, field

from diagnostics.evidence import WINDOW
from diagnostics.result import Diagnosis, Layer

NO_CALL = (
    "no layer was called as a module. Call layer(x), not layer.forward(x) or a function of its weights. Attach before "
    "the model is compiled or recorded as a CUDA graph; where another model of this class was compiled before, its "
    "graph is reused: call torch.compiler.reset() after attach."
)
NO_GRADIENTS = (
    "layers were only seen without gradients: train without torch.no_grad, and attach before torch.jit.trace, "
    "torch.compile or another copy of the model."
)
NOT_MEASURABLE = "the outputs of the layers that were called cannot be measured; the notes say why."
FOREIGN = (
    "an optimizer stepped, but it holds no parameter of this model: another copy of it was trained, or its parameters "
    "were replaced after the optimizer was made, as by load_state_dict(assign=True). Watch that copy, or make the "
    "optimizer again."
)
NO_STEP = "updates-too-small"  # the rule that names a forgotten optimizer.step()
ABANDONED = 0.2  # of the backward passes: with more, what was measured does not speak for the training
ALL = ("activations", "activation_gradients", "units", "gradients", "weights")  # groups that a diagnosis rests on


@dataclass(frozen=True, slots=True)
class Observed:
    """What an observer has seen of a run so far. `groups`: the groups of numbers that were asked for."""

    captures: int = 0
    steps: int = 0
    optimizers: int = 0  # that have stepped
    called: bool = False  # any layer was called
    trained: bool = False  # a layer was called in training mode, with gradients
    evaluated: int = 0  # captures in which layers were called with gradients, but in evaluation mode alone
    backward: bool = False  # a gradient arrived
    scripted: bool = False
    parameters: bool = True  # the model has any
    groups: frozenset[str] = frozenset()
    selected: bool = False  # `layers` chose what is watched
    expected: list[str] = field(default_factory=list)  # layers that were called, or have parameters with a gradient
    foreign: bool = False  # the only optimizers that stepped hold no parameter of the model
    unmeasured: list[str] = field(default_factory=list)  # layers with complex, sparse or nested parameters
    by_hand: list[str] = field(default_factory=list)  # parameters that change although no optimizer holds them
    transformed: bool = False  # layers were called inside torch.func transforms
    backwards: int = 0
    abandoned: int = 0  # backward passes of a loss that is not finite, without an update


def judge(diagnosis: Diagnosis, observed: Observed, layers: dict[str, Layer]) -> Diagnosis:
    """`diagnosis`, `unknown` where it rests on nothing, and with the share of layers and captures it speaks for."""
    reason = _nothing(observed, layers)
    if reason is not None:
        if not observed.steps:  # the loss of a model that no optimizer trains says nothing but that
            diagnosis = Diagnosis("unknown") if observed.foreign else _of_no_step(diagnosis)
        diagnosis.reason, diagnosis.measured = reason[0].upper() + reason[1:], 0.0
        if diagnosis.severity in ("ok", "info"):
            diagnosis.severity = "unknown"
        return diagnosis
    unmeasured = observed.unmeasured if observed.groups & {"gradients", "weights"} else []
    expected = list(dict.fromkeys([*(observed.expected or layers), *unmeasured]))
    missing = [name for name in expected if name in unmeasured or not _complete(layers.get(name), observed.groups)]
    share = 1 - len(missing) / len(expected) if expected else 1.0
    if observed.groups & {"activations", "activation_gradients"}:
        share *= 1 - observed.evaluated / max(1, observed.captures)
    diagnosis.measured = round(share, 4)
    diagnosis.reason = " ".join(_missing_parts(observed, missing, len(expected))) or None
    if observed.abandoned > ABANDONED * observed.backwards and diagnosis.severity in ("ok", "info"):
        diagnosis.severity = "unknown"
    return diagnosis


def _of_no_step(diagnosis: Diagnosis) -> Diagnosis:
    findings = [each for each in diagnosis.findings if each.rule == NO_STEP]
    if diagnosis.cause != NO_STEP:
        return Diagnosis("unknown")
    return Diagnosis("unknown", findings, NO_STEP, [], diagnosis.confidence)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _missing_parts(observed: Observed, missing: list[str], expected: int) -> list[str]:
    """What was not measured, in sentences."""
    parts = []
    if observed.abandoned:
        parts.append(
            f"In {observed.abandoned} of {observed.backwards} backward passes the loss was not finite, and no update "
            "followed: look for its origin with torch.autograd.set_detect_anomaly."
        )
    if missing:
        numbers = (
            "parameters, activations or their gradients" if observed.unmeasured else "activations or their gradients"
        )
        parts.append(f"Of {len(missing)} of {expected} layers {numbers} were not measured: {_some(missing)}.")
    if names := observed.by_hand:
        parts.append(f"Updated without an optimizer, so that updates were not measured: {_some(names)}.")
    if observed.evaluated:
        parts.append(
            f"In {observed.evaluated} of {observed.captures} captured steps the model was in evaluation mode: "
            "activations were not measured there."
        )
    if observed.selected:
        parts.append("Only the layers that `layers` names were watched.")
    if left_out := [name for name in ALL if name not in observed.groups]:
        parts.append(f"Not asked for: {', '.join(left_out)}.")
    if observed.captures <= WINDOW and "units" in observed.groups:
        parts.append(f"Dead units were not judged: that takes {WINDOW + 1} captures, this run has {observed.captures}.")
    return parts


def _nothing(observed: Observed, layers: dict[str, Layer]) -> str | None:
    """Why nothing can be judged, and what to do; None where something was measured."""
    outputs = observed.groups & {"activations", "activation_gradients"}
    if observed.scripted:
        return "a scripted model runs no hooks: attach to the model before torch.jit.script or torch.jit.trace."
    if observed.evaluated and not observed.trained and outputs:
        return "the model stayed in evaluation mode: call model.train() before training, or watch the part that trains."
    if not observed.captures:
        return _no_step(observed)
    columns = {name for layer in layers.values() for name in layer.columns}
    if outputs and not columns & {"activation_mean", "output_gradient_norm"}:
        return NO_CALL if not observed.called else NOT_MEASURABLE if observed.trained else NO_GRADIENTS
    gradients = observed.groups & {"gradients", "activation_gradients"}
    if gradients and not columns & {"gradient_norm", "output_gradient_norm"}:
        return "no gradient was measured: the loss does not depend on the model, or its gradients were cleared early."
    return None if columns else "no layer was measured: `layers` or `groups` leave nothing to watch."


def _no_step(observed: Observed) -> str:
    if not observed.parameters:
        return "the model has no parameters, so no optimizer trains it: watch a model that has some."
    if observed.foreign:
        return FOREIGN
    if observed.backward:
        return (
            "gradients were computed, but no optimizer stepped: call optimizer.step(), or use a torch.optim.Optimizer "
            "for updates written by hand."
        )
    if observed.transformed:
        return (
            "layers were called inside torch.func transforms (grad, vmap), where nothing is measured, and no optimizer "
            "stepped: train with loss.backward() and optimizer.step()."
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
