"""What .gitignore excludes, in any tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from tracker.patterns import gitignore
from tracker.sources.trees import Tree


class Pattern(NamedTuple):
    """A line of a .gitignore file."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} `{self.text}`"


class IgnoreFile(NamedTuple):
    """A .gitignore file with the folder that it is in: "" or "sub/"."""

    folder: str
    spec: GitIgnoreSpec
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Ignores:
    """The .gitignore files of a tree."""

    files: tuple[IgnoreFile, ...]

    def among(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths, tracked or not, that are excluded."""
        paths = list(paths)
        found: set[str] = set()
        for folder, spec, _ in self.files:
            below = [path.removeprefix(folder) for path in paths if path.startswith(folder)]
            found.update(folder + path for path in spec.match_files(below))
        return frozenset(found)

    def pattern(self, path: str) -> Pattern | None:
        """The line that excludes a path, of the innermost file that does."""
        for folder, spec, patterns in sorted(self.files, key=lambda one: -len(one.folder)):
            if path.startswith(folder):
                result = spec.check_file(path.removeprefix(folder))
                if result.include and result.index is not None:
                    return patterns[result.index]
        return None


def ignores(tree: Tree) -> Ignores:
    """Read the .gitignore files of a tree."""
    files = []
    for path, content in tree.read([path for path in tree.files if path.rpartition("/")[2] == ".gitignore"]):
        lines = content.decode("utf-8", "replace").splitlines()
        patterns = tuple(Pattern(path, number, line.strip()) for number, line in enumerate(lines, 1) if line)
        try:
            spec = gitignore([line for line in lines if line])
        except ValueError:  # a pattern that git itself skips
            continue
        files.append(IgnoreFile(path.removesuffix(".gitignore"), spec, patterns))
    return Ignores(tuple(files))
