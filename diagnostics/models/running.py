"""`compare_models`: train or take each model, measure it, rank all, write the comparison."""

import inspect
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import nn

from diagnostics import provenance
from diagnostics.models.fitted import LIBRARIES, Fitted, Network, fitted, version_of
from diagnostics.models.metrics import METRICS, ScoreMetric, constant_losses, differ
from diagnostics.models.ranking import explain, rank
from diagnostics.models.records import judge
from diagnostics.models.result import KIND, SCHEMA, ComparedModel, ModelComparison
from diagnostics.models.split import Split, split_of
from diagnostics.observer import Observer, attach
from diagnostics.result import (
    Diagnosis,
    Finding,
    Number,
    Result,
    Source,
    file_name,
    number,
    timestamp,
    write_atomically,
)
from diagnostics.series import Thinned

IMPORTANCES, CURVE = 100, 200  # features and rounds that are kept, at most
INSTALL = "pip install 'session-tracker[trees]'"
EVALUATED = {"xgboost": "eval_set", "lightgbm": "eval_set", "catboost": "eval_set"}
QUIET: Mapping[str, Mapping[str, Any]] = {
    "lightgbm": {"verbose": -1}, "catboost": {"verbose": False, "allow_writing_files": False},
}  # fmt: skip


class MissingLibrary(Exception):
    """A library of models is not installed."""


@dataclass(frozen=True, slots=True)
class LibraryModel:
    """A model of a library by the name of its class, such as `xgboost.XGBRegressor`, and its parameters."""

    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, split: Split) -> Any:
        """Train it on the training rows; boosted ones also record the validation rows.

        Raises MissingLibrary, ValueError for an unknown class, and what the library raises."""
        library, _, name = self.type.rpartition(".")
        root = library.partition(".")[0]
        if root not in LIBRARIES:
            raise ValueError(f"{self.type}: expected a class of {', '.join(LIBRARIES)}, such as xgboost.XGBRegressor")
        try:
            kind = getattr(import_module(library), name, None)
        except ImportError as error:
            raise MissingLibrary(f"{LIBRARIES[root]} is not installed ({error}): {INSTALL}") from None
        if not isinstance(kind, type):
            raise ValueError(f"{library} has no class {name}")
        model = kind(**{**QUIET.get(root, {}), **self.parameters})
        x, y, x_val, y_val = (part.numpy() for part in (split.x, split.y, split.x_val, split.y_val))
        if root == "catboost":
            return model.fit(x, y, eval_set=(x_val, y_val))
        if root in EVALUATED:
            return model.fit(
                x, y, eval_set=[(x, y), (x_val, y_val)], **({"verbose": False} if root == "xgboost" else {})
            )
        return model.fit(x, y)


@dataclass(slots=True)
class _Measured:
    """One model with what only the comparison needs: its losses row by row, and whether it is made of trees."""

    model: ComparedModel
    losses: torch.Tensor | None = None
    trees: bool = False


def compare_models(
    models: Mapping[str, Any],
    data: object,
    *,
    metric: str = "r2",
    name: str = "comparison",
    directory: str | os.PathLike[str] | None = None,
    session: str | None = None,
) -> ModelComparison:
    """Compare models on the same data and split, and write the comparison beside the results.

    models: by name. Each is a fitted model (a network, or one of XGBoost, LightGBM, CatBoost, scikit-learn); a network
    with its result, as a pair; the result of a watched training whose metrics have `metric`; a `LibraryModel`; or a
    function that trains one of these. The function is called with the data and, if it takes a second argument,
    with `attach`, which watches a network: `attach(model, optimizer=optimizer)`.
    data: see `split_of`. metric: one of `METRICS`. directory, session: as for `diagnostics.attach`.

    A model that fails, or whose library is missing, is recorded with its error, and the others are compared.

    Raises ValueError for data or a metric that cannot work, and OSError when the comparison cannot be written."""
    if metric not in METRICS:
        raise ValueError(f"metric: expected one of {', '.join(METRICS)}, not {metric!r}")
    if not models:
        raise ValueError("models: there is nothing to compare")
    split, by = split_of(data), METRICS[metric]
    if (by.classes or by.probabilities) and not _labels(split):
        raise ValueError(f"{metric} needs class labels in y: whole numbers from 0")
    folder = Path(directory) if directory is not None else provenance.results_directory(Path.cwd())
    folder.mkdir(parents=True, exist_ok=True)
    about = _About(name, by, split, session or os.environ.get("TRACKER_SESSION") or None, provenance.source(folder))
    path = _free(folder / file_name(about.started, name))
    watching = partial(_Watching, comparison=name, directory=folder, session=session, features=split.features)
    measured: list[_Measured] = []
    for key, model in models.items():
        measured.append(_measured(key, model, data, split, by, watching(model=key)))
        made = _comparison(about, measured, len(models))
        write_atomically(path, made.to_json())  # what was measured is kept if the next one ends the process
    return made


