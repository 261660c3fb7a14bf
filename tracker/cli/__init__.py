"""The command line: parses and prints, and decides nothing. A module a command, in `commands`."""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from tracker import __version__
from tracker.cli.commands import Commands
from tracker.errors import TrackerError


@click.group(
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tracker", message="%(prog)s %(version)s")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder with tracker.yml.  [default: the nearest one above the current folder]",
)
@click.pass_context
def cli(context: click.Context, workspace: Path | None) -> None:
    """Claims meet evidence: a progress tracker that checks what sessions say against git and measured results.

    Begin with `tracker init` in a git repository, then `tracker build`.
    """
    context.obj = workspace


def main() -> NoReturn:
    """The command `tracker`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # not every file name, and not every terminal, is UTF-8
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(200_000)  # many objects live until a command ends: collecting them costs a tenth of it
    try:
        cli(prog_name="tracker")
    except TrackerError as error:
        click.echo(f"tracker: {error}", err=True)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"tracker: {where}{error.strerror or error}", err=True)
    sys.exit(2)
