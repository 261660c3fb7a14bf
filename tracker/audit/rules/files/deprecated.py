"""The rule `deprecated`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.audit.context import AuditContext
from tracker.audit.family import Action, FileFinding, Use
from tracker.audit.names import Kind, Name
from tracker.audit.rules.files.base import FileRule, clipped
from tracker.audit.uses import is_record

SELF = re.compile(
    r"^#+\s.*\W(?:deprecated|obsolete)\W*$"
    r"|\bthis (?:directory|folder) contains (?:only )?(?:deprecated|obsolete|unused)\b"
    r"|\bthis (?:file|script|module|document|doc|guide|page|component|class|folder|directory|package"
    r"|workflow|plan|report|service)"
    r" (?:is|has been|was) (?:now )?(?:deprecated|obsolete|superseded|unused|replaced|no longer (?:used"
    r"|needed|maintained|supported))"
    r"|\bthis (?:file|folder|directory|document|script) (?:is|was) (?:kept|preserved"
    r"|retained) (?:here )?(?:only )?for (?:historical|reference|history)"
    r"|\b(?:safe to delete|can be (?:safely )?(?:deleted|removed)|do not use this (?:file|script)|not used anymore)\b"
    r"|^\W*(?:current )?status\W{1,8}(?:deprecated|obsolete|superseded|archived)\b",
    re.IGNORECASE,
)
SHOUTED = re.compile(r"^\W*(?:\w+\W+){0,2}?(?:@deprecated|DEPRECATED|OBSOLETE|SUPERSEDED)\b")
LINES = 12
DISABLED = frozenset(["disabled", "unused", "deprecated", "obsolete", "off", "inactive", "dead", "placeholder"])
"""Suffixes under which no tool reads a file."""


class Deprecated(FileRule):
    """Its first lines, its suffix, or the README of its folder say that it is deprecated, replaced or unused; and
    nothing live uses it."""

    id = "deprecated"
    noun = ("file marked as deprecated or unused", "files marked as deprecated or unused")

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        noticed = [
            path
            for path, name in self.living.items()
            if context.text(path).notice and name.kind is not Kind.TEST and not is_record(name)
        ]
        said = {path: line for path in noticed if (line := _says(context.names[path], context.source(path)))}
        for path, line in said.items():
            name = context.names[path]
            if name.stem.lower() == "readme" and name.folder:
                yield from self._folder(context, path, line)
            elif not name.conventional:
                action = Action.ARCHIVE if name.kind is Kind.DOCUMENT else None
                yield self.finding(path, f"says: {clipped(line)}", action=action, maybe=True)
        for path, name in self.living.items():
            if name.suffix in DISABLED and name.suffix not in name.stem:
                yield self.finding(path, f"no tool reads a .{name.suffix} file", unless=Use.READ)

    def _folder(self, context: AuditContext, readme: str, line: str) -> Iterator[FileFinding]:
        """All files of a folder whose README says so."""
        folder = context.names[readme].folder
        for path in context.folders[folder]:
            yield self.finding(path, f"{readme} says: {clipped(line)}", f"{folder}/", by=readme, action=Action.REVIEW)


def _says(name: Name, source: str) -> str | None:
    """The line near the top that says so of the whole file."""
    code = name.kind in (Kind.CODE, Kind.SCRIPT)
    for line in source.splitlines()[:LINES]:
        text = line.strip()
        if (
            code
            and not re.match(r"#|//|/?\*|\"\"\"|'''|--|<!--|;|rem\b|@", text, re.IGNORECASE)
            and not SHOUTED.match(text)
        ):
            if re.match(r"(?:import|from|def|class|const|function|export|package)\b", text):
                return None  # what follows speaks of a part
            continue
        if SELF.search(text) or SHOUTED.search(text):
            return text if _of_all(text) else None
    return None


def _of_all(line: str) -> bool:
    """Whether a notice speaks of the file, not of one of its parts."""
    return (
        re.search(
            r"\b(?:function|method|parameter|argument|option|field|section|endpoint|flag|api)s?\b", line, re.IGNORECASE
        )
        is None
    )
