"""Metric pages: every metric of a result name across its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from markupsafe import Markup

from diagnostics.charts import finite, line_chart, overlay
from tracker.model import MeasuredResult
from tracker.publish.page import Page
from tracker.publish.site import Site

MAX_METRICS = 40
MAX_RUNS = 200
"""Newest runs that are shown."""
OVERLAID = 4
"""Newest runs whose losses are drawn over each other."""


def pages(site: Site) -> Iterator[Page]:
    """Yield a page for each result name with more than one run."""
    by_name = sorted(site.progress.facts.results, key=lambda result: result.name)  # stable: oldest run of a name first
    for name, found in groupby(by_name, lambda result: result.name):
        runs = list(found)
        if len(runs) > 1:
            yield Page(site.metric_pages[name], "metrics.md.j2", _values(site, name, runs[-MAX_RUNS:]))


def _values(site: Site, name: str, runs: list[MeasuredResult]) -> dict[str, object]:
    metrics = list(dict.fromkeys(key for run in runs for key in _metrics(run)))
    shown = metrics[:MAX_METRICS]
    charts = [chart for chart in (*_overlaid(runs), *(_chart(metric, runs) for metric in shown)) if chart]
    rows = [
        (run.started, run.status, site.run_pages[run.path], [_metrics(run).get(metric) for metric in shown])
        for run in reversed(runs)
    ]
    return {"name": name, "metrics": shown, "more": len(metrics) - len(shown), "charts": charts, "rows": rows}


def _metrics(run: MeasuredResult) -> dict[str, float]:
    """Return the numbers under `metrics`, or the numbers of the object if it has no `metrics`."""
    metrics = run.data.get("metrics")
    found = metrics if isinstance(metrics, Mapping) else run.data
    return {str(key): number for key, value in found.items() if (number := finite(value)) is not None}


def _overlaid(runs: list[MeasuredResult]) -> Iterator[str]:
    """Yield the training and validation losses of the newest runs in one chart each."""
    for name in ("train_loss", "val_loss"):
        lines = {}
        for run in runs[-OVERLAID:]:
            history = run.data.get("history")
            if isinstance(history, Mapping) and name in history and run.started is not None:
                lines[f"{run.started:%Y-%m-%d %H:%M:%S}"] = (history.get("step", ()), history[name])
        yield Markup(overlay(f"{name} of the newest runs", "step", lines)) if len(lines) > 1 else ""


def _chart(metric: str, runs: list[MeasuredResult]) -> str:
    values = [_metrics(run).get(metric) for run in runs]
    if len({value for value in values if value is not None}) < 2:
        return ""
    return Markup(line_chart(metric, "run", range(1, len(runs) + 1), {metric: values}))
