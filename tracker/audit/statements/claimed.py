"""The signal `claimed`."""

from collections.abc import Iterator

from tracker.audit.statements import Check, Statement
from tracker.audit.statements.documents import Document, Line
from tracker.progress.claims import ClaimVerdict, claim_problem, judge


class Claimed(Check):
    """A session says created, removed, renamed or committed, and git says otherwise, as in `tracker check`."""

    signal = "claimed"
    action = "review"
    confidence = 1.0

    def read(self, document: Document) -> None:
        """See `Check.read`."""

    def conclude(self) -> Iterator[Statement]:
        """See `Check.conclude`."""
        facts = self.case.facts
        for claim in (one for claims in judge(facts).values() for one in claims) if facts else ():
            if facts and claim.verdict is ClaimVerdict.REFUTED:
                problem = claim_problem(claim, facts.sessions)
                source = next(one.source for one in facts.sessions if one.file == problem.file)
                lines = source.content.decode("utf-8", "replace").splitlines()
                line = Line(problem.line, lines[problem.line - 1] if problem.line <= len(lines) else "")
                yield self.told(problem.file, line, claim.subject, problem.message, claim.commit and claim.commit[:9])
