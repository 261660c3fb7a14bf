"""A comparison as text, without torch."""

from collections.abc import Mapping
from typing import Any


def comparison_text(data: Mapping[str, Any]) -> str:
    """The ranks, then a sentence for each model but the best; of a comparison's JSON object."""
    models = data["models"]
    width = max((len(one["name"]) for one in models), default=0)
    rows = data["data"]["validation_rows"]
    lines = [f"{data['name']}: {data['metric']} on {rows:,} rows, {data['better']} is better"]
    lines += [f"{one['rank'] or '–':>3}  {one['name']:{width}}  {_score(one):>9}  {_cause(one)}" for one in models]
    return "\n".join([*lines, "", *(one["why"] for one in models if one["why"])])


def _score(one: Mapping[str, Any]) -> str:
    score = one["score"]
    return f"{score:.4g}" if isinstance(score, int | float) else str(score or "–")


def _cause(one: Mapping[str, Any]) -> str:
    diagnosis = one["diagnosis"]
    return str(diagnosis["cause"] or (diagnosis["severity"] if one["status"] == "complete" else one["status"]))
