"""One interface to fitted models: networks, XGBoost, LightGBM, CatBoost and scikit-learn.

Nothing here imports one of these libraries: a model that is given is of a library that is loaded already."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from diagnostics.models.split import Split

LIBRARIES = {"xgboost": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost", "sklearn": "scikit-learn"}
STAGES = 50
"""Points, at most, of a curve that is computed stage by stage."""
PERMUTED = 1000
"""Validation rows, at most, for importances by permutation."""
TREES = {"tree", "_forest", "_gb", "_hist_gradient_boosting", "_iforest", "xgboost", "lightgbm", "catboost"}
"""Modules of scikit-learn whose models are made of trees, and the other libraries."""
Record = tuple[str, list[float], list[float]]
"""The name of a metric, and its value for the training and the validation rows after each round; one may be empty."""


class Fitted:
    """A model that has been trained."""

    library: str
    boosted = False
    """Whether it grows round by round, so that there is something to see in an evaluation record."""
    trees = False
    """Whether it is made of trees, which depend on the order of a feature's values alone."""

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """Predictions [rows]: numbers, or labels of `classes`."""
        raise NotImplementedError

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities [rows, classes]."""
        raise NotImplementedError

    def record(self, split: Split) -> Record | None:  # noqa: ARG002
        """Its evaluation record; None without one. That of a network is the observer's history."""
        return None

    def stopped_early(self) -> bool:
        """Whether it predicts with its best round rather than its last."""
        return False

    def importances(self, split: Split) -> tuple[str, list[float]] | None:  # noqa: ARG002
        """By which method, and the importance of each feature; None where there is none. The observer's attribution
        has those of a network."""
        return None


def fitted(model: object) -> Fitted:
    """The interface of a model. Raises TypeError for one of an unknown kind."""
    if isinstance(model, nn.Module):
        return Network(model)
    library = type(model).__module__.partition(".")[0]
    known = next((name for name in _libraries_of(model) if name in ADAPTERS), None)
    if known is None:
        expected = ", ".join(("torch.nn.Module", *LIBRARIES.values()))
        raise TypeError(f"{library}.{type(model).__name__} is no model that can be compared; expected {expected}")
    return ADAPTERS[known](model)


def version_of(library: str) -> str | None:
    """The version of a library that is loaded."""
    found = getattr(sys.modules.get(library), "__version__", None)
    return str(found) if found is not None else None


def _libraries_of(model: object) -> list[str]:
    """The libraries of a model's classes, of its own class first: a class of a user may inherit from one."""
    return [each.__module__.partition(".")[0] for each in type(model).__mro__]


def _flat(values: Any) -> torch.Tensor:
    made = torch.as_tensor(values, device="cpu")
    return made.reshape(len(made), -1)[:, 0] if made.dim() > 1 else made


def _both(positive: torch.Tensor) -> torch.Tensor:
    """Probabilities of two classes, of that of the second one."""
    return torch.stack([1 - positive, positive], 1)


class Network(Fitted):
    """A torch network."""

    library = "torch"

    def __init__(self, model: nn.Module) -> None:
        self._model = model

    def _outputs(self, x: torch.Tensor) -> torch.Tensor:
        first = next(self._model.parameters(), torch.zeros(()))
        training = self._model.training
        self._model.eval()
        try:
            with torch.no_grad():
                outputs: torch.Tensor = self._model(x.to(first.device, first.dtype))
        finally:
            self._model.train(training)
        return outputs.detach().cpu().reshape(len(x), -1)

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """See `Fitted.values`."""
        return self.probabilities(x).argmax(1) if classes else self._outputs(x)[:, 0]

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """See `Fitted.probabilities`. The outputs are logits: of each class, or of the second of two."""
        outputs = self._outputs(x)
        return _both(outputs[:, 0].sigmoid()) if outputs.shape[1] == 1 else outputs.softmax(1)


