"""Numbers → findings: one module a family of rules, listed in `RULES`.

A rule receives captures and epochs in the order in which they happen, keeps only what it needs (never the run), and
gives its findings at the end, or when the result file is renewed. Its thresholds have documented defaults and can be
replaced one by one."""

import difflib
from collections.abc import Mapping, Sequence

from diagnostics.evidence import Evidence
from diagnostics.result import Diagnosis, Finding
from diagnostics.rules.architecture import ExplodingGradient, SaturatedActivation, VanishingGradient
from diagnostics.rules.cause import explain
from diagnostics.rules.data import ClassImbalance, UnshuffledData
from diagnostics.rules.features import FeatureScaleImbalance
from diagnostics.rules.finite import NonFinite
from diagnostics.rules.generalisation import Overfitting
from diagnostics.rules.initialisation import PoorInitialization, SymmetricWeights
from diagnostics.rules.loss import LossNotDecreasing, LossOscillation, LossPlateau, LossSpike, StalledTraining
from diagnostics.rules.optimisation import LearningRateTooHigh, LearningRateTooLow, UpdatesTooSmall
from diagnostics.rules.outputs import BroadcastTarget, CollapsedOutput, OutputLossMismatch
from diagnostics.rules.replicas import (
    EqualDropout,
    GradientsNotAveraged,
    MasterWeights,
    ParameterNeverMoves,
    RankDataOverlap,
    RankDtype,
    ReplicasDrift,
)
from diagnostics.rules.rule import Rule
from diagnostics.rules.thresholds import Thresholds, merge, workspace_thresholds
from diagnostics.rules.units import DeadUnits
from diagnostics.rules.wiring import (
    CutGraph,
    EvalMode,
    FrozenParameters,
    GradientsNotCleared,
    NeverFired,
    NotInOptimizer,
)

__all__ = ["RULES", "Rule", "Thresholds", "build", "diagnose", "merge", "registry", "workspace_thresholds"]

# In causal order: data, loss and output, wiring, initialisation, optimisation, architecture, regularisation, symptoms.
RULES: tuple[type[Rule], ...] = (
    FeatureScaleImbalance, ClassImbalance, UnshuffledData, RankDataOverlap,
    OutputLossMismatch, BroadcastTarget, CutGraph, NeverFired, NotInOptimizer, FrozenParameters,
    GradientsNotCleared, EvalMode,
    RankDtype, GradientsNotAveraged, ReplicasDrift, MasterWeights, ParameterNeverMoves, EqualDropout,
    SymmetricWeights, PoorInitialization,
    LearningRateTooHigh, LearningRateTooLow, UpdatesTooSmall,
    SaturatedActivation, VanishingGradient, ExplodingGradient, DeadUnits, NonFinite,
    Overfitting,
    CollapsedOutput, LossOscillation, LossSpike, LossNotDecreasing, LossPlateau, StalledTraining,
)  # fmt: skip


def registry() -> dict[str, type[Rule]]:
    """Every rule by name, in causal order."""
    return {rule.name: rule for rule in RULES}


def build(thresholds: Thresholds | None) -> list[Rule]:
    """All rules, with `thresholds` (rule → key → value) instead of their defaults.

    Raises ValueError for an unknown rule or key, naming the nearest one, and for a value that is not a number."""
    rules = registry()
    for name, values in (thresholds or {}).items():
        if name not in rules:
            raise ValueError(f"thresholds: no rule {name!r}{_nearest(name, rules)}")
        for key, value in values.items():
            if key not in rules[name].defaults:
                raise ValueError(f"thresholds: {name} has no {key!r}{_nearest(key, rules[name].defaults)}")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"thresholds: {name}.{key} must be a number, not {value!r}")
    return [rule((thresholds or {}).get(name, {})) for name, rule in rules.items()]


def diagnose(rules: Sequence[Rule], run: Evidence | None = None, errors: list[str] | None = None) -> Diagnosis:
    """The findings of all rules, the cause first, then by severity and in causal order. A rule that raises has no
    finding; what it raised is added to `errors` once, or raised where that is None. A model that no optimizer holds is
    judged for that alone."""
    run = run or Evidence()
    findings = [finding for rule in rules for finding in _findings(rule, run, errors)]
    if run.left_out:
        findings = [finding for finding in findings if finding.rule == NotInOptimizer.name]
    return explain(findings, registry())


def _findings(rule: Rule, run: Evidence, errors: list[str] | None) -> list[Finding]:
    try:
        return list(rule.findings(run))
    except Exception as error:
        if errors is None:
            raise
        text = f"rule {rule.name}: {type(error).__name__}: {error}"
        if text not in errors:
            errors.append(text)
        return []


def _nearest(word: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else f"; known: {', '.join(known)}"