@dataclass(frozen=True)
class _About:
    """What is the same for the whole comparison."""

    name: str
    metric: ScoreMetric
    split: Split
    session: str | None
    source: Source
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


def _comparison(about: _About, measured: list[_Measured], wanted: int) -> ModelComparison:
    losses = {one.model.name: one.losses for one in measured if one.losses is not None}
    ordered = rank([one.model for one in measured], about.metric, losses)
    explain(ordered, about.metric, {one.model.name: one.trees for one in measured}, len(about.split.x_val))
    ranked = [one for one in ordered if one.rank]
    last = ranked[-1] if len(ranked) > 1 else None
    return ModelComparison(
        schema=SCHEMA, name=about.name, kind=KIND, started=timestamp(about.started),
        finished=timestamp(datetime.now(UTC)), session=about.session, source=about.source,
        status="complete" if len(ranked) == wanted else "partial" if ranked else "failed",
        metric=about.metric.name, better=about.metric.better, data=about.split.described(), models=ordered,
        winner=ranked[0].name if ranked else None, loser=last.name if last else None,
        sentence=(last.why or "") if last else "There are not two models to compare.",
        metrics={one.name: one.score for one in ordered}, notes=_notes(measured),
    )  # fmt: skip


@dataclass
class _Watching:
    """Watches the networks that the training of one model makes."""

    comparison: str
    directory: Path
    session: str | None
    features: tuple[str, ...]
    model: str
    observers: list[Observer] = field(default_factory=list)

    def attach(self, network: nn.Module, **arguments: Any) -> Observer:
        """As `diagnostics.attach`, in the name of the comparison and the model."""
        usual = {"name": f"{self.comparison}-{self.model}", "directory": self.directory, "session": self.session}
        first = next((layer for layer in network.modules() if isinstance(layer, nn.Linear)), None)
        if first is not None and first.in_features == len(self.features):
            usual["feature_names"] = self.features
        observer = attach(network, **{**usual, "quiet": True, **arguments})
        observer.when_gone = "complete"  # a network that its function returned without is trained
        self.observers.append(observer)
        return observer

    def close(self, failed: bool) -> Result | None:
        """Stop watching; the result of the last network."""
        results = [observer.detach(status="failed" if failed else "complete") for observer in self.observers]
        return results[-1] if results else None


def _measured(name: str, model: Any, data: object, split: Split, metric: ScoreMetric, watching: _Watching) -> _Measured:
    """Train one model where it has to be, and measure it. Nothing that it raises goes on, but KeyboardInterrupt."""
    begun = time.perf_counter()
    found = _Measured(ComparedModel(name, "unknown"))
    try:
        model = _trained(model, data, split, watching)
        found.model.seconds = number(time.perf_counter() - begun)
        result = watching.close(failed=False)
        if isinstance(model, tuple) and len(model) == 2:
            model, result = model
        _take(found, model, result, split, metric)
    except MissingLibrary as error:
        found.model.status, found.model.error = "missing", str(error)
    except (Exception, SystemExit) as error:
        found.model.status, found.model.error = "failed", _one_line(error)
        _diagnosed(found.model, watching.close(failed=True))
    if watching.observers:
        found.model.run = watching.observers[-1].path.name
    return found


def _trained(model: Any, data: object, split: Split, watching: _Watching) -> Any:
    if isinstance(model, LibraryModel):
        return model.fit(split)
    if not (inspect.isroutine(model) or isinstance(model, partial)):
        return model
    needed = [each for each in inspect.signature(model).parameters.values() if each.default is each.empty]
    train: Callable[..., Any] = model
    return train(data, watching.attach) if len(needed) > 1 else train(data)


