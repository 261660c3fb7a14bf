"""The rules `empty` and `broken-symlink`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join, normpath

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding, Use
from tracker.audit.names import Kind, Name
from tracker.audit.rules.files.base import FileRule

MARKERS = frozenset(["__init__", "py.typed", "cname", "keep", "build", "workspace", "conftest", "__main__"])
"""Stems of files that mean something without content."""
FRAGMENTS = frozenset(["newsfragments", "changelog.d", "news.d", "changes", ".changeset", "changelog_entries"])
"""Folders of change notes, in which the name of a file may be all that it says."""


class Empty(FileRule):
    """It has no content, and its name alone means nothing to a tool: `__init__.py`, `.gitkeep` and the like are left
    out."""

    id = "empty"
    exact = True
    noun = ("empty file", "empty files")
    unless = Use.READ

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        for path, name in self.living.items():
            word = not name.suffix and re.search(r"[^\W\d_]", name.file) is not None
            marker = name.file.startswith(".") or word or name.stem.lower() in MARKERS
            text = context.texts.get(context.files[path])
            if FRAGMENTS & set(name.folders) or name.file.lower() in MARKERS:
                continue
            if text is None or text.size or marker:
                continue
            maybe = name.conventional or name.kind is Kind.TEST or self._is_one_of_many(name)
            yield self.finding(path, "0 bytes", maybe=maybe)

    def _is_one_of_many(self, name: Name) -> bool:
        """Whether folders beside its own have a file of this name: a program builds the path of the one it reads."""
        above = "/".join(name.folders[:-1])
        beside = (self.context.names[path] for path in self.context.folders.get(above, ()) if name.folders)
        return any(
            one.file == name.file and len(one.folders) == len(name.folders) and one.folder != name.folder
            for one in beside
        )


class BrokenSymlink(FileRule):
    """A symbolic link to a path of the repository that does not exist."""

    id = "broken-symlink"
    exact = True
    noun = ("broken symbolic link", "broken symbolic links")
    unless = Use.READ

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        links = [path for path in context.files if path in context.tree.links]
        for path, content in context.tree.read(links):
            target = content.decode("utf-8", "replace")
            meant = normpath(join(context.names[path].folder, target))
            inside = not target.startswith("/") and not meant.startswith("..")
            exists = meant in context.files or meant in context.folders or meant == "."
            if inside and not exists and not self._elsewhere(context, meant):
                yield self.finding(path, f"links to {target}, which does not exist")

    def _elsewhere(self, context: AuditContext, meant: str) -> bool:
        """Whether the target may exist on disk: in a submodule, or excluded by .gitignore."""
        inside = any(meant == one or meant.startswith(f"{one}/") for one in context.tree.submodules)
        return inside or bool(context.ignores.among([meant, f"{meant}/x"]))
