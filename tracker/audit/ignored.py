"""Which tracked files .gitignore excludes, in any tree."""

from __future__ import annotations

from pathspec import GitIgnoreSpec

from tracker.sources.trees import Tree


def ignored(tree: Tree) -> frozenset[str]:
    """The files that a .gitignore of the same tree excludes."""
    found: set[str] = set()
    for path, content in tree.read([path for path in tree.files if path.rpartition("/")[2] == ".gitignore"]):
        folder = path.removesuffix(".gitignore")
        try:
            spec = GitIgnoreSpec.from_lines(content.decode("utf-8", "replace").splitlines())
        except ValueError:  # a pattern that git itself passes over
            continue
        below = [other.removeprefix(folder) for other in tree.files if other.startswith(folder)]
        found.update(folder + other for other in spec.match_files(below))
    return frozenset(found)
