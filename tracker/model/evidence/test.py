"""`test: NODE-ID`: tests in a JUnit report."""

from __future__ import annotations

from typing import ClassVar

from tracker.model.evidence.base import BaseEvidence
from tracker.model.fields import Word


class TestEvidence(BaseEvidence):
    """Tests that must have passed."""

    __test__ = False

    kind: ClassVar[str] = "test"

    test: Word
    """Node id of tests that a JUnit report must contain, all passed. `*` stands for any text."""

    @property
    def tests(self) -> tuple[str, ...]:
        """See `BaseEvidence.tests`."""
        return (self.test,)
