"""The result of a comparison: plain dataclasses of standard types, as the result of a run."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from diagnostics.result import Diagnosis, Number, Series, Source, Status, content_digest

SCHEMA = 1
KIND = "comparison"
ModelStatus = Literal["complete", "failed", "missing"]
Better = Literal["lower", "higher"]


@dataclass(slots=True)
class ComparedData:
    """What all models had: rows, features, and a digest (SHA-256) of all values."""

    train_rows: int
    validation_rows: int
    features: list[str]
    digest: str


@dataclass(slots=True)
class ComparedModel:
    """One model. `status`: `failed` where its training raised, `missing` where its library is not installed; `error`
    says so. `rank`: from 1; None without a score. `tied`: the validation rows do not show that it differs from the
    best one; None where that is unknown. `curve`: the columns `round`, `train`, `validation` of its evaluation record,
    in the units of `curve_metric`. `importances`: shares by feature, the largest first, by `method`. `run`: the result
    file of a watched network. `why`: in a sentence, why it lost; None for the best one."""

    name: str
    library: str
    version: str | None = None
    kind: str | None = None
    status: ModelStatus = "complete"
    error: str | None = None
    score: Number | None = None
    train_score: Number | None = None
    rank: int | None = None
    tied: bool | None = None
    seconds: Number | None = None
    curve: dict[str, Series] = field(default_factory=dict)
    curve_metric: str | None = None
    importances: dict[str, Number | None] = field(default_factory=dict)
    method: str | None = None
    diagnosis: Diagnosis = field(default_factory=lambda: Diagnosis("unknown"))
    run: str | None = None
    why: str | None = None


@dataclass(slots=True)
class ModelComparison:
    """All models, the best first, those without a score last. `metrics`: the score of each model by name, as evidence
    looks it up. `sentence`: why the last one lost."""

    schema: int
    name: str
    kind: str
    status: Status
    started: str
    finished: str
    session: str | None
    source: Source
    metric: str
    better: Better
    data: ComparedData
    models: list[ComparedModel]
    winner: str | None
    loser: str | None
    sentence: str
    metrics: dict[str, Number | None]
    notes: list[str] = field(default_factory=list)
    digest: str | None = None

    def to_json(self) -> str:
        """The text of the file: one line for each top-level key, with the digest of the others."""
        content = asdict(self)
        del content["digest"]
        self.digest = content_digest(content)
        rows = content | {"digest": self.digest}
        lines = (f"{json.dumps(key)}: {_line(value)}" for key, value in rows.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def __repr__(self) -> str:
        """Short."""
        return f"<ModelComparison {self.name!r}: {len(self.models)} models, {self.winner} is best by {self.metric}>"


def is_comparison(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a comparison of this schema."""
    return data.get("kind") == KIND and data.get("schema") == SCHEMA


def _line(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)
