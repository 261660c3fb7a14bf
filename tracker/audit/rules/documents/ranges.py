"""The rule `dangling`, of lines of a file."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line
from tracker.audit.rules.documents.paths import WRITTEN
from tracker.audit.versions import NameVersion, contents, newest

RANGE = re.compile(
    WRITTEN + r"(?::(?P<first>\d+)(?:[-\u2013](?P<last>\d+))?|#L(?P<from>\d+)(?:-L?(?P<to>\d+))?)(?![\w:.])"
)
MARK = re.compile(rb"\.\w+(?::\d|#L\d)")
MOST = 16_000_000
"""Bytes of earlier contents that are searched."""


class Range(NamedTuple):
    """Lines of a file that a document names."""

    document: Document
    line: Line
    written: str
    target: str
    first: int
    last: int


class DanglingRanges(DocumentRule):
    """A document names lines of a file that is shorter now, and once had them."""

    rule = "dangling"
    confidence = 0.85

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._named: list[Range] = []

    @classmethod
    def note(cls, document: Document) -> bool:
        """Whether it may name lines of a file."""
        return document.of_today and MARK.search(document.content) is not None

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        for line in document.lines:
            for found in RANGE.finditer(line.text):
                target = next((one for one in document.meant(found[1]) if one in self.audit.files), None)
                if target:
                    first = int(found["first"] or found["from"])
                    last = int(found["last"] or found["to"] or first)
                    self._named.append(Range(document, line, found[0], target, first, last))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        texts = {
            path: text.splitlines() for path, text in self.context.contents({one.target for one in self._named}).items()
        }
        lost = [one for one in self._named if one.target in texts and one.last > len(texts[one.target])]
        proofs = self._proofs(lost)
        for one in lost:
            if proof := proofs.get((one.target, one.last)):
                version, before = proof
                now = texts[one.target]
                by = self.audit.history.commits[version.commit].hash[:9]
                detail = f"names line {one.last} of {one.target}, which has {len(now)} since {by}"
                yield self.statement(one.document.path, one.line, one.written, detail, by, _moved(one, before, now))

    def _proofs(self, lost: list[Range]) -> dict[tuple[str, int], tuple[NameVersion, list[str]]]:
        """The newest earlier content that had the lines."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for one in lost:
            wanted[one.target].add(one.last)
        found: dict[tuple[str, int], tuple[NameVersion, list[str]]] = {}
        repository = self.context.repository
        for version, content in contents(repository, newest(repository, self.audit.versions.among(wanted), MOST)):
            if any(number <= content.count(b"\n") + 1 for number in wanted[version.path]):
                lines = content.decode("utf-8", "replace").splitlines()
                here = {number for number in wanted[version.path] if number <= len(lines)}
                wanted[version.path] -= here
                found.update(((version.path, number), (version, lines)) for number in here)
        return found


def _moved(one: Range, before: list[str], now: list[str]) -> str | None:
    """The line with the place where the same lines are now, where they are in one place alone."""
    block = before[one.first - 1 : one.last]
    if not any(line.strip() for line in block):
        return None
    places = [start for start in range(len(now) - len(block) + 1) if now[start : start + len(block)] == block]
    if len(places) != 1:
        return None
    first, last = places[0] + 1, places[0] + len(block)
    path = one.written.partition(":")[0].partition("#")[0]
    if ":" in one.written:
        new = f"{path}:{first}" + (f"-{last}" if last > first else "")
    else:
        new = f"{path}#L{first}" + (f"-L{last}" if last > first else "")
    return one.line.swapped(one.written, new)
