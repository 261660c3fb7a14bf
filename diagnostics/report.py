"""A result in which nothing is measured: what every result begins as."""

from datetime import UTC, datetime
from pathlib import Path

from diagnostics import provenance
from diagnostics.result import SCHEMA, Diagnosis, Environment, Overhead, Result, timestamp


def blank(
    name: str, directory: Path, environment: Environment, *, model: dict[str, str | int], every: int, started: datetime,
    session: str | None, reason: str,
) -> Result:  # fmt: skip
    """The result of a run that has `started`, unknown for this `reason`; `directory` is where results go."""
    return Result(
        schema=SCHEMA, name=name, kind="training", status="partial", started=timestamp(started),
        finished=timestamp(datetime.now(UTC)), session=session, source=provenance.source(directory),
        environment=environment, model=model, every=every, steps=0, history={}, layers={}, never_called=[],
        without_gradient=[], attribution=None, metrics={}, diagnosis=Diagnosis("unknown", reason=reason),
        overhead=Overhead(0.0, None, None, None, 0), notes=[], errors=[],
    )  # fmt: skip
