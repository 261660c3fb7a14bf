"""The rule `dangling`, of paths and folders."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from posixpath import normpath, relpath
from typing import Any

from tracker.audit.mentions import keys_of
from tracker.audit.names import Kind, name_of
from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import Document, DocumentContext, Line

WRITTEN = r"(?<![\w:/.@~$%{}<>*-])((?:\.{1,2}/|/)*[\w@.-]+(?:/[\w@.\[\]()-]+)*\.[A-Za-z]\w{0,9})"
"""How a path is written in prose."""
PATH = re.compile(WRITTEN + r"(?![\w/*{<]|\.\w)")
FOLDER = re.compile(r"`((?:\.{1,2}/)*[\w@.-]+/(?:[\w@.-]+/)+)`")
RUNS = (Kind.CODE, Kind.SCRIPT, Kind.TEST)
YOURS = re.compile(r"\byour\b", re.IGNORECASE)
HEADERS = (".h", ".hh", ".hpp", ".hxx", ".proto")
BUILT = frozenset(["dist", "build", "out"])
SHARED = frozenset([".circleci", ".github", ".gitlab", ".husky"])
PUT = re.compile(
    r"\b(?:extract|unzip|unpack|download|sav|writ|written|output|stor|clon)\w*\b.{0,60}\b(?:in)?to\b|解压|下载",
    re.IGNORECASE,
)
"""A line with one of these says where people or programs put something: it may be on disk."""
LINKED = re.compile(
    r"File \"[^\"]+\", line \d+|\[[^\]]*\]\([^)]*\)|(?:href|src)=\"[^\"]*\"|^\s*\[[^\]]+\]:\s*\S+|https?://\S+"
)
"""Links, and lines of a traceback."""


class DanglingPaths(DocumentRule):
    """A document names a path that once existed and does not now."""

    rule = "dangling"
    confidence = 0.95

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._told: dict[str, list[tuple[Document, Line, str]]] = defaultdict(list)

    @cached_property
    def _names(self) -> frozenset[str]:
        """The names of the files that are there."""
        return frozenset(name.file for name in self.audit.names.values())

    @classmethod
    def note(cls, document: Document) -> bool:
        """Whether it may name a folder."""
        return b"/`" in document.content

    def concerns(self, document: Document, note: Any) -> bool:
        """See `DocumentRule.concerns`."""
        return bool(note) or not self._gone_keys.isdisjoint(self.audit.text(document.path).keys)

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        if not document.of_here:
            return
        for line in document.lines:
            if PUT.search(line.text):
                continue
            bare = LINKED.sub(lambda link: " " * len(link[0]), line.text)
            for written in dict.fromkeys([*PATH.findall(bare), *FOLDER.findall(bare)]):
                if gone := self._gone(document, written, line):
                    self._told[gone].append((document, line, written))

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        local = self._ignored | set(filter(_is_own, self._told)) | self._made  # may be on disk
        for gone, places in self._told.items():
            if gone not in local:
                for document, line, written in places:
                    yield self._statement(document, line, written, gone)

    @property
    def _ignored(self) -> set[str]:
        """The paths that git ignores, and the folders of which it ignores what is in them."""
        inside = {f"{path}/any": path for path in self._told if path in self.context.gone_folders}
        found = self.audit.ignores.among({*self._told, *inside})
        return {inside.get(path, path) for path in found}

    @cached_property
    def _made(self) -> set[str]:
        """Data that is gone and that code still names: it is made when that runs."""
        names = self.audit.names
        lost = (gone for path, gone in self.audit.lost.items() if names[path].kind in RUNS)
        return {
            path
            for paths in lost
            for path in paths
            if name_of(path).kind in (Kind.CONFIG, Kind.DATA) or path.endswith((".txt", ".log"))
        }

    @cached_property
    def _gone_keys(self) -> frozenset[bytes]:
        """How texts name the files that are gone."""
        return frozenset(key for path in self.audit.history.gone for key in keys_of(name_of(path)))

    def _gone(self, document: Document, written: str, line: Line) -> str | None:
        """The path that is meant, where it is gone."""
        folder = written.endswith("/")
        meant = document.meant(written)
        if any(self.context.exists(path) for path in meant):
            return None
        if folder:
            return next((path for path in meant if path in self.context.gone_folders and "/" in path), None)
        if written.startswith("/") and "/" not in written[1:]:
            return None  # an address of a site
        gone = next((path for path in meant if path in self.audit.history.gone), None)
        if written.endswith(HEADERS) and any(path.endswith(f"/{written}") for path in self.audit.files):
            return None  # as code includes it, from a folder of headers
        bare = "/" not in written.removeprefix("./")  # a name alone may mean any file of that name
        name = name_of(written.rpartition("/")[2])
        sure = (line.command or f"`{written}`" in line.text) and not name.conventional
        if name.kind is Kind.CONFIG and not line.command and YOURS.search(line.text):
            return None  # a file of the reader's project
        return None if bare and (name.file in self._names or not sure) else gone

    def _statement(self, document: Document, line: Line, written: str, gone: str) -> Statement:
        if written.endswith("/"):
            now, commit = self._folder_became(gone)
        else:
            now = self.context.became(gone)
            commit = self.audit.history.gone[gone].commit
        by = self.audit.history.commits[commit].hash[:9]
        after = None
        if now:
            new = now if normpath(written.strip("/")) == gone else relpath(now, document.folder or ".")
            head = "./" if written.startswith("./") else "/" if written.startswith("/") else ""
            after = line.swapped(written, head + new + "/" * written.endswith("/"))
        detail = f"names {gone}, {f'renamed to {now}' if now else 'removed'} by {by}"
        return self.statement(document.path, line, written, detail, by, after)

    def _folder_became(self, folder: str) -> tuple[str | None, int]:
        """Where most of the files of a folder went, and the commit that emptied it."""
        became: Counter[str | None] = Counter()
        commits = []
        for path in self._below.get(folder, ()):
            now = self.context.became(path)
            inside = path.removeprefix(folder)
            became[now.removesuffix(inside) if now and now.endswith(inside) else None] += 1
            commits.append(self.audit.history.gone[path].commit)
        (now, count), *_ = became.most_common(1)
        return (now if now in self.context.folders and count > became.total() / 2 else None), min(commits)

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """The paths that are gone, by each folder that is gone too."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.audit.history.gone:
            folder = path
            while folder := folder.rpartition("/")[0]:
                if folder in self.context.gone_folders:
                    found[folder].append(path)
        return found


def _is_own(path: str) -> bool:
    """Whether people may have it though git has not: settings of their own, and what a build makes."""
    folders = path.split("/")
    hidden = [folder for folder in folders if folder.startswith(".")]
    return (bool(hidden) and hidden[0] not in SHARED) or not BUILT.isdisjoint(folders[:-1])