class FittedModel(Fitted):
    """A model with the interface of scikit-learn."""

    library = "sklearn"

    def __init__(self, model: Any) -> None:
        self.model = model

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """See `Fitted.values`."""
        found = _flat(self.model.predict(x.numpy()))
        return found.round().long() if classes and found.is_floating_point() else found

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """See `Fitted.probabilities`."""
        if not hasattr(self.model, "predict_proba"):
            raise TypeError(f"{type(self.model).__name__} has no predict_proba")
        return torch.as_tensor(self.model.predict_proba(x.numpy()), device="cpu")

    def importances(self, split: Split) -> tuple[str, list[float]] | None:  # noqa: ARG002
        """See `Fitted.importances`."""
        found = getattr(self.model, "feature_importances_", None)
        return ("importance of the library", [float(each) for each in found]) if found is not None else None


class ScikitLearn(FittedModel):
    """An estimator of scikit-learn, or a pipeline, which says it by its last step."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        steps = getattr(model, "steps", None)
        self._last = steps[-1][1] if steps else model
        self.boosted = hasattr(model, "staged_predict")
        self.trees = any(
            "tree" in each.__module__ or "ensemble" in each.__module__ for each in type(self._last).__mro__
        )

    def record(self, split: Split) -> Record | None:
        """Squared errors (shares of wrong answers, for a classifier) stage by stage; the losses of a network."""
        if hasattr(self.model, "loss_curve_"):
            return "loss", [float(value) for value in self.model.loss_curve_], []
        if not self.boosted:
            return None
        wrong = hasattr(self.model, "classes_")
        curves = [self._stages(x, y, wrong) for x, y in ((split.x, split.y), (split.x_val, split.y_val))]
        return "share of wrong answers" if wrong else "squared error", curves[0], curves[1]

    def _stages(self, x: torch.Tensor, y: torch.Tensor, wrong: bool) -> list[float]:
        stages = (_flat(stage) for stage in self.model.staged_predict(x.numpy()))
        return [float((stage != y).double().mean() if wrong else (stage - y).square().mean()) for stage in stages]

    def importances(self, split: Split) -> tuple[str, list[float]] | None:
        """Of the library; else of linear coefficients by the spread of their feature; else by permutation."""
        known = super().importances(split)
        if known is not None or not len(split.x_val):
            return known
        weights = getattr(self.model, "coef_", None)
        if weights is not None:
            each = torch.as_tensor(weights, device="cpu").double().reshape(-1, split.x.shape[1]).abs().mean(0)
            return "|coefficient| × spread of the feature", (each * split.x.double().std(0)).tolist()
        from importlib import import_module

        rows = slice(0, PERMUTED)
        done = import_module("sklearn.inspection").permutation_importance(
            self.model, split.x_val[rows].numpy(), split.y_val[rows].numpy(), n_repeats=2, random_state=0
        )
        return "loss of score when the feature is permuted", [max(0.0, float(value)) for value in done.importances_mean]


class XGBoost(FittedModel):
    """`xgboost.XGBModel` or `xgboost.Booster`."""

    library, boosted, trees = "xgboost", True, True

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._raw = not hasattr(model, "get_booster")
        self._booster = model if self._raw else model.get_booster()

    def _predicted(self, x: torch.Tensor) -> torch.Tensor:
        from importlib import import_module

        matrix = import_module("xgboost").DMatrix(x.numpy(), feature_names=self._booster.feature_names)
        return torch.as_tensor(self._booster.predict(matrix), device="cpu")

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """See `Fitted.values`."""
        if not self._raw:
            return super().values(x, classes=classes)
        found = self._predicted(x)
        return (
            found.argmax(1) if found.dim() > 1 and classes else _flat(found).round().long() if classes else _flat(found)
        )

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """See `Fitted.probabilities`."""
        if not self._raw:
            return super().probabilities(x)
        found = self._predicted(x)
        return found if found.dim() > 1 else _both(found)

    def record(self, split: Split) -> Record | None:  # noqa: ARG002
        """What `eval_set` recorded. A Booster keeps none."""
        try:
            return _record_of(self.model.evals_result())
        except Exception:
            return None

    def stopped_early(self) -> bool:
        """See `Fitted.stopped_early`."""
        return "best_iteration" in self._booster.attributes()

    def importances(self, split: Split) -> tuple[str, list[float]] | None:
        """Gain, by feature."""
        gains = self._booster.get_score(importance_type="gain")
        names = self._booster.feature_names or [f"f{index}" for index in range(len(split.features))]
        return "gain", [float(gains.get(name, 0.0)) for name in names]


class LightGBM(FittedModel):
    """`lightgbm.LGBMModel` or `lightgbm.Booster`."""

    library, boosted, trees = "lightgbm", True, True

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self._raw = not hasattr(model, "booster_")
        self._booster = model if self._raw else model.booster_

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """See `Fitted.values`."""
        if not self._raw or not classes:
            return super().values(x, classes=classes)
        return self.probabilities(x).argmax(1)

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """See `Fitted.probabilities`."""
        if not self._raw:
            return super().probabilities(x)
        found = torch.as_tensor(self._booster.predict(x.numpy()), device="cpu")
        return found if found.dim() > 1 else _both(found)

    def record(self, split: Split) -> Record | None:  # noqa: ARG002
        """What `eval_set` recorded. A Booster keeps none."""
        return _record_of(getattr(self.model, "evals_result_", None) or {})

    def stopped_early(self) -> bool:
        """See `Fitted.stopped_early`."""
        return bool(getattr(self._booster, "best_iteration", 0) > 0)

    def importances(self, split: Split) -> tuple[str, list[float]] | None:  # noqa: ARG002
        """Gain, by feature."""
        return "gain", [float(value) for value in self._booster.feature_importance("gain")]


class CatBoost(FittedModel):
    """`catboost.CatBoost` and its subclasses."""

    library, boosted, trees = "catboost", True, True

    def values(self, x: torch.Tensor, *, classes: bool) -> torch.Tensor:
        """See `Fitted.values`."""
        kind = {"prediction_type": "Class"} if classes else {}
        return _flat(self.model.predict(x.numpy(), **kind)).long() if classes else super().values(x, classes=False)

    def probabilities(self, x: torch.Tensor) -> torch.Tensor:
        """See `Fitted.probabilities`."""
        return torch.as_tensor(self.model.predict(x.numpy(), prediction_type="Probability"), device="cpu")

    def record(self, split: Split) -> Record | None:  # noqa: ARG002
        """What it evaluated while training."""
        return _record_of(self.model.get_evals_result() or {})

    def stopped_early(self) -> bool:
        """Whether it kept only its best rounds, as it does by default with an `eval_set`."""
        best, made = self.model.get_best_iteration(), self.model.tree_count_
        return best is not None and best + 1 == made

    def importances(self, split: Split) -> tuple[str, list[float]] | None:  # noqa: ARG002
        """By the change of predictions."""
        return "change of predictions", [float(value) for value in self.model.get_feature_importance()]


ADAPTERS: Mapping[str, type[FittedModel]] = {
    "xgboost": XGBoost, "lightgbm": LightGBM, "catboost": CatBoost, "sklearn": ScikitLearn,
}  # fmt: skip


def _record_of(found: Mapping[str, Mapping[str, Sequence[float]]]) -> Record | None:
    """The first metric of the evaluation sets: of two or more the first is that of training, the last of validation;
    a single one is of training where the library calls it so."""
    names = [name for name, metrics in found.items() if metrics]
    if not names:
        return None
    last = names[-1]
    shared = [metric for metric in found[last] if len(names) < 2 or metric in found[names[0]]]
    if not shared:
        return None
    metric = shared[0]
    values = [[float(value) for value in found[name][metric]] for name in (names[0], last)]
    if len(names) > 1:
        return metric, values[0], values[1]
    return (metric, values[0], []) if last in ("learn", "training", "train") else (metric, [], values[0])
