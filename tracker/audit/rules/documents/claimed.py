"""The rule `claimed`."""

from collections.abc import Iterator

from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, Line
from tracker.progress.claims import ClaimVerdict, claim_problem, judge


class Claimed(DocumentRule):
    """A session says created, removed, renamed or committed, and git says otherwise, as in `tracker check`."""

    rule = "claimed"
    action = "review"
    confidence = 1.0

    @classmethod
    def note(cls, document: Document) -> None:
        """None: what a session claims is read from its file."""

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        facts = self.context.facts
        for claim in (one for claims in judge(facts).values() for one in claims) if facts else ():
            if facts and claim.verdict is ClaimVerdict.REFUTED:
                problem = claim_problem(claim, facts.sessions)
                source = next(one.source for one in facts.sessions if one.file == problem.file)
                lines = source.content.decode("utf-8", "replace").splitlines()
                line = Line(problem.line, lines[problem.line - 1] if problem.line <= len(lines) else "")
                yield self.statement(
                    problem.file, line, claim.subject, problem.message, claim.commit and claim.commit[:9]
                )
