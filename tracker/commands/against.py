"""`tracker check --against`: the metrics that the plan names, compared with those of a commit or a version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tracker.errors import TrackerError
from tracker.model import VERSION_NUMBER, MeasuredResult, Problem, Version
from tracker.progress.progress import Progress
from tracker.progress.regressions import Against, Metric, MetricChange, MetricValue, compare_metric, metrics, value_in
from tracker.progress.versions import criteria_of
from tracker.sources.facts import BrokenPlan, looking_back
from tracker.sources.numbers import load_json
from tracker.sources.plan import Place, places
from tracker.sources.reading import SourceFile
from tracker.sources.results import newest_complete
from tracker.workspace import PLAN_FILE

Lookup = Callable[[Metric], MetricValue]


def compare_against(progress: Progress, name: str) -> Against:
    """Compare the metrics of the plan with those of a version number or a git revision.

    Raises TrackerError for a version or revision that does not exist.
    """
    newest = newest_complete(progress.facts.results)
    with _earlier(progress, name) as before:
        changes = tuple(
            compare_metric(metric, before(metric), value_in(metric, newest.get(metric.result)))
            for metric in metrics(progress.plan)
        )
    where = places(progress.facts.workspace.root, progress.plan) if changes else {}
    return Against(name, changes, tuple(_problem(progress, change, where) for change in changes))


@contextmanager
def _earlier(progress: Progress, name: str) -> Iterator[Lookup]:
    versions = {version.version: version for version in progress.facts.versions}
    if name in versions:
        yield _in_version(progress, versions[name])
        return
    if VERSION_NUMBER.fullmatch(name):
        raise TrackerError(f"{name}: no such version; the versions are: {', '.join(versions) or 'none yet'}")
    try:
        with looking_back(progress.facts.repository, name) as facts:
            yield _in_results(newest_complete(facts.results))
    except BrokenPlan as error:
        raise TrackerError(f"{name}: its tracker.yml cannot be read: {error.problems[0]}") from None


def _in_results(newest: Mapping[str, MeasuredResult]) -> Lookup:
    return lambda metric: value_in(metric, newest.get(metric.result))


def _in_version(progress: Progress, version: Version) -> Lookup:
    """Look in what the version froze, then in the results of its commit: a version freezes no other value."""
    frozen = list(_frozen_values(version))
    commit = _results_of_commit(progress, version)

    def look(metric: Metric) -> MetricValue:
        subject = f"result {metric.result}: {metric.value} "
        text = next((text for asks, text in frozen if asks.startswith(subject)), None)
        if text is not None:
            return MetricValue(_value(text))
        found = value_in(metric, commit.get(metric.result))
        missing = MetricValue(reason=f"version {version.version} holds no value of it")
        return found if found.value is not None else missing

    return look


def _frozen_values(version: Version) -> Iterator[tuple[str, str]]:
    """Yield what each frozen value was asked for, such as `result soak: loss < 1`, with its text."""
    for evidence in (one for criterion in criteria_of(version).values() for one in criterion.evidence):
        if evidence.kind == "result" and evidence.value is not None:
            yield f"{evidence.asks} ", evidence.value


def _results_of_commit(progress: Progress, version: Version) -> Mapping[str, MeasuredResult]:
    if version.commit is None or progress.facts.repository.existing([version.commit])[version.commit] is None:
        return {}
    try:
        with looking_back(progress.facts.repository, version.commit) as facts:
            return newest_complete(facts.results)
    except TrackerError:  # such as a commit without a tracker.yml
        return {}


def _value(text: str) -> Any:
    try:
        return load_json(text)
    except ValueError:
        return text


def _problem(progress: Progress, change: MetricChange, where: Mapping[str, Place]) -> Problem:
    root, metric = progress.facts.workspace.root, change.metric
    if metric.criterion is not None:
        source, path = where[metric.criterion]
    else:
        source, path = SourceFile.read(root / PLAN_FILE, root), ("budgets", metric.budget or 0)
    return source.problem(path, change.sentence)
