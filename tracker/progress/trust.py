"""Whether what the project reports can be trusted: one sentence for the home page and the status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.model import Status, Verdict
from tracker.plural import counted
from tracker.progress.claims import ClaimVerdict
from tracker.progress.progress import Progress


@dataclass(frozen=True)
class Trust:
    """The reasons not to trust what sessions and the plan report; none when it can be trusted."""

    reasons: tuple[str, ...]
    session: str | None
    """Id of the last session."""

    @property
    def holds(self) -> bool:
        """Whether nothing that was reported is known to be wrong."""
        return not self.reasons

    @property
    def sentence(self) -> str:
        """The answer in words.

        >>> Trust((), "12").sentence
        'Trustworthy as of session 12'
        >>> Trust(("2 claims are refuted", "1 criterion is stale"), "12").sentence
        'Not trustworthy: 2 claims are refuted, 1 criterion is stale'
        """
        if self.reasons:
            return f"Not trustworthy: {', '.join(self.reasons)}"
        return f"Trustworthy as of session {self.session}" if self.session else "Nothing is reported yet"


def trust(progress: Progress) -> Trust:
    """Return whether anything that was reported is refuted, disputed, stale or not confirmed by its evidence."""
    last = progress.sessions[-1].session.session if progress.sessions else None
    return Trust(tuple(_reasons(progress)), last)


def _reasons(progress: Progress) -> Iterator[str]:
    statuses = [one.status for one in progress.phases]
    criteria = [judged for one in progress.phases if one.status is not Status.CANCELLED for judged in one.criteria]
    counts = (
        (len(progress.facts.problems), "file problem", "file problems", ""),
        (len(progress.refuted), "claim is", "claims are", " refuted"),
        (len(progress.claims_with(ClaimVerdict.DISPUTED)), "claim is", "claims are", " disputed"),
        (statuses.count(Status.REGRESSED), "phase has", "phases have", " regressed"),
        (statuses.count(Status.CLAIMED), "phase is", "phases are", " reported complete without the evidence"),
        (sum(one.verdict is Verdict.STALE for one in criteria), "criterion is", "criteria are", " stale"),
    )
    return (f"{counted(number, one, many)}{rest}" for number, one, many, rest in counts if number)
