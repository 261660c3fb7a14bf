"""`python -m diagnostics compare SPEC`: a comparison that a JSON object describes.

`tracker diagnose --compare` reads it from YAML.

    {"name": "tabular", "data": "train.py:make_data", "metric": "r2", "models": {
        "network": {"train": "train.py:train_network"},
        "trees": {"type": "xgboost.XGBRegressor", "parameters": {"n_estimators": 200}},
        "earlier": {"result": "diagnostics/results/20261123T101500Z-tabular.json"}}}

Paths are relative to `folder`, a key of the object, else to the folder of the file."""

import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from diagnostics.models.result import ModelComparison
from diagnostics.models.text import comparison_text


class WrongSpec(Exception):
    """The comparison cannot begin: one line that says why."""


def main(arguments: list[str]) -> None:
    """Compare, print the ranks and the reasons. Exit 1 where a model could not be compared, 2 where nothing could."""
    if len(arguments) != 1:
        sys.exit(_wrong("usage: python -m diagnostics compare SPEC.json"))
    try:
        made, path = _run(*_read(arguments[0]))
    except (WrongSpec, ValueError, OSError) as error:
        sys.exit(_wrong(f"diagnostics: {error}"))
    print(comparison_text(asdict(made)))
    print(f"result in {path}")
    left = [one for one in made.models if one.rank is None]
    for one in left:
        print(f"diagnostics: {one.why}", file=sys.stderr)
    sys.exit(1 if left else 0)


def _wrong(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def _read(given: str) -> tuple[dict[str, Any], Path]:
    """The object and the folder that its paths are relative to."""
    try:
        content = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
        spec = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise WrongSpec(f"{given[:80]}: expected a JSON object: {error}") from None
    if not isinstance(spec, dict) or not isinstance(spec.get("models"), dict) or not isinstance(spec.get("data"), str):
        raise WrongSpec("expected an object with data (file.py:function) and models (name → model)")
    folder = Path(spec.pop("folder", None) or ("." if given is content else Path(given).parent))
    return spec, folder.resolve()


def _run(spec: Mapping[str, Any], folder: Path) -> tuple[ModelComparison, Path]:
    from diagnostics import provenance
    from diagnostics.models import running

    models = {name: _model(name, model, folder) for name, model in spec["models"].items()}
    make_data = function(spec["data"], folder)
    try:
        data = make_data()
    except Exception as error:
        raise WrongSpec(f"{spec['data']}: {type(error).__name__}: {error}") from None
    directory = spec.get("directory") or provenance.results_directory(folder)
    made = running.compare_models(
        models, data, metric=spec.get("metric", "r2"), name=spec.get("name", "comparison"), directory=directory
    )
    return made, Path(directory)


def _model(name: str, model: Any, folder: Path) -> Any:
    from diagnostics.models.running import LibraryModel

    keys = [key for key in ("train", "type", "result") if isinstance(model, dict) and model.get(key)]
    if len(keys) != 1:
        raise WrongSpec(
            f"models: {name}: expected one of train (file.py:function), type (library.Class), result (a file)"
        )
    if keys == ["train"]:
        return function(model["train"], folder)
    if keys == ["type"]:
        return LibraryModel(model["type"], model.get("parameters") or {})
    return _result(folder / model["result"])


def _result(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongSpec(f"{path}: not a result: {error}") from None
    if not isinstance(data, dict) or data.get("kind") != "training" or data.get("schema") not in (1, 2):
        raise WrongSpec(f"{path}: expected a result of a watched training, of schema 1 or 2")
    return data


def function(name: str, folder: Path) -> Callable[..., Any]:
    """The function that `file.py:function` names. Raises WrongSpec."""
    file, _, attribute = name.rpartition(":")
    path = (folder / file).resolve()
    if not file or not path.is_file():
        raise WrongSpec(f"{name}: expected file.py:function; there is no file {path}")
    try:
        found = getattr(_module(path), attribute, None)
    except Exception as error:
        raise WrongSpec(f"{file}: {type(error).__name__}: {error}") from None
    if not callable(found):
        raise WrongSpec(f"{name}: {file} has no function {attribute}")
    return found  # type: ignore[no-any-return]


@cache
def _module(path: Path) -> ModuleType:
    """The module of a file, loaded once, with its folder on the path as for `python file.py`."""
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module
