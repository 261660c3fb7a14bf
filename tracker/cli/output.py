"""What commands print alike: JSON, problems, and how far they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from tracker.progress.progress import Progress


WIDE = 240
"""Columns of what is no terminal: a file or a workflow's summary wraps nothing, so tables need not."""


def console() -> Console:
    """Where tables go: as wide as the terminal, or as `COLUMNS` says."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)


def json_text(data: dict[str, Any]) -> str:
    """Data as JSON that the terminal, or the file, can encode."""
    import json

    encodes_all = sys.stdout.encoding.lower().startswith("utf")
    return json.dumps(data, indent=2, ensure_ascii=not encodes_all)


def print_json(data: dict[str, Any]) -> None:
    """Print data as JSON."""
    click.echo(json_text(data))


def print_problems(progress: Progress) -> None:
    """Say on stderr what is wrong in the files."""
    for problem in progress.facts.problems:
        click.echo(str(problem), err=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, on a terminal only: told how much of how much is done."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)
