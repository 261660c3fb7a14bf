"""Which model is best, and why another one lost."""

import math
from collections.abc import Mapping, Sequence

import torch

from diagnostics.models.metrics import ScoreMetric, differ
from diagnostics.models.result import ComparedModel

SCALE = "feature-scale-imbalance"


def rank(
    models: Sequence[ComparedModel], metric: ScoreMetric, losses: Mapping[str, torch.Tensor]
) -> list[ComparedModel]:
    """The models in order, the best first, with their ranks; those without a score last. `losses`: of the validation
    rows, by the name of the model, where they are known."""
    scored = sorted((one for one in models if _score(one) is not None), key=lambda one: _order(one, metric))
    for index, one in enumerate(scored):
        one.rank = index + 1
        best = scored[0].name
        if one.name == best or one.name not in losses or best not in losses:
            one.tied = None if one.name != best else False
        else:
            one.tied = not differ(losses[best], losses[one.name])
    return [*scored, *(one for one in models if one.rank is None)]


def explain(models: Sequence[ComparedModel], metric: ScoreMetric, trees: Mapping[str, bool], rows: int) -> None:
    """Set `why` of every model but the best one. `trees`: whether a model is made of trees, by its name."""
    best = models[0] if models and models[0].rank else None
    for index, one in enumerate(models):
        if one is not best:
            better = [each.name for each in models[:index] if trees.get(each.name)]
            one.why = _why(one, best, metric, better, rows)


def _why(one: ComparedModel, best: ComparedModel | None, metric: ScoreMetric, trees: Sequence[str], rows: int) -> str:
    if one.status == "missing":
        return f"{one.name} was not compared: {one.error}"
    if one.status == "failed":
        return f"{one.name} was not ranked: its training failed with {one.error}"
    if one.rank is None or best is None:
        return f"{one.name} was not ranked: {one.error or f'it has no {metric.name}'}"
    scores = f"{metric.name} {_shown(one)} against {_shown(best)}"
    if one.tied:
        return f"{one.name} is not distinguishable from {best.name} on {rows:,} validation rows ({scores})."
    return f"{one.name} lost to {best.name} ({scores}): {_reason(one, best, trees)}"


def _reason(one: ComparedModel, best: ComparedModel, trees: Sequence[str]) -> str:
    """`trees`: the better models that are made of trees."""
    cause = one.diagnosis.cause
    if cause is None:
        seen = one.diagnosis.reason or "nothing was found that is wrong with it."
        return f"the cause is unknown; {seen}"
    message = next((each.message for each in one.diagnosis.findings if each.rule == cause), "")
    if best.diagnosis.cause == cause:
        return f"the cause is unknown; {best.name} has the same cause, {cause}."
    unaffected = ""
    if cause == SCALE and trees:
        names = " and ".join(trees)
        unaffected = f" This does not affect {names}: trees do not depend on the scale of a feature."
    return f"the cause is {cause}. {message}{unaffected}"


def _score(one: ComparedModel) -> float | None:
    if isinstance(one.score, str):
        return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[one.score]
    return one.score


def _order(one: ComparedModel, metric: ScoreMetric) -> tuple[bool, float]:
    score = _score(one) or 0.0
    return math.isnan(score), -score if metric.better == "higher" else score


def _shown(one: ComparedModel) -> str:
    return f"{one.score:.4g}" if isinstance(one.score, int | float) else str(one.score)
