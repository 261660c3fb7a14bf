"""Which live files use a file, and which findings that leaves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from tracker.audit.context import AuditContext, Mention
from tracker.audit.family import Action, FileFinding, Use
from tracker.audit.names import CODE, SHELL, Kind, Name, name_of
from tracker.audit.rules.documents.wording import is_of_the_past
from tracker.workspace import PLAN_FILE

LISTS = re.compile(
    r"\.(?:\w*ignore|gitattributes|mailmap)|codeowners|.*[.-]lock(?:\.\w+)?|.*\.(?:map|snap|sum|log|csv|tsbuildinfo)"
    r"|audit-baseline\.json",
    re.IGNORECASE,
)
"""Files that list names without using the files."""
IMPORTED = CODE | SHELL | frozenset(["json"])
"""Suffixes that are left out where a file is imported or run."""
USING = (Kind.CODE, Kind.SCRIPT, Kind.TEST, Kind.CONFIG, Kind.ASSET)


class User(NamedTuple):
    """A file that uses another."""

    path: str
    document: bool


class Uses:
    """Answers which files use a file. An ambiguous word counts only in an import, a path or a command."""

    def __init__(self, context: AuditContext, planned: Collection[str] = ()) -> None:
        self._context = context
        self._planned = planned
        """Paths that tracker.yml names as evidence or as covered."""
        self._known: dict[str, tuple[User, ...]] = {}

    @property
    def files(self) -> Collection[str]:
        """The paths of all files."""
        return self._context.files.keys()

    def of(self, path: str) -> tuple[User, ...]:
        """The files that use a file, itself left out."""
        if path not in self._known:
            self._known[path] = tuple(self._users(path))
        return self._known[path]

    def live(self, path: str, dead: Collection[str], unless: Use = Use.ANY) -> str | None:
        """A file that uses `path` and is none of the `dead` ones; documents count where `unless` is ANY."""
        if unless is Use.NONE:
            return None
        users = (one.path for one in self.of(path) if unless is Use.ANY or not one.document)
        return next((user for user in users if user not in dead), None)

    def _users(self, path: str) -> Iterator[User]:
        names = self._context.names
        if path in self._planned:
            yield User("tracker.yml", document=False)
        for mention in self._context.mentions_of(path):
            name = names[mention.by]
            if mention.by in self._context.records or LISTS.fullmatch(name.file):
                continue
            if name.kind is Kind.DOCUMENT:
                if mention.strong and not is_record(name) and self._is_named(mention, names[path]):
                    yield User(mention.by, document=True)
            elif name.kind in USING and self._is_use(mention, names[path]):
                yield User(mention.by, document=False)

    def _is_named(self, mention: Mention, target: Name) -> bool:
        """Whether a document names a file, not another that has its name without the suffix."""
        return (
            target.kind is Kind.DOCUMENT or target.suffix in IMPORTED or target.file in self._context.source(mention.by)
        )

    def _is_use(self, mention: Mention, target: Name) -> bool:
        if mention.by == PLAN_FILE:  # its ignores name files too, and are blanked out
            return target.path in self._context.source(PLAN_FILE)
        source = self._context.source(mention.by)
        if target.suffix not in IMPORTED:  # only its whole name means it
            return target.file in source and not self._means_twin(source, target)
        return mention.strong or _means(target, source)

    def _means_twin(self, source: str, target: Name) -> bool:
        """Whether a text has the longer path of a file of the same name and folder, and not that of the target."""
        twins = self._twins.get("/".join([*target.folders[-1:], target.file]), [])
        return any(
            distinct(twin, target.path) in source and distinct(target.path, twin) not in source
            for twin in twins
            if twin != target.path
        )

    @cached_property
    def _twins(self) -> dict[str, list[str]]:
        """The files of each name and folder that several have."""
        found: dict[str, list[str]] = defaultdict(list)
        for path, name in self._context.names.items():
            found["/".join([*name.folders[-1:], name.file])].append(path)
        return {key: paths for key, paths in found.items() if len(paths) > 1}


def distinct(path: str, other: str) -> str:
    """The shortest end of a path, in whole names, that another path does not have.

    >>> distinct("old/img/a.png", "new/img/a.png")
    'old/img/a.png'
    """
    parts, others = path.split("/"), other.split("/")
    same = next((n for n in range(1, len(parts)) if parts[-n:] != others[-n:]), len(parts))
    return "/".join(parts[-same:])


def _means(target: Name, source: str) -> bool:
    """Whether a line has the name of a module or script where only that can be meant."""
    stem = target.stem.partition(".")[0] or target.stem
    words = [stem, target.folders[-1]] if target.folders and target.conventional else [stem]
    return any(_pattern(word).search(line) for word in words for line in _lines_with(source, word))


@lru_cache(1000)
def _pattern(word: str) -> re.Pattern[str]:
    word = re.escape(word)
    return re.compile(
        rf"^\s*(?:from|import)\s.*\b{word}\b|(?:from|require|import)\s*\(?\s*['\"][^'\"]*\b{word}['\"]"
        rf"|['\"][^'\"]*[/.]{word}['\"]|['\"]{word}['\"]|[/\\]{word}\b|-m\s+\S*\b{word}\b|\b{word}\.\w{{1,4}}\b"
    )


def _lines_with(source: str, word: str, most: int = 50) -> Iterator[str]:
    """The first lines that have a word."""
    end = 0
    for _ in range(most):
        at = source.find(word, end)
        if at < 0:
            return
        end = source.find("\n", at)
        end = len(source) if end < 0 else end
        yield source[source.rfind("\n", 0, at) + 1 : min(end, at + 300)][-600:]


def is_record(name: Name) -> bool:
    """Whether what a document mentions may be gone: logs, reports and the like describe the past."""
    words = frozenset([*name.words, *(folder.lower() for folder in name.folders)])
    return name.kind is Kind.DOCUMENT and (is_of_the_past(words) or name.archived is not None)


def tells_of_past(path: str) -> bool:
    """The same, of a path."""
    return is_record(name_of(path))


def settle_uses(
    findings: Iterable[FileFinding], uses: Uses, chosen: Collection[str], whole: Collection[str] = ()
) -> list[FileFinding]:
    """Drop findings that a live file contradicts, until none is left, and keep one of the chosen rules a path.

    A file that is itself stale is no use of another. Default findings are settled first: what only `--maybe` reports
    counts as live for them. Of `whole` rules a family keeps one action. Where a live document still mentions a file
    that would be removed, the action becomes `review`.
    """
    findings = list(findings)
    sure = _fixed_point([one for one in findings if not one.maybe], uses, frozenset())
    dead = frozenset(one.path for one in sure)
    unsure = _fixed_point([one for one in findings if one.maybe], uses, dead)
    first: dict[str, FileFinding] = {}
    for one in (*sure, *unsure):
        if one.rule in chosen:
            first.setdefault(one.path, one)
    return _reviewed(list(first.values()), dead, uses, whole)


def _fixed_point(findings: list[FileFinding], uses: Uses, dead: frozenset[str]) -> list[FileFinding]:
    while True:
        going = dead | {one.path for one in findings}
        left = [one for one in findings if uses.live(one.path, going, one.unless) is None]
        if len(left) == len(findings):
            return findings
        findings = left


def _reviewed(
    findings: list[FileFinding], dead: frozenset[str], uses: Uses, whole: Collection[str]
) -> list[FileFinding]:
    going = dead | {one.path for one in findings}
    needed = {
        one.path for one in findings if one.action in (Action.REMOVE, Action.ARCHIVE) and uses.live(one.path, going)
    }
    groups = {(one.rule, one.group) for one in findings if one.path in needed and one.rule in whole}
    return [
        replace(one, action=Action.REVIEW) if one.path in needed or (one.rule, one.group) in groups else one
        for one in findings
    ]