def _take(found: _Measured, model: Any, result: Any, split: Split, metric: ScoreMetric) -> None:
    one = found.model
    if isinstance(model, Result | Mapping):
        _diagnosed(one, model)
        one.library, one.score = "torch", _metric_of(model, metric.name)
        if one.score is None:
            one.error = (
                f"its result has no metric {metric.name}: report it with observer.metric({metric.name!r}, value)"
            )
        return
    if model is None and result is not None:
        _take(found, result, None, split, metric)
        return
    known = fitted(model)
    one.library, one.kind, one.version = known.library, type(model).__name__, version_of(known.library)
    found.trees = known.trees
    found.losses = _losses(known, metric, split.x_val, split.y_val)
    one.score = number(metric.score(found.losses, split.y_val))
    one.train_score = number(metric.score(_losses(known, metric, split.x, split.y), split.y))
    if isinstance(known, Network):
        _diagnosed(one, result)
        return
    _record(one, known, split)
    constant = constant_losses(metric, split.y, split.y_val)
    better = differ(found.losses, constant) and bool(found.losses.mean() < constant.mean())
    one.diagnosis = judge(
        one.curve, one.curve_metric, stopped_early=known.stopped_early(), boosted=known.boosted, beats_constant=better,
        importances=one.importances,
    )  # fmt: skip


def _losses(model: Fitted, metric: ScoreMetric, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    predicted = model.probabilities(x) if metric.probabilities else model.values(x, classes=metric.classes)
    if len(predicted) != len(y):
        raise ValueError(f"{len(predicted)} predictions for {len(y)} rows")
    return metric.losses(predicted, y)


def _record(one: ComparedModel, model: Fitted, split: Split) -> None:
    record = model.record(split)
    if record is not None:
        one.curve_metric, train, validation = record
        rounds: Thinned[int] = Thinned(CURVE)
        for index in range(max(len(train), len(validation))):
            rounds.append(index)
        kept = rounds.kept()
        one.curve = {"round": [index + 1 for index in kept]}
        for name, values in (("train", train), ("validation", validation)):
            if values:
                one.curve[name] = [number(values[index]) if index < len(values) else None for index in kept]
    found = model.importances(split)
    if found is not None and len(found[1]) == len(split.features) and (whole := sum(found[1])) > 0:
        one.method = found[0]
        shares = sorted(zip(split.features, found[1], strict=True), key=lambda pair: -pair[1])
        one.importances = {feature: number(value / whole) for feature, value in shares[:IMPORTANCES]}


def _diagnosed(one: ComparedModel, result: Result | Mapping[str, Any] | None) -> None:
    """Take over what the observer found."""
    if result is None:
        reason = "The network was not watched: let its training take a second argument, `attach`, and call it."
        one.diagnosis = Diagnosis("unknown", reason=reason)
        return
    diagnosis = result.get("diagnosis") if isinstance(result, Mapping) else result.diagnosis
    if isinstance(diagnosis, Mapping):
        known = {key: value for key, value in diagnosis.items() if key in Diagnosis.__slots__}
        known["findings"] = [Finding(**each) for each in known.get("findings", ())]
        diagnosis = Diagnosis(**known)
    one.diagnosis = diagnosis or Diagnosis("unknown", reason="The result has no diagnosis.")
    _attributed(one, result)


def _attributed(one: ComparedModel, result: Result | Mapping[str, Any]) -> None:
    found = None if isinstance(result, Mapping) else result.attribution
    if found is not None:
        pairs = zip(found.features, found.values, strict=True)
        known = {name: float(value) for name, value in pairs if isinstance(value, int | float)}
        if (whole := sum(known.values())) > 0:
            shares = sorted(known.items(), key=lambda pair: -pair[1])[:IMPORTANCES]
            one.method, one.importances = found.method, {name: number(value / whole) for name, value in shares}


def _metric_of(result: Result | Mapping[str, Any], name: str) -> Number | None:
    metrics = result.get("metrics") if isinstance(result, Mapping) else result.metrics
    value = metrics.get(name) if isinstance(metrics, Mapping) else None
    return value if isinstance(value, int | float) or value in ("NaN", "Infinity", "-Infinity") else None


def _labels(split: Split) -> bool:
    return all(bool(((y >= 0) & (y == y.round())).all()) for y in (split.y, split.y_val))


def _notes(measured: list[_Measured]) -> list[str]:
    elsewhere = [one.model.name for one in measured if one.model.status == "complete" and one.losses is None]
    return [f"{name}: measured elsewhere; that its data and split are the same is not checked" for name in elsewhere]


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


def _free(path: Path) -> Path:
    count, free = 1, path
    while free.exists():
        count += 1
        free = path.with_name(f"{path.stem}-{count}.json")
    return free
