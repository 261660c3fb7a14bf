"""`command: "…"`: a command that `tracker verify` runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from tracker.model.evidence.base import BaseEvidence
from tracker.model.fields import Word

DEFAULT_TIMEOUT = 600.0


class CommandEvidence(BaseEvidence):
    """A command that must exit 0."""

    kind: ClassVar[str] = "command"

    command: Word
    """`tracker verify` ran this command, and it exited 0."""
    timeout: Annotated[float, Field(gt=0)] = DEFAULT_TIMEOUT
    """Seconds after which the command is stopped."""

    @property
    def commands(self) -> Mapping[str, float]:
        """See `BaseEvidence.commands`."""
        return {self.command: self.timeout}
