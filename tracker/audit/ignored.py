"""What .gitignore excludes, in any tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from tracker.patterns import gitignore
from tracker.sources.trees import Tree


@dataclass(frozen=True)
class Ignores:
    """The .gitignore files of a tree."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...]
    """Each with the folder that it is in: "" or "sub/"."""

    def among(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of some paths, tracked or not, that are excluded."""
        paths = list(paths)
        found: set[str] = set()
        for folder, spec in self.specs:
            below = [path.removeprefix(folder) for path in paths if path.startswith(folder)]
            found.update(folder + path for path in spec.match_files(below))
        return frozenset(found)


def ignores(tree: Tree) -> Ignores:
    """Read the .gitignore files of a tree."""
    specs = []
    for path, content in tree.read([path for path in tree.files if path.rpartition("/")[2] == ".gitignore"]):
        try:
            spec = gitignore(content.decode("utf-8", "replace").splitlines())
        except ValueError:  # a pattern that git itself passes over
            continue
        specs.append((path.removesuffix(".gitignore"), spec))
    return Ignores(tuple(specs))
