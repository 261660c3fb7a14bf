"""The signals, one a module: each looks at the whole tree and says which of its files look stale, and why.

A new signal is a new module with a subclass of `Signal`; nothing else has to know of it.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from sys import intern
from typing import ClassVar

from tracker.audit.subject import Subject


@dataclass(slots=True)  # not frozen: that takes twice the time, and there are many
class Sign:
    """What one signal says of one file."""

    path: str
    detail: str
    """Why, in a line."""
    strength: float = 1.0
    """How clearly, from 0 to 1."""
    by: str | None = None
    """The other file or commit that shows it."""
    variant: str = ""
    """Which case of the signal it is, where cases weigh differently."""

    def __post_init__(self) -> None:
        self.detail = intern(self.detail)  # said of many files in the same words


class Signal(ABC):
    """One reason why a file may be stale. Its docstring is its documentation."""

    name: ClassVar[str]
    action: ClassVar[str | None] = "remove"
    """What it proposes to do with a stale file: remove, archive, update, or nothing of its own."""

    @abstractmethod
    def find(self, subject: Subject) -> Iterator[Sign]:
        """The files that look stale."""


@cache
def signals() -> dict[str, Signal]:
    """Every signal, by name."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {kind.name: kind() for kind in sorted(Signal.__subclasses__(), key=lambda kind: kind.name)}
