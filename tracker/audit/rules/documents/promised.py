"""The rule `promised`, of removals that did not happen."""

import re
from collections.abc import Iterator

from tracker.audit.names import words_in
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import COMMENT, Document, DocumentContext
from tracker.audit.rules.documents.paths import WRITTEN

REMOVED = re.compile(
    r"(?:\W*\[[xX]\]\W*(?:remove|delete)d?|\W*(?:removed|deleted))\b\W*(?:(?:the|old|unused|obsolete|file|script)\W+){0,3}"
    + WRITTEN
    + r"[`*_\"']*\s*(?:$|[,;.]\s*$|[\u2013\u2014]|-\s|(?<=\s)\((?!\W*lines?\b))",
    re.IGNORECASE,
)
PLANS = frozenset(
    words_in("backlog design designs draft plan plans proposal proposed rfc roadmap spec specs todo todos")
)
"""Words in the names of plans, which describe removals as if they were done."""
MARK = re.compile(rb"\b(?:removed?|deleted?)\b", re.IGNORECASE)


class StillThere(DocumentRule):
    """A document says that a file was removed, and history says that it never was."""

    rule = "promised"
    action = "review"
    confidence = 0.75

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._found: list[Statement] = []

    @classmethod
    def note(cls, document: Document) -> bool:
        """Whether it speaks of something removed."""
        return MARK.search(document.content) is not None and PLANS.isdisjoint(document.words)

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        for line in document.all_lines:
            if found := REMOVED.match(COMMENT.sub("", line.text)):
                meant = document.meant(found[1])
                path = next((one for one in meant if one in self.audit.files), None)
                if path and not self._was_removed(path):
                    detail = f"says that {path} is removed; git has it still, and never removed it"
                    self._found.append(self.statement(document.path, line, found[1], detail))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        return iter(self._found)

    def _was_removed(self, path: str) -> bool:
        """Whether some commit once removed it: then it came again, and the document was right."""
        return any(version.after is None for version in self.audit.versions.of(path))
