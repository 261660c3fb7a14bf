"""Tapes: what the rules received in a run, kept in a file, so that changed rules can judge the same run again.

A tape holds for as long as the observer collects the same evidence: after a change of it, delete the folder."""

import gzip
import hashlib
import itertools
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import diagnostics.rules
from diagnostics.evidence import Evidence
from diagnostics.readings import EpochReading, Reading
from diagnostics.result import Finding
from diagnostics.rules import Rule, build, diagnose

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class TapedLayer:
    """The name and kind of a layer."""

    name: str
    type: str
    units: int | None

    @property
    def label(self) -> str:
        """See `WatchedLayer.label`."""
        return f"{self.name} ({self.type})"


class TapedValues(dict[str, float | None]):
    """The columns of a layer in one capture, as far as rules read them from captures."""

    def __init__(self, layer: TapedLayer, dead_units: float | None, columns: dict[str, float | None]) -> None:
        super().__init__(columns)
        self.layer, self.dead_units = layer, dead_units

    def __reduce__(self) -> tuple[Any, ...]:
        return TapedValues, (self.layer, self.dead_units, dict(self))


@dataclass(slots=True)
class Tape:
    """Captures and epochs in their order, and the evidence of the whole run."""

    events: list[Reading | EpochReading] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)

    def judge(self) -> dict[str, Any]:
        """A result with the diagnosis of today's rules."""
        rules = build(None)
        for event in self.events:
            for rule in rules:
                rule.epoch(event) if isinstance(event, EpochReading) else rule.captures([event])
        fresh = replace(self.evidence)  # without what the rules of that time have concluded
        return {"diagnosis": asdict(diagnose(rules, fresh))}


class TapeRule(Rule):
    """Finds nothing; writes what it receives to `folder`."""

    name = "tape"
    defaults: ClassVar = {}
    folder: ClassVar[Path]

    def __init__(self, thresholds: dict[str, float]) -> None:
        super().__init__(thresholds)
        self._tape, self._path = Tape(), self.folder / f"{next(_numbers)}.tape"

    def captures(self, readings: Sequence[Reading]) -> None:
        """Keep them without their tensors."""
        self._tape.events += [_taped(reading) for reading in readings]

    def epoch(self, reading: EpochReading) -> None:
        """Keep it."""
        self._tape.events.append(reading)

    def findings(self, run: Evidence) -> Iterator[Finding]:
        """None."""
        self._tape.evidence = run
        self._path.write_bytes(pickle.dumps(self._tape))
        yield from ()


def record_to(folder: Path) -> None:
    """Let every observer of this process write a tape to `folder`."""
    TapeRule.folder = folder
    diagnostics.rules.RULES = (*diagnostics.rules.RULES, TapeRule)


def _taped(reading: Reading) -> Reading:
    layers: list[Any] = [
        TapedValues(
            TapedLayer(each.layer.name, each.layer.type, each.layer.units),
            each.dead_units,
            {} if reading.finite else dict(each),
        )
        for each in reading.layers
        if each.dead_units is not None or not reading.finite
    ]
    return Reading(reading.step, layers, reading.finite, reading.skipped, reading.features, reading.feature_layer)


class TapeFolder:
    """Finished runs by job and by the text of what was run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str, text: str) -> Path:
        """Where the run of a job is kept. `text`: of the program."""
        return self._folder / f"{key.replace(' ', '-')}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.gz"

    def save(self, path: Path, run: Any) -> None:
        """Keep a finished run."""
        part = path.with_suffix(".part")
        part.write_bytes(gzip.compress(pickle.dumps(run), 1))
        part.replace(path)

    def load(self, path: Path) -> Any:
        """A finished run; None where there is none."""
        return pickle.loads(gzip.decompress(path.read_bytes())) if path.exists() else None
