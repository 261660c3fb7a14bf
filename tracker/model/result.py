"""What was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

ResultStatus = Literal["complete", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class Result:
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
