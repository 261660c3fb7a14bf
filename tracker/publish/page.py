"""A page: where it goes, and the values that its template turns into text."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import tracker
from tracker.cache import digest
from tracker.sources.sessions import SessionFile


@dataclass(frozen=True)
class Page:
    """A page before it is rendered: the same values give the same bytes."""

    path: str
    """Below the folder of the generated pages, with forward slashes."""
    template: str
    values: Mapping[str, Any]
    inputs: str | None = None
    """A digest of what the values are computed from, where the page is not computed to learn that it is current."""
    compute: Callable[[], Mapping[str, Any]] | None = None
    """Computes the values of a page with `inputs`."""

    def computed(self) -> Page:
        """Return the page with its values."""
        return replace(self, values=self.compute(), compute=None) if self.compute else self

    def key(self) -> str:
        """A digest of everything that the text depends on, the template and the renderer apart."""
        if self.inputs is not None:
            return digest(self.path, self.template, self.inputs)
        return digest(self.path, self.template, *(f"{name}={_signature(self.values[name])}" for name in self.values))

    def relative(self, target: str) -> str:
        """The way from this page to another one.

        >>> Page("tracker/versions/1.md", "", {}).relative("tracker/phases/2.md")
        '../phases/2.md'
        """
        folder, _, name = target.rpartition("/")
        way = _way(posixpath.dirname(self.path), folder)
        return name if way == "." else f"{way}/{name}"


@cache
def _way(start: str, end: str) -> str:
    """From a folder to another one. Pages by the thousand lie in a few."""
    return posixpath.relpath(f"/{end}", f"/{start}")


@cache
def code_digest(*patterns: str) -> str:
    """Return a digest of modules of the tool, for the `inputs` of a page; globs are relative to the package."""
    package = Path(tracker.__file__).parent
    files = (path for pattern in patterns for path in sorted(package.glob(pattern)))
    return digest(*(path.read_bytes() for path in files))


def _signature(value: Any) -> str:
    if isinstance(value, SessionFile):
        return digest(value.source.file, value.source.content)
    return repr(value)
