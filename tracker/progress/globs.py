"""Paths by glob, as .gitignore has them."""

from __future__ import annotations

import re
from collections.abc import Collection

from pathspec import GitIgnoreSpec


def matching(glob: str, paths: Collection[str]) -> list[str]:
    """The path of that very name, else those that the glob matches; none where it is no glob.

    >>> matching("src/*.py", ["src/a.py", "b.py"])
    ['src/a.py']
    """
    if glob in paths:
        return [glob]
    try:
        return list(GitIgnoreSpec.from_lines([glob]).match_files(paths))
    except (ValueError, re.error):  # only a strange name
        return []
