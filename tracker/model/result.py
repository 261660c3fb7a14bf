"""What was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

ResultStatus = Literal["complete", "partial", "failed"]


class Origin(StrEnum):
    """Whether a result is as the tool that measured it wrote it."""

    MEASURED = "measured"
    """Its digest is that of its content."""
    EDITED = "edited"
    """Its digest is that of another content."""
    REPORTED = "reported"
    """It has no digest: a script or a person wrote it."""


@dataclass(frozen=True, slots=True)
class MeasuredResult:
    """One measured run: a JSON object found in the results folder."""

    name: str
    path: str
    """Relative to the workspace."""
    data: Mapping[str, Any]
    status: ResultStatus
    started: datetime | None
    commit: str | None
    tree: str | None
    dirty: bool
    session: str | None
    origin: Origin = Origin.REPORTED
