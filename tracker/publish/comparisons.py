"""The page of a comparison of models: ranks, reasons, evaluation records and importances, as the result has them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from diagnostics.charts import bar_chart, overlay
from diagnostics.models.result import ComparedModel, ModelComparison, is_comparison
from tracker.model import MeasuredResult
from tracker.publish.site import Site

IMPORTANCES_SHOWN = 12


@cache
def _comparisons() -> TypeAdapter[ModelComparison]:
    return TypeAdapter(ModelComparison)


def comparison(result: MeasuredResult) -> ModelComparison | None:
    """Return the result as a comparison of models, or None for any other JSON object."""
    if not is_comparison(result.data):
        return None
    try:
        return _comparisons().validate_python(dict(result.data))
    except ValidationError:
        return None


def values(site: Site, result: MeasuredResult, found: ModelComparison) -> dict[str, Any]:
    """Return the values of the page of a comparison."""
    pages = {path.rpartition("/")[2]: page for path, page in site.run_pages.items()}
    return {
        "found": found,
        "result_path": result.path,
        "commit_hash": result.commit,
        "metric_page": site.metric_pages[result.name] if site.runs_of[result.name] > 1 else None,
        "rows": [(one, pages.get(one.run or "")) for one in found.models],
        "charts": [Markup(chart) for chart in _charts(found) if chart],
    }


def _charts(found: ModelComparison) -> Iterator[str]:
    for one in found.models:
        if one.curve:
            lines = {name: (one.curve["round"], one.curve[name]) for name in _curves(one)}
            yield overlay(f"{one.name}: {one.curve_metric} by round", "round", lines)
    for one in found.models:
        shares = list(one.importances.items())[:IMPORTANCES_SHOWN]
        title = f"{one.name}: share of importance ({one.method}), {len(shares)} of {len(found.data.features)} features"
        yield bar_chart(title, shares)


def _curves(one: ComparedModel) -> list[str]:
    return [name for name in ("train", "validation") if name in one.curve and "round" in one.curve]
