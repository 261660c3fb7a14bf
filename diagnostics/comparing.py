"""`diagnostics.compare`: two runs of one training, or several models on the same data."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from diagnostics import comparison
from diagnostics.comparison import Comparison
from diagnostics.result import Result

if TYPE_CHECKING:
    from diagnostics.models.result import ModelComparison


@overload
def compare(before: Result | Mapping[str, Any], after: Result | Mapping[str, Any]) -> Comparison: ...


@overload
def compare(
    before: Mapping[str, Any], *, data: object, metric: str = ..., name: str = ...,
    directory: str | os.PathLike[str] | None = ..., session: str | None = ...,
) -> "ModelComparison": ...  # fmt: skip


def compare(
    before: Result | Mapping[str, Any], after: Result | Mapping[str, Any] | None = None, *, data: object = None,
    metric: str = "r2", name: str = "comparison", directory: str | os.PathLike[str] | None = None,
    session: str | None = None,
) -> "Comparison | ModelComparison":  # fmt: skip
    """Whether the cause of the run `before` is gone in the run `after`; results, or their JSON objects.

    With `data` instead of `after`, compare several models by name: see `diagnostics.models.running.compare_models`.

    >>> broken = {"diagnosis": {"severity": "critical", "cause": "non-finite", "findings": [
    ...     {"rule": "non-finite", "severity": "critical"}]}}
    >>> compare(broken, {"status": "complete", "diagnosis": {"severity": "ok", "findings": []}}).sentence
    'The cause non-finite is gone.'
    """
    if after is not None:
        return comparison.compare(before, after)
    if data is None or not isinstance(before, Mapping):
        raise TypeError("compare takes two results, or models by name and their data")
    from diagnostics.models.running import compare_models

    return compare_models(before, data, metric=metric, name=name, directory=directory, session=session)
