"""The result of a run, as far as it has come."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from diagnostics.coverage import Observed, judge
from diagnostics.evidence import Evidence
from diagnostics.recorder import Recorder
from diagnostics.result import (
    SCHEMA,
    Captures,
    Diagnosis,
    Environment,
    Overhead,
    Result,
    Source,
    Status,
    number,
    timestamp,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known when watching begins."""

    name: str
    session: str | None
    every: int
    started: datetime
    source: Source
    environment: Environment
    model: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far the run has come. `wall`: seconds since the beginning; `share`: of these, the cost of watching (0 to 1);
    `memory`: bytes, the peak of the device, None where it does not report it; `skipped`: steps without an update."""

    steps: int
    wall: float
    share: float
    memory: int | None
    observed: Observed
    skipped: int = 0
    never_called: list[str] = field(default_factory=list)
    without_gradient: list[str] = field(default_factory=list)
    not_in_optimizer: list[str] = field(default_factory=list)


def report(status: Status, facts: RunFacts, progress: RunProgress, recorder: Recorder, evidence: Evidence) -> Result:
    """The whole result."""
    seen = recorder.captured > 0
    rate = progress.steps / progress.wall if progress.steps and progress.wall > 0 else None
    samples = rate * recorder.samples / recorder.captured if rate and recorder.samples else None
    layers, parameters, kept = recorder.columns()
    attribution = recorder.attribution()
    evidence.parameters = parameters
    evidence.layers, evidence.captured, evidence.skipped = layers, recorder.captured, progress.skipped
    evidence.history = recorder.history()
    if seen:
        evidence.by_hand = progress.observed.by_hand
        evidence.not_in_optimizer = [name for name in progress.not_in_optimizer if name not in evidence.by_hand]
        evidence.never_called = progress.never_called
        evidence.without_gradient = progress.without_gradient
    diagnosis = judge(recorder.diagnosis(evidence), progress.observed, layers)
    return replace(
        bare(facts, progress.steps, recorder),
        status=status,
        history=recorder.history(),
        layers=layers,
        parameters=parameters,
        captures=Captures(recorder.captured, kept, progress.skipped),
        never_called=progress.never_called if seen else [],
        without_gradient=progress.without_gradient if seen else [],
        not_in_optimizer=progress.not_in_optimizer if seen else [],
        attribution=attribution,
        metrics=recorder.metrics(),
        diagnosis=diagnosis,
        overhead=Overhead(
            share=number(progress.share) or 0.0,
            steps_per_second=number(rate),
            samples_per_second=number(samples),
            peak_memory_bytes=progress.memory,
            captures=recorder.captured,
        ),
        notes=list(recorder.notes),
        errors=list(recorder.errors),
    )


def bare(facts: RunFacts, steps: int, recorder: Recorder) -> Result:
    """A result without a measured number, for a run of which the result could not be built."""
    return Result(
        schema=SCHEMA,
        name=facts.name,
        kind="training",
        status="partial",
        started=timestamp(facts.started),
        finished=timestamp(datetime.now(UTC)),
        session=facts.session,
        source=facts.source,
        environment=facts.environment,
        model=facts.model,
        every=facts.every,
        steps=steps,
        history={},
        layers={},
        never_called=[],
        without_gradient=[],
        attribution=None,
        metrics={},
        diagnosis=Diagnosis("unknown", reason="The result could not be built; see errors."),
        overhead=Overhead(0.0, None, None, None, recorder.captured),
        notes=[],
        errors=list(recorder.errors),
    )
