"""Output shared by several commands: tables, JSON, problems and progress bars."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from tracker.model import Problem


WIDE = 240
"""Columns of output that goes to a file or a pipe, where tables need not be wrapped."""


def console() -> Console:
    """The console for tables: as wide as the terminal, or as `COLUMNS` sets."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)


def json_text(data: dict[str, Any]) -> str:
    """Data as JSON, with ASCII escapes where stdout is not UTF-8."""
    import json

    encodes_all = sys.stdout.encoding.lower().startswith("utf")
    return json.dumps(data, indent=2, ensure_ascii=not encodes_all)


def print_json(data: dict[str, Any]) -> None:
    """Print data as JSON."""
    click.echo(json_text(data))


def print_problems(problems: Iterable[Problem]) -> None:
    """Print the problems of the files to stderr."""
    for problem in problems:
        click.echo(str(problem), err=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, only in a terminal. Yields a function that takes the steps done and the total."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)
