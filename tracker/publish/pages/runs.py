"""Run pages: an index, and a page for each result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from diagnostics.charts import bar_chart, curves, finite, layer_charts, losses
from diagnostics.comparison import Comparison, compare
from diagnostics.result import Result as Training
from tracker.cache import digest
from tracker.model import MeasuredResult, Origin, TestRun
from tracker.model.second_opinion import SecondOpinion
from tracker.publish import comparisons
from tracker.publish.page import Page, code_digest
from tracker.publish.site import RUNS, Site, neighbours
from tracker.sources.results import newest_complete

CODE = (
    *(f"publish/{name}.py" for name in ("pages/runs", "comparisons")),
    *("progress/trends.py", "model/second_opinion.py"),
    *(f"../diagnostics/{name}.py" for name in ("charts", "comparison", "result", "models/result")),
)
"""Modules that compute the values of these pages."""
IN_TABLE, LISTED = 100, 500
"""Runs in the table of the index and on the index at all, the newest first."""
MAX_VALUES = 200
MOST_TESTS = 60
"""Tests that sessions report, on the page of all runs."""
FEATURES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class RunRow:
    """A result as a table row."""

    name: str
    page: str
    started: datetime | None
    status: str
    severity: str | None
    first_finding: str | None
    dirty: bool
    newest: bool
    """Whether evidence that names this result uses this run."""
    session: str | None
    session_page: str | None
    origin: Origin


@cache
def _trainings() -> TypeAdapter[Training]:
    return TypeAdapter(Training)


def training(result: MeasuredResult) -> Training | None:
    """Return the result as the diagnostics wrote it, or None for any other JSON object."""
    try:
        return _trainings().validate_python(dict(result.data))
    except ValidationError:
        return None


def run_row(site: Site, result: MeasuredResult) -> RunRow:
    """Return the table row of a result."""
    diagnosis = result.data.get("diagnosis")
    diagnosis = diagnosis if isinstance(diagnosis, Mapping) else {}
    findings = diagnosis.get("findings")
    first = findings[0] if isinstance(findings, list) and findings and isinstance(findings[0], Mapping) else {}
    session = site.progress.attribution.session_of_result.get(result.path)
    return RunRow(
        name=result.name,
        page=site.run_pages[result.path],
        started=result.started,
        status=result.status,
        severity=_text(diagnosis.get("severity")),
        first_finding=_text(first.get("rule")),
        dirty=result.dirty,
        newest=newest_complete(site.progress.facts.results).get(result.name) is result,
        session=session,
        session_page=site.session_pages[session] if session else None,
        origin=result.origin,
    )


def pages(site: Site) -> Iterator[Page]:
    """Yield the index, then a page for each run."""
    results = site.progress.facts.results
    rows = [run_row(site, result) for result in site.newest_runs]
    newest = {row.name: row for row in reversed(rows)}.values()
    validation = _validation(site)
    values = {
        "runs": rows[:IN_TABLE],
        "older": rows[IN_TABLE:LISTED],
        "unlisted": max(0, len(rows) - LISTED),
        "count": len(rows),
        "doubtful": [row for row in newest if row.severity in ("warning", "critical")],
        "reports": _reports(site),
        "validation": validation[:MOST_TESTS],
        "more_validation": max(0, len(validation) - MOST_TESTS),
    }
    inputs = digest(code_digest(*CODE), repr(values), *(repr(result.data) for result in results))
    yield Page(RUNS, "runs.md.j2", {}, inputs, lambda: values | {"trends": site.progress.trends})
    titles = [(_title(one), site.run_pages[one.path]) for one in site.newest_runs]
    for (after, before), result in zip(neighbours(titles), site.newest_runs, strict=True):
        yield _page(site, result, {"before": before, "after": after})


def _page(site: Site, result: MeasuredResult, around: Mapping[str, Any]) -> Page:
    """The page of a result. Its values are only computed when something changed that it shows."""
    found = comparisons.comparison(result)
    earlier = _run_before(site, result)
    shown = [repr(result.data), repr(earlier.data) if earlier else "", repr(run_row(site, result)), repr(around)]
    shown += [repr(site.run_pages) if found else "", str(site.runs_of[result.name] > 1), repr(result.commit)]

    def compute() -> Mapping[str, Any]:
        values = comparisons.values(site, result, found) if found else _values(site, result)
        return {"row": run_row(site, result), **values, **around}

    template = "comparison.md.j2" if found else "run.md.j2"
    return Page(site.run_pages[result.path], template, {}, digest(code_digest(*CODE), *shown), compute)


def _run_before(site: Site, result: MeasuredResult) -> MeasuredResult | None:
    """The result before this one of the same name."""
    runs = [run for run in site.newest_runs if run.name == result.name]
    return next(iter(runs[runs.index(result) + 1 :]), None)


def _title(result: MeasuredResult) -> str:
    return f"{result.name} of {result.started:%Y-%m-%d}" if result.started else result.name


def _reports(site: Site) -> list[tuple[str, Counter[str], Date | None, str | None]]:
    """Return each report with its outcomes, and the day and commit of its run if known."""
    facts = site.progress.facts
    outcomes: dict[str, Counter[str]] = {}
    for case in facts.tests:
        outcomes.setdefault(case.file, Counter())[case.outcome] += 1
    rows = []
    for path, ended in sorted(outcomes.items()):
        record = facts.report_dates.get(path)
        day = record.started.date() if record and record.started else None
        rows.append((path, ended, day, record.commit if record else None))
    return rows


def _validation(site: Site) -> list[tuple[str, str | None, Date, TestRun]]:
    """Return the tests that sessions report, newest first: session, page, day, test."""
    rows: list[tuple[str, str | None, Date, TestRun]] = []
    for session in (one.session for one in reversed(site.progress.sessions)):
        for test in session.tests:
            name = test.session or session.session
            rows.append((name, site.session_pages.get(name), session.date, test))
    return rows


def _values(site: Site, result: MeasuredResult) -> dict[str, Any]:
    run = training(result)
    values: dict[str, Any] = {
        "result_path": result.path,
        "metric_page": site.metric_pages[result.name] if site.runs_of[result.name] > 1 else None,
        "commit_hash": result.commit,
        "run": _without_columns(run) if run else None,
    }
    if run is None:
        flat = list(_flat(result.data))
        values |= {"flat": flat[:MAX_VALUES], "more": max(0, len(flat) - MAX_VALUES)}
        values |= {"digest": digest(json.dumps(result.data, sort_keys=True, default=str))}
        return values
    return values | {
        "earlier": _earlier(site, result),
        "second_opinion": _second_opinion(result),
        "curves": _curves(result),
        "layer_charts": [Markup(chart) for chart in layer_charts(result.data) if chart],
        "attribution": _attribution(run),
        "layers": _layers(run),
        "layer_columns": list(LAYER_COLUMNS.values()),
    }


def _without_columns(run: Training) -> Training:
    """The run without its numbers by step, which the charts show: those of a thousand runs fill the memory."""
    layers = {name: replace(layer, columns={}) for name, layer in run.layers.items()}
    return replace(run, layers=layers, history={}, parameters={})


def _second_opinion(result: MeasuredResult) -> SecondOpinion | None:
    try:
        return SecondOpinion.model_validate(result.data.get("second_opinion"))
    except ValidationError:  # there is none, or of another schema
        return None


def _earlier(site: Site, result: MeasuredResult) -> tuple[str, Comparison] | None:
    """Return the page of the run before of the same name, if it has a cause, and what became of that cause."""
    before = _run_before(site, result)
    found = compare(before.data, result.data) if before is not None else None
    return (site.run_pages[before.path], found) if before is not None and found is not None and found.cause else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every scalar of a JSON value with its JMESPath."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = key if key.isidentifier() else json.dumps(key)
            yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flat(item, f"{path}[{index}]")
    else:
        yield path, "true" if value is True else "false" if value is False else str(value)


def _curves(result: MeasuredResult) -> list[str]:
    """Return one chart with all losses, and one for each other series that changed."""
    return [Markup(chart) for chart in (losses(result.data), *curves(result.data)) if chart]


def _attribution(run: Training) -> str:
    """Return a chart of the features that contribute most; it shows when a few features dominate."""
    if run.attribution is None:
        return ""
    pairs = zip(run.attribution.features, run.attribution.values, strict=False)
    measured = [(name, number) for name, value in pairs if (number := finite(value)) is not None and number >= 0]
    total = sum(number for _, number in measured)
    if not total:
        return ""
    measured.sort(key=lambda pair: -pair[1])
    shown = [(name, 100 * number / total) for name, number in measured[:FEATURES_SHOWN]]
    title = (
        f"Share of what the inputs contribute in % (mean of |{run.attribution.method}|): "
        f"the {len(shown)} largest of {len(measured)} features bring {sum(share for _, share in shown):.0f}%"
    )
    return Markup(bar_chart(title, shown))


LAYER_COLUMNS = {
    "activation_mean": "activation mean",
    "activation_std": "std",
    "dead_units": "dead units",
    "gradient_norm": "gradient norm",
    "gradient_max": "max",
    "weight_norm": "weight norm",
    "update_ratio": "update ratio",
}


def _layers(run: Training) -> list[list[object]]:
    """Return the label and units of each layer, and the last captured value of each column."""
    return [
        [
            f"{name or '(model)'} ({layer.type})",
            layer.units,
            *(_last(layer.columns.get(column, [])) for column in LAYER_COLUMNS),
        ]
        for name, layer in run.layers.items()
    ]


def _last(series: list[Any]) -> Any:
    return next((value for value in reversed(series) if value is not None), None)
