"""Paths by glob, as .gitignore has them."""

from __future__ import annotations

import re
from collections.abc import Collection

from tracker.patterns import gitignore


def matching(glob: str, paths: Collection[str]) -> list[str]:
    """The path of that very name, else those that the glob matches; none where it is no glob.

    >>> matching("src/*.py", ["src/a.py", "b.py"])
    ['src/a.py']
    """
    if glob in paths:
        return [glob]
    try:
        return list(gitignore([glob]).match_files(paths))
    except (ValueError, re.error):  # only a strange name
        return []
