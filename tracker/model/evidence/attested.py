"""`attested: …`: the word of a person."""

from __future__ import annotations

from typing import ClassVar

from tracker.model.evidence.base import BaseEvidence, Style
from tracker.model.fields import Model, Word


class Attestation(Model):
    """The word of a person."""

    shorthand: ClassVar[str | None] = "by"

    by: Word
    """Who says so."""
    session: str | None = None
    """The session in which they said it."""
    note: str | None = None
    """What they said."""


class AttestedEvidence(BaseEvidence):
    """The word of a person: shown as such, never as verified."""

    kind: ClassVar[str] = "attested"
    style: ClassVar[Style] = "text"

    attested: Attestation
    """The word of a person: shown as such, never as verified."""

    @property
    def name(self) -> str:
        """See `BaseEvidence.name`."""
        return self.attested.by

    @property
    def subject(self) -> str:
        """See `BaseEvidence.subject`."""
        return f"the word of {self.name}"
