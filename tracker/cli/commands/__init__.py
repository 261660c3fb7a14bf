"""The commands: a module of this folder each, found by its name, that offers `command`.

A module that would have the name of a Python keyword ends with an underscore. `tracker --help` imports all of them,
so they import everything heavy only where they run.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module

import click


class Commands(Mapping[str, click.Command]):
    """The commands by name, each imported when it is asked for."""

    @cached_property
    def _modules(self) -> dict[str, str]:
        return {module.name.rstrip("_"): module.name for module in pkgutil.iter_modules(__path__)}

    def __getitem__(self, name: str) -> click.Command:
        command: click.Command = import_module(f"{__name__}.{self._modules[name]}").command
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)
