"""Paths that match a pattern of .gitignore."""

from __future__ import annotations

import re
from collections.abc import Collection

from tracker.patterns import gitignore


def matching(glob: str, paths: Collection[str]) -> list[str]:
    """Return the path of exactly this name, else the paths that the pattern matches; none where it is no pattern.

    >>> matching("src/*.py", ["src/a.py", "b.py"])
    ['src/a.py']
    """
    if glob in paths:
        return [glob]
    try:
        return list(gitignore([glob]).match_files(paths))
    except (ValueError, re.error):  # only a strange name
        return []
