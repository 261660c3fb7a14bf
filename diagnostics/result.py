"""The result file: the contract between the diagnostics and the readers of their results.

Plain dataclasses of standard types, without torch, so that any reader can validate the same classes. Every number is
finite or one of three words (`Number`), so a file is always valid JSON. Files of schema 1 fit the same classes: what
schema 2 has added has a default."""

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
from typing import Literal

Number = int | float | Literal["NaN", "Infinity", "-Infinity"]
Series = list[Number | None]
Status = Literal["complete", "partial", "failed"]
Severity = Literal["info", "warning", "critical"]
Verdict = Literal["ok", "info", "warning", "critical", "unknown"]
Origin = Literal["measured", "edited", "reported"]

SCHEMA = 2


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
    """The contribution of each input feature: `values` is the mean of what `method` names, |gradient × input| or
    |gradient|, and `gradient` always that of |d loss / d input|. `rows`: how many samples (rows of a batch, tokens) the
    means rest on.
    """

    method: str
    layer: str
    features: list[str]
    values: Series
    gradient: Series
    rows: int | None = None


@dataclass(slots=True)
class Finding:
    """What a rule found: where, the measured value, the threshold it crossed, what it means, and the fix to try."""

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
    """The findings, the gravest first, and the worst severity among them.

    `unknown`: nothing, or not enough, was measured, and `reason` says why and what to do. Otherwise the severity speaks
    for the part that was measured: `measured` is the share of layers times that of captures (0 to 1), and `reason` says
    what is missing.
    `cause`: the rule whose finding explains others, which `explained` lists; `confidence` from 0 to 1."""

    severity: Verdict = "ok"
    findings: list[Finding] = field(default_factory=list)
    cause: str | None = None
    explained: list[str] = field(default_factory=list)
    confidence: Number | None = None
    reason: str | None = None
    measured: Number | None = None


@dataclass(slots=True)
class Captures:
    """`taken`: captured steps. `kept`: rows of the columns, after thinning. `skipped`: steps without an update, because
    a GradScaler found gradients that are not finite."""

    taken: int = 0
    kept: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Overhead:
    """The cost of watching: `share` of the time (0 to 1), a measured lower bound; on a CPU of the process's CPU time,
    on an accelerator of the wall time. Memory is the device's peak, null where the device does not report it."""

    share: Number
    steps_per_second: Number | None
    samples_per_second: Number | None
    peak_memory_bytes: int | None
    captures: int


@dataclass(slots=True)
class Result:
    """One measured run. `model` holds `class`, `parameters` and `trainable`; `parameters` has columns by parameter;
    `notes` say what was left out, and why; `digest` shows later edits (see `content_digest`)."""

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
    parameters: dict[str, dict[str, Series]] = field(default_factory=dict)
    captures: Captures = field(default_factory=Captures)
    not_in_optimizer: list[str] = field(default_factory=list)
    digest: str | None = None

    def to_json(self) -> str:
        """The text of the file: one line for each top-level key, with the digest of the others."""
        rows = {key: _compact(getattr(self, key)) for key in self.__slots__ if key != "digest"}
        self.digest = content_digest({key: json.loads(text) for key, text in rows.items()})
        rows["digest"] = json.dumps(self.digest)
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {text}" for key, text in rows.items()) + "\n}\n"

    def __repr__(self) -> str:
        """Short: the columns of a long run would fill a screen."""
        return f"<Result {self.name!r}: {self.diagnosis.severity}, {self.steps} steps, {self.captures.taken} captures>"

    def _repr_html_(self) -> str:
        """The report, for notebooks."""
        from diagnostics.page import fragment

        return fragment(json.loads(self.to_json()))


def content_digest(data: Mapping[str, object]) -> str:
    """The digest of a result's content: `sha256:` and the SHA-256 of its JSON without the key `digest`, with sorted
    keys, no spaces and UTF-8. Formatting does not change it, values do.

    >>> content_digest({"b": 1, "a": [0.5], "digest": "ignored"})[:23]
    'sha256:1c6e9e1e92b8d1d5'
    """
    content = {key: value for key, value in data.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def origin(data: Mapping[str, object]) -> Origin:
    """Where a result's values come from: `measured` by the diagnostics and unchanged since, `edited` after it was
    written, or `reported`, which is any other JSON object. Files of schema 1 have no digest and are `reported`.

    >>> origin({"name": "soak", "accuracy": 0.9})
    'reported'
    """
    digest = data.get("digest")
    if not isinstance(digest, str) or "schema" not in data:
        return "reported"
    # `tracker verify` once wrote the digest without its prefix.
    return "measured" if digest.removeprefix("sha256:") == content_digest(data).removeprefix("sha256:") else "edited"


def number(value: float | None) -> Number | None:
    """`value` as written: six significant digits, a non-finite one by its name.

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


def write_atomically(path: Path, text: str) -> None:
    """Write a whole file: readers see the old one or the new one, never a part. A device such as /dev/null or
    /dev/stdout is written to; replacing it by a file would break it for every program."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
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
