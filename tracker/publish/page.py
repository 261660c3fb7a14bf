"""A page: where it goes, and the values that its template turns into text."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.cache import digest
from tracker.sources.sessions import SessionFile


@dataclass(frozen=True)
class Page:
    """A page before it is rendered: the same values give the same bytes."""

    path: str
    """Below the folder of the generated pages, with forward slashes."""
    template: str
    values: Mapping[str, Any]

    def key(self) -> str:
        """A digest of everything that the text depends on, the template and the renderer apart."""
        return digest(self.path, self.template, *(f"{name}={_signature(self.values[name])}" for name in self.values))

    def relative(self, target: str) -> str:
        """The way from this page to another one."""
        return posixpath.relpath(target, posixpath.dirname(self.path) or ".")


def _signature(value: Any) -> str:
    if isinstance(value, SessionFile):
        return digest(value.source.file, value.source.content)
    return repr(value)
