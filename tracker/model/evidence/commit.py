"""`commit: HASH`: a commit that landed."""

from __future__ import annotations

from typing import ClassVar

from tracker.model.evidence.base import BaseEvidence, Style
from tracker.model.fields import Hash


class CommitEvidence(BaseEvidence):
    """A commit in the history of HEAD."""

    kind: ClassVar[str] = "commit"
    style: ClassVar[Style] = "commit"

    commit: Hash
    """This commit exists and HEAD contains it."""

    @property
    def commits(self) -> tuple[str, ...]:
        """See `BaseEvidence.commits`."""
        return (self.commit,)
