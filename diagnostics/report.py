"""The result of a run, as far as it has come."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from diagnostics.recorder import Recorder
from diagnostics.result import (
    SCHEMA,
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
class Facts:
    """What is known when watching begins."""

    name: str
    session: str | None
    every: int
    started: datetime
    source: Source
    environment: Environment
    model: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run has come. `wall`: seconds since the beginning; `inside`: of these, spent watching; `memory`:
    bytes, the peak of the device, None where it cannot say.
    """

    steps: int
    wall: float
    inside: float
    memory: int | None
    never_called: list[str]
    without_gradient: list[str]


def report(status: Status, facts: Facts, progress: Progress, recorder: Recorder) -> Result:
    """All of it."""
    seen = recorder.captured > 0
    rate = progress.steps / progress.wall if progress.steps and progress.wall > 0 else None
    samples = rate * recorder.samples / recorder.captured if rate and recorder.samples else None
    share = min(1.0, progress.inside / progress.wall) if progress.wall > 0 else 0.0
    diagnosis, attribution = recorder.diagnosis(), recorder.attribution()  # first: they may add to errors and notes
    return replace(
        bare(facts, progress.steps, recorder),
        status=status,
        history=recorder.history.export(),
        layers=recorder.layers(),
        never_called=progress.never_called if seen else [],
        without_gradient=progress.without_gradient if seen else [],
        attribution=attribution,
        metrics=recorder.metrics(),
        diagnosis=diagnosis,
        overhead=Overhead(
            share=number(share) or 0.0,
            steps_per_second=number(rate),
            samples_per_second=number(samples),
            peak_memory_bytes=progress.memory,
            captures=recorder.captured,
        ),
        notes=list(recorder.notes),
    )


def bare(facts: Facts, steps: int, recorder: Recorder) -> Result:
    """A result without a measured number: what is left when building one fails."""
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
        diagnosis=Diagnosis(),
        overhead=Overhead(0.0, None, None, None, recorder.captured),
        notes=[],
        errors=list(recorder.errors),
    )
