"""The result file: the one contract between the diagnostics and whatever reads their results.

Plain dataclasses of standard types, and no torch, so that any reader can validate the same classes. Every
number is finite or one of three words (`Number`): a file is valid JSON whatever the training did."""

import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Number = int | float | Literal["NaN", "Infinity", "-Infinity"]
Series = list[Number | None]
Status = Literal["complete", "partial", "failed"]
Severity = Literal["warning", "critical"]

SCHEMA = 1


@dataclass(slots=True)
class Source:
    """The code that ran. `dirty`: a tracked file outside the results folder differs from the commit."""

    commit: str | None = None
    tree: str | None = None
    dirty: bool | None = None
    script: str | None = None
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Environment:
    """Where it ran. `precision` is the dtype of the parameters, and that of autocast where it was on."""

    device: str
    torch: str
    python: str
    precision: str
    world_size: int
    seed: int
    platform: str


@dataclass(slots=True)
class Layer:
    """One module over the captured steps: columns of one length, `step` among them; null where a number has
    no meaning.
    """

    type: str
    units: int | None
    parameters: int
    columns: dict[str, Series]


@dataclass(slots=True)
class Attribution:
    """What each input feature brings about: `values` is the mean of what `method` names, |gradient × input| or
    |gradient|, and `gradient` always that of |d loss / d input|.
    """

    method: str
    layer: str
    features: list[str]
    values: Series
    gradient: Series


@dataclass(slots=True)
class Finding:
    """One cause that a rule found: where, the measured value, the threshold it crossed, what it means, what
    helps.
    """

    rule: str
    severity: Severity
    layer: str | None
    value: Number | None
    threshold: Number
    message: str
    fix: str
    step: int | None


@dataclass(slots=True)
class Diagnosis:
    """The findings, the likeliest cause first, and the worst severity among them."""

    severity: Literal["ok", "warning", "critical"] = "ok"
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Overhead:
    """What watching cost: `share` of the wall time (0 to 1), measured. Memory is the device's peak, null
    where it cannot say.
    """

    share: Number
    steps_per_second: Number | None
    samples_per_second: Number | None
    peak_memory_bytes: int | None
    captures: int


@dataclass(slots=True)
class Result:
    """One measured run. `model` holds `class`, `parameters` and `trainable`; `notes` say what was left out,
    and why.
    """

    schema: int
    name: str
    kind: str
    status: Status
    started: str
    finished: str
    session: str | None
    source: Source
    environment: Environment
    model: dict[str, str | int]
    every: int
    steps: int
    history: dict[str, Series]
    layers: dict[str, Layer]
    never_called: list[str]
    without_gradient: list[str]
    attribution: Attribution | None
    metrics: dict[str, Number | None]
    diagnosis: Diagnosis
    overhead: Overhead
    notes: list[str]
    errors: list[str]

    def to_json(self) -> str:
        """The text of the file: one line for each top-level key."""
        rows = (f"{json.dumps(key)}: {_compact(getattr(self, key))}" for key in self.__slots__)
        return "{\n" + ",\n".join(rows) + "\n}\n"


def number(value: float | None) -> Number | None:
    """`value` as it is written: six significant digits, a non-finite one by its name.

    >>> number(0.123456789), number(float("nan")), number(7), number(None)
    (0.123457, 'NaN', 7, None)
    """
    if value is None or isinstance(value, int):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(f"{value:.6g}")


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second: `2026-11-23T10:15:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_name(started: datetime, name: str) -> str:
    """`<UTC start>-<slug of the name>.json`.

    >>> file_name(datetime(2026, 11, 23, 10, 15, tzinfo=UTC), "Soak test #3")
    '20261123T101500Z-soak-test-3.json'
    """
    slug = re.sub(r"[^a-z0-9._]+", "-", name.lower()).strip("-.") or "run"
    return f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{slug[:80]}.json"


def digest_of(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a result as hexadecimal text: of its canonical JSON without the key `digest`.

    Canonical: keys sorted, no spaces, no escapes beyond JSON's own, floats as Python writes them. Raises ValueError
    for what JSON cannot hold.

    >>> digest_of({"a": 1}) == digest_of({"digest": "x", "a": 1}) != digest_of({"a": 2})
    True
    """
    content = {key: value for key, value in data.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Readers see the file that was there or the whole new one, whenever this is interrupted."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    written = Path(temporary)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        written.chmod(0o666 & ~_umask())
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _compact(value: object) -> str:
    def fields(instance: object) -> dict[str, object]:
        names: tuple[str, ...] = type(instance).__slots__  # type: ignore[attr-defined]
        return {name: getattr(instance, name) for name in names}

    return json.dumps(value, default=fields, separators=(", ", ": "), allow_nan=False, ensure_ascii=False)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
