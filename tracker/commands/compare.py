"""`tracker diagnose --compare`: the YAML file, checked and handed to the diagnostics as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.model.comparison import ComparisonSpec
from tracker.sources.reading import SourceFile


def read_spec(path: Path, directory: Path | None) -> str:
    """Return the comparison of a YAML file as JSON; `directory` is where results go.

    Raises TrackerError with every problem of the file, and its place.
    """
    if not path.is_file():
        raise TrackerError(f"{path}: there is no such file")
    full = path.resolve()
    source = SourceFile.read(full, full.parent)
    spec, problems = source.validate(ComparisonSpec)
    if spec is None:
        raise TrackerError("\n".join(map(str, problems)))
    data = spec.model_dump(exclude_defaults=True) | {"folder": str(full.parent), "metric": spec.metric}
    for model in data["models"].values():
        if "parameters" in model:
            model["parameters"] = _typed(model["parameters"])
    if directory is not None:
        data["directory"] = str(directory.resolve())
    return json.dumps(data)


def _typed(value: Any) -> Any:
    """Return a value with its scalars as JSON has them: the reader gives every scalar as text.

    >>> _typed({"a": "1", "b": ["0.5", "true", "squared_error"]})
    {'a': 1, 'b': [0.5, True, 'squared_error']}
    """
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value
