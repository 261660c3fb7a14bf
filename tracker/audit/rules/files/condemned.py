"""The rule `condemned`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.audit.context import AuditContext
from tracker.audit.family import Action, FileFinding
from tracker.audit.names import Kind
from tracker.audit.rules.documents.paths import WRITTEN
from tracker.audit.rules.files.base import FileRule, clipped
from tracker.plural import counted

HEADING = re.compile(r"^(?:#{1,6}\s+|\*\*)(.*)")
DOOMED = re.compile(
    r"\b(?:files?|scripts?|components?|docs?|documents?|folders?|code|items?|candidates?|modules?"
    r"|tests?)\b.{0,40}\b(?:to (?:be )?(?:delet|remov|archiv)\w*|for (?:deletion|removal))"
    r"|^\W*(?:\d+[.)]\s*)?(?:safe to )?(?:delete|remove)(?: (?:these|the following|unused|obsolete|old"
    r"|immediately|now))*(?: (?:files?|scripts?|components?|folders?))?\W*(?:\(.*\))?\W*$"
    r"|\b(?:unused|dead|obsolete|redundant|orphan(?:ed)?) (?:files?|scripts?|components?|code|modules?"
    r"|docs)\b|\bto delete\b|\bsafe to (?:delete|remove)\b",
    re.IGNORECASE,
)
"""A heading under which a list names what is to go."""
ENTRY = re.compile(
    r"^\s*(?:[-*+]|\d+[.)]|\|)\s*(?:\[[ ]\]\s*)?(?:🗑️?\s*|❌\s*)?[`*_]*"
    + WRITTEN
    + r"[`*_]*\s*(?:$|[|,;:(\u2013\u2014-])"
)
KEPT = re.compile(
    r"\b(?:keep|kept|needed|do not (?:delete|remove)|still used|moved? to|rename|\[x\]|✅|done|~~)", re.IGNORECASE
)
NEGATED = re.compile(r"\b(?:not|never|don't|keep|how to|avoid|removed|deleted|fixed|previously|after)\b", re.IGNORECASE)


class Condemned(FileRule):
    """A document lists exactly this path under a heading that calls for removal, and nothing live uses it."""

    id = "condemned"
    default = False
    action = Action.REVIEW

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        documents = [
            path
            for path, name in self.living.items()
            if name.kind is Kind.DOCUMENT and context.text(path).removals and context.text(path).keys
        ]
        for document in documents:
            for number, heading, path in _listed(context, document):
                proof = f"{document}:{number} lists it under “{clipped(heading, 50)}”"
                yield self.finding(path, proof, document, by=document)

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        return f"{group} lists {counted(count, 'file')} for removal"


def _listed(context: AuditContext, document: str) -> Iterator[tuple[int, str, str]]:
    """Line, heading and path of everything that a document lists for removal and that exists."""
    heading, doomed = "", False
    for number, line in enumerate(context.source(document).splitlines(), 1):
        if found := HEADING.match(line):
            heading = found[1].strip("*# ")
            doomed = DOOMED.search(heading) is not None and NEGATED.search(heading) is None
        elif doomed and (entry := ENTRY.match(line)) and not KEPT.search(line):
            folder = context.names[document].folder
            path = next((one for one in (entry[1], f"{folder}/{entry[1]}") if one in context.files), None)
            if path and path != document:
                yield number, heading, path
